//! Parameters as clients write them, and what is refused of them.

use http::{HeaderMap, Method};

use super::*;
use crate::entropy::Entropy;
use crate::operation::Operation;

fn call(query: &str) -> Call {
    Call {
        method: Method::GET,
        path: String::new(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        claims: None,
        request_id: String::new(),
        now: domain::Timestamp::from_millis(0),
        entropy: Entropy::new([0; 48]),
    }
}

fn text(query: &str) -> Result<Option<String>, Problem> {
    QueryParameters::of(&call(query)).text("nextToken", 1..=5)
}

fn number(query: &str) -> Result<Option<u64>, Problem> {
    QueryParameters::of(&call(query)).number("maxResults", 1..=100)
}

#[track_caller]
fn assert_refused<T: std::fmt::Debug>(result: Result<T, Problem>, told: &str) {
    let problem = result.expect_err(told);
    let (kind, message) = problem.told(Operation::ListCustomerChats);
    assert_eq!(kind.to_string(), "InvalidParameterException");
    assert_eq!(message, told);
}

#[test]
fn a_parameter_is_decoded_and_a_plus_is_a_space() {
    for (query, value) in [
        ("nextToken=abc", "abc"),
        ("maxResults=1&nextToken=abc&x=y", "abc"),
        ("nextToken=a%2Bb%3D", "a+b="),
        ("nextToken=a+b", "a b"),
        ("nextToken=a=b", "a=b"),
        ("next%54oken=%C3%AB", "ë"),
    ] {
        assert_eq!(text(query), Ok(Some(value.to_owned())), "{query}");
    }
}

#[test]
fn what_nobody_asks_for_is_ignored() {
    for query in ["", "&", "NextToken=a", "x=%FF&x=1&x", "nextToke=n"] {
        assert_eq!(text(query), Ok(None), "{query}");
        assert_eq!(number(query), Ok(None), "{query}");
    }
}

#[test]
fn a_number_in_its_range_is_taken() {
    for (query, value) in [
        ("maxResults=1", 1),
        ("maxResults=100", 100),
        ("maxResults=%35", 5),
    ] {
        assert_eq!(number(query), Ok(Some(value)), "{query}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let told = "maxResults must be a whole number from 1 to 100";
    for value in [
        "",
        "0",
        "101",
        "-1",
        "%2B5",
        "1.5",
        "5+",
        "x",
        "99999999999999999999",
    ] {
        assert_refused(number(&format!("maxResults={value}")), told);
    }
    assert_refused(number("maxResults"), told);
    let told = "maxResults must be given once only";
    assert_refused(number("maxResults=1&maxResults=1"), told);
    assert_refused(number("maxResults=1&max%52esults=2"), told);
    let told = "nextToken must have 1 to 5 characters, not 6";
    assert_refused(text("nextToken=abcdef"), told);
    let told = "nextToken must have 1 to 5 characters, not 0";
    assert_refused(text("nextToken="), told);
    let told = "nextToken must be UTF-8, percent-encoded";
    assert_refused(text("nextToken=%FF"), told);
}
