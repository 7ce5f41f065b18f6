//! The Lambda function `create-participant-connection`: wiring only.

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), boot::Error> {
    lambda::serve(boot::log().await?, create_participant_connection::handle).await
}
