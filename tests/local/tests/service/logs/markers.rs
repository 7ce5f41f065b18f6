//! Texts that can be found again wherever they turn up.

use serde_json::{Value, json};

use crate::stage::{INSTANCE, captured};

/// Texts that nobody else writes, counted up.
pub(super) struct Markers {
    seed: &'static str,
    /// Whether the log may name contacts, as the local server's does.
    contacts: bool,
    pub(super) made: Vec<String>,
}

impl Markers {
    pub(super) fn new(seed: &'static str) -> Self {
        // Nothing is captured before the first call.
        captured();
        Self {
            seed,
            contacts: false,
            made: Vec::new(),
        }
    }

    /// The same for the log of a local server, which names contacts.
    pub(super) fn local(seed: &'static str) -> Self {
        Self {
            contacts: true,
            ..Self::new(seed)
        }
    }

    pub(super) fn draw(&mut self) -> String {
        let marker = format!("{}-marker-{:03}", self.seed, self.made.len());
        self.made.push(marker.clone());
        marker
    }

    /// Takes note of every text in an answer that is a credential: ids of contacts, and tokens.
    pub(super) fn learn(&mut self, answer: &Value) {
        match answer {
            Value::Object(members) => {
                for (name, value) in members {
                    let contacts = [
                        "ContactId",
                        "InitialContactId",
                        "RelatedContactId",
                        "ContinuedFromContactId",
                    ];
                    match value {
                        Value::String(text)
                            if name.ends_with("Token")
                                || !self.contacts && contacts.contains(&name.as_str()) =>
                        {
                            self.made.push(text.clone());
                        }
                        other => self.learn(other),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }

    #[track_caller]
    pub(super) fn are_in_no_line(&self) {
        assert!(self.made.len() > 20);
        let lines = captured();
        for marker in &self.made {
            // The hyphens are no hiding place.
            let bare = marker.replace('-', "");
            let line = lines
                .iter()
                .find(|line| line.contains(marker) || line.contains(&bare));
            assert_eq!(line, None, "{marker} was logged");
        }
    }
}

/// Bodies with a marker in every text, and in the name of every member that a caller makes up.
pub(super) fn marked_start(markers: &mut Markers) -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactFlowId": markers.draw(),
        "ParticipantDetails": {"DisplayName": markers.draw(), markers.draw(): markers.draw()},
        "Attributes": {markers.draw(): markers.draw()},
        "ClientToken": markers.draw(),
        "CustomerId": markers.draw(),
        "InitialMessage": {"ContentType": "text/plain", "Content": markers.draw()},
        markers.draw(): markers.draw(),
    })
}

/// Of a transfer and of an invitation at once: what one does not know it ignores.
pub(super) fn marked_control(markers: &mut Markers, contact: &str) -> Value {
    json!({
        "InstanceId": INSTANCE,
        "ContactId": contact,
        "ContactFlowId": markers.draw(),
        "UserId": markers.draw(),
        "ParticipantDetails": {"ParticipantRole": "AGENT", "DisplayName": markers.draw()},
        "ClientToken": markers.draw(),
        markers.draw(): markers.draw(),
    })
}

pub(super) fn marked_message(markers: &mut Markers) -> Value {
    json!({
        "ContentType": "text/plain",
        "Content": markers.draw(),
        "ClientToken": markers.draw(),
        markers.draw(): markers.draw(),
    })
}
