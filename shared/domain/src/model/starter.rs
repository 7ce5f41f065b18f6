//! Who starts a chat.

use crate::model::ids::CustomerId;

/// Who starts a chat: decides whose it is, and what it may continue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Starter {
    /// A backend that signs its calls, for this customer if it names one.
    Backend(Option<CustomerId>),
    /// A customer, for himself.
    Customer(CustomerId),
    /// Somebody unknown.
    Anonymous,
}

impl Starter {
    /// Whether a source with this owner may be continued.
    pub fn may_continue(&self, owner: Option<&CustomerId>) -> bool {
        match self {
            Self::Backend(None) => true,
            Self::Backend(Some(id)) | Self::Customer(id) => owner.is_none_or(|owner| owner == id),
            Self::Anonymous => owner.is_none(),
        }
    }

    /// Whose the new chat is.
    pub(crate) fn owner(&self, source: Option<CustomerId>) -> Option<CustomerId> {
        match self {
            Self::Backend(Some(id)) | Self::Customer(id) => Some(id.clone()),
            Self::Backend(None) => source,
            Self::Anonymous => None,
        }
    }
}
