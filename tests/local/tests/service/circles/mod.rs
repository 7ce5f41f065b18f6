//! No module uses one that uses it, through however many others, and the rooms of the domain use each other one way only.

mod modules;

use std::collections::{BTreeMap, BTreeSet};

use self::modules::{Modules, Path, uses};
use crate::tree::{Package, packages, rust_files};

/// Modules that are in circles still, by their crate. This list may only shrink.
const KNOWN: &str = "
api: caller, members, operation, path, problem, problem::reason, service, signature, signature::canonical, signature::claim, token
dynamodb: format, format::link, format::record, format::state
lambda: environment, environment::secrets, metrics, metrics::emf, metrics::measure
local: arguments, cors, door, pump, routes, server, socket, store, store::elsewhere
operate: erase, erase::items, erase::past, erase::patience, erase::progress
proof: check, check::overview, check::readings, check::side, check::starts, check::writers
proof: explore, explore::search, explore::story
proof: simulate, simulate::client, simulate::judge, simulate::shrink, simulate::world
";

/// The rooms of the domain, and which others each may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("ports", &["model"]),
    ("session_log", &["model", "ports"]),
    ("transcript", &["model", "ports", "session_log"]),
    ("live", &["model", "ports"]),
    ("operations", &["model", "ports", "session_log", "live"]),
    ("contract", &["model", "ports"]),
    ("memory", &["model", "ports"]),
];

/// The circles: each as the modules that all use each other, through others or not.
fn circles(uses: &BTreeMap<Path, BTreeSet<Path>>) -> BTreeSet<Vec<String>> {
    let reached = |from: &Path| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Path> = uses[from].iter().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(&uses[next]);
            }
        }
        reached
    };
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        uses.keys().map(|from| (from, reached(from))).collect();
    let circle = |module: &&Path| {
        let back = reached[module]
            .iter()
            .filter(|other| reached[**other].contains(module));
        back.map(|module| name(module)).collect::<Vec<String>>()
    };
    let circles = reached.keys().map(circle);
    circles.filter(|circle| !circle.is_empty()).collect()
}

fn name(module: &Path) -> String {
    match module.is_empty() {
        true => "crate".to_owned(),
        false => module.join("::"),
    }
}

/// Each use of a room by one that may not use it, and each module that stands in no room.
fn wrong_arrows(uses: &BTreeMap<Path, BTreeSet<Path>>, rooms: &[(&str, &[&str])]) -> Vec<String> {
    let rooms: BTreeMap<&str, &[&str]> = rooms.iter().copied().collect();
    let mut wrong = Vec::new();
    // The root shows what others may use: it stands above all rooms.
    for (module, used) in uses.iter().filter(|(module, _)| !module.is_empty()) {
        let Some(may_use) = rooms.get(module[0].as_str()) else {
            wrong.push(format!("{} stands in no room", name(module)));
            continue;
        };
        for other in used {
            let room = other.first().map_or("crate", String::as_str);
            if room != module[0] && !may_use.contains(&room) {
                wrong.push(format!("{} uses {}", name(module), name(other)));
            }
        }
    }
    wrong
}

/// Which modules use which in every crate of the workspace.
fn workspace() -> BTreeMap<String, BTreeMap<Path, BTreeSet<Path>>> {
    let files = rust_files();
    let of = |(package, it): (String, Package)| {
        let sources = format!("{}/src/", it.folder);
        let below = files
            .iter()
            .filter_map(|(file, text)| Some((file.strip_prefix(&sources)?, text.as_str())));
        (package, uses(&Modules::of(below)))
    };
    packages().into_iter().map(of).collect()
}

#[test]
fn no_module_uses_one_that_uses_it() {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for line in KNOWN.trim().lines() {
        let (package, modules) = line.split_once(": ").expect("a package and its modules");
        known.extend(
            modules
                .split(", ")
                .map(|module| format!("{package}: {module}")),
        );
    }
    let mut found = BTreeSet::new();
    for (package, uses) in workspace() {
        for circle in circles(&uses) {
            let named = circle.iter().map(|module| format!("{package}: {module}"));
            let named: BTreeSet<String> = named.collect();
            let is_known = named.is_subset(&known);
            assert!(is_known, "in {package} these use each other: {circle:#?}");
            found.extend(named);
        }
    }
    let gone: Vec<&String> = known.difference(&found).collect();
    assert!(
        gone.is_empty(),
        "in no circle any more, to be taken off the list: {gone:#?}"
    );
}

#[test]
fn the_rooms_of_the_domain_use_each_other_one_way() {
    let uses = &workspace()["domain"];
    assert_eq!(wrong_arrows(uses, ROOMS), [""; 0]);
    // Every room stands, and the table itself points one way: each room is listed behind those that it may use.
    for (n, (room, may_use)) in ROOMS.iter().enumerate() {
        assert!(
            uses.contains_key([(*room).to_owned()].as_slice()),
            "no room {room}"
        );
        let above: Vec<&str> = ROOMS[..n].iter().map(|(room, _)| *room).collect();
        assert!(may_use.iter().all(|used| above.contains(used)), "{room}");
    }
}

/// A crate of two rooms, of which the lower one has this text in a file.
fn made_up(lower: &str) -> BTreeMap<Path, BTreeSet<Path>> {
    uses(&Modules::of([
        ("lib.rs", "mod lower; mod upper; pub use upper::one::One;"),
        ("upper/mod.rs", "pub(crate) mod one;"),
        (
            "upper/one.rs",
            "use crate::lower::Two; pub struct One(Two);",
        ),
        ("lower/mod.rs", "mod two; pub use two::Two;"),
        ("lower/two.rs", lower),
    ]))
}

/// However the lower room names the upper one, it is seen.
const WAYS_BACK: &[&str] = &[
    "use crate::upper::one::One; pub struct Two;",
    "use crate::One; pub struct Two;",
    "pub struct Two(Option<Box<super::super::upper::one::One>>);",
    "use crate::upper; pub struct Two(Option<Box<upper::one::One>>);",
    "use crate::upper::one as other; pub struct Two(Option<Box<other::One>>);",
    "use crate::{upper::{self, one}}; pub struct Two(Option<Box<one::One>>);",
    "pub struct Two; fn back() { use crate::upper::one::One; }",
    "pub struct Two; fn back() { assert_eq!(1, crate::upper::one::ONE); }",
];

#[test]
fn a_circle_is_found() {
    for back in WAYS_BACK {
        let found = circles(&made_up(back));
        let expected = ["lower::two", "upper::one"].map(str::to_owned).to_vec();
        assert_eq!(found, BTreeSet::from([expected]), "{back}");
    }
    let tests = "pub struct Two; #[cfg(test)] mod tests { use crate::upper::one::One; }";
    assert_eq!(circles(&made_up(tests)), BTreeSet::new());
}

#[test]
fn an_arrow_the_wrong_way_is_found() {
    let rooms: &[(&str, &[&str])] = &[("lower", &[]), ("upper", &["lower"])];
    for back in WAYS_BACK {
        let found = wrong_arrows(&made_up(back), rooms);
        assert!(
            found.contains(&"lower::two uses upper::one".to_owned()),
            "{back}: {found:?}"
        );
    }
    assert_eq!(wrong_arrows(&made_up("pub struct Two;"), rooms), [""; 0]);
    let no_upper = wrong_arrows(&made_up("pub struct Two;"), &rooms[..1]);
    assert_eq!(
        no_upper,
        ["upper stands in no room", "upper::one stands in no room"]
    );
}
