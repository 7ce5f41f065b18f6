//! Reading a request's members one by one, each refusal naming the member.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

use crate::limits::MAX_BODY_BYTES;
use crate::problem::Problem;

/// U+FEFF in UTF-8, which JSON does not have
/// ([RFC 8259](https://www.rfc-editor.org/rfc/rfc8259#section-8.1) lets parsers ignore it).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The most characters of a member's name in a message.
const LONGEST_NAME: usize = 100;

/// The members of a JSON object, and where in the request it stands.
pub(crate) struct Members {
    path: &'static str,
    members: Map<String, Value>,
}

impl Members {
    /// Reads a body as a JSON object, whatever its content type says, and passes over a byte order mark before it, which
    /// some editors and languages put there. No body is an object without members.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        let malformed = |reason: &str| Err(Problem::Malformed(reason.to_owned()));
        if body.len() > MAX_BODY_BYTES {
            return Err(Problem::body_too_large());
        }
        let body = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
        if body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::new("", Map::new()));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => Ok(Self::new("", members)),
            Ok(_) => malformed("the request body must be a JSON object"),
            // The parser's words are fixed ones, with line and column: they never quote the body.
            Err(error) => malformed(&format!("the request body is not valid JSON: {error}")),
        }
    }

    fn new(path: &'static str, members: Map<String, Value>) -> Self {
        Self { path, members }
    }

    /// A member as messages name it; a key that a caller made up may be long.
    fn name(&self, member: &str) -> String {
        let short = match member.char_indices().nth(LONGEST_NAME) {
            Some((end, _)) => format!("{}…", &member[..end]),
            None => member.to_owned(),
        };
        if self.path.is_empty() {
            short
        } else {
            format!("{}.{short}", self.path)
        }
    }

    pub(crate) fn invalid(&self, member: &str, reason: impl Into<String>) -> Problem {
        Problem::InvalidMember {
            member: self.name(member),
            reason: reason.into(),
        }
    }

    pub(crate) fn missing(&self, member: &str) -> Problem {
        Problem::Malformed(format!("{} is required", self.name(member)))
    }

    /// The value of a member; null is absent.
    fn get(&self, member: &str) -> Option<&Value> {
        self.members.get(member).filter(|value| !value.is_null())
    }

    pub(crate) fn has(&self, member: &str) -> bool {
        self.get(member).is_some()
    }

    /// Refuses members that Connect has and this service does not support: better than to act as if. An empty
    /// object asks for nothing.
    pub(crate) fn refuse(&self, unsupported: &[&str]) -> Result<(), Problem> {
        let asks = |value: &Value| match value {
            Value::Object(members) => members.values().any(|value| !value.is_null()),
            _ => true,
        };
        match { unsupported.iter() }.find(|member| self.get(member).is_some_and(asks)) {
            None => Ok(()),
            Some(member) => Err(self.unsupported(member)),
        }
    }

    /// That a member, or the value of one, is not supported.
    pub(crate) fn unsupported(&self, what: &str) -> Problem {
        Problem::Malformed(format!("{} is not supported", self.name(what)))
    }

    /// These members without those that are empty texts.
    pub(crate) fn without_empty_texts(mut self) -> Self {
        self.members.retain(|_, value| value != "");
        self
    }

    /// A text of so many characters.
    pub(crate) fn text(
        &self,
        member: &str,
        length: RangeInclusive<usize>,
    ) -> Result<Option<&str>, Problem> {
        let characters = |text: &str| text.chars().count();
        self.measured(member, length, "characters", characters)
    }

    fn measured(
        &self,
        member: &str,
        length: RangeInclusive<usize>,
        unit: &str,
        measure: impl Fn(&str) -> usize,
    ) -> Result<Option<&str>, Problem> {
        let Some(value) = self.get(member) else {
            return Ok(None);
        };
        let text = value
            .as_str()
            .ok_or_else(|| self.invalid(member, "must be a string"))?;
        let given = measure(text);
        if !length.contains(&given) {
            let (least, most) = (length.start(), length.end());
            let reason = format!("must have {least} to {most} {unit}, not {given}");
            return Err(self.invalid(member, reason));
        }
        Ok(Some(text))
    }

    pub(crate) fn required_text(
        &self,
        member: &str,
        length: RangeInclusive<usize>,
    ) -> Result<&str, Problem> {
        self.text(member, length)?
            .ok_or_else(|| self.missing(member))
    }

    /// A text of so many bytes of UTF-8.
    pub(crate) fn required_bytes(
        &self,
        member: &str,
        length: RangeInclusive<usize>,
    ) -> Result<&str, Problem> {
        self.measured(member, length, "bytes", str::len)?
            .ok_or_else(|| self.missing(member))
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &self,
        member: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        let Some(value) = self.get(member) else {
            return Ok(None);
        };
        // 61.0 is the number that 61 is, and some clients write it so.
        let whole = |number: &f64| number.fract() == 0.0 && (0.0..1e15).contains(number);
        let fraction = || value.as_f64().filter(whole).map(|number| number as u64);
        match value.as_u64().or_else(fraction) {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let (least, most) = (range.start(), range.end());
                let reason = format!("must be a whole number from {least} to {most}");
                Err(self.invalid(member, reason))
            }
        }
    }

    pub(crate) fn flag(&self, member: &str) -> Result<bool, Problem> {
        match self.get(member) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| self.invalid(member, "must be true or false")),
        }
    }

    /// One of a set of names.
    pub(crate) fn one_of<T: Copy>(
        &self,
        member: &str,
        names: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(member) else {
            return Ok(None);
        };
        let known = names.iter().find(|(name, _)| value == *name);
        match known {
            Some((_, meaning)) => Ok(Some(*meaning)),
            None => {
                let names: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
                Err(self.invalid(member, format!("must be one of {}", names.join(", "))))
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, member: &str) -> Result<Option<Vec<&str>>, Problem> {
        let Some(value) = self.get(member) else {
            return Ok(None);
        };
        value
            .as_array()
            .and_then(|list| list.iter().map(Value::as_str).collect())
            .map(Some)
            .ok_or_else(|| self.invalid(member, "must be a list of strings"))
    }

    /// An object within the request.
    pub(crate) fn object(&self, member: &'static str) -> Result<Option<Members>, Problem> {
        match self.get(member) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Members::new(member, members.clone()))),
            Some(_) => Err(self.invalid(member, "must be an object")),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }
}
