//! The Lambda function `send-message`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, send_message::handle).await
}
