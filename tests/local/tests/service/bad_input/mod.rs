//! Bad input: each has its exact status, type and message, and nothing is ever written.

mod bodies;
mod connection;
mod disconnect;
mod event;
mod message;
mod participant;
mod start;
mod start_content;
mod start_source;
mod stop;
mod transcript;
mod transfer;

use serde_json::{Value, json};

use crate::stage::{Kind, Request, World, set};

/// A member made wrong, and what is said about it.
type Row = (&'static str, Value, Kind, &'static str);

/// Sends a good body with one member made wrong, row by row.
fn refuses_each(world: &World, good: &Value, request: impl Fn(&Value) -> Request, rows: Vec<Row>) {
    for (member, value, kind, message) in rows {
        let shown = value.to_string();
        println!("{member}: {}", shown.chars().take(100).collect::<String>());
        world.refuses(request(&set(good, member, value)), kind, message);
    }
}

/// Sends a good body with one member of every kind of JSON that is not the right one. Null is no kind: it is
/// as good as absent.
fn refuses_other_kinds(
    world: &World,
    good: &Value,
    request: impl Fn(&Value) -> Request,
    kind: Kind,
    members: &[(&'static str, &'static str, &'static str)],
) {
    let every_kind = [
        ("boolean", json!(true)),
        ("number", json!(61)),
        ("string", json!("61")),
        ("list", json!(["61"])),
        ("object", json!({"a": "61"})),
    ];
    for (member, right, reason) in members {
        for (_, value) in every_kind.iter().filter(|(name, _)| name != right) {
            println!("{member}: {value}");
            let request = request(&set(good, member, value.clone()));
            world.refuses(request, kind, &format!("{member} {reason}"));
        }
    }
}
