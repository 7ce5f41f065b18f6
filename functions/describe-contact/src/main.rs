//! The Lambda function `describe-contact`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, describe_contact::handle).await
}
