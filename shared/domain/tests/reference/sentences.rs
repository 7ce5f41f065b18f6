//! What happens in a story, in sentences: what a counterexample is made of.

use std::fmt;

use domain::Rehydration;
use domain::Rehydration::{EntirePastSession, FromSegment};

use super::story::{At, Beginning, By, Of, Server, Step, Value, What, Which};

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{:?}", self.what, self.server)
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Right => "",
            Self::MinuteFast => ", on a server whose clock is a minute fast",
            Self::MinuteSlow => ", on a server whose clock is a minute slow",
        })
    }
}

impl fmt::Debug for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(beginning) => write!(f, "{beginning:?}"),
            Self::Join(at) => write!(f, "{at:?} connects"),
            Self::Say(at) => write!(f, "{at:?} says something"),
            Self::Chatter(at, count) => write!(f, "{at:?} says {count} things"),
            Self::Leave(at, true) => write!(f, "{at:?} leaves where there is a survey"),
            Self::Leave(at, false) => write!(f, "{at:?} leaves"),
            Self::Invite(of, role) => write!(f, "a participant ({role:?}) is invited to {of:?}"),
            Self::Stop(of) => write!(f, "{of:?} is stopped"),
            Self::Transfer(of, method) => write!(f, "{of:?} is handed on by {method:?}"),
            Self::Change(of, given) => {
                write!(f, "attributes of {of:?} are changed")?;
                list(f, given)
            }
            Self::Associate(of, source, how) => {
                write!(f, "{of:?} is made to continue {source:?} {}", words(*how))
            }
            Self::Receive(at, back, kind) => {
                write!(f, "the last line but {back} is {kind:?} to {at:?}")
            }
            Self::Describe(of) => write!(f, "{of:?} is described"),
            Self::Look(of) => write!(f, "attributes of {of:?} are read"),
            Self::Again(back) => write!(f, "the request {back} before the last comes again"),
            Self::Wait(span) => match span.as_secs() {
                seconds @ 0..60 => write!(f, "{seconds} seconds pass"),
                seconds @ 60..86_400 => write!(f, "{} minutes pass", seconds / 60),
                seconds => write!(f, "{} days pass", seconds / 86_400),
            },
            Self::Read(of, true, limit) => write!(f, "{of:?} is read by {limit}"),
            Self::Read(of, false, limit) => write!(f, "{:?} is read by {limit}", of.chat),
            Self::Export(of, limit) => write!(f, "{of:?} is exported by {limit}"),
            Self::List(name, limit) => write!(f, "the chats of {name} are listed by {limit}"),
        }
    }
}

impl fmt::Debug for Beginning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} starts a chat of {} hours", self.by, self.hours)?;
        if let Some((of, how)) = &self.source {
            write!(f, " that continues {of:?} {}", words(*how))?;
        }
        for (said, words) in [
            (self.connects, "connected"),
            (self.says, "with a message"),
            (self.agents_leave_too, "agents to leave with the customer"),
        ] {
            if said {
                write!(f, ", {words}")?;
            }
        }
        list(f, &self.given)
    }
}

fn words(how: Rehydration) -> &'static str {
    match how {
        FromSegment => "from the segment",
        EntirePastSession => "as a whole",
    }
}

fn list(f: &mut fmt::Formatter<'_>, given: &[(&'static str, Value)]) -> fmt::Result {
    for (name, value) in given {
        write!(f, ", {name}{value:?}")?;
    }
    Ok(())
}

impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Backend(None) => f.write_str("a backend"),
            Self::Backend(Some(name)) => write!(f, "a backend, for {name},"),
            Self::Customer(name) => f.write_str(name),
            Self::Anonymous => f.write_str("somebody unknown"),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("="),
            Self::Short(value) => write!(f, "={value}"),
            Self::Long => f.write_str(" of great length"),
        }
    }
}

impl fmt::Debug for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (back, kind) = match self {
            Self::Running(back) => (back, " that runs"),
            Self::Ended(back) => (back, " that has ended"),
            Self::Any(back) => (back, ""),
        };
        match back {
            0 => write!(f, "the newest chat{kind}"),
            1 => write!(f, "the newest chat but one{kind}"),
            back => write!(f, "the newest chat but {back}{kind}"),
        }
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.person {
            0 => write!(f, "the customer of {:?}", self.chat),
            1..12 => write!(f, "participant {} of {:?}", self.person, self.chat),
            _ => write!(f, "the last participant of {:?}", self.chat),
        }
    }
}

impl fmt::Debug for Of {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.contact {
            0 => write!(f, "the first contact of {:?}", self.chat),
            1..12 => write!(f, "contact {} of {:?}", self.contact, self.chat),
            Self::NONE => write!(f, "a contact that there never was of {:?}", self.chat),
            _ => write!(f, "the last contact of {:?}", self.chat),
        }
    }
}
