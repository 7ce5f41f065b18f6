//! The Lambda function `disconnect-participant`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, disconnect_participant::handle).await
}
