//! The page at `/`: a customer and an agent side by side, to try the service by hand.
//!
//! Its files stand in `page/` as they are served: no build step, no package. They are part of the program.

use axum::Router;
use axum::http::HeaderName;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::routing::get;

/// What the page may load and whom it may call: its own files and its own server. Nothing inline, no other origin.
///
/// The WebSocket is named, since a page opened as `localhost` finds it at 127.0.0.1.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self' ws://127.0.0.1:*; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The path, the type and the text of every file.
const FILES: [(&str, &str, &str); 12] = [
    ("/", HTML, include_str!("../page/index.html")),
    ("/style.css", CSS, include_str!("../page/style.css")),
    ("/page.js", SCRIPT, include_str!("../page/page.js")),
    ("/pane.js", SCRIPT, include_str!("../page/pane.js")),
    ("/log.js", SCRIPT, include_str!("../page/log.js")),
    ("/chats.js", SCRIPT, include_str!("../page/chats.js")),
    (
        "/connection.js",
        SCRIPT,
        include_str!("../page/connection.js"),
    ),
    (
        "/transcript.js",
        SCRIPT,
        include_str!("../page/transcript.js"),
    ),
    ("/service.js", SCRIPT, include_str!("../page/service.js")),
    (
        "/signature.js",
        SCRIPT,
        include_str!("../page/signature.js"),
    ),
    ("/memory.js", SCRIPT, include_str!("../page/memory.js")),
    ("/words.js", SCRIPT, include_str!("../page/words.js")),
];

/// The routes of the page's files.
pub(crate) fn page() -> Router {
    FILES
        .into_iter()
        .fold(Router::new(), |router, (path, kind, text)| {
            router.route(path, get(async move || (headers(kind), text)))
        })
}

fn headers(kind: &'static str) -> [(HeaderName, &'static str); 5] {
    [
        (CONTENT_TYPE, kind),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
    ]
}
