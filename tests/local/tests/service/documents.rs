//! The documents keep their word: what they say is tested is tested, under the name that they give.

use std::collections::BTreeSet;

use crate::tree::{read, root, rust_files};

/// The names of all tests, in Rust and in Python.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (_, text) in rust_files() {
        let mut marked = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" || line.starts_with("#[tokio::test") {
                marked = true;
            } else if let Some((_, rest)) = line.split_once("fn ").filter(|_| marked) {
                names.extend(rest.split('(').next().map(str::to_owned));
                marked = false;
            }
        }
        // Tests inside proptest! stand under its own attribute, or as rows of a table.
        names.extend(text.lines().filter_map(|line| {
            let name = line.trim().strip_suffix(':')?;
            (name.contains('_') && is_name(name)).then(|| name.to_owned())
        }));
    }
    let clients = root().join("tests/clients");
    for entry in std::fs::read_dir(clients).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "py") {
            let text = read(&path);
            let functions = text
                .lines()
                .filter_map(|line| line.strip_prefix("def test_"));
            let name = |rest: &str| format!("test_{}", rest.split('(').next().unwrap_or_default());
            names.extend(functions.map(name));
        }
    }
    assert!(names.len() > 400, "{}", names.len());
    names
}

fn is_name(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.bytes().all(legal)
}

/// The rows of a document's tables that begin with a number, each with its cells.
fn rows(document: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        let cells: Vec<String> = line
            .trim_matches('|')
            .split(" | ")
            .map(|cell| cell.trim().to_owned())
            .collect();
        cells
    };
    read(document)
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| # "))
        .map(cells)
        .collect()
}

#[test]
fn every_rule_names_a_test_that_exists_or_a_reason() {
    let tests = tests();
    let rows = rows("shared/docs/coverage.md");
    assert!(rows.len() > 130, "{}", rows.len());
    let mut missing = Vec::new();
    for row in rows {
        let said = row.last().expect("a cell");
        let names = said.split('`').skip(1).step_by(2);
        let names: Vec<&str> = names
            .filter(|name| name.matches('_').count() > 1 && is_name(name))
            .collect();
        missing.extend(
            names
                .iter()
                .filter(|name| !tests.contains(**name))
                .map(|name| format!("{}: {name}", row[0])),
        );
        if said.contains("TODO") || said.is_empty() {
            missing.push(format!("{}: {said}", row[0]));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_decision_has_its_row_of_tests() {
    let of = |document| -> BTreeSet<String> {
        let rows = rows(document).into_iter();
        rows.map(|row| row[0].clone())
            .filter(|id| {
                let digits = id.trim_end_matches(['a', 'b']);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
            .collect()
    };
    assert_eq!(of("shared/docs/rules.md"), of("shared/docs/coverage.md"));
}
