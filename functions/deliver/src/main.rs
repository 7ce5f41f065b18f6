//! The Lambda function `deliver`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve_events(boot::deliveries().await?, deliver::handle).await
}
