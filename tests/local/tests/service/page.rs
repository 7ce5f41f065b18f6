//! The page at `/`: every file that it needs is served, with the headers that keep it to itself.

use std::collections::BTreeSet;
use std::fs;

use local::serve;

use crate::stage::{World, http};
use crate::tree::root;

const FOLDER: &str = "tests/local/page";

/// The type that a file is to be served with.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').expect("an extension").1 {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        other => panic!("no type for {other}"),
    }
}

/// Every file of the page's folder, by its name, with its text.
fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join(FOLDER)).expect("the folder of the page");
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            let text = fs::read_to_string(entry.path()).expect("text");
            (entry.file_name().into_string().expect("a name"), text)
        })
        .collect()
}

/// What a file names of the page's own: `src="/…"`, `href="/…"`, `from "./…"`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    ["src=\"/", "href=\"/", "from \"./"]
        .into_iter()
        .flat_map(|mark| text.split(mark).skip(1))
        .map(|rest| rest.split('"').next().unwrap_or_default())
}

#[tokio::test]
async fn the_page_and_all_that_it_names_is_served_and_kept_to_itself() {
    let running = serve(World::new().service, 0).await.expect("a port");
    let files = files();
    for (name, text) in &files {
        let path = if name == "index.html" {
            "/".to_owned()
        } else {
            format!("/{name}")
        };
        let answer = http(running.address, "GET", &path, &[], b"").await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(&answer.body, text, "{path}");
        for (header, value) in [
            ("content-type", kind(name)),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path}");
        }
        let policy = answer.header("content-security-policy").expect(&path);
        let directives: Vec<&str> = policy.split("; ").collect();
        assert_eq!(
            directives,
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "connect-src 'self' ws://127.0.0.1:*",
                "img-src 'self' data:",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'",
            ]
        );
    }
    running.stop().await.expect("stopped");
}

#[test]
fn the_page_names_no_file_that_is_not_there_and_none_is_left_over() {
    let files = files();
    let there: BTreeSet<&str> = files.iter().map(|(name, _)| &**name).collect();
    let mut needed = BTreeSet::from(["index.html"]);
    needed.extend(files.iter().flat_map(|(_, text)| named(text)));
    assert_eq!(there, needed);
}

#[test]
fn text_is_never_inserted_as_html_and_nothing_stands_inline() {
    for (name, text) in files() {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "DOMParser",
            "setHTML",
            "eval(",
            "new Function",
            "createContextualFragment",
            " style=\"",
            "<style",
            " onclick=\"",
            "javascript:",
        ] {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn every_file_of_the_page_is_small_and_opens_with_a_sentence_about_itself() {
    for (name, text) in files() {
        assert!(text.lines().count() < 600, "{name} is large");
        let first = text.lines().next().unwrap_or_default();
        let opening = match kind(&name) {
            "text/html; charset=utf-8" => continue,
            "text/css; charset=utf-8" => first.strip_prefix("/* "),
            _ => first.strip_prefix("// "),
        };
        assert!(opening.is_some_and(|it| it.contains(['.', ':'])), "{name}");
    }
}
