//! The Lambda function `transfer-contact`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, transfer_contact::handle).await
}
