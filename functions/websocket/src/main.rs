//! The Lambda function `websocket`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve_sockets(boot::live().await?, websocket::handle).await
}
