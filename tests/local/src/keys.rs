//! The server's own keys: made on the first run, kept beside the data, readable by the owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use api::{SessionIdKey, SigningKeys};

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

    /// The keys that belong to the data in `data`: those of the file beside it, or new ones that are put there.
    ///
    /// # Errors
    /// When the file cannot be read or made, or is no file of keys.
    pub fn beside(data: &Path) -> io::Result<Self> {
        let path = Self::path(data);
        let named = |error: io::Error| {
            let reason = format!("{}: {error}", path.display());
            io::Error::new(error.kind(), reason)
        };
        match fs::read_to_string(&path) {
            Ok(text) => Self::read(&text).ok_or_else(|| {
                let reason = "holds no keys, or keys that are too short";
                named(io::Error::new(io::ErrorKind::InvalidData, reason))
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let keys = Self::generate()?;
                keys.write(&path).map_err(named)?;
                Ok(keys)
            }
            Err(error) => Err(named(error)),
        }
    }

    /// Where the keys of the data in `data` are kept.
    pub fn path(data: &Path) -> PathBuf {
        let mut name = data.as_os_str().to_owned();
        name.push(".keys");
        PathBuf::from(name)
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

    /// Written whole or not at all: a server killed on its first run leaves no half of a file.
    fn write(&self, path: &Path) -> io::Result<()> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&unfinished)?;
        let Self {
            signing,
            session_ids,
        } = self;
        writeln!(file, "SIGNING_KEYS={signing}\nSESSION_ID_KEY={session_ids}")?;
        file.sync_all()?;
        fs::rename(unfinished, path)
    }
}

/// 256 random bits as 64 hexadecimal digits.
fn secret() -> io::Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
