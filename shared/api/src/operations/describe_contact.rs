//! `GET /contacts/{InstanceId}/{ContactId}`: DescribeContact.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_DescribeContact.html>

use domain::{ContactId, Description, InstanceId, TransferMethod};
use serde_json::{Map, Value, json};

use crate::call::{Call, Reply};
use crate::path::CONTACT;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::epoch_seconds;

/// A contact to describe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its instance.
    pub instance: InstanceId,
    /// The contact.
    pub contact: ContactId,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the id in the path that is wrong. An id that is none of ours is an unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let (instance, contact) = CONTACT.contact(call, settings)?;
        Ok(Self { instance, contact })
    }

    /// The answer: what there is to tell. A contact without a DisconnectTimestamp has not ended.
    pub fn reply(&self, call: &Call, settings: &Settings, described: Description) -> Reply {
        let contact = described.contact;
        let arn = settings.account.contact_arn(&self.instance, contact);
        let initiated = epoch_seconds(described.initiated);
        let mut wire = Map::new();
        let mut put = |name: &str, value: Value| wire.insert(name.to_owned(), value);
        put("Arn", arn.into());
        put("Id", contact.to_string().into());
        let initial = contact.session().initial_contact();
        put("InitialContactId", initial.to_string().into());
        if let Some(previous) = contact.previous() {
            put("PreviousContactId", previous.to_string().into());
        }
        if let Some(related) = described.related {
            put("RelatedContactId", related.to_string().into());
        }
        put("Channel", "CHAT".into());
        let method = described.method.map_or("API", TransferMethod::as_str);
        put("InitiationMethod", method.into());
        put("InitiationTimestamp", initiated.clone());
        put("LastUpdateTimestamp", epoch_seconds(described.updated));
        if let Some(disconnected) = described.disconnected {
            put("DisconnectTimestamp", epoch_seconds(disconnected.at));
            if let Some(reason) = disconnected.reason {
                put("DisconnectReason", reason.as_str().into());
            }
        }
        put("Attributes", json!(described.attributes.0));
        if let Some(owner) = described.owner {
            put("CustomerId", owner.0.into());
        }
        if let Some(queue) = described.queue {
            let queue = json!({"Id": queue.0, "EnqueueTimestamp": initiated});
            put("QueueInfo", queue);
        }
        Reply::json(200, &call.request_id, &json!({"Contact": wire}))
    }
}
