//! One deed of a story with all its names, and what may come of it.

use std::fmt;

use domain::transcript::{PageError, Received};
use domain::{
    AppendError, AssociateError, Attributes, ContactId, CustomerChat, CustomerId, Description,
    EventError, IdempotencyKey, ItemId, Opened, Outcome, ParticipantId, ReceiptKind, Rehydration,
    Role, SessionKey, Start, StartError, Stopped, Timestamp, TransferMethod, UpdateError,
};

use super::model::Model;

/// A deed, and the token under which it is done.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) deed: Deed,
    pub(crate) key: IdempotencyKey,
}

/// What somebody does.
#[derive(Clone)]
pub(crate) enum Deed {
    Start(Box<Start>),
    Join {
        chat: SessionKey,
        who: ParticipantId,
    },
    Say {
        chat: SessionKey,
        who: ParticipantId,
        text: String,
    },
    Leave {
        chat: SessionKey,
        who: ParticipantId,
        survey: bool,
    },
    Invite {
        contact: ContactId,
        who: ParticipantId,
        role: Role,
        name: String,
    },
    Stop(ContactId),
    Transfer {
        contact: ContactId,
        method: TransferMethod,
    },
    Change {
        contact: ContactId,
        changes: Attributes,
    },
    Associate {
        contact: ContactId,
        source: ContactId,
        how: Rehydration,
    },
    /// A message has reached somebody.
    Receive {
        chat: SessionKey,
        who: ParticipantId,
        message: ItemId,
        kind: ReceiptKind,
    },
    Describe(ContactId),
    Look(ContactId),
    Read {
        chat: SessionKey,
        contact: Option<ContactId>,
        limit: usize,
    },
    Export {
        contact: ContactId,
        limit: usize,
    },
    List {
        customer: CustomerId,
        limit: usize,
    },
}

/// What comes of a deed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Opened(Opened),
    NotStarted(StartError),
    Joined {
        items: u64,
        connected: usize,
    },
    Said {
        id: ItemId,
        at: Timestamp,
    },
    Invited {
        who: ParticipantId,
        expires: Timestamp,
    },
    Left(Outcome),
    Stopped(Stopped),
    Moved(ContactId),
    Refused(AppendError),
    Changed,
    NotChanged(UpdateError),
    Continues(ContactId),
    NotAssociated(AssociateError),
    Received(Timestamp),
    NotReceived(EventError),
    Described(Box<Description>),
    Attributes(Vec<(String, String)>),
    /// Oldest first, however it was read.
    Shown(Vec<Line>),
    NotShown(PageError),
    Chats(Vec<CustomerChat>),
}

/// One line of a transcript, as it is shown.
#[derive(Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: ItemId,
    pub(crate) at: Timestamp,
    pub(crate) contact: ContactId,
    pub(crate) past: bool,
    pub(crate) text: String,
    pub(crate) received: Vec<Received>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let past = if self.past { "past " } else { "" };
        let contact = self.contact.ordinal().get();
        write!(f, "{past}{contact} {:?} {}", self.at, self.text)?;
        for received in &self.received {
            let (delivered, read) = (received.delivered, received.read);
            write!(f, ", delivered {delivered:?} and read {read:?}")?;
        }
        Ok(())
    }
}

impl Answer {
    pub(crate) fn forgets_receipts(&mut self) {
        if let Self::Shown(lines) = self {
            for line in lines {
                line.received.clear();
            }
        }
    }
}

impl Deed {
    /// The deed in words.
    pub(crate) fn told(&self, model: &Model) -> String {
        let chat = |key: &SessionKey| model.name_of(key.session);
        let contact = |contact: &ContactId| {
            let ordinal = contact.ordinal().get() + 1;
            format!("{}{ordinal}", model.name_of(contact.session()))
        };
        let who = |key: &SessionKey, who: &ParticipantId| model.name_in(key, *who);
        match self {
            Self::Start(start) => {
                let name = model.name_of(start.session.session);
                let source = start.source.map(|(source, how)| {
                    format!(" that continues {} {}", contact(&source), words(how))
                });
                let message = start.initial.as_ref();
                let message = message.map(|(_, text)| format!(", saying “{}”", text.0));
                format!(
                    "{:?} starts chat {name}{}{}{}{}{}, of {:?}",
                    start.starter,
                    source.unwrap_or_default(),
                    message.unwrap_or_default(),
                    if start.connects { ", connected" } else { "" },
                    if start.disconnect_agent_on_exit {
                        ", agents to leave with its customer"
                    } else {
                        ""
                    },
                    attributes(&start.attributes),
                    start.duration,
                )
            }
            Self::Join { chat: key, who: id } => {
                format!("{} connects to {}", who(key, id), chat(key))
            }
            Self::Say {
                chat: key,
                who: id,
                text,
            } => format!("{} says “{text}” in {}", who(key, id), chat(key)),
            Self::Leave {
                chat: key,
                who: id,
                survey,
            } => {
                let survey = if *survey { ", with a survey" } else { "" };
                format!("{} leaves {}{survey}", who(key, id), chat(key))
            }
            Self::Invite {
                contact: to, name, ..
            } => format!("{name} is invited to {}", contact(to)),
            Self::Stop(stopped) => format!("{} is stopped", contact(stopped)),
            Self::Transfer {
                contact: from,
                method,
            } => format!("{} is handed on by {method:?}", contact(from)),
            Self::Change {
                contact: of,
                changes,
            } => {
                let changes = attributes(changes);
                format!("attributes of {} are changed{changes}", contact(of))
            }
            Self::Associate {
                contact: of,
                source,
                how,
            } => {
                let (of, source) = (contact(of), contact(source));
                format!("{of} is made to continue {source} {}", words(*how))
            }
            Self::Receive {
                chat: key,
                who: id,
                message,
                kind,
            } => {
                let mut lines = model.lines.iter();
                let line = lines.find(|line| line.id == *message);
                let text = line.map_or("nothing", |line| &*line.text);
                format!("“{text}” is {kind:?} to {} in {}", who(key, id), chat(key))
            }
            Self::Describe(of) => format!("{} is described", contact(of)),
            Self::Look(of) => format!("attributes of {} are read", contact(of)),
            Self::Read {
                chat: key,
                contact: of,
                limit,
            } => {
                let of = of.as_ref().map(|of| format!(", only {}", contact(of)));
                let of = of.unwrap_or_default();
                format!("{} is read by {limit}{of}", chat(key))
            }
            Self::Export { contact: of, limit } => {
                format!("{} is exported by {limit}", contact(of))
            }
            Self::List { customer, limit } => {
                format!("the chats of {} are listed by {limit}", customer.0)
            }
        }
    }
}

fn words(how: Rehydration) -> &'static str {
    match how {
        Rehydration::FromSegment => "from the segment",
        Rehydration::EntirePastSession => "as a whole",
    }
}

fn attributes(attributes: &Attributes) -> String {
    attributes
        .0
        .iter()
        .map(|(key, value)| match value.len() {
            0..10 => format!(", {key}={value}"),
            long => format!(", {key} of {long} bytes"),
        })
        .collect()
}
