//! What a chat shows, built the obvious way: a chat that continues another copies what that one showed.

use domain::{EventType, Item, ItemKind, Rehydration};

/// A chat as a list of lines, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Model {
    /// What it shows of sessions before it.
    pub(crate) past: Vec<String>,
    /// Its own session: each line with the number of the contact that it belongs to.
    pub(crate) present: Vec<(u16, String)>,
    /// The number of the open contact.
    pub(crate) contact: u16,
}

impl Model {
    pub(crate) fn adds(&mut self, line: &str) {
        self.present.push((self.contact, line.to_owned()));
    }

    pub(crate) fn is_transferred(&mut self) {
        self.adds("transferred");
        self.contact += 1;
    }

    /// The chat that continues this one from its contact number `contact`.
    pub(crate) fn resumed(&self, contact: u16, how: Rehydration) -> Self {
        let shown = self
            .present
            .iter()
            .filter(|(of, _)| how == Rehydration::EntirePastSession || *of <= contact)
            .map(|(_, line)| line.clone());
        Self {
            past: self.past.iter().cloned().chain(shown).collect(),
            ..Self::default()
        }
    }

    /// Everything that the chat shows, oldest first.
    pub(crate) fn shows(&self) -> Vec<String> {
        let present = self.present.iter().map(|(_, line)| line.clone());
        self.past.iter().cloned().chain(present).collect()
    }
}

/// An item in words.
pub(crate) fn line(item: &Item) -> String {
    match &item.kind {
        ItemKind::Message {
            sender, content, ..
        } => format!("{}: {}", sender.display_name.0, content.0),
        ItemKind::Event { event, participant } => {
            let who = participant
                .as_ref()
                .map(|each| each.display_name.0.as_str());
            match event {
                EventType::ParticipantInvited => format!("{} invited", who.unwrap()),
                EventType::ParticipantJoined => format!("{} joined", who.unwrap()),
                EventType::ParticipantLeft => format!("{} left", who.unwrap()),
                EventType::TransferSucceeded => "transferred".to_owned(),
                EventType::ChatEnded => "ended".to_owned(),
            }
        }
    }
}
