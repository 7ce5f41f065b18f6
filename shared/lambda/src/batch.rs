//! The answer to a batch of a stream: which of it is to come again.

use serde::Serialize;

/// What of a batch was not done and is worth repeating. Lambda goes on from the lowest of them.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    batch_item_failures: Vec<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

impl BatchAnswer {
    /// The places of what is to come again.
    pub fn failures(&self) -> impl Iterator<Item = &str> {
        self.batch_item_failures
            .iter()
            .map(|failure| &*failure.item_identifier)
    }
}

impl FromIterator<String> for BatchAnswer {
    fn from_iter<I: IntoIterator<Item = String>>(places: I) -> Self {
        let failure = |item_identifier| Failure { item_identifier };
        Self {
            batch_item_failures: places.into_iter().map(failure).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_lambda_reads_it() {
        let text = |places: &[&str]| {
            let answer: BatchAnswer = places.iter().map(|place| (*place).to_owned()).collect();
            serde_json::to_string(&answer).expect("JSON")
        };
        assert_eq!(text(&[]), r#"{"batchItemFailures":[]}"#);
        assert_eq!(
            text(&["111"]),
            r#"{"batchItemFailures":[{"itemIdentifier":"111"}]}"#
        );
    }
}
