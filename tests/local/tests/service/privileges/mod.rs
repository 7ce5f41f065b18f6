//! Least privilege: every function's role grants what its code asks for, and nothing else.

mod account;
mod company;
mod story;
mod template;

use std::collections::BTreeSet;

use self::company::Company;
use self::story::live_through_everything;
use self::template::{Grant, Template};

#[tokio::test]
async fn every_role_grants_what_its_function_asks_and_nothing_else() {
    let template = Template::read();
    let company = Company::of(&template).await;
    Box::pin(live_through_everything(&company)).await;
    let functions = template.functions();
    assert_eq!(functions.len(), 16);
    for (function, resource) in functions {
        let asked = company.asked(&function);
        let streams = template.streams(&resource);
        let needed: BTreeSet<&Grant> = asked.union(&streams).collect();
        let granted = template.grants(&resource);
        let granted: BTreeSet<&Grant> = granted.iter().collect();
        let missing: Vec<_> = needed.difference(&granted).collect();
        assert!(missing.is_empty(), "{function} asks for {missing:#?}");
        let unused: Vec<_> = granted.difference(&needed).collect();
        assert!(unused.is_empty(), "{function} never asks for {unused:#?}");
    }
}

#[test]
fn what_bounds_the_functions_lets_them_do_their_work() {
    let template = Template::read();
    let boundary = template.boundary();
    for (function, resource) in template.functions() {
        let granted = template.grants(&resource);
        let beyond: Vec<_> = granted.difference(&boundary).collect();
        assert!(beyond.is_empty(), "{function} may not do {beyond:#?}");
    }
    let logs = boundary
        .iter()
        .filter(|(action, _)| action.starts_with("logs:"));
    let logs: Vec<&str> = logs.map(|(action, _)| &**action).collect();
    assert_eq!(logs, ["logs:CreateLogStream", "logs:PutLogEvents"]);
}

#[test]
fn no_policy_names_everything() {
    let template = Template::read();
    let functions = template.functions();
    let granted = functions.values().map(|function| template.grants(function));
    let all = granted.chain([template.boundary()]).flatten();
    let mut seen = 0;
    for (action, resource) in all {
        seen += 1;
        let (service, name) = action.split_once(':').expect("an action");
        assert!(!service.contains('*') && !name.contains('*'), "{action}");
        // What has no name before it is made: connections, a table's stream and the streams of a group of logs.
        let rest = ["/*/@connections/*", "/stream/*", ":Logs:*"];
        let named = rest.iter().find_map(|rest| resource.strip_suffix(rest));
        let named = named.unwrap_or(&resource);
        assert!(!named.contains('*'), "{action} on {resource}");
        assert!(!named.is_empty());
    }
    assert!(seen > 40, "{seen}");
}
