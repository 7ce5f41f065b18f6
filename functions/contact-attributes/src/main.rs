//! The Lambda function `contact-attributes`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, contact_attributes::handle).await
}
