//! The Lambda function `end-chat`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, end_chat::handle).await
}
