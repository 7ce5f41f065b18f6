//! The data file before the engine has it: another program's file is left as it is.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::StoreError;

/// What every database of SQLite begins with.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// Makes the folder of the data, if it is not there.
pub(super) fn make_folder(data: &Path) -> Result<(), StoreError> {
    let Some(folder) = data.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
        folder: folder.display().to_string(),
        source,
    })
}

/// Whether there is data. An empty file is none.
pub(super) fn holds_data(data: &Path) -> Result<bool, StoreError> {
    let name = || data.display().to_string();
    let unreadable = |source| StoreError::File {
        file: name(),
        source,
    };
    let about = match fs::metadata(data) {
        Ok(about) => about,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreadable(error)),
    };
    if about.is_dir() {
        return Err(StoreError::IsFolder(
            name().trim_end_matches('/').to_owned(),
        ));
    }
    // A pipe or a device would be waited for.
    if !about.is_file() {
        return Err(StoreError::Foreign(name()));
    }
    let mut file = File::open(data).map_err(unreadable)?;
    let mut start = Vec::new();
    let length = DATABASE.len() as u64;
    file.by_ref()
        .take(length)
        .read_to_end(&mut start)
        .map_err(unreadable)?;
    if start.is_empty() {
        return Ok(false);
    }
    if start == DATABASE {
        return Ok(true);
    }
    Err(StoreError::Foreign(name()))
}
