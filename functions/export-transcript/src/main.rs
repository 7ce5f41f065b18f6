//! The Lambda function `export-transcript`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, export_transcript::handle).await
}
