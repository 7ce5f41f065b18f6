//! The Lambda function `get-transcript`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, get_transcript::handle).await
}
