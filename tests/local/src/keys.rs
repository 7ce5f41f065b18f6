//! The server's own keys: made on the first run, kept beside the data, readable by the owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use api::{SessionIdKey, SigningKeys};

use crate::store::StoreError;

/// The secrets of one local service.
#[derive(Clone)]
pub struct Keys {
    /// As `SIGNING_KEYS`.
    pub signing: String,
    /// As `SESSION_ID_KEY`.
    pub session_ids: String,
}

impl Keys {
    /// New keys.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> io::Result<Self> {
        Ok(Self {
            signing: format!("local:{}", secret()?),
            session_ids: secret()?,
        })
    }

    fn read(text: &str) -> Option<Self> {
        let value = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        let keys = Self {
            signing: value("SIGNING_KEYS")?,
            session_ids: value("SESSION_ID_KEY")?,
        };
        SigningKeys::parse(&keys.signing).ok()?;
        SessionIdKey::parse(&keys.session_ids).ok()?;
        Some(keys)
    }
}

/// The file of the keys of some data.
#[derive(Debug)]
pub(crate) struct Kept {
    file: PathBuf,
}

impl Kept {
    /// That of the data in `data`.
    pub(crate) fn beside(data: &Path) -> Self {
        Self {
            file: ending(data, ".keys"),
        }
    }

    /// Where the keys are, in words.
    pub(crate) fn place(&self) -> String {
        self.file.display().to_string()
    }

    /// The keys, if the file is there.
    ///
    /// # Errors
    /// When it cannot be read, or holds no keys.
    pub(crate) fn read(&self) -> Result<Option<Keys>, StoreError> {
        match fs::read_to_string(&self.file) {
            Ok(text) => match Keys::read(&text) {
                Some(keys) => Ok(Some(keys)),
                None => Err(StoreError::NoKeysInside(self.place())),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(StoreError::NoKeysInside(self.place()))
            }
            Err(error) => Err(self.unusable(error)),
        }
    }

    /// Puts new keys there, and says so in words. Those before, if there are any, are kept in a file beside.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn renew(&self) -> Result<(Keys, Option<String>), StoreError> {
        let keys = Keys::generate()?;
        let before = self.free_place();
        let copied = match fs::copy(&self.file, &before) {
            Ok(_) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => return Err(self.unusable(error)),
        };
        self.write(&keys)
            .map_err(|source| StoreError::of_folder(&self.file, source))?;
        let mut made = format!("New keys: {}", self.place());
        if copied {
            made.push_str(&format!(" (those before: {})", before.display()));
        }
        Ok((keys, Some(made)))
    }

    /// Where the keys before are kept: beside those that were kept earlier.
    fn free_place(&self) -> PathBuf {
        let numbered = (2..1000).map(|number| ending(&self.file, &format!(".old{number}")));
        let mut places = std::iter::once(ending(&self.file, ".old")).chain(numbered);
        let free = places.find(|place| !place.exists());
        free.unwrap_or_else(|| ending(&self.file, ".old"))
    }

    /// Written whole or not at all: a server killed on its first run leaves no half of a file.
    fn write(&self, keys: &Keys) -> io::Result<()> {
        let unfinished = ending(&self.file, ".new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        let Keys {
            signing,
            session_ids,
        } = keys;
        writeln!(file, "SIGNING_KEYS={signing}\nSESSION_ID_KEY={session_ids}")?;
        file.sync_all()?;
        fs::rename(unfinished, &self.file)
    }

    fn unusable(&self, source: io::Error) -> StoreError {
        let file = self.place();
        StoreError::Keys { file, source }
    }
}

fn ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// 256 random bits as 64 hexadecimal digits.
fn secret() -> io::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
