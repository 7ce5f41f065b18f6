//! As much of JSON Schema as the OpenAPI document uses; a keyword that is not known here fails the test that meets it.

use serde_json::{Map, Value};

/// Schemas with the document in which their references lead somewhere.
#[derive(Clone, Copy)]
pub(crate) struct Schemas<'a>(pub(crate) &'a Value);

/// What says something to readers alone. (Patterns and formats are left to schemathesis, which has the means.)
const NOTES: [&str; 7] = [
    "description",
    "default",
    "examples",
    "example",
    "format",
    "pattern",
    "contentMediaType",
];

impl<'a> Schemas<'a> {
    /// What a reference stands for; anything else stands for itself.
    pub(crate) fn resolve(self, value: &'a Value) -> &'a Value {
        match value.get("$ref") {
            Some(reference) => self.target(reference),
            None => value,
        }
    }

    fn target(self, reference: &Value) -> &'a Value {
        let pointer = text(reference).strip_prefix('#');
        let found = self.0.pointer(pointer.expect("within the document"));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// The first thing that is wrong with a value, and where.
    pub(crate) fn fault(self, schema: &'a Value, value: &Value) -> Option<String> {
        let Some(keywords) = schema.as_object() else {
            assert!(schema.is_boolean(), "{schema}");
            return (schema == false).then(|| "nothing may stand here".to_owned());
        };
        let broken =
            |(name, wanted): (&'a String, &'a Value)| self.broken(name, wanted, keywords, value);
        keywords.iter().find_map(broken)
    }

    fn broken(
        self,
        keyword: &str,
        wanted: &'a Value,
        beside: &'a Map<String, Value>,
        value: &Value,
    ) -> Option<String> {
        let is = |good: bool| (!good).then(|| format!("not {keyword} {wanted}: {}", short(value)));
        let number = |of: &Value| of.as_f64().expect("a number");
        let at_most = |size: usize| is(size as f64 <= number(wanted));
        let at_least = |size: usize| is(size as f64 >= number(wanted));
        let fits = |each: &&'a Value| self.fault(each, value).is_none();
        match (keyword, value) {
            ("$ref", _) => self.fault(self.target(wanted), value),
            ("type", _) => is(wanted == kind(value) || wanted == "number" && value.is_number()),
            ("enum", _) => is(list(wanted).contains(value)),
            ("const", _) => is(wanted == value),
            ("allOf", _) => list(wanted).iter().find_map(|each| self.fault(each, value)),
            ("anyOf", _) => is(list(wanted).iter().any(|each| fits(&each))),
            ("oneOf", _) => is(list(wanted).iter().filter(fits).count() == 1),
            ("not", _) => is(self.fault(wanted, value).is_some()),
            ("minLength", Value::String(text)) => at_least(text.chars().count()),
            ("maxLength", Value::String(text)) => at_most(text.chars().count()),
            ("contentSchema", Value::String(text)) => match serde_json::from_str(text) {
                Ok(content) => self.fault(wanted, &content),
                Err(_) => Some(format!("no JSON: {}", short(value))),
            },
            ("minimum", Value::Number(_)) => is(number(value) >= number(wanted)),
            ("maximum", Value::Number(_)) => is(number(value) <= number(wanted)),
            ("minItems", Value::Array(items)) => at_least(items.len()),
            ("maxItems", Value::Array(items)) => at_most(items.len()),
            ("items", Value::Array(items)) => within(items.iter(), |each| self.fault(wanted, each)),
            ("contains", Value::Array(items)) => {
                is(items.iter().any(|each| self.fault(wanted, each).is_none()))
            }
            ("maxProperties", Value::Object(members)) => at_most(members.len()),
            ("required", Value::Object(members)) => {
                let missing = list(wanted)
                    .iter()
                    .find(|name| !members.contains_key(text(name)));
                missing.map(|name| format!("{name} is missing"))
            }
            // Ours: what Connect has and this service refuses, unless it is an empty object, which asks for nothing.
            ("x-refused", Value::Object(members)) => {
                let asks = |member: &Value| member.as_object().is_none_or(|it| !it.is_empty());
                let given = list(wanted)
                    .iter()
                    .find(|name| members.get(text(name)).is_some_and(asks));
                given.map(|name| format!("{name} is refused"))
            }
            ("properties", Value::Object(members)) => members.iter().find_map(|(name, member)| {
                let fault = self.fault(wanted.get(name)?, member)?;
                Some(format!("{name}: {fault}"))
            }),
            ("propertyNames", Value::Object(members)) => members
                .keys()
                .find_map(|name| self.fault(wanted, &Value::String(name.clone()))),
            ("additionalProperties", Value::Object(members)) => {
                assert!(!beside.contains_key("properties"), "a map or an object");
                within(members.values(), |each| self.fault(wanted, each))
            }
            (
                "minLength"
                | "maxLength"
                | "minimum"
                | "maximum"
                | "minItems"
                | "maxItems"
                | "contentSchema"
                | "items"
                | "contains"
                | "maxProperties"
                | "required"
                | "x-refused"
                | "properties"
                | "propertyNames"
                | "additionalProperties",
                _,
            ) => None,
            _ => {
                assert!(
                    NOTES.contains(&keyword),
                    "the keyword {keyword} is not known"
                );
                None
            }
        }
    }

    /// The first member of a value that no schema of it names.
    pub(crate) fn unnamed(self, schemas: &[&'a Value], value: &Value) -> Option<String> {
        let all = self.applied(schemas);
        let under = |keyword: &str| -> Vec<&'a Value> {
            all.iter()
                .filter_map(|schema| schema.get(keyword))
                .collect()
        };
        match value {
            Value::Array(items) => within(items.iter(), |each| self.unnamed(&under("items"), each)),
            Value::Object(members) => {
                let (objects, maps) = (under("properties"), under("additionalProperties"));
                members.iter().find_map(|(name, member)| {
                    let named = objects.iter().filter_map(|all| all.get(name));
                    let named: Vec<&Value> = named.chain(maps.iter().copied()).collect();
                    match named.is_empty() {
                        true => Some(format!("{name} is not in the document")),
                        false => self.unnamed(&named, member),
                    }
                })
            }
            _ => None,
        }
    }

    /// All schemas that apply to the same value.
    fn applied(self, schemas: &[&'a Value]) -> Vec<&'a Value> {
        let mut all = Vec::new();
        let mut open = schemas.to_vec();
        while let Some(schema) = open.pop() {
            if schema.get("$ref").is_some() {
                open.push(self.resolve(schema));
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                open.extend(schema.get(keyword).into_iter().flat_map(list));
            }
            all.push(schema);
        }
        all
    }
}

fn within<'v>(
    mut values: impl Iterator<Item = &'v Value>,
    fault: impl Fn(&'v Value) -> Option<String>,
) -> Option<String> {
    values.find_map(fault)
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() != 0.0) => {
            "number"
        }
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}
