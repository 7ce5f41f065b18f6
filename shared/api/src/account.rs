//! The AWS account and region in which instances and contacts have their ARNs.

use domain::{ContactId, InstanceId};

/// The account and region of a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    region: String,
    id: String,
}

/// What is wrong with an account.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum AccountError {
    /// The region is not the name of one.
    #[error("a region is named in lower-case letters, digits and hyphens")]
    Region,
    /// The id is not one of an account.
    #[error("an account's id has 12 digits")]
    Id,
}

impl Account {
    /// The region where none is known.
    pub const DEFAULT_REGION: &str = "us-east-1";
    /// The id where none is known; no account of AWS has it.
    pub const DEFAULT_ID: &str = "000000000000";

    /// The account of this id, 12 digits, in this region, as in `us-east-1`.
    ///
    /// # Errors
    /// Says which of the two is not well-formed.
    pub fn new(region: &str, id: &str) -> Result<Self, AccountError> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if region.is_empty() || !region.bytes().all(legal) {
            return Err(AccountError::Region);
        }
        if id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AccountError::Id);
        }
        Ok(Self {
            region: region.to_owned(),
            id: id.to_owned(),
        })
    }

    /// The id, 12 digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The partition that the region belongs to
    /// ([ARNs](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html)).
    pub fn partition(&self) -> &'static str {
        if self.region.starts_with("cn-") {
            "aws-cn"
        } else if self.region.starts_with("us-gov-") {
            "aws-us-gov"
        } else {
            "aws"
        }
    }

    /// `arn:PARTITION:connect:REGION:ACCOUNT:instance/ID`
    pub fn instance_arn(&self, instance: &InstanceId) -> String {
        let (partition, region, id) = (self.partition(), &self.region, &self.id);
        let instance = instance.as_str();
        format!("arn:{partition}:connect:{region}:{id}:instance/{instance}")
    }

    /// `arn:PARTITION:connect:REGION:ACCOUNT:instance/ID/contact/ID`
    pub fn contact_arn(&self, instance: &InstanceId, contact: ContactId) -> String {
        format!("{}/contact/{contact}", self.instance_arn(instance))
    }
}

impl Default for Account {
    fn default() -> Self {
        Self {
            region: Self::DEFAULT_REGION.to_owned(),
            id: Self::DEFAULT_ID.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::SessionId;

    fn arn(region: &str) -> String {
        let instance = InstanceId::new("shop").expect("an instance");
        let account = Account::new(region, "123456789012").expect("an account");
        account.instance_arn(&instance)
    }

    #[test]
    fn an_arn_names_the_partition_of_its_region() {
        let bare = |partition: &str, region: &str| {
            format!("arn:{partition}:connect:{region}:123456789012:instance/shop")
        };
        for (region, partition) in [
            ("eu-central-1", "aws"),
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
        ] {
            assert_eq!(arn(region), bare(partition, region));
        }
    }

    #[test]
    fn a_contacts_arn_is_below_its_instances() {
        let instance = InstanceId::new("shop").expect("an instance");
        let contact = SessionId::from_bits(0).initial_contact();
        let account = Account::default();
        assert_eq!(
            account.contact_arn(&instance, contact),
            format!("arn:aws:connect:us-east-1:000000000000:instance/shop/contact/{contact}")
        );
    }

    #[test]
    fn an_account_has_a_region_and_12_digits() {
        for region in ["", "EU", "eu central", "eu:1", "eu/1"] {
            let refused = Account::new(region, Account::DEFAULT_ID);
            assert_eq!(refused, Err(AccountError::Region), "{region}");
        }
        for id in ["", "1", "12345678901", "1234567890123", "12345678901a"] {
            let refused = Account::new(Account::DEFAULT_REGION, id);
            assert_eq!(refused, Err(AccountError::Id), "{id}");
        }
    }
}
