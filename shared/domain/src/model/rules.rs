//! The spans that a deployment may set.

use std::time::Duration;

use crate::model::time::{days, minutes};

/// Spans of a chat's life that a deployment may set; the defaults are Connect's.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How long after the start the customer may take to connect (Connect: 5 minutes).
    pub connect_within: Duration,
    /// How long a session exists, from its start (Connect: 24 months; here 731 days, which no 24 months exceed).
    pub retention: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            connect_within: minutes(5),
            retention: days(731),
        }
    }
}
