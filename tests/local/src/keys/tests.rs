//! The server's keys on the disk: made once, for the owner alone, and never guessed at.

use std::os::unix::fs::PermissionsExt;

use super::*;

/// A folder of one test, gone when it is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("local-keys-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn data(&self) -> PathBuf {
        self.0.join("chat.db")
    }

    fn keys(&self) -> PathBuf {
        self.0.join("chat.db.keys")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn keys_are_made_once_and_readable_by_their_owner_alone() {
    let folder = Folder::new("once");
    let kept = Kept::beside(&folder.data());
    assert!(kept.read().expect("a folder").is_none());
    let (made, said) = kept.renew().expect("keys");
    let path = folder.keys();
    assert_eq!(said, Some(format!("New keys: {}", path.display())));
    let mode = fs::metadata(&path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let again = kept.read().expect("a file").expect("keys");
    assert_eq!(
        (&again.signing, &again.session_ids),
        (&made.signing, &made.session_ids)
    );
    let files = fs::read_dir(&folder.0).expect("a folder").count();
    assert_eq!(files, 1, "nothing half written is left");
}

#[test]
fn keys_that_are_replaced_are_kept_aside() {
    let folder = Folder::new("replaced");
    let kept = Kept::beside(&folder.data());
    kept.renew().expect("keys");
    let before = fs::read_to_string(folder.keys()).expect("text");
    let (_, said) = kept.renew().expect("keys");
    let aside = folder.0.join("chat.db.keys.old");
    assert_eq!(fs::read_to_string(&aside).expect("text"), before);
    assert_ne!(fs::read_to_string(folder.keys()).expect("text"), before);
    let mode = fs::metadata(&aside).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let said = said.expect("words");
    assert!(said.contains(&aside.display().to_string()), "{said}");
}

#[test]
fn keys_are_long_enough_and_never_the_same() {
    let (one, two) = (
        Keys::generate().expect("keys"),
        Keys::generate().expect("keys"),
    );
    assert!(api::SigningKeys::parse(&one.signing).is_ok());
    assert!(api::SessionIdKey::parse(&one.session_ids).is_ok());
    assert_ne!(one.signing, two.signing);
    assert_ne!(one.session_ids, two.session_ids);
    assert!(
        !one.signing.contains(&one.session_ids),
        "two secrets, not one"
    );
}

#[test]
fn a_broken_file_is_named_and_left_as_it_is() {
    let folder = Folder::new("broken");
    let path = folder.keys();
    let texts: [&[u8]; 7] = [
        b"",
        b"nonsense",
        b"\xff\xfe",
        b"SIGNING_KEYS=local:0123456789abcdef0123456789abcdef\n",
        b"SESSION_ID_KEY=0123456789abcdef0123456789abcdef\n",
        b"SIGNING_KEYS=local:short\nSESSION_ID_KEY=short\n",
        b"SIGNING_KEYS=\nSESSION_ID_KEY=\n",
    ];
    for text in texts {
        fs::write(&path, text).expect("written");
        let error = Kept::beside(&folder.data()).read().err().expect("an error");
        let error = error.to_string();
        assert!(
            error.contains("chat.db.keys holds no keys"),
            "{text:?}: {error}"
        );
        assert!(error.contains("--new-keys"), "{text:?}: {error}");
        assert_eq!(fs::read(&path).expect("bytes"), text);
    }
}

#[test]
fn a_file_that_cannot_be_read_or_made_is_named() {
    let folder = Folder::new("unreadable");
    fs::create_dir(folder.keys()).expect("a folder in its place");
    let error = Kept::beside(&folder.data())
        .read()
        .err()
        .expect("an error")
        .to_string();
    assert!(error.contains("chat.db.keys: is a directory"), "{error}");
    let nowhere = folder.0.join("nowhere").join("chat.db");
    let error = Kept::beside(&nowhere)
        .renew()
        .err()
        .expect("an error")
        .to_string();
    assert!(error.contains("nowhere: no such file"), "{error}");
}
