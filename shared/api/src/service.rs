//! What every handler needs: a log, and what the deployment has set.

use domain::{ContactFlowId, InstanceId, Rules};

use crate::account::Account;
use crate::keys::SessionIdKey;
use crate::limits::{ARN_LENGTH, INSTANCE_LENGTH, Limits};
use crate::members::Members;
use crate::problem::Problem;
use crate::signature::AccessKeys;
use crate::token::Tokens;
use crate::websocket_url::Websockets;

/// The service behind every operation, over any log.
#[derive(Debug)]
pub struct Service<L> {
    /// Where sessions are kept.
    pub log: L,
    /// What the deployment has set.
    pub settings: Settings,
}

/// What a deployment sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Makes and reads tokens.
    pub tokens: Tokens,
    /// The key behind the session ids that stand for ClientTokens.
    pub session_ids: SessionIdKey,
    /// The access keys that the deployment has issued.
    pub access_keys: AccessKeys,
    /// Whether somebody unknown may start a chat.
    pub anonymous_start: bool,
    /// The claim that holds a customer's id in a token that the gateway verified.
    pub customer_claim: String,
    /// The instances that exist; none named: any.
    pub instances: Vec<InstanceId>,
    /// The instance of a chat widget's start that names none.
    pub default_instance: Option<InstanceId>,
    /// The flow of a chat widget's start that names none.
    pub default_flow: Option<ContactFlowId>,
    /// The flow that a chat is transferred to when its agent has gone, such as a survey.
    pub disconnect_flow: Option<ContactFlowId>,
    /// Where participants open their WebSockets.
    pub websockets: Websockets,
    /// Where instances and contacts have their ARNs.
    pub account: Account,
    /// Spans of a chat's life.
    pub rules: Rules,
    /// Lengths of messages.
    pub limits: Limits,
}

impl Settings {
    /// The instance that a request's InstanceId names: a bare id or an ARN.
    ///
    /// # Errors
    /// When it is missing, ill-formed, or no instance of this deployment.
    pub(crate) fn instance(&self, members: &Members) -> Result<InstanceId, Problem> {
        self.known(members.required_text("InstanceId", INSTANCE_LENGTH)?)
    }

    /// The same where the configured default stands in for a missing one.
    pub(crate) fn instance_or_default(&self, members: &Members) -> Result<InstanceId, Problem> {
        match (members.has("InstanceId"), &self.default_instance) {
            (false, Some(instance)) => Ok(instance.clone()),
            _ => self.instance(members),
        }
    }

    /// The instance that a path names, decoded: a bare id or an ARN.
    ///
    /// # Errors
    /// When it is too long, or no instance of this deployment.
    pub(crate) fn instance_in_path(&self, text: &str) -> Result<InstanceId, Problem> {
        // Connect's model counts either as an InstanceId of 100 characters; a longer ARN does no harm.
        let length = match text.starts_with("arn:") {
            true => ARN_LENGTH,
            false => INSTANCE_LENGTH,
        };
        let characters = text.chars().count();
        if !length.contains(&characters) {
            let (least, most) = (length.start(), length.end());
            return Err(Problem::InvalidMember {
                member: "InstanceId".to_owned(),
                reason: format!("must have {least} to {most} characters, not {characters}"),
            });
        }
        self.known(text)
    }

    /// Whether a flow, by its bare id or its ARN, is the configured disconnect flow.
    pub(crate) fn is_disconnect_flow(&self, flow: &str) -> bool {
        let configured = self.disconnect_flow.as_ref();
        configured.is_some_and(|configured| flow_of(&configured.0) == flow_of(flow))
    }

    fn known(&self, text: &str) -> Result<InstanceId, Problem> {
        let bare = if text.starts_with("arn:") {
            instance_of_arn(text).unwrap_or_default()
        } else {
            text
        };
        InstanceId::new(bare)
            .filter(|id| self.instances.is_empty() || self.instances.contains(id))
            .ok_or(Problem::NoInstance)
    }
}

/// The id in `arn:aws:connect:REGION:ACCOUNT:instance/ID`.
fn instance_of_arn(arn: &str) -> Option<&str> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, _, "connect", _, _, resource] = parts[..] else {
        return None;
    };
    let id = resource.strip_prefix("instance/")?;
    (!id.contains('/')).then_some(id)
}

/// The id in `arn:aws:connect:REGION:ACCOUNT:instance/ID/contact-flow/ID`; whatever is no such ARN stands for itself.
fn flow_of(text: &str) -> &str {
    match text.rsplit_once("/contact-flow/") {
        Some((instance, id)) if instance.starts_with("arn:") => id,
        _ => text,
    }
}

#[cfg(test)]
mod tests;
