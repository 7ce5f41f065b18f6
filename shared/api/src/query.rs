//! Reading a query's parameters one by one, each refusal naming the parameter.

use std::ops::RangeInclusive;

use percent_encoding::percent_decode_str;

use crate::call::Call;
use crate::problem::Problem;

/// The parameters of a call's query. Those that nobody asks for are ignored, whatever they hold.
pub(crate) struct QueryParameters<'a>(&'a str);

impl<'a> QueryParameters<'a> {
    pub(crate) fn of(call: &'a Call) -> Self {
        Self(&call.query)
    }

    pub(crate) fn invalid(&self, name: &str, reason: impl Into<String>) -> Problem {
        Problem::InvalidMember {
            member: name.to_owned(),
            reason: reason.into(),
        }
    }

    /// The decoded value of a parameter.
    fn get(&self, name: &str) -> Result<Option<String>, Problem> {
        let pairs = self.0.split('&').filter(|pair| !pair.is_empty());
        let mut values = pairs
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .filter(|(given, _)| decoded(given) == name.as_bytes())
            .map(|(_, value)| value);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(self.invalid(name, "must be given once only"));
        }
        String::from_utf8(decoded(value))
            .map(Some)
            .map_err(|_| self.invalid(name, "must be UTF-8, percent-encoded"))
    }

    /// A text of so many characters.
    pub(crate) fn text(
        &self,
        name: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<String>, Problem> {
        let Some(text) = self.get(name)? else {
            return Ok(None);
        };
        let characters = text.chars().count();
        if !length.contains(&characters) {
            let (least, most) = (length.start(), length.end());
            let reason = format!("must have {least} to {most} characters, not {characters}");
            return Err(self.invalid(name, reason));
        }
        Ok(Some(text))
    }

    /// A whole number in a range, written in digits alone.
    pub(crate) fn number(
        &self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let Some(text) = self.get(name)? else {
            return Ok(None);
        };
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && range.contains(&number) => Ok(Some(number)),
            _ => {
                let (least, most) = (range.start(), range.end());
                let reason = format!("must be a whole number from {least} to {most}");
                Err(self.invalid(name, reason))
            }
        }
    }
}

/// The text without its encoding; a plus is a space, as it is where a signature is checked.
fn decoded(text: &str) -> Vec<u8> {
    percent_decode_str(&text.replace('+', " ")).collect()
}

#[cfg(test)]
mod tests;
