//! Where an exploration begins, and what its two clients may want.

use domain::transcript::{Direction, From, Query};
use domain::{
    Association, ContactId, CustomerId, Fingerprint, InstanceId, ParticipantId, Rehydration,
    SessionKey, Start, Starter, Timestamp, TransferMethod, days,
};

use crate::stage::{
    Stage, attribute, contact, handed_on, here, key, message, participant, session, wish_for,
};
use crate::wish::Wish;

/// How the chat stands when the two clients begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Beginning {
    /// It runs, in its second contact, with an agent.
    Running,
    /// It runs, has been handed on too, and continues an earlier chat.
    Continued,
    /// It has ended.
    Ended,
}

impl Beginning {
    /// All of them.
    pub const ALL: [Beginning; 3] = [Self::Running, Self::Continued, Self::Ended];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Running => "a chat that runs",
            Self::Continued => "a chat that runs and continues another",
            Self::Ended => "a chat that has ended",
        }
    }
}

/// What a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Want {
    /// A new chat, under a token that both clients have.
    Start,
    /// Another new chat under that token.
    StartOther,
    /// To continue the whole chat.
    ResumeEntire,
    /// To continue its first contact.
    ResumeSegment,
    /// To continue the whole chat, under a token that both clients have.
    ResumeTogether,
    /// To continue the whole chat, which is another's.
    ResumeForeign,
    /// The agent says something.
    Send,
    /// The contact is handed on.
    Transfer,
    /// The chat is ended from outside.
    Stop,
    /// The customer leaves.
    Leave,
    /// The customer says something, at a server whose clock is past the chat's end.
    SendLate,
    /// A past is linked to the chat.
    Associate,
    /// Another past is linked to the chat.
    AssociateOther,
    /// The customer reads all pages, two items each.
    Read,
}

impl Want {
    /// All of them.
    pub const ALL: [Want; 14] = [
        Self::Start,
        Self::StartOther,
        Self::ResumeEntire,
        Self::ResumeSegment,
        Self::ResumeTogether,
        Self::ResumeForeign,
        Self::Send,
        Self::Transfer,
        Self::Stop,
        Self::Leave,
        Self::SendLate,
        Self::Associate,
        Self::AssociateOther,
        Self::Read,
    ];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Start => "starts a chat",
            Self::StartOther => "starts another chat under the same token",
            Self::ResumeEntire => "continues the entire chat",
            Self::ResumeSegment => "continues the chat's first contact",
            Self::ResumeTogether => "continues the entire chat under a common token",
            Self::ResumeForeign => "continues the entire chat, which is another's",
            Self::Send => "sends a message",
            Self::Transfer => "transfers the contact",
            Self::Stop => "ends the chat",
            Self::Leave => "leaves the chat",
            Self::SendLate => "sends a message after the chat's time",
            Self::Associate => "links a past to the chat",
            Self::AssociateOther => "links another past to the chat",
            Self::Read => "reads all pages",
        }
    }
}

/// The stage on which both clients play.
pub(super) struct Scene {
    pub(super) stage: Stage,
    here: InstanceId,
    chat: SessionKey,
    open: ContactId,
    pasts: [SessionKey; 2],
}

const JANE: u64 = 10;
const ANN: u64 = 11;
const CHAT: u64 = 10;

impl Scene {
    pub(super) fn new(beginning: Beginning) -> Option<Self> {
        let here = here()?;
        let mut stage = Stage::new();
        let jane = || Starter::Backend(Some(CustomerId("Jane".to_owned())));
        let pasts = [
            stage.past(1, "past", jane())?,
            stage.past(2, "other past", jane())?,
        ];
        let chat = SessionKey::new(&here, session(CHAT));
        let mut start = Start {
            starter: jane(),
            attributes: attribute("of the chat", "1"),
            ..wish_for(chat.clone(), participant(JANE), days(7))
        };
        if beginning == Beginning::Continued {
            let past = contact(&pasts[0], 0);
            start = Stage::resume(start, past, Rehydration::FromSegment);
        }
        let (first, open) = (contact(&chat, 0), contact(&chat, 1));
        stage.plays(&Wish::Start(Box::new(start)))?;
        stage.invites(first, participant(ANN), "Ann", 11)?;
        let said = message(participant(ANN), "one");
        stage.plays(&Wish::Send(chat.clone(), said, key(12)))?;
        let next = handed_on(first, TransferMethod::Transfer);
        stage.plays(&Wish::Transfer(here.clone(), next, key(13)))?;
        if beginning == Beginning::Ended {
            stage.plays(&Wish::Stop(here.clone(), open, key(14)))?;
        }
        let mut scene = Self {
            stage,
            here,
            chat,
            open,
            pasts,
        };
        for want in Want::ALL {
            for client in 0..2 {
                for attempt in 0..2 {
                    match scene.wish(want, client, attempt) {
                        Wish::Start(start) => scene.stage.asked.start(&start),
                        Wish::Associate(_, association, _) => {
                            let chat = scene.chat.clone();
                            scene.stage.asked.associate(chat, &association);
                        }
                        _ => {}
                    }
                }
            }
        }
        Some(scene)
    }

    /// The time that servers have: before the chat's time passes, or after.
    pub(super) fn now(&self, late: bool, want: Want) -> Timestamp {
        if late || want == Want::SendLate {
            self.stage.now + days(8)
        } else {
            self.stage.now + days(1)
        }
    }

    /// What a client asks for with one of his attempts: the same each time, but for the id that a start makes up.
    pub(super) fn wish(&self, want: Want, client: u64, attempt: u64) -> Wish {
        use Rehydration::{EntirePastSession, FromSegment};
        let made_up = participant(100 + 2 * client + attempt);
        let own = |number: u64| {
            let session = SessionKey::new(&self.here, session(number));
            wish_for(session, made_up, days(30))
        };
        let first = contact(&self.chat, 0);
        let key = key(100 + client);
        let associate = |past: &SessionKey, how| {
            let association = Association {
                contact: first,
                source: contact(past, 0),
                rehydration: how,
            };
            Wish::Associate(self.here.clone(), association, key)
        };
        let started = |start: Start| Wish::Start(Box::new(start));
        let jane: ParticipantId = participant(JANE);
        match want {
            Want::Start => started(own(50)),
            Want::StartOther => started(Start {
                attributes: attribute("other", "1"),
                fingerprint: Fingerprint([9; 16]),
                ..own(50)
            }),
            Want::ResumeEntire => {
                started(Stage::resume(own(60 + client), first, EntirePastSession))
            }
            Want::ResumeSegment => started(Stage::resume(own(62 + client), first, FromSegment)),
            Want::ResumeTogether => started(Stage::resume(own(64), first, EntirePastSession)),
            Want::ResumeForeign => started(Start {
                starter: Starter::Customer(CustomerId("Joe".to_owned())),
                ..Stage::resume(own(66 + client), first, EntirePastSession)
            }),
            Want::Send => Wish::Send(
                self.chat.clone(),
                message(participant(ANN), &format!("from client {client}")),
                key,
            ),
            Want::SendLate => Wish::Send(
                self.chat.clone(),
                message(jane, &format!("late, from client {client}")),
                key,
            ),
            Want::Transfer => Wish::Transfer(
                self.here.clone(),
                handed_on(self.open, TransferMethod::Transfer),
                key,
            ),
            Want::Stop => Wish::Stop(self.here.clone(), self.open, key),
            Want::Leave => Wish::Leave(self.chat.clone(), jane, None, key),
            Want::Associate => associate(&self.pasts[0], EntirePastSession),
            Want::AssociateOther => associate(&self.pasts[1], FromSegment),
            Want::Read => Wish::Pages(Query {
                session: self.chat.clone(),
                reader: Some(jane),
                contact: None,
                direction: Direction::Backward,
                from: From::Newest,
                limit: 2,
                accompanied: true,
            }),
        }
    }
}
