//! The command line.

use std::ffi::OsString;

use domain::{ContactId, CustomerId, InstanceId};
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::secrets::{KeyName, SigningKeyId};

/// What `--help` says.
pub const HELP: &str = "\
Operates a deployed persistent chat, with the AWS credentials and the region of the environment.

Usage: operate erase-customer --table T --instance I --customer C (--dry-run | --yes)
       operate erase-contact --table T --instance I --contact ID (--dry-run | --yes)
       operate access-keys (list | issue NAME | revoke NAME) --secret ARN
       operate signing-keys (list | add | sign-with ID | remove ID) --secret ARN
       operate log-name --contact ID --secret ARN
       operate partitions --instance I --contact ID

erase-customer erases every chat of a customer in an instance, whole: messages, names, attributes, receipts. Running
chats are ended first. It looks until the table's index shows no more, so the customer must not go on starting chats
meanwhile. If it is stopped anywhere, run it again. Chats that were started for no customer and that these continue are
named (Continued, of nobody: ID) and left alone: afterwards nothing tells of them. erase-contact erases the one chat
that the contact belongs to.

Neither reaches: chats of the same person without a CustomerId, under another one or in another instance, attributes
that other chats took over when they continued one of these, transcripts that were exported, point-in-time backups
(35 days), the table's stream (24 hours), logs (which hold no content; chats stand there by a keyed hash). What was
erased cannot be brought back, except from such a backup.

access-keys: who may sign the control calls. issue prints the new secret, once. signing-keys: what the tokens of
participants are signed with. To replace one: add, sign-with, and remove the old one when its chats are over.
log-name: by which name a chat stands in the logs, which know no ContactIds; with the secret of the session ids.
partitions: under which keys a chat stands in the table, to bring it back from a backup; asks nothing of AWS.

Options:
  --table T      the table of the session logs (the stack's output TableName)
  --instance I   the instance, as its id or its ARN
  --customer C   the CustomerId that the chats were started with
  --contact ID   any contact of the chat
  --secret ARN   the secret of the stack, by ARN or name
  --dry-run      only count what would be erased
  --yes          erase it
  -h, --help     this text
  -V, --version  the version

Examples:
  operate erase-customer --table STACK-Table-1A2B --instance main --customer c-4711 --dry-run
  operate access-keys issue backend-2 --secret arn:aws:secretsmanager:…

Exit codes: 0 done, 1 failed or stopped half way (run it again), 2 the command line is wrong.
";

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell how it is used.
    Help,
    /// Tell which version it is.
    Version,
    /// Erase chats.
    Erase {
        /// From which table.
        table: String,
        /// Of which instance.
        instance: InstanceId,
        /// Which chats.
        what: What,
        /// Whether only to count them.
        dry_run: bool,
    },
    /// Show or change the access keys in this secret.
    AccessKeys(AccessKeysChange, String),
    /// Show or change the signing keys in this secret.
    SigningKeys(SigningKeysChange, String),
    /// Tell the name of a contact's chat in logs, by the session id key in this secret.
    LogName(ContactId, String),
    /// Tell the partition keys of a contact's chat.
    Partitions(InstanceId, ContactId),
}

/// Which chats to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Those of a customer.
    Customer(CustomerId),
    /// The one that a contact belongs to.
    Contact(ContactId),
}

/// What to do with access keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessKeysChange {
    /// Name them.
    List,
    /// Make a new one.
    Issue(KeyName),
    /// Take one away.
    Revoke(KeyName),
}

/// What to do with signing keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SigningKeysChange {
    /// Name them.
    List,
    /// Make a new one that verifies.
    Add,
    /// Let one of them sign.
    SignWith(SigningKeyId),
    /// Take one away.
    Remove(SigningKeyId),
}

/// What is wrong with the command line.
#[derive(Debug, thiserror::Error)]
pub enum Usage {
    /// An option or a value that is not understood.
    #[error(transparent)]
    Unclear(#[from] lexopt::Error),
    /// Something is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Something that this command does not take, or not twice.
    #[error("{0} makes no sense here")]
    Surplus(String),
    /// A value that is none of its kind.
    #[error("{0}")]
    Wrong(&'static str),
}

/// Reads the command line, without the program's name.
///
/// # Errors
/// Names what is not understood.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Command, Usage> {
    let mut given = Given::default();
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        let (option, name) = match argument {
            Value(word) => {
                given.words.push(word.string()?);
                continue;
            }
            Long("dry-run") => {
                given.dry_run = true;
                continue;
            }
            Long("yes") => {
                given.yes = true;
                continue;
            }
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("table") => (&mut given.table, "--table"),
            Long("instance") => (&mut given.instance, "--instance"),
            Long("customer") => (&mut given.customer, "--customer"),
            Long("contact") => (&mut given.contact, "--contact"),
            Long("secret") => (&mut given.secret, "--secret"),
            other => return Err(other.unexpected().into()),
        };
        if option.replace(parser.value()?.string()?).is_some() {
            return Err(Usage::Surplus(format!("{name} a second time")));
        }
    }
    given.command()
}

#[derive(Default)]
struct Given {
    words: Vec<String>,
    table: Option<String>,
    instance: Option<String>,
    customer: Option<String>,
    contact: Option<String>,
    secret: Option<String>,
    dry_run: bool,
    yes: bool,
}

impl Given {
    fn command(mut self) -> Result<Command, Usage> {
        let words = std::mem::take(&mut self.words);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let command = match words[..] {
            [] => return Err(Usage::Missing("a command")),
            ["erase-customer"] => {
                let customer = needed(self.customer.take(), "--customer")?;
                if customer.is_empty() || customer.chars().count() > 128 {
                    let reason = "--customer must be a CustomerId of 1 to 128 characters";
                    return Err(Usage::Wrong(reason));
                }
                self.erase(What::Customer(CustomerId(customer)))?
            }
            ["erase-contact"] => {
                let contact = self.contact()?;
                self.erase(What::Contact(contact))?
            }
            ["log-name"] => {
                let contact = self.contact()?;
                Command::LogName(contact, needed(self.secret.take(), "--secret")?)
            }
            ["partitions"] => {
                let contact = self.contact()?;
                Command::Partitions(self.instance()?, contact)
            }
            ["access-keys", ref rest @ ..] => {
                let change = match *rest {
                    ["list"] => AccessKeysChange::List,
                    ["issue", name] => AccessKeysChange::Issue(key_name(name)?),
                    ["revoke", name] => AccessKeysChange::Revoke(key_name(name)?),
                    _ => return Err(Usage::Missing("list, issue NAME or revoke NAME")),
                };
                Command::AccessKeys(change, needed(self.secret.take(), "--secret")?)
            }
            ["signing-keys", ref rest @ ..] => {
                let change = match *rest {
                    ["list"] => SigningKeysChange::List,
                    ["add"] => SigningKeysChange::Add,
                    ["sign-with", id] => SigningKeysChange::SignWith(key_id(id)?),
                    ["remove", id] => SigningKeysChange::Remove(key_id(id)?),
                    _ => return Err(Usage::Missing("list, add, sign-with ID or remove ID")),
                };
                Command::SigningKeys(change, needed(self.secret.take(), "--secret")?)
            }
            [word, ..] => return Err(Usage::Surplus(word.to_owned())),
        };
        self.nothing_left(command)
    }

    fn contact(&mut self) -> Result<ContactId, Usage> {
        let contact = needed(self.contact.take(), "--contact")?;
        ContactId::parse(&contact).ok_or(Usage::Wrong("--contact is no ContactId of ours"))
    }

    fn instance(&mut self) -> Result<InstanceId, Usage> {
        let instance = needed(self.instance.take(), "--instance")?;
        // Of an ARN the part that the table knows.
        let id = instance.rsplit_once(":instance/").map(|(_, id)| id);
        let instance = InstanceId::new(id.unwrap_or(&instance));
        instance.ok_or(Usage::Wrong("--instance is no instance id and no ARN"))
    }

    fn erase(&mut self, what: What) -> Result<Command, Usage> {
        let table = needed(self.table.take(), "--table")?;
        let instance = self.instance()?;
        match (self.dry_run, self.yes) {
            (true, true) => Err(Usage::Surplus("--yes with --dry-run".to_owned())),
            (false, false) => Err(Usage::Wrong(
                "give --dry-run to count, or --yes to erase: what is erased cannot be brought back",
            )),
            (dry_run, _) => {
                (self.dry_run, self.yes) = (false, false);
                Ok(Command::Erase {
                    table,
                    instance,
                    what,
                    dry_run,
                })
            }
        }
    }

    fn nothing_left(self, command: Command) -> Result<Command, Usage> {
        let left = [
            ("--table", self.table.is_some()),
            ("--instance", self.instance.is_some()),
            ("--customer", self.customer.is_some()),
            ("--contact", self.contact.is_some()),
            ("--secret", self.secret.is_some()),
            ("--dry-run", self.dry_run),
            ("--yes", self.yes),
        ];
        match left.into_iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(Usage::Surplus(name.to_owned())),
            None => Ok(command),
        }
    }
}

fn needed(value: Option<String>, name: &'static str) -> Result<String, Usage> {
    let value = value.filter(|value| !value.is_empty());
    value.ok_or(Usage::Missing(name))
}

fn key_name(text: &str) -> Result<KeyName, Usage> {
    KeyName::parse(text).ok_or(Usage::Wrong(
        "an access key's name has 1 to 64 letters, digits, -, _ or . and is not signs_with",
    ))
}

fn key_id(text: &str) -> Result<SigningKeyId, Usage> {
    SigningKeyId::parse(text).ok_or(Usage::Wrong(
        "a signing key's id has 1 to 16 letters, digits or -",
    ))
}

#[cfg(test)]
mod tests;
