//! `POST /contact/transfer`: TransferContact.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_TransferContact.html>

use domain::{
    ContactFlowId, ContactId, Destination, IdempotencyKey, InstanceId, QueueId, Transfer,
    TransferMethod, Transferred, UserId,
};
use serde_json::json;

use super::idempotency::key_on;
use crate::call::{Call, Reply};
use crate::limits::{FLOW_LENGTH, ID_LENGTH};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;

/// A contact to transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its instance.
    pub instance: InstanceId,
    /// The contact, and where it goes.
    pub transfer: Transfer,
    /// Tells a retry from a second transfer.
    pub key: IdempotencyKey,
}

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the member that is missing, wrong, or at odds with another. An id that is none of ours is an
    /// unknown contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let members = Members::parse(&call.body)?;
        let contact = members.required_text("ContactId", ID_LENGTH)?;
        let flow = members.required_text("ContactFlowId", FLOW_LENGTH)?;
        let queue = members.text("QueueId", ID_LENGTH)?;
        let user = members.text("UserId", ID_LENGTH)?;
        let instance = settings.instance(&members)?;
        let method = method(settings, flow, queue, user)?;
        let contact = ContactId::parse(contact).ok_or(Problem::NoSession)?;
        let says = [
            "transfer",
            flow,
            queue.unwrap_or_default(),
            user.unwrap_or_default(),
        ];
        Ok(Self {
            key: key_on(call, &members, (&instance, contact), &says)?,
            instance,
            transfer: Transfer {
                contact,
                method,
                to: Destination {
                    flow: ContactFlowId(flow.to_owned()),
                    queue: queue.map(|id| QueueId(id.to_owned())),
                    user: user.map(|id| UserId(id.to_owned())),
                },
            },
        })
    }

    /// The answer: the contact that goes on, the same for every repetition.
    pub fn reply(&self, call: &Call, settings: &Settings, transferred: Transferred) -> Reply {
        let contact = transferred.contact;
        let arn = settings.account.contact_arn(&self.instance, contact);
        let body = json!({"ContactId": contact.to_string(), "ContactArn": arn});
        Reply::json(200, &call.request_id, &body)
    }
}

/// How the next contact comes about: nobody is asked, it follows from where the transfer leads.
fn method(
    settings: &Settings,
    flow: &str,
    queue: Option<&str>,
    user: Option<&str>,
) -> Result<TransferMethod, Problem> {
    let refuse = |reason: &str| Err(Problem::Malformed(reason.to_owned()));
    match (settings.is_disconnect_flow(flow), queue, user) {
        // "Do not use both QueueId and UserId in the same call."
        (_, Some(_), Some(_)) => refuse("QueueId and UserId must not both be given"),
        (true, Some(_), None) => refuse("QueueId must not be given with the disconnect flow"),
        (true, None, Some(_)) => refuse("UserId must not be given with the disconnect flow"),
        (true, None, None) => Ok(TransferMethod::Disconnect),
        (false, Some(_), None) => Ok(TransferMethod::QueueTransfer),
        (false, None, _) => Ok(TransferMethod::Transfer),
    }
}
