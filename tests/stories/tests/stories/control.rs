//! What else a backend does by the control API: transfers, company, descriptions, attributes, associations.

use std::collections::HashMap;

use aws_sdk_connect::operation::create_participant::builders::CreateParticipantFluentBuilder;
use aws_sdk_connect::operation::create_persistent_contact_association::builders::CreatePersistentContactAssociationFluentBuilder;
use aws_sdk_connect::operation::describe_contact::builders::DescribeContactFluentBuilder;
use aws_sdk_connect::operation::get_contact_attributes::builders::GetContactAttributesFluentBuilder;
use aws_sdk_connect::operation::transfer_contact::builders::TransferContactFluentBuilder;
use aws_sdk_connect::operation::update_contact_attributes::builders::UpdateContactAttributesFluentBuilder;
use aws_sdk_connect::types::{Contact, ParticipantDetailsToAdd, ParticipantRole, RehydrationType};

use crate::people::{Backend, Participant};

/// A flow to which chats are transferred.
pub(crate) const SALES: &str = "sales";
/// The disconnect flow of the local service: a survey after the chat.
pub(crate) const SURVEY: &str = "survey";

impl Backend {
    /// A contact to transfer.
    pub(crate) fn transferring(&self, contact: &str, flow: &str) -> TransferContactFluentBuilder {
        self.client
            .transfer_contact()
            .instance_id(&self.instance)
            .contact_id(contact)
            .contact_flow_id(flow)
    }

    /// Transfers a contact, and gives the one that follows it.
    pub(crate) async fn transfer(&self, contact: &str, flow: &str) -> String {
        let transferred = self.transferring(contact, flow).send().await.unwrap();
        transferred.contact_id.unwrap()
    }

    /// Somebody to be asked to take part.
    pub(crate) fn inviting(
        &self,
        contact: &str,
        role: ParticipantRole,
        name: &str,
    ) -> CreateParticipantFluentBuilder {
        let details = ParticipantDetailsToAdd::builder()
            .participant_role(role)
            .display_name(name)
            .build();
        self.client
            .create_participant()
            .instance_id(&self.instance)
            .contact_id(contact)
            .participant_details(details)
    }

    /// Asks somebody to take part; they have not connected yet.
    pub(crate) async fn invite(&self, invitation: CreateParticipantFluentBuilder) -> Participant {
        let contact = invitation.get_contact_id().clone().unwrap();
        let invited = invitation.send().await.unwrap();
        let credentials = invited.participant_credentials.unwrap();
        Participant {
            client: self.participants.clone(),
            contact,
            participant: invited.participant_id.unwrap(),
            token: credentials.participant_token.unwrap(),
            continued_from: None,
            connection: String::new(),
        }
    }

    /// An agent of this name, who takes part and has connected.
    pub(crate) async fn agent(&self, contact: &str, name: &str) -> Participant {
        let invitation = self.inviting(contact, ParticipantRole::Agent, name);
        self.invite(invitation).await.connected().await
    }

    /// A contact to describe.
    pub(crate) fn describing(&self, contact: &str) -> DescribeContactFluentBuilder {
        let describe = self.client.describe_contact().contact_id(contact);
        describe.instance_id(&self.instance)
    }

    /// What a contact is.
    pub(crate) async fn describe(&self, contact: &str) -> Contact {
        self.describing(contact)
            .send()
            .await
            .unwrap()
            .contact
            .unwrap()
    }

    /// Attributes to read.
    pub(crate) fn reading_attributes(&self, contact: &str) -> GetContactAttributesFluentBuilder {
        let read = self.client.get_contact_attributes();
        read.instance_id(&self.instance).initial_contact_id(contact)
    }

    /// A session's attributes.
    pub(crate) async fn attributes(&self, contact: &str) -> HashMap<String, String> {
        let read = self.reading_attributes(contact).send().await.unwrap();
        read.attributes.unwrap()
    }

    /// Attributes to change; an empty value removes one.
    pub(crate) fn updating(
        &self,
        contact: &str,
        attributes: &[(&str, &str)],
    ) -> UpdateContactAttributesFluentBuilder {
        let update = self.client.update_contact_attributes();
        let update = update.instance_id(&self.instance);
        update
            .initial_contact_id(contact)
            .set_attributes(Some(pairs(attributes)))
    }

    /// Changes attributes.
    pub(crate) async fn update(&self, contact: &str, attributes: &[(&str, &str)]) {
        self.updating(contact, attributes).send().await.unwrap();
    }

    /// A past to be linked to a running chat.
    pub(crate) fn associating(
        &self,
        contact: &str,
        source: &str,
        how_much: RehydrationType,
    ) -> CreatePersistentContactAssociationFluentBuilder {
        self.client
            .create_persistent_contact_association()
            .instance_id(&self.instance)
            .initial_contact_id(contact)
            .source_contact_id(source)
            .rehydration_type(how_much)
    }

    /// Links a past to a running chat, and gives the contact that it continues.
    pub(crate) async fn associate(
        &self,
        contact: &str,
        source: &str,
        how_much: RehydrationType,
    ) -> String {
        let associated = self.associating(contact, source, how_much).send().await;
        associated.unwrap().continued_from_contact_id.unwrap()
    }
}

/// Attributes as the SDK has them.
pub(crate) fn pairs(attributes: &[(&str, &str)]) -> HashMap<String, String> {
    attributes
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}
