//! All chats of a run: which are open, and what their customers said and were told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::arrivals::Dice;
use crate::service::Fate;

/// A chat and what was said in it.
#[derive(Debug)]
pub(crate) struct Chat {
    pub(crate) contact: String,
    pub(crate) connection: String,
    said: Mutex<Vec<Said>>,
}

/// A message as its sender knows it.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) content: String,
    pub(crate) began: Instant,
    pub(crate) fate: Known,
}

/// What the sender of a message knows of its fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Known {
    /// It was acknowledged, with this id, at this moment.
    Acknowledged(String, Instant),
    /// It was refused, and must not stand.
    Refused,
    /// It may stand, once.
    Unknown,
}

/// The chats of a run.
#[derive(Debug, Default)]
pub(crate) struct Chats {
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    /// Chats that are open, each with its calls under way.
    open: Vec<(Arc<Chat>, usize)>,
    /// Contacts that have ended and that nobody continues.
    ended: Vec<String>,
    all: Vec<Arc<Chat>>,
}

impl Chat {
    pub(crate) fn new(contact: String, connection: String) -> Self {
        Self {
            contact,
            connection,
            said: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Said>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down that something is going to be said, and gives its place and its words, which no other message has.
    pub(crate) fn begin(&self, began: Instant) -> (usize, String) {
        let mut said = self.lock();
        let place = said.len();
        let content = format!("{place} in {}", self.contact);
        said.push(Said {
            content: content.clone(),
            began,
            fate: Known::Unknown,
        });
        (place, content)
    }

    /// Takes down what became of it.
    pub(crate) fn knows(&self, place: usize, fate: &Fate<String>) {
        if let Some(said) = self.lock().get_mut(place) {
            said.fate = match fate {
                Fate::Done(id) => Known::Acknowledged(id.clone(), Instant::now()),
                Fate::Refused(_) => Known::Refused,
                Fate::Unknown(_) => Known::Unknown,
            };
        }
    }

    /// Everything that was said, in the order in which it was begun.
    pub(crate) fn said(&self) -> Vec<Said> {
        self.lock().clone()
    }
}

impl Chats {
    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    pub(crate) fn open(&self) -> usize {
        self.lock().open.len()
    }

    /// All that there ever were.
    pub(crate) fn all(&self) -> Vec<Arc<Chat>> {
        self.lock().all.clone()
    }

    /// A chat was opened.
    pub(crate) fn opened(&self, chat: Chat) {
        let chat = Arc::new(chat);
        let mut places = self.lock();
        places.all.push(Arc::clone(&chat));
        places.open.push((chat, 0));
    }

    /// An open chat for a call, until [`Chats::give_back`].
    pub(crate) fn lend(&self, dice: &mut Dice) -> Option<Arc<Chat>> {
        let mut places = self.lock();
        let place = dice.place(places.open.len());
        let (chat, calls) = places.open.get_mut(place)?;
        *calls += 1;
        Some(Arc::clone(chat))
    }

    /// The call is over.
    pub(crate) fn give_back(&self, chat: &Arc<Chat>) {
        let mut places = self.lock();
        let found = places
            .open
            .iter_mut()
            .find(|(each, _)| Arc::ptr_eq(each, chat));
        if let Some((_, calls)) = found {
            *calls -= 1;
        }
    }

    /// An open chat to end, in which nobody is calling: it is open no more.
    pub(crate) fn close(&self, dice: &mut Dice) -> Option<Arc<Chat>> {
        let mut places = self.lock();
        let first = dice.place(places.open.len());
        let count = places.open.len();
        let place = (0..count)
            .map(|step| (first + step) % count)
            .find(|place| places.open[*place].1 == 0)?;
        Some(places.open.swap_remove(place).0)
    }

    /// A contact has ended, and may be continued once.
    pub(crate) fn ended(&self, contact: String) {
        self.lock().ended.push(contact);
    }

    /// A contact to continue.
    pub(crate) fn source(&self) -> Option<String> {
        self.lock().ended.pop()
    }
}
