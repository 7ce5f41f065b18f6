//! `template.yaml` as CloudFormation reads it where no parameter is given, with the names of resources in place of their ARNs.

use std::collections::{BTreeMap, BTreeSet};

use saphyr::{LoadableYamlNode, Yaml};
use serde_json::{Map, Value, json};

use crate::tree::read;

/// An action, and on what.
pub(super) type Grant = (String, String);

/// Where it is deployed.
pub(super) const REGION: &str = "us-east-1";
pub(super) const ACCOUNT: &str = "123456789012";
const PSEUDO_PARAMETERS: [(&str, &str); 4] = [
    ("AWS::Partition", "aws"),
    ("AWS::Region", REGION),
    ("AWS::AccountId", ACCOUNT),
    ("AWS::URLSuffix", "amazonaws.com"),
];

/// What is not there.
const NO_VALUE: &str = "AWS::NoValue";

/// The template.
pub(super) struct Template(Value);

impl Template {
    pub(super) fn read() -> Self {
        let text = read("template.yaml");
        let documents = Yaml::load_from_str(&text).expect("YAML");
        let unset = value(&documents[0], &Map::new());
        let parameters = unset["Parameters"].as_object().expect("parameters");
        let defaults = parameters
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter["Default"].clone()));
        let pseudo = PSEUDO_PARAMETERS.map(|(name, value)| (name.to_owned(), json!(value)));
        Self(value(&documents[0], &defaults.chain(pseudo).collect()))
    }

    fn resources(&self) -> &Map<String, Value> {
        self.0["Resources"].as_object().expect("resources")
    }

    fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        let of_type = move |resource: &Value| resource["Type"] == kind;
        let resources = self.resources().iter();
        resources
            .filter(move |(_, resource)| of_type(resource))
            .map(|(name, resource)| (&**name, &resource["Properties"]))
    }

    /// Every function, by the name of its binary, with the name of its resource.
    pub(super) fn functions(&self) -> BTreeMap<String, String> {
        let functions = self.of_type("AWS::Serverless::Function");
        functions
            .map(|(name, _)| {
                let binary = &self.resources()[name]["Metadata"]["BuildProperties"]["Binary"];
                (text(binary), name.to_owned())
            })
            .collect()
    }

    /// The environment of a function.
    pub(super) fn environment(&self, function: &str) -> BTreeMap<String, String> {
        let ours = &self.0["Globals"]["Function"];
        let its = &self.resources()[function]["Properties"];
        let variables = [ours, its].map(|from| &from["Environment"]["Variables"]);
        let variables = variables.into_iter().filter_map(Value::as_object);
        variables
            .flatten()
            .filter(|(_, value)| **value != NO_VALUE)
            .map(|(name, value)| (name.clone(), text(value)))
            .collect()
    }

    /// What a function's role grants.
    pub(super) fn grants(&self, function: &str) -> BTreeSet<Grant> {
        let function = &self.resources()[function]["Properties"];
        assert!(function.get("Role").is_none(), "its role is its policies'");
        granted(&function["Policies"])
    }

    /// What Lambda itself asks for a function, under the function's role: the streams that are read for it.
    pub(super) fn streams(&self, function: &str) -> BTreeSet<Grant> {
        let mappings = self.of_type("AWS::Lambda::EventSourceMapping");
        let its = mappings.filter(|(_, mapping)| mapping["FunctionName"] == function);
        its.flat_map(|(_, mapping)| {
            let table = text(&mapping["EventSourceArn"]);
            let table = table.strip_suffix(".StreamArn").expect("a table's stream");
            assert!(
                mapping.get("DestinationConfig").is_none(),
                "it needs a grant"
            );
            // https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
            [
                "DescribeStream",
                "GetRecords",
                "GetShardIterator",
                "ListStreams",
            ]
            .map(|action| {
                (
                    format!("dynamodb:{action}"),
                    format!("{table}.Arn/stream/*"),
                )
            })
        })
        .collect()
    }

    /// What every function may do at most, whatever its role grants: SAM adds a policy of its own.
    pub(super) fn boundary(&self) -> BTreeSet<Grant> {
        let boundary = &self.0["Globals"]["Function"]["PermissionsBoundary"];
        let policy = &self.resources()[&text(boundary)]["Properties"];
        granted(&policy["PolicyDocument"])
    }
}

/// The grants of a policy's statements, each action with each resource.
fn granted(policy: &Value) -> BTreeSet<Grant> {
    let statements = list(&policy["Statement"]);
    let mut grants = BTreeSet::new();
    for statement in statements {
        let members: Vec<&String> = statement.as_object().expect("a statement").keys().collect();
        assert_eq!(members, ["Action", "Effect", "Resource"], "{statement}");
        assert_eq!(statement["Effect"], "Allow");
        for action in list(&statement["Action"]) {
            for resource in list(&statement["Resource"]) {
                grants.insert((text(action), text(resource)));
            }
        }
    }
    grants
}

fn list(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        one => std::slice::from_ref(one),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => panic!("{other} is no text"),
    }
}

/// A node as JSON, with CloudFormation's short functions carried out.
fn value(node: &Yaml<'_>, parameters: &Map<String, Value>) -> Value {
    let tag = node.get_tag().map(|tag| tag.suffix.clone());
    let node = match node {
        Yaml::Tagged(_, node) => node,
        node => node,
    };
    let value = |node| value(node, parameters);
    let plain = match node {
        Yaml::Sequence(values) => values.iter().map(value).collect(),
        Yaml::Mapping(members) => members
            .iter()
            .map(|(name, member)| (text(&value(name)), value(member)))
            .collect(),
        Yaml::Value(_) | Yaml::Representation(..) => scalar(node),
        other => panic!("{other:?} is no node of a template"),
    };
    match tag.as_deref() {
        None => plain,
        // No condition holds where no parameter is given.
        Some("If") => plain[2].clone(),
        Some("Sub") => json!(substituted(&text(&plain), parameters)),
        Some("Ref") => parameters.get(&text(&plain)).unwrap_or(&plain).clone(),
        Some("GetAtt") => plain,
        // Conditions themselves.
        Some(function) => json!({function: plain}),
    }
}

/// A text with parameters' values and resources' names in the place of their references.
fn substituted(template: &str, parameters: &Map<String, Value>) -> String {
    let mut parts = template.split("${");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').expect("a reference that ends");
        whole += &parameters.get(name).map_or(name.to_owned(), text);
        whole += rest;
    }
    whole
}

fn scalar(node: &Yaml<'_>) -> Value {
    if let Some(number) = node.as_integer() {
        return json!(number);
    }
    if let Some(truth) = node.as_bool() {
        return json!(truth);
    }
    node.as_str().map_or(Value::Null, |text| json!(text))
}
