//! Why an append added nothing to a log.

use crate::model::decide::Refusal;
use crate::ports::log::LogError;

/// Why nothing was added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// There is no such session, or it is past its retention.
    #[error("no such session")]
    NotFound,
    /// The session's rules refuse.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Others were first at every try, until the call had no time for another; surely nothing was written.
    #[error("too many writers at once")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Log(#[from] LogError),
}
