//! Which keys are taken, what is said about those that are not, and what is never shown.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// What a template says, and `sam local` leaves as it is.
const REFERENCE: &str = "{{resolve:secretsmanager:SessionIdKey:SecretString}}";

#[test]
fn signing_keys_are_pairs_and_the_first_one_signs() {
    let keys = SigningKeys::parse(&format!(" b:{SECRET} , a:{SECRET}:with:colons ,"));
    assert_eq!(keys.expect("two keys").current(), "b");
    let longest = format!("0123456789abcdef:{SECRET}");
    assert!(SigningKeys::parse(&longest).is_ok());
}

#[test]
fn the_key_that_signs_is_the_one_that_is_named() {
    let keys = [("1", SECRET), ("2", SECRET), ("3", SECRET)];
    for id in ["1", "2", "3"] {
        let signing = SigningKeys::new(id, keys).expect("three keys");
        assert_eq!(signing.current(), id);
        let signature = signing.sign("3", &[b"body"]).expect("a key");
        assert!(signing.verify(b"3", &[b"body"], &signature));
    }
    for (id, keys, error) in [
        ("4", &keys[..], KeyError::NoSigner),
        ("", &keys, KeyError::NoSigner),
        ("1", &[], KeyError::None),
        ("1", &[("1", "short")], KeyError::TooShort),
        ("1", &[("1", SECRET), ("", SECRET)], KeyError::NoPair),
    ] {
        let taken = SigningKeys::new(id, keys.iter().copied());
        assert_eq!(taken.err(), Some(error), "{id} of {}", keys.len());
    }
}

#[test]
fn a_key_that_could_not_sign_safely_is_not_taken() {
    for (text, error) in [
        (String::new(), KeyError::None),
        (" , ,".to_owned(), KeyError::None),
        (SECRET.to_owned(), KeyError::NoPair),
        (format!(":{SECRET}"), KeyError::NoPair),
        (format!("0123456789abcdefg:{SECRET}"), KeyError::NoPair),
        (format!("a:{}", &SECRET[1..]), KeyError::TooShort),
        (format!("a:{SECRET},b:short"), KeyError::TooShort),
        (format!("a:{SECRET},a:{SECRET}"), KeyError::Twice),
        (REFERENCE.to_owned(), KeyError::Unresolved),
        (format!("a:{REFERENCE}"), KeyError::Unresolved),
    ] {
        assert_eq!(SigningKeys::parse(&text).err(), Some(error), "{text}");
    }
    assert_eq!(
        SessionIdKey::parse(&SECRET[1..]).err(),
        Some(KeyError::TooShort)
    );
    assert_eq!(
        SessionIdKey::parse(REFERENCE).err(),
        Some(KeyError::Unresolved)
    );
    assert!(SessionIdKey::parse(SECRET).is_ok());
}

#[test]
fn ids_are_shown_and_secrets_are_not() {
    let keys = SigningKeys::parse(&format!("a:{SECRET}")).expect("a key");
    assert_eq!(format!("{keys:?}"), "[\"a\"]");
    let key = SessionIdKey::parse(SECRET).expect("a key");
    assert_eq!(format!("{key:?}"), "SessionIdKey(…)");
}

#[test]
fn a_contact_has_one_log_name_that_does_not_give_it_away() {
    let key = SessionIdKey::parse(SECRET).expect("a key");
    let other = SessionIdKey::parse(&SECRET.to_uppercase()).expect("a key");
    let contact = "9f3c1a2b-77d4-8000-b1c2-0123456789ab";
    let name = key.log_name(contact);
    assert_eq!(name.len(), 16);
    assert_eq!(name, key.log_name(contact));
    assert_ne!(
        name,
        other.log_name(contact),
        "who has no key cannot make it"
    );
}

proptest! {
    #[test]
    fn lists_of_parts_that_are_joined_alike_have_other_hashes(text in ".{1,30}", at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let key = SessionIdKey::parse(SECRET).expect("a key");
        let (one, two) = text.as_bytes().split_at(at.index(text.len()));
        let (three, four) = text.as_bytes().split_at(to.index(text.len()));
        let same = one == three;
        prop_assert_eq!(key.hash(&[one, two]) == key.hash(&[three, four]), same);
        prop_assert_ne!(key.hash(&[one, two]), key.hash(&[text.as_bytes()]));
    }
}
