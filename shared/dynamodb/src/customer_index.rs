//! The index of a customer's chats, by one `Query` of the secondary index.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    CustomerId, CustomerIndex, InstanceId, Listed, Listing, LogError, SessionKey, Slot, Timestamp,
};

use crate::attribute::{Item, number, number_in, text, text_in};
use crate::failure::read_failure;
use crate::keys;
use crate::table::{DynamoDbLog, Found};

impl CustomerIndex for DynamoDbLog {
    async fn sessions_of(
        &self,
        instance: &InstanceId,
        customer: &CustomerId,
        before: Option<Listed>,
        limit: usize,
    ) -> Result<Listing, LogError> {
        // DynamoDB refuses a limit of nothing.
        if limit == 0 {
            return Ok(Listing {
                sessions: Vec::new(),
                more: true,
            });
        }
        let owner = keys::owner(instance, customer);
        let found = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::OWNER_INDEX)
            .key_condition_expression(keys::SESSIONS_OF_OWNER)
            .expression_attribute_names(keys::OWNER_NAME, keys::OWNER)
            .expression_attribute_values(keys::OWNER_VALUE, AttributeValue::S(owner.clone()))
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(before.map(|before| place(instance, owner, before)))
            .send()
            .await
            .map(Found::from)
            .map_err(|error| read_failure(&error))?;
        let sessions = found.items.iter().map(|item| listed(instance, item));
        Ok(Listing {
            sessions: sessions.collect::<Result<_, _>>()?,
            more: found.stopped,
        })
    }
}

/// The place in the index from which a query goes on: the keys of the index and those of the table.
fn place(instance: &InstanceId, owner: String, listed: Listed) -> Item {
    let session = SessionKey::new(instance, listed.session);
    Item::from([
        text(keys::OWNER, owner),
        number(keys::STARTED_AT, listed.started.as_millis()),
        text(keys::SESSION, keys::partition(&session)),
        number(keys::SLOT, keys::sort(Slot::FIRST)),
    ])
}

/// The session of an item of the index, which holds keys only.
///
/// # Errors
/// [`LogError::Corrupt`], with what is wrong, and never with whose chat it is.
fn listed(instance: &InstanceId, item: &Item) -> Result<Listed, LogError> {
    read(instance, item).map_err(|reason| LogError::Corrupt(format!("a customer's chat: {reason}")))
}

fn read(instance: &InstanceId, item: &Item) -> Result<Listed, String> {
    if number_in(item, keys::SLOT) != Ok(keys::sort(Slot::FIRST)) {
        return Err("not a first record".to_owned());
    }
    let millis = number_in(item, keys::STARTED_AT)?;
    let started = Timestamp::from_millis(millis);
    if started.as_millis() != millis {
        return Err("it begins at no time".to_owned());
    }
    let session = keys::session_of(instance, text_in(item, keys::SESSION)?)
        .ok_or("no session of the instance")?;
    Ok(Listed { started, session })
}

#[cfg(test)]
mod tests;
