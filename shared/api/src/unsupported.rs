//! What a request is answered that no operation of this service takes: by name where Connect has an operation there.

use http::Method;

use crate::call::Reply;
use crate::path::segments;
use crate::problem::{ErrorType, error};

/// The operations of Connect and of its participant API that this service does not have, a line each: name, method, path.
/// A test holds them, with those that it has, against the service models of the AWS SDKs.
const OPERATIONS: &str = include_str!("unsupported/operations.txt");

/// The most segments of a path that are looked at: twice as many as the longest path of an operation has.
const MOST_SEGMENTS: usize = 16;
/// The most characters of a path in a message.
const LONGEST_PATH: usize = 200;

/// The answer to a request whose method and path, still percent-encoded, lead to no operation of this service: 400 that
/// names the operation that Connect has there, or 404 that names method and path. Both have a type, so that an SDK does
/// not take the endpoint for a wrong one.
pub fn unsupported(method: &Method, path: &str, request_id: &str) -> Reply {
    let (kind, message) = match connects_operation(method, path) {
        Some(name) => {
            let kind = match is_participants(path) {
                true => ErrorType::ValidationException,
                false => ErrorType::InvalidRequestException,
            };
            (kind, format!("{name} is not supported here"))
        }
        None => {
            let shown: String = path.chars().take(LONGEST_PATH).collect();
            let more = if shown.len() < path.len() { "…" } else { "" };
            let message = format!("There is no operation at {method} {shown}{more}");
            (ErrorType::UnknownOperationException, message)
        }
    };
    error(kind, &message, request_id)
}

/// Whether the path is one of the participant API, which has error types of its own.
fn is_participants(path: &str) -> bool {
    path.starts_with("/participant/")
}

/// The name of the operation that Connect has at this method and path, if this service does not have it.
fn connects_operation(method: &Method, path: &str) -> Option<&'static str> {
    if path.split('/').count() > MOST_SEGMENTS {
        return None;
    }
    let given = segments(path);
    let led_to = OPERATIONS.lines().filter_map(|line| {
        let (name, rest) = line.split_once(' ')?;
        let (its_method, template) = rest.split_once(' ')?;
        let template: Vec<&str> = template.split('/').collect();
        let led = its_method == method.as_str() && leads(&template, &given);
        led.then_some((name, template.len()))
    });
    // An ARN in pieces also fits into the last label of a shorter template: the longest one is meant.
    let longest = led_to.max_by_key(|(_, segments)| *segments);
    longest.map(|(name, _)| name)
}

/// Whether a path is of the form of a template. A label such as `{InstanceId}` stands for one segment that is not empty,
/// or for several where it is an ARN whose slashes came decoded.
fn leads(template: &[&str], given: &[Vec<u8>]) -> bool {
    let (Some((first, template)), Some((segment, rest))) =
        (template.split_first(), given.split_first())
    else {
        return template.is_empty() && given.is_empty();
    };
    if !first.starts_with('{') {
        return first.as_bytes() == segment && leads(template, rest);
    }
    let arn = segment.starts_with(b"arn:");
    let most = if arn { rest.len() } else { 0 };
    !segment.is_empty() && (0..=most).any(|more| leads(template, &rest[more..]))
}

#[cfg(test)]
mod tests;
