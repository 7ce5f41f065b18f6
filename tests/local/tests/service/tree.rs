//! The source tree keeps its own rules: what is deployed is what stands in `functions/`, layers point one way, files stay
//! small and say what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub(crate) fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the workspace")
}

pub(crate) fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folders(of: &str) -> BTreeSet<String> {
    fs::read_dir(root().join(of))
        .expect("a folder")
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("a name"))
        .collect()
}

/// Every Rust file of the workspace with its text, by its path from the root.
pub(crate) fn rust_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = ["functions", "shared", "tests"]
        .map(|top| root().join(top))
        .into();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).expect("below the root");
                files.push((name.display().to_string(), read(&path)));
            }
        }
    }
    assert!(files.len() > 100);
    files.sort_unstable();
    files
}

pub(crate) struct Package {
    pub(crate) folder: String,
    /// Without those for tests.
    dependencies: BTreeSet<String>,
    binaries: BTreeSet<String>,
}

/// The packages of the workspace, as cargo understands them.
pub(crate) fn packages() -> BTreeMap<String, Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version=1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let package = |package: &Value| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let folder = manifest
            .parent()
            .and_then(|it| it.strip_prefix(root()).ok());
        let dependencies = list(&package["dependencies"]);
        let targets = list(&package["targets"]);
        let found = Package {
            folder: folder.expect("below the root").display().to_string(),
            dependencies: dependencies
                .iter()
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(&dependency["name"]))
                .collect(),
            binaries: targets
                .iter()
                .filter(|target| target["kind"][0] == "bin")
                .map(|target| text(&target["name"]))
                .collect(),
        };
        (text(&package["name"]), found)
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

#[test]
fn every_folder_of_functions_is_a_package_and_a_binary_of_that_name() {
    let packages = packages();
    let functions = folders("functions");
    assert_eq!(functions.len(), 16);
    for name in &functions {
        let package = packages
            .get(name)
            .unwrap_or_else(|| panic!("no package {name}"));
        assert_eq!(package.folder, format!("functions/{name}"));
        assert_eq!(package.binaries, BTreeSet::from([name.clone()]));
    }
    let elsewhere = packages
        .values()
        .filter(|package| !package.binaries.is_empty());
    let elsewhere: Vec<&str> = elsewhere
        .map(|package| &*package.folder)
        .filter(|folder| !folder.starts_with("functions/"))
        .collect();
    assert_eq!(
        elsewhere,
        ["tests/load", "tests/local", "shared/operate", "tests/proof"]
    );
}

#[test]
fn every_function_has_routes_under_cargo_lambda_watch_as_in_the_template() {
    let manifest = read("Cargo.toml");
    let (_, router) = manifest
        .split_once("[workspace.metadata.lambda.watch.router]")
        .expect("a router");
    let template = read("template.yaml");
    let mut routed = BTreeSet::new();
    let mut path = "";
    for line in router.lines().take_while(|line| !line.starts_with('[')) {
        if let Some(quoted) = line.strip_prefix('"') {
            path = quoted.split('"').next().unwrap_or_default();
        }
        let Some((_, rest)) = line.split_once("function = \"") else {
            continue;
        };
        let mut parts = rest.split('"');
        let function = parts.next().unwrap_or_default();
        let method = parts.nth(1).expect("a method");
        routed.insert(function.to_owned());
        let key = format!("RouteKey: {method} {path}\n");
        let target = format!(
            "Target: !Sub integrations/${{{}Integration}}",
            resource(function)
        );
        let route = template
            .split_once(&key)
            .unwrap_or_else(|| panic!("no {key}"))
            .1;
        let route = route.split("\n\n").next().unwrap_or_default();
        assert!(
            route.contains(&target),
            "{key} leads elsewhere than to {function}"
        );
    }
    let mut called = folders("functions");
    // Of which these are called by no path: cargo lambda watch knows no WebSockets and no streams.
    assert!(called.remove("websocket") && called.remove("deliver"));
    assert_eq!(routed, called);
    let routes = template.matches("RouteKey: ").count() - template.matches("RouteKey: $").count();
    assert_eq!(
        routes,
        router.matches("function = ").count(),
        "the template has other routes"
    );
}

/// `start-chat` is StartChat.
fn resource(function: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.split('-').map(capital).collect()
}

#[test]
fn every_function_is_a_resource_of_the_template_and_none_is_more() {
    let template = read("template.yaml");
    let mut resources = BTreeMap::new();
    let mut name = "";
    for line in template.lines() {
        let indented = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with([' ', '#']));
        if let Some((key, "")) = indented.and_then(|rest| rest.split_once(':')) {
            name = key;
        }
        if line.trim() == "Type: AWS::Serverless::Function" {
            resources.insert(name.to_owned(), String::new());
        }
        if let Some((_, rest)) = line.split_once("Binary: ") {
            let binary = rest.trim_end_matches(['}', ' ']).to_owned();
            resources.insert(name.to_owned(), binary);
        }
    }
    let functions = folders("functions");
    let expected = functions
        .into_iter()
        .map(|function| (resource(&function), function));
    assert_eq!(resources, expected.collect());
    assert!(
        template.contains("CodeUri: ."),
        "one build of the workspace for all"
    );
}

#[test]
fn layers_point_one_way() {
    let packages = packages();
    let functions = folders("functions");
    let of = |name: &str| &packages[name].dependencies;
    let reaches = |name: &str, forbidden: &[&str]| -> Vec<String> {
        let is = |dependency: &str, word: &&str| {
            dependency == *word || dependency.starts_with(&format!("{word}-"))
        };
        of(name)
            .iter()
            .filter(|each| forbidden.iter().any(|word| is(each, word)) || functions.contains(*each))
            .map(|each| format!("{name} → {each}"))
            .collect()
    };
    let pure = [
        "serde", "http", "aws", "tokio", "lambda", "hyper", "tracing", "rand", "chrono", "time",
        "uuid", "api", "dynamodb",
    ];
    assert_eq!(reaches("domain", &pure), [""; 0]);
    assert_eq!(
        reaches("api", &["aws", "dynamodb", "lambda", "tokio", "rand"]),
        [""; 0]
    );
    assert_eq!(
        reaches("dynamodb", &["api", "gateway", "lambda", "http", "tokio"]),
        [""; 0]
    );
    assert_eq!(
        reaches("gateway", &["api", "dynamodb", "lambda", "http", "tokio"]),
        [""; 0]
    );
    assert_eq!(reaches("lambda", &["dynamodb", "gateway", "aws"]), [""; 0]);
    // For operators, beside the service and not part of it.
    assert_eq!(
        reaches("operate", &["boot", "gateway", "lambda", "http"]),
        [""; 0]
    );
    for (name, package) in &packages {
        assert!(!package.dependencies.contains("operate"), "{name}");
    }
    // The SDK's clients are made in one place for all functions, before the first call.
    assert_eq!(reaches("boot", &["engine", "local"]), [""; 0]);
    for function in &functions {
        let forbidden = ["engine", "local", "serde", "aws", "gateway"];
        assert_eq!(reaches(function, &forbidden), [""; 0]);
        assert!(of(function).contains("boot"), "{function} starts otherwise");
    }
}

#[test]
fn the_domain_reads_no_clock_environment_or_randomness() {
    for (name, text) in rust_files() {
        let library = name.starts_with("shared/domain/src") || name.starts_with("shared/api/src");
        if library && !name.contains("tests") {
            for word in [
                "SystemTime::now",
                "Instant::now",
                "env::var",
                "getrandom",
                "thread_rng",
            ] {
                assert!(!text.contains(word), "{name} has {word}");
            }
        }
    }
}

#[test]
fn two_files_open_a_port() {
    let opens = |text: &str| {
        ["TcpListener::bind", "UdpSocket::bind", "UnixListener::bind"]
            .iter()
            .any(|word| text.contains(word))
    };
    let product = |name: &str| name.contains("/src/") && !name.ends_with("/tests.rs");
    let files = rust_files();
    let open = files
        .iter()
        .filter(|(name, text)| product(name) && opens(text));
    let open: Vec<&str> = open.map(|(name, _)| name.as_str()).collect();
    // What each of them refuses is asked by the stories about listeners.
    assert_eq!(
        open,
        ["tests/engine/src/door.rs", "tests/local/src/server.rs"]
    );
}

#[test]
fn files_stay_small() {
    let mut large = Vec::new();
    for (name, text) in rust_files() {
        let lines = text.lines().count();
        let most = match name.strip_prefix("functions/") {
            Some(file) if file.ends_with("/src/main.rs") => 29,
            Some(file) if file.ends_with("/src/lib.rs") => 119,
            _ => 399,
        };
        if lines > most {
            large.push(format!("{name}: {lines} lines, {most} at most"));
        }
    }
    assert_eq!(large, [""; 0]);
}

#[test]
fn every_file_opens_with_a_sentence_about_itself() {
    for (name, text) in rust_files() {
        let opening: String = text
            .lines()
            .map_while(|line| line.strip_prefix("//!"))
            .map_while(|line| line.strip_prefix(' '))
            .collect::<Vec<_>>()
            .join(" ");
        assert!(opening.len() > 15, "{name} opens with no //! line");
        assert!(opening.contains(['.', ':']), "{name}: {opening}");
    }
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    for (name, _) in rust_files() {
        for word in ["util", "helper", "common", "misc"] {
            let file = name
                .rsplit('/')
                .find(|part| *part != "mod.rs")
                .unwrap_or_default();
            assert!(!file.contains(word), "{name}");
        }
    }
}

#[test]
fn no_package_may_hold_unsafe_code() {
    let forbids = |manifest: &str| manifest.contains("\nunsafe_code = \"forbid\"\n");
    assert!(forbids(&read("Cargo.toml")));
    for (name, package) in packages() {
        let manifest = read(format!("{}/Cargo.toml", package.folder));
        let inherited = manifest.contains("\n[lints]\nworkspace = true\n");
        assert!(inherited, "{name} has lints of its own");
    }
    // Outside the workspace.
    assert!(forbids(&read("tests/fuzz/Cargo.toml")));
}

#[test]
fn what_is_deployed_is_built_as_it_was_measured() {
    let manifest = read("Cargo.toml");
    let release = manifest
        .split_once("[profile.release]\n")
        .expect("a profile")
        .1;
    let release = release.split("\n\n").next().unwrap_or_default();
    // Where one of these is missing cargo lambda chooses: of panics, that they end the process.
    for setting in ["opt-level", "lto", "codegen-units", "strip", "panic"] {
        let given = format!("{setting} = ");
        assert!(
            release.lines().any(|line| line.starts_with(&given)),
            "no {setting}"
        );
    }
    assert!(
        release.contains("panic = \"unwind\""),
        "a panic has no answer"
    );
    let every_build = read(".cargo/config.toml");
    assert!(every_build.contains("\nAWS_LC_SYS_NO_JITTER_ENTROPY = \"1\"\n"));
    assert!(every_build.contains("\nLIBSQLITE3_FLAGS = "));
}
