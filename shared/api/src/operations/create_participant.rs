//! `POST /contact/create-participant`: CreateParticipant.
//!
//! <https://docs.aws.amazon.com/connect/latest/APIReference/API_CreateParticipant.html>

use domain::{
    Added, ContactId, DisplayName, IdempotencyKey, InstanceId, Invitation, Role, SessionKey,
};
use serde_json::json;

use super::idempotency::key_on;
use crate::call::{Call, Reply};
use crate::limits::{DISPLAY_NAME_LENGTH, ID_LENGTH};
use crate::members::Members;
use crate::problem::Problem;
use crate::service::Settings;
use crate::times::iso;
use crate::token::Bearer;

/// Somebody who is to take part in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The instance.
    pub instance: InstanceId,
    /// Who, and in which chat.
    pub invitation: Invitation,
    /// Tells a retry from a second invitation.
    pub key: IdempotencyKey,
}

/// Connect takes CUSTOM_BOT alone for a chat, since its agents come by routing; here they come by this call.
const ROLES: [(&str, Role); 5] = [
    (Role::Agent.as_str(), Role::Agent),
    (Role::Customer.as_str(), Role::Customer),
    (Role::System.as_str(), Role::System),
    (Role::CustomBot.as_str(), Role::CustomBot),
    (Role::Supervisor.as_str(), Role::Supervisor),
];

impl Request {
    /// Reads the request.
    ///
    /// # Errors
    /// Names the member that is missing, wrong or not supported. An id that is none of ours is an unknown
    /// contact.
    pub fn parse(call: &Call, settings: &Settings) -> Result<Self, Problem> {
        let members = Members::parse(&call.body)?;
        let contact = members.required_text("ContactId", ID_LENGTH)?;
        let details = members
            .object("ParticipantDetails")?
            .ok_or_else(|| members.missing("ParticipantDetails"))?;
        details.refuse(&["ParticipantCapabilities"])?;
        let role = details
            .one_of("ParticipantRole", &ROLES)?
            .ok_or_else(|| details.missing("ParticipantRole"))?;
        if role == Role::Customer {
            let reason = "ParticipantDetails.ParticipantRole must not be CUSTOMER: a chat has one customer, the one that it was started for";
            return Err(Problem::Malformed(reason.to_owned()));
        }
        // A participant without a name is shown by the name of the role.
        let name = details.text("DisplayName", DISPLAY_NAME_LENGTH)?;
        let name = name.unwrap_or(role.as_str());
        let instance = settings.instance(&members)?;
        let contact = ContactId::parse(contact).ok_or(Problem::NoSession)?;
        let says = ["create-participant", role.as_str(), name];
        Ok(Self {
            key: key_on(call, &members, (&instance, contact), &says)?,
            instance,
            invitation: Invitation {
                contact,
                participant: call.entropy.participant(),
                role,
                display_name: DisplayName(name.to_owned()),
            },
        })
    }

    /// The answer. A repetition of the request gets the same id and an equally good token, which is good for
    /// as long as the chat may last.
    pub fn reply(&self, call: &Call, settings: &Settings, added: &Added) -> Reply {
        let bearer = Bearer {
            session: SessionKey::new(&self.instance, self.invitation.contact.session()),
            participant: added.participant,
            role: self.invitation.role,
        };
        let body = json!({
            "ParticipantCredentials": {
                "ParticipantToken": settings.tokens.participant(&bearer),
                "Expiry": iso(added.expires),
            },
            "ParticipantId": added.participant.to_string(),
        });
        Reply::json(200, &call.request_id, &body)
    }
}
