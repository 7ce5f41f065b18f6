//! A line of CloudWatch's embedded metric format.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use api::ErrorType;
use serde_json::{Map, Number, Value, json};

use super::Metric;

/// The dimensions: which operation, and for errors of which type.
const OPERATION: &str = "Operation";
const ERROR_TYPE: &str = "ErrorType";

/// The line of these values in a namespace, at `now` in milliseconds since the epoch.
pub(super) fn line(
    namespace: &str,
    operation: &str,
    error: Option<ErrorType>,
    values: &[(Metric, f64)],
    now: u128,
) -> String {
    let defined = |metric: &Metric| json!({"Name": metric.name(), "Unit": metric.unit()});
    let metrics: Vec<Value> = values.iter().map(|(metric, _)| defined(metric)).collect();
    let directive = |dimensions: Value, metrics: Value| json!({"Namespace": namespace, "Dimensions": [dimensions], "Metrics": metrics});
    let mut directives = vec![directive(json!([OPERATION]), json!(metrics))];
    let mut root = Map::new();
    root.insert(OPERATION.to_owned(), json!(operation));
    if let Some(error) = error {
        let errors = json!([defined(&Metric::Errors)]);
        directives.push(directive(json!([OPERATION, ERROR_TYPE]), errors));
        root.insert(ERROR_TYPE.to_owned(), json!(error.to_string()));
    }
    for (metric, value) in values {
        root.insert(metric.name().to_owned(), number(*value));
    }
    let now = u64::try_from(now).unwrap_or(u64::MAX);
    let about = json!({"Timestamp": now, "CloudWatchMetrics": directives});
    root.insert("_aws".to_owned(), about);
    Value::Object(root).to_string()
}

/// Whole numbers without a point.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && (0.0..1e15).contains(&value) {
        return json!(value as u64);
    }
    Number::from_f64(value).map_or(json!(0), Value::Number)
}
