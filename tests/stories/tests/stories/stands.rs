//! What stands once a deed is done: what the caller was told, what is read then, and what is stored; but for ids and times,
//! which are others each time.

use serde_json::{Value, json};

use crate::deeds::{Asked, Deed, Told};
use crate::pages::{ids, lines};
use crate::service::Service;

/// Milliseconds that are a moment of this century or the next two, and no slot.
const MOMENTS: std::ops::Range<u64> = 1_500_000_000_000..10_000_000_000_000;

impl Deed {
    /// What stands where nothing goes wrong.
    pub(crate) async fn undisturbed(self, service: &Service) -> Value {
        let asked = Asked::of(self, service).await;
        let told = asked.ask().await;
        asked.stands(service, &told).await
    }
}

impl Asked {
    /// Asked again, and yet again, it is done, and the same; and what stands is what stands where nothing goes wrong.
    pub(crate) async fn happens_once(
        &self,
        service: &Service,
        first: &Told,
        expected: &Value,
        name: &str,
    ) {
        let deed = self.deed;
        let second = self.ask().await;
        assert!(
            matches!(second, Told::Done(_)),
            "{deed:?}, {name}: {second:?}"
        );
        assert_eq!(self.ask().await, second, "{deed:?}, {name}");
        if matches!(first, Told::Done(_)) {
            assert_eq!(*first, second, "{deed:?}, {name}");
        }
        assert_eq!(
            self.stands(service, &second).await,
            *expected,
            "{deed:?}, {name}"
        );
    }

    async fn stands(&self, service: &Service, told: &Told) -> Value {
        let Told::Done(told) = told else {
            panic!("{:?}: {told:?}", self.deed);
        };
        let begins = self.deed.begins();
        let begun = told.as_str().filter(|_| begins);
        let contact = begun.unwrap_or(&self.jane.contact);
        let sessions = match begins {
            true => service.sessions().await - self.sessions,
            false => 0,
        };
        let mut ids = Ids::default();
        for known in [contact, &self.jane.participant, &self.source, &self.said] {
            ids.number(known);
        }
        ids.numbered(json!({
            "told": told,
            "begun": sessions,
            "stored": service.records(contact).await,
            "read": self.transcript().await,
        }))
    }

    /// What Jane reads then, if she may still read.
    async fn transcript(&self) -> Value {
        let jane = match self.deed {
            Deed::Stop | Deed::Leave => return Value::Null,
            Deed::Connect => &self.jane.clone().connected().await,
            _ => &self.jane,
        };
        let items = jane.history().await;
        let lines = lines(&items);
        json!(ids(&items).into_iter().zip(lines).collect::<Vec<_>>())
    }
}

/// Ids, each with the number of its first appearance.
#[derive(Default)]
struct Ids(Vec<String>);

impl Ids {
    fn number(&mut self, id: &str) -> usize {
        let known = self.0.iter().position(|each| each == id);
        known.unwrap_or_else(|| {
            self.0.push(id.to_owned());
            self.0.len() - 1
        })
    }

    /// The same with numbers for ids, and no times.
    fn numbered(&mut self, value: Value) -> Value {
        match value {
            Value::String(text) if is_id(&text) => format!("id {}", self.number(&text)).into(),
            Value::Number(number) if number.as_u64().is_some_and(|it| MOMENTS.contains(&it)) => {
                "a moment".into()
            }
            Value::Array(all) => all.into_iter().map(|each| self.numbered(each)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, each)| (name, self.numbered(each)))
                .collect(),
            other => other,
        }
    }
}

/// Whether it is an id, a token's hash, or a key: 128 bits.
fn is_id(text: &str) -> bool {
    let digits = text.replace('-', "");
    digits.len() == 32 && digits.bytes().all(|each| each.is_ascii_hexdigit())
}
