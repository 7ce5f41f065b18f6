//! What every handler needs: a log, and what the deployment has set.

use domain::{ContactFlowId, InstanceId, Rules};

use crate::keys::SessionIdKey;
use crate::limits::{INSTANCE_LENGTH, Limits};
use crate::members::Members;
use crate::problem::Problem;
use crate::signature::AccessKeys;
use crate::token::Tokens;

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
