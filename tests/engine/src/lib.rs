//! An embedded DynamoDB for tests and the local server.
