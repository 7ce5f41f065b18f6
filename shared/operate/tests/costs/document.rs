//! The document of costs, as far as it is tables.

use std::fs;
use std::path::Path;

/// Its text.
pub(crate) struct Document(String);

impl Document {
    pub(crate) fn read() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cost.md");
        Self(fs::read_to_string(path).expect("the document"))
    }

    /// The rows of the table under this heading, each with its cells.
    pub(crate) fn rows(&self, heading: &str) -> Vec<Vec<String>> {
        let after = self.0.split_once(&format!("## {heading}\n"));
        let (_, after) = after.unwrap_or_else(|| panic!("no {heading}"));
        let section = after.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter(|line| line.starts_with('|'));
        // Without the heads and the rule below them.
        rows.skip(2)
            .map(|row| {
                let cells = row.trim_matches('|').split('|');
                cells.map(|cell| cell.trim().to_owned()).collect()
            })
            .collect()
    }

    /// What a unit costs.
    pub(crate) fn price(&self, name: &str) -> f64 {
        self.number("Prices", name)
    }

    /// What the bill assumes.
    pub(crate) fn assumed(&self, name: &str) -> f64 {
        self.number("What is assumed", name)
    }

    fn number(&self, heading: &str, name: &str) -> f64 {
        let rows = self.rows(heading);
        let row = rows.iter().find(|row| row[0] == name);
        let row = row.unwrap_or_else(|| panic!("no {name} under {heading}"));
        let number = row[1].trim_start_matches('$').parse();
        number.unwrap_or_else(|_| panic!("{name}: {}", row[1]))
    }
}
