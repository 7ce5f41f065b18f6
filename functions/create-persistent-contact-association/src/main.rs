//! The Lambda function `create-persistent-contact-association`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(
        boot::log().await?,
        create_persistent_contact_association::handle,
    )
    .await
}
