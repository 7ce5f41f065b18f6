//! The document's examples work: what they send is taken, and what they answer could be the answer.

use api::Operation;
use http::Method;
use serde_json::{Value, json};

use crate::stage::{
    Chat, Request, World, at, body_schema, described, message, path_to, route, schemas, start, text,
};

/// What the examples call a chat that runs, one that has ended, and a message.
const RUNNING: &str = "9f3c1a2b-77d4-8000-b1c2-0d4e5f60718a";
const ENDED: &str = "1c0ffee0-4a5b-8000-9d3e-7f8091a2b3c4";
const MESSAGE: &str = "01a3185c-5000-7000-8000-0000a1b2c3d4";

/// A service with what the examples are about.
pub(super) struct Examples {
    pub(super) world: World,
    chat: Chat,
    ended: Chat,
    message: String,
}

impl Examples {
    pub(super) fn new() -> Self {
        let world = World::with(&[
            ("DISCONNECT_CONTACT_FLOW_ID", "survey"),
            ("WEBSOCKET_URL", "wss://live.example.org/live"),
        ]);
        let chat = world.connected(start(&json!({})).signed());
        let ended = world.ended_chat();
        let said = world.takes(message(&chat, "My parcel has not come."));
        let message = at(&said, "Id");
        Self {
            world,
            chat,
            ended,
            message,
        }
    }

    /// The example with ids that there are.
    pub(super) fn living(&self, example: &Value) -> Value {
        let text = example.to_string();
        let text = text.replace(RUNNING, &self.chat.contact);
        let text = text.replace(ENDED, &self.ended.contact);
        let text = text.replace(MESSAGE, &self.message);
        serde_json::from_str(&text).expect("JSON")
    }

    /// A call of an operation, by whom it is for.
    pub(super) fn call(
        &self,
        operation: Operation,
        method: &Method,
        body: Option<&Value>,
    ) -> Request {
        let said = described(operation, method);
        let parameters = said.get("parameters").and_then(Value::as_array);
        let parameters = parameters.into_iter().flatten();
        let parameters = parameters.map(|each| schemas().resolve(each));
        let ids: Vec<Value> = parameters
            .filter(|each| each["in"] == "path")
            .map(|each| self.living(&each["example"]))
            .collect();
        let ids: Vec<&str> = ids.iter().map(text).collect();
        let call = Request::to(operation, &ids);
        let call = match body {
            Some(body) => call.with_body(body.to_string()),
            None => call,
        };
        let widget = *method != route(operation).0;
        match operation {
            _ if widget => call.of_widget(),
            Operation::CreateParticipantConnection => call.bearer(&self.chat.participant_token),
            _ if operation.is_participant() => call.bearer(&self.chat.connection_token),
            _ => call.signed(),
        }
    }

    /// The path of an operation with one of its ids, counted from 0, replaced.
    pub(super) fn path(&self, operation: Operation, at: usize, id: &str) -> String {
        let mut ids = [crate::stage::INSTANCE, &self.chat.contact];
        ids[at] = id;
        path_to(operation, &ids)
    }
}

/// Every operation as it is called, and the widget's start.
pub(super) fn calls() -> impl Iterator<Item = (Operation, Method)> {
    let widget = (Operation::StartChatContact, Method::POST);
    let all = Operation::ALL.into_iter();
    all.map(|operation| (operation, route(operation).0))
        .chain([widget])
}

/// The bodies that the document gives as examples.
pub(super) fn bodies(said: &'static Value) -> Vec<&'static Value> {
    let examples = said.pointer("/requestBody/content/application~1json/examples");
    let examples = examples.and_then(Value::as_object);
    let examples = examples.into_iter().flat_map(|all| all.values());
    examples.map(|each| &each["value"]).collect()
}

#[test]
fn what_the_examples_send_is_taken() {
    for (operation, method) in calls() {
        let said = described(operation, &method);
        let bodies = bodies(said);
        assert_eq!(
            bodies.is_empty(),
            body_schema(said).is_none(),
            "{operation:?}"
        );
        let bodies = bodies.into_iter().map(Some);
        let bodies: Vec<Option<&Value>> = match body_schema(said) {
            Some(_) => bodies.collect(),
            None => vec![None],
        };
        for body in bodies {
            let examples = Examples::new();
            let body = body.map(|body| examples.living(body));
            let answer = examples
                .world
                .send(examples.call(operation, &method, body.as_ref()));
            assert_eq!(
                answer.status, 200,
                "{operation:?}: {body:?}: {}",
                answer.body
            );
        }
    }
}

#[test]
fn what_the_examples_answer_is_an_answer() {
    for (operation, method) in calls() {
        let said = described(operation, &method);
        let content = &said["responses"]["200"]["content"]["application/json"];
        let (schema, example) = (&content["schema"], content.get("example"));
        let example = example.unwrap_or_else(|| panic!("{operation:?} has no example"));
        let fault = schemas().fault(schema, example);
        let fault = fault.or_else(|| schemas().unnamed(&[schema], example));
        assert_eq!(fault, None, "{operation:?}");
    }
}
