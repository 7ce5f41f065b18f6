//! What the fuzz targets check: one module a target, each with the properties that hold for any bytes.
//!
//! The service under them is the functions' own handlers over a log in memory; what holds their answers against the
//! OpenAPI document is what the tests of `tests/local` use.

pub mod cursors;
pub mod events;
pub mod frames;
pub mod names;
pub mod records;
pub mod signatures;
pub mod tokens;

mod chance;
mod floor;
mod mint;
mod script;
mod stage;
mod table;

/// Where the stage finds the documents.
mod tree {
    use std::path::Path;

    pub(crate) fn read(path: &str) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }
}
