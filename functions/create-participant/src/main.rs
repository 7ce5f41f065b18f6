//! The Lambda function `create-participant`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, create_participant::handle).await
}
