//! What one call came to, in numbers.

use api::live::SocketEvent;
use api::{ErrorType, Operation, Problem};
use domain::StartRefusal;

use super::{Requests, emf};

/// What is measured. The names stand in alarms and dashboards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Calls that were answered.
    Calls,
    /// Those that were answered with an error, whoever's fault it was.
    Errors,
    /// Those that failed by our own fault, and batches of which a part comes again.
    Faults,
    /// How long the handler took.
    Latency,
    /// Requests to DynamoDB.
    DynamoDbRequests,
    /// Further attempts at them.
    DynamoDbRetries,
    /// Chats that were not continued because of their source.
    RefusedResumes,
    /// WebSockets that took what was for them.
    Delivered,
    /// WebSockets that were gone.
    Gone,
    /// WebSockets that failed, and were closed.
    Failed,
    /// Records that were passed over since they cannot be read.
    PoisonRecords,
}

impl Metric {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calls => "Calls",
            Self::Errors => "Errors",
            Self::Faults => "Faults",
            Self::Latency => "Latency",
            Self::DynamoDbRequests => "DynamoDbRequests",
            Self::DynamoDbRetries => "DynamoDbRetries",
            Self::RefusedResumes => "RefusedResumes",
            Self::Delivered => "Delivered",
            Self::Gone => "Gone",
            Self::Failed => "Failed",
            Self::PoisonRecords => "PoisonRecords",
        }
    }

    /// Its unit.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Latency => "Milliseconds",
            _ => "Count",
        }
    }
}

/// What one call came to: numbers and the names of operations and error types, and nothing of what it was about.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    pub(super) operation: String,
    pub(super) error: Option<ErrorType>,
    pub(super) values: Vec<(Metric, f64)>,
    /// Not worth a line where it asked nothing of DynamoDB and nothing went wrong.
    quiet: bool,
}

impl Measure {
    /// One call of an operation, which took so long.
    pub fn of(operation: impl Into<String>, milliseconds: f64) -> Self {
        Self {
            operation: operation.into(),
            error: None,
            values: vec![(Metric::Calls, 1.0), (Metric::Latency, milliseconds)],
            quiet: false,
        }
    }

    /// The same with a number of something.
    #[must_use]
    pub fn with(mut self, metric: Metric, count: usize) -> Self {
        self.values.push((metric, count as f64));
        self
    }

    /// A call of the HTTP API.
    pub(crate) fn of_call(
        operation: Operation,
        problem: Option<&Problem>,
        milliseconds: f64,
    ) -> Self {
        let measure = Self::of(format!("{operation:?}"), milliseconds);
        let measure = measure.refused(problem, operation);
        match operation {
            Operation::StartChatContact | Operation::CreatePersistentContactAssociation => {
                let refused = matches!(problem, Some(Problem::Start(StartRefusal::Source(_))));
                measure.with(Metric::RefusedResumes, usize::from(refused))
            }
            _ => measure,
        }
    }

    /// An event of a WebSocket. Frames that are a mere sign of life, which ask for nothing or read one item, come every few
    /// seconds from everybody: a line for each would cost as much as the call.
    pub(crate) fn of_socket(
        event: &SocketEvent,
        problem: Option<&Problem>,
        milliseconds: f64,
    ) -> Self {
        let (operation, quiet) = match event {
            SocketEvent::Connect { .. } => ("WebsocketConnect", false),
            SocketEvent::Frame(_) => ("WebsocketFrame", true),
            SocketEvent::Disconnect => ("WebsocketDisconnect", false),
        };
        let measure = Self::of(operation, milliseconds);
        Self {
            quiet,
            // The client is answered as CreateParticipantConnection answers.
            ..measure.refused(problem, Operation::CreateParticipantConnection)
        }
    }

    fn refused(self, problem: Option<&Problem>, operation: Operation) -> Self {
        let error = problem.map(|problem| problem.told(operation).0);
        let fault = error.is_some_and(|error| error.status() >= 500);
        let measure = self
            .with(Metric::Errors, usize::from(error.is_some()))
            .with(Metric::Faults, usize::from(fault));
        Self { error, ..measure }
    }

    /// The line, with what the call asked of DynamoDB, and when; none where it is not worth one.
    pub(super) fn line(&self, namespace: &str, requests: Requests, now: u128) -> Option<String> {
        let of_life = requests.made <= 1 && requests.retried == 0 && self.error.is_none();
        if self.quiet && of_life {
            return None;
        }
        let mut values = self.values.clone();
        values.push((Metric::DynamoDbRequests, requests.made as f64));
        values.push((Metric::DynamoDbRetries, requests.retried as f64));
        Some(emf::line(
            namespace,
            &self.operation,
            self.error,
            &values,
            now,
        ))
    }
}
