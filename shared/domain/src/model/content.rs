//! What people write, and what is said about them: texts whose `Debug` never shows them.

use std::collections::BTreeMap;
use std::fmt;

/// The body of a message, as its sender gave it.
#[derive(Clone, PartialEq, Eq)]
pub struct Content(pub String);

/// How a participant is called in the transcript.
#[derive(Clone, PartialEq, Eq)]
pub struct DisplayName(pub String);

/// A contact's user-defined attributes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Attributes(pub BTreeMap<String, String>);

impl Attributes {
    /// The most that keys and values may hold together, in bytes of UTF-8
    /// ([StartChatContact](https://docs.aws.amazon.com/connect/latest/APIReference/API_StartChatContact.html)).
    pub const MAX_BYTES: usize = 32_768;

    /// The bytes of all keys and values.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(k, v)| k.len() + v.len()).sum()
    }

    /// These attributes after `changes`: a key of both takes the new value, and goes where that is empty.
    pub fn changed(&self, changes: &Attributes) -> Attributes {
        let mut attributes = changes.clone().over(self);
        let removed = |key: &String| changes.0.get(key).is_some_and(String::is_empty);
        attributes.0.retain(|key, _| !removed(key));
        attributes
    }

    /// These attributes over those of `source`: a key in both keeps the value that stands here.
    pub fn over(mut self, source: &Attributes) -> Attributes {
        for (key, value) in &source.0 {
            self.0.entry(key.clone()).or_insert_with(|| value.clone());
        }
        self
    }
}

macro_rules! hidden {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}
hidden!(Content, DisplayName, Attributes);

/// The content types that a chat may carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentType {
    /// `text/plain`
    Plain,
    /// `text/markdown`
    Markdown,
    /// `application/json`
    Json,
    /// `application/vnd.amazonaws.connect.message.interactive`
    Interactive,
    /// `application/vnd.amazonaws.connect.message.interactive.response`
    InteractiveResponse,
}

impl ContentType {
    /// Every content type there is.
    pub const ALL: [ContentType; 5] = [
        Self::Plain,
        Self::Markdown,
        Self::Json,
        Self::Interactive,
        Self::InteractiveResponse,
    ];

    /// The type's name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "text/plain",
            Self::Markdown => "text/markdown",
            Self::Json => "application/json",
            Self::Interactive => "application/vnd.amazonaws.connect.message.interactive",
            Self::InteractiveResponse => {
                "application/vnd.amazonaws.connect.message.interactive.response"
            }
        }
    }

    /// The type of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Plain => 1,
            Self::Markdown => 2,
            Self::Json => 4,
            Self::Interactive => 8,
            Self::InteractiveResponse => 16,
        }
    }
}

/// The set of content types that one chat supports; `text/plain` is always among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentTypes(u8);

impl ContentTypes {
    /// What a chat supports that names nothing: `text/plain`.
    pub const PLAIN: ContentTypes = ContentTypes(1);

    /// `text/plain` and these.
    pub fn with(types: impl IntoIterator<Item = ContentType>) -> Self {
        types
            .into_iter()
            .fold(Self::PLAIN, |set, kind| Self(set.0 | kind.bit()))
    }

    /// Whether the chat supports `kind`.
    pub const fn contains(self, kind: ContentType) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The types of the set, in the order of [`ContentType::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ContentType> {
        ContentType::ALL
            .into_iter()
            .filter(move |kind| self.contains(*kind))
    }
}
