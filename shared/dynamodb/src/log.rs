//! Session logs: records in slots.

use domain::{Chunk, Log, LogError, Put, Read, Record, SessionKey};

use crate::item::{decode, encode};
use crate::keys;
use crate::table::{DynamoDbLog, Range, Written};

impl Log for DynamoDbLog {
    async fn read(&self, session: &SessionKey, read: Read) -> Result<Chunk, LogError> {
        let range = Range {
            partition: keys::partition(session),
            from: keys::sort(read.range.from).into(),
            to: keys::sort(read.range.to).into(),
            order: read.order,
            limit: read.limit,
            consistency: read.consistency,
        };
        let found = self.find(range).await?;
        let records = found
            .items
            .iter()
            .map(decode)
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Chunk {
            cut: found.stopped && records.len() < read.limit,
            records,
        })
    }

    async fn put(&self, session: &SessionKey, record: &Record) -> Result<Put, LogError> {
        Ok(match self.put_if_free(encode(session, record)?).await? {
            Written::Stored => Put::Stored,
            Written::Taken(occupant) => {
                let occupant = occupant.as_ref().map(decode).transpose()?;
                Put::Taken(occupant.map(Box::new))
            }
        })
    }
}
