//! The command line as operators type it.

use super::*;

fn read(line: &str) -> Result<Command, String> {
    parse(line.split_whitespace().map(OsString::from)).map_err(|error| error.to_string())
}

fn instance(id: &str) -> InstanceId {
    InstanceId::new(id).expect("an instance")
}

#[test]
fn a_customer_of_an_instance_is_erased_once_it_is_said_twice() {
    let erase = |instance_id: &str, dry_run| Command::Erase {
        table: "chat".to_owned(),
        instance: instance(instance_id),
        what: What::Customer(CustomerId("jane".to_owned())),
        dry_run,
    };
    let line = "erase-customer --table chat --instance here --customer jane";
    assert_eq!(read(&format!("{line} --yes")), Ok(erase("here", false)));
    assert_eq!(read(&format!("{line} --dry-run")), Ok(erase("here", true)));
    let arn = "--yes --table=chat --instance arn:aws:connect:eu-west-1:1:instance/i-1 --customer=jane erase-customer";
    assert_eq!(read(arn), Ok(erase("i-1", false)));
}

#[test]
fn a_contact_is_erased_by_any_of_its_sessions_ids() {
    let id = "9f3c1a2b-77d4-8002-b1c2-0123456789ab";
    let line = format!("erase-contact --table chat --instance here --contact {id} --yes");
    let Ok(Command::Erase { what, .. }) = read(&line) else {
        panic!("not understood");
    };
    assert_eq!(Some(what), ContactId::parse(id).map(What::Contact));
    let named = read(&format!("log-name --contact {id} --secret s"));
    let contact = ContactId::parse(id).expect("a contact");
    let partitions = read(&format!("partitions --instance here --contact {id}"));
    assert_eq!(
        partitions,
        Ok(Command::Partitions(instance("here"), contact))
    );
    assert_eq!(named, Ok(Command::LogName(contact, "s".to_owned())));
}

#[test]
fn keys_are_named_in_the_commands_that_change_them() {
    let name = |name| KeyName::parse(name).expect("a name");
    let id = |id| SigningKeyId::parse(id).expect("an id");
    for (line, change) in [
        ("list", AccessKeysChange::List),
        (
            "issue backend-2",
            AccessKeysChange::Issue(name("backend-2")),
        ),
        ("revoke a.b_c", AccessKeysChange::Revoke(name("a.b_c"))),
    ] {
        let read = read(&format!("access-keys {line} --secret s"));
        assert_eq!(read, Ok(Command::AccessKeys(change, "s".to_owned())));
    }
    for (line, change) in [
        ("list", SigningKeysChange::List),
        ("add", SigningKeysChange::Add),
        ("sign-with 2", SigningKeysChange::SignWith(id("2"))),
        ("remove 1", SigningKeysChange::Remove(id("1"))),
    ] {
        let read = read(&format!("signing-keys --secret s {line}"));
        assert_eq!(read, Ok(Command::SigningKeys(change, "s".to_owned())));
    }
}

#[test]
fn help_is_given_whatever_else_is_said() {
    assert_eq!(read("erase-customer -h"), Ok(Command::Help));
    assert_eq!(read("--help"), Ok(Command::Help));
    assert_eq!(read("-V"), Ok(Command::Version));
    for part in [
        "erase-customer",
        "exported",
        "35 days",
        "keyed hash",
        "of nobody",
        "24 hours",
        "Exit codes",
    ] {
        assert!(HELP.contains(part), "{part}");
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    let customer = "erase-customer --table t --instance i --customer c";
    for (line, part) in [
        ("", "a command"),
        ("erase", "erase makes no sense"),
        (customer, "--dry-run to count, or --yes"),
        (
            &format!("{customer} --dry-run --yes"),
            "--yes with --dry-run",
        ),
        (&format!("{customer} --yes --contact x"), "--contact"),
        (&format!("{customer} --yes --secret x"), "--secret"),
        (
            &format!("{customer} --yes --customer d"),
            "--customer a second time",
        ),
        (
            &format!("{customer} --yes more"),
            "erase-customer makes no sense",
        ),
        (
            "erase-customer --yes --instance i --customer c",
            "--table is missing",
        ),
        (
            "erase-customer --yes --table t --customer c",
            "--instance is missing",
        ),
        (
            "erase-customer --yes --table t --instance i",
            "--customer is missing",
        ),
        (
            "erase-customer --yes --table t --instance i --customer=",
            "--customer is missing",
        ),
        (
            "erase-customer --yes --table t --instance a/b --customer c",
            "--instance is no",
        ),
        (
            "erase-contact --yes --table t --instance i --contact 1",
            "no ContactId",
        ),
        ("log-name --contact 1 --secret s", "no ContactId"),
        ("access-keys --secret s", "list, issue NAME or revoke NAME"),
        (
            "access-keys issue --secret s",
            "list, issue NAME or revoke NAME",
        ),
        ("access-keys list", "--secret is missing"),
        ("access-keys list --secret s --yes", "--yes"),
        ("access-keys issue a/b --secret s", "letters, digits"),
        ("access-keys issue signs_with --secret s", "not signs_with"),
        (
            "partitions --contact 9f3c1a2b-77d4-8002-b1c2-0123456789ab",
            "--instance is missing",
        ),
        ("signing-keys sign-with --secret s", "sign-with ID"),
        (
            "signing-keys remove signs_with --secret s",
            "letters, digits or -",
        ),
        (
            "signing-keys remove 12345678901234567 --secret s",
            "1 to 16",
        ),
        ("--tabel t", "--tabel"),
    ] {
        let error = read(line).expect_err(line);
        assert!(error.contains(part), "{line}: {error}");
    }
}
