//! The Lambda function `send-event`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::live().await?, send_event::handle).await
}
