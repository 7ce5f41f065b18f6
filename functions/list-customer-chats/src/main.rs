//! The Lambda function `list-customer-chats`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, list_customer_chats::handle).await
}
