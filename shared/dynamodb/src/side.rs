//! Side logs: entries in places beside a log.

use domain::{LogError, Order, SessionKey, SideEntry, SideLog, SidePut, SideRead, Timestamp};

use crate::keys::{self, Beside};
use crate::side_item::{decode, encode};
use crate::table::{DynamoDbLog, Range, Written};

impl SideLog for DynamoDbLog {
    async fn read_side(
        &self,
        session: &SessionKey,
        read: SideRead,
    ) -> Result<Vec<SideEntry>, LogError> {
        let (beside, from, to) = keys::side_range(read.range);
        let range = Range {
            partition: keys::side_partition(session, beside),
            from,
            to,
            order: Order::NewestFirst,
            limit: read.limit,
            consistency: read.consistency,
        };
        let found = self.find(range).await?;
        found
            .items
            .iter()
            .map(|item| decode(beside, item))
            .collect()
    }

    async fn put_side(
        &self,
        session: &SessionKey,
        entry: &SideEntry,
        retained_until: Timestamp,
    ) -> Result<SidePut, LogError> {
        let beside = Beside::of(entry.place());
        let item = encode(session, entry, retained_until)?;
        Ok(match self.put_if_free(item).await? {
            Written::Stored => SidePut::Stored,
            Written::Taken(occupant) => {
                let occupant = occupant.map(|item| decode(beside, &item)).transpose()?;
                SidePut::Taken(occupant.map(Box::new))
            }
        })
    }
}
