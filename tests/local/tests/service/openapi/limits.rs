//! Every limit in the document is the service's: what lies on it is taken, what lies beyond it is refused by name. The former is checked
//! by the stage, at every exchange.

use api::Operation;
use http::Method;
use serde_json::{Value, json};

use super::examples::{Examples, bodies, calls};
use crate::stage::{body_schema, described, list, schemas, strip_empty_texts, text};

/// A value to try, and the member that it is tried in.
struct Trial {
    path: String,
    value: Option<Value>,
}

/// What is on and beyond every limit of a schema, below this path.
fn trials(schema: &'static Value, path: &str) -> Vec<Trial> {
    let schema = schemas().resolve(schema);
    let mut trials = Vec::new();
    let mut attempt = |path: &str, value: Value| {
        trials.push(Trial {
            path: path.to_owned(),
            value: Some(value),
        });
    };
    let number = |name: &str| schema.get(name).and_then(Value::as_u64);
    if let Some(most) = number("maxLength") {
        let long = |length: u64| Value::from("1".repeat(length as usize));
        attempt(path, long(most));
        attempt(path, long(most + 1));
        attempt(path, json!(""));
    }
    for name in ["minimum", "maximum"] {
        let Some(limit) = number(name) else { continue };
        attempt(path, json!(limit));
        attempt(path, json!(limit as i64 - 1));
        attempt(path, json!(limit + 1));
    }
    for value in schema.get("enum").into_iter().flat_map(list) {
        attempt(path, value.clone());
        attempt(path, json!(format!("{}?", text(value))));
    }
    if let Some(items) = schema.get("items") {
        let every = schemas().resolve(items)["enum"].as_array();
        let every = every.expect("only names stand in lists").clone();
        for value in &every {
            attempt(path, json!([value]));
            attempt(path, json!([value, value]));
        }
        attempt(path, json!([every[0], every[0], every[0]]));
        attempt(path, json!([]));
        attempt(path, json!(["?"]));
        attempt(path, Value::Array(every));
    }
    if schema.get("propertyNames").is_some() {
        attempt(path, json!({"k": "1".repeat(32_767)}));
        attempt(path, json!({"k": "1".repeat(32_768)}));
        attempt(path, json!({"1".repeat(32_767): "1"}));
        attempt(path, json!({"k": 1}));
        attempt(path, json!({"": "1"}));
    }
    let beneath = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    for refused in schema.get("x-refused").into_iter().flat_map(list) {
        attempt(&beneath(text(refused)), json!("1"));
    }
    for required in schema.get("required").into_iter().flat_map(list) {
        trials.push(Trial {
            path: beneath(text(required)),
            value: None,
        });
    }
    if let Some(Value::Object(members)) = schema.get("properties") {
        let below = |(name, member): (&String, &'static Value)| trials_of(member, &beneath(name));
        trials.extend(members.iter().flat_map(below));
    }
    trials
}

/// The trials of a member, and, beside them, of one of every other kind.
fn trials_of(member: &'static Value, path: &str) -> Vec<Trial> {
    let kinds = [
        json!(true),
        json!("text"),
        json!(1.5),
        json!([1]),
        json!({"a": 1}),
    ];
    let other = kinds.into_iter().map(|value| Trial {
        path: path.to_owned(),
        value: Some(value),
    });
    trials(member, path).into_iter().chain(other).collect()
}

/// The body with the trial in it, in an object that is made where there is none.
fn with(good: &Value, trial: &Trial) -> Value {
    let mut body = good.clone();
    let (place, name) = match trial.path.split_once('.') {
        Some((above, name)) => (&mut body[above], name),
        None => (&mut body, &*trial.path),
    };
    if place.is_null() {
        *place = json!({});
    }
    let place = place.as_object_mut().expect("an object");
    match &trial.value {
        Some(value) => place.insert(name.to_owned(), value.clone()),
        None => place.remove(name),
    };
    body
}

#[test]
fn what_lies_beyond_a_limit_of_the_document_is_refused_by_name() {
    let mut refused = 0;
    for (operation, method) in calls() {
        let said = described(operation, &method);
        let Some(schema) = body_schema(said) else {
            continue;
        };
        let trials = trials(schema, "");
        for good in bodies(said) {
            let examples = Examples::new();
            let good = examples.living(good);
            for trial in &trials {
                let body = with(&good, trial);
                let answer = examples
                    .world
                    .send(examples.call(operation, &method, Some(&body)));
                let mut read = body.clone();
                if method == Method::POST && operation == Operation::StartChatContact {
                    strip_empty_texts(&mut read);
                }
                if schemas().fault(schema, &read).is_none() {
                    // Then nothing is said of its form: of that the stage makes sure.
                    continue;
                }
                refused += 1;
                let (status, _, message) = answer.error();
                let shown: String = body.to_string().chars().take(300).collect();
                assert_eq!(status, 400, "{operation:?}: {}: {shown}", trial.path);
                let name = trial.path.split('.').next().unwrap_or_default();
                assert!(
                    message.contains(name) || message.contains("Content"),
                    "{operation:?}: {}: {message}",
                    trial.path
                );
            }
        }
    }
    assert!(refused > 500, "{refused}");
}

#[test]
fn parameters_are_held_to_the_documents_limits() {
    let examples = Examples::new();
    let mut refused = 0;
    for (operation, method) in calls() {
        let said = described(operation, &method);
        let parameters = said.get("parameters").into_iter().flat_map(list);
        let mut place = 0;
        for parameter in parameters.map(|each| schemas().resolve(each)) {
            let schema = &parameter["schema"];
            let name = text(&parameter["name"]);
            let body = bodies(said).first().map(|body| examples.living(body));
            for trial in trials(schema, name) {
                let value = trial.value.expect("a value");
                let written = match &value {
                    Value::String(text) => text.clone(),
                    number => number.to_string(),
                };
                let call = examples.call(operation, &method, body.as_ref());
                let call = match text(&parameter["in"]) {
                    "query" => call.query(&format!("{name}={written}")),
                    // A path without it is another path.
                    _ if written.is_empty() => continue,
                    _ => call.at(&examples.path(operation, place, &written)),
                };
                let answer = examples.world.send(call);
                let (status, _, message) = answer.error();
                let beyond = schemas().fault(schema, &value).is_some();
                let shown = format!("{operation:?}: {name}={}: {message}", written.len());
                let by_limit = message.starts_with(&format!("{name} must "));
                assert_eq!(status == 400 && by_limit, beyond, "{shown}");
                refused += usize::from(beyond);
            }
            place += usize::from(parameter["in"] == "path");
        }
    }
    assert!(refused > 10, "{refused}");
}
