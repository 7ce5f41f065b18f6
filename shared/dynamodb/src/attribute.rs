//! Single attributes of an item: a text or a number, and nothing where it is of another type.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use aws_sdk_dynamodb::types::AttributeValue;

/// An item as the SDK has it.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// An attribute that is a text.
pub(crate) fn text(name: &str, text: String) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::S(text))
}

/// An attribute that is a number.
pub(crate) fn number(name: &str, number: impl Display) -> (String, AttributeValue) {
    (name.to_owned(), AttributeValue::N(number.to_string()))
}

/// The text in an attribute of an item, or what is wrong with it; never what it holds.
pub(crate) fn text_in<'a>(item: &'a Item, name: &str) -> Result<&'a str, String> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text),
        _ => Err(missing(name)),
    }
}

/// The whole number in an attribute of an item, or what is wrong with it.
pub(crate) fn number_in<T: FromStr>(item: &Item, name: &str) -> Result<T, String> {
    match item.get(name) {
        Some(AttributeValue::N(digits)) => digits
            .parse()
            .map_err(|_| format!("attribute {name} is no whole number")),
        _ => Err(missing(name)),
    }
}

fn missing(name: &str) -> String {
    format!("no attribute {name} of its type")
}

/// The attributes of an item, one a line: name, type, value.
#[cfg(test)]
pub(crate) fn shown(item: &Item) -> String {
    let line = |(name, value): (&String, &AttributeValue)| match value {
        AttributeValue::S(text) => format!("{name}: S {text}"),
        AttributeValue::N(digits) => format!("{name}: N {digits}"),
        _ => panic!("only texts and numbers are stored"),
    };
    let mut lines: Vec<String> = item.iter().map(line).collect();
    lines.sort();
    lines.join("\n")
}
