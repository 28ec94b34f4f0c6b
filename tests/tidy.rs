//! The direction rules and habits of the workspace, executed over its sources. Each rule is a function of one file;
//! the tests below plant a violation of each and see it found.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test may fail by panicking"
)]

use std::path::{Path, PathBuf};

#[path = "tidy/stored.rs"]
mod stored;

/// The longest source file, in lines, tests included.
const MAX_LINES: usize = 450;

/// The longest function, in lines.
const MAX_FUNCTION_LINES: usize = 70;

/// A source file: its path from the workspace's root, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The text without comments and without the tests at its end: what the direction rules look at.
    fn code(&self) -> String {
        let text = self
            .text
            .split("#[cfg(test)]\nmod tests {")
            .next()
            .unwrap_or_default();
        text.lines()
            .map(|line| line.split("//").next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn is_test(&self) -> bool {
        let in_tests = self.path.starts_with("tests/") || self.path.contains("/tests/");
        in_tests || self.path.contains("/benches/") || self.path.ends_with("/tests.rs")
    }

    /// The modules of its own crate that it names: `crate::NAME` and `crate::{NAME, ..}`.
    fn modules_named(&self) -> Vec<String> {
        let code = self.code();
        let mut names = Vec::new();
        for (at, _) in code.match_indices("crate::") {
            let rest = &code[at + "crate::".len()..];
            match rest.strip_prefix('{') {
                Some(list) => names.extend(top_level_names(list)),
                None => names.extend(first_word(rest)),
            }
        }
        names
    }

    /// True if it names the crate `name`.
    fn names_crate(&self, name: &str) -> bool {
        let code = self.code();
        code.match_indices(name).any(|(at, _)| {
            let before = code[..at].chars().next_back();
            let after = &code[at + name.len()..];
            let whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
            whole && (after.starts_with("::") || after.starts_with(';') || after.starts_with(" as "))
        })
    }
}

/// The first names of the entries of a `{..}` list whose opening brace has been read.
fn top_level_names(list: &str) -> Vec<String> {
    let (mut depth, mut entry, mut entries) = (0_usize, String::new(), Vec::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(std::mem::take(&mut entry)),
            _ if depth == 0 => entry.push(c),
            _ => {}
        }
    }
    entries.push(entry);
    entries
        .iter()
        .filter_map(|entry| first_word(entry.trim()))
        .collect()
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!word.is_empty()).then_some(word)
}

/// Rooms import one way: the wiring everything, gateway and tui only data, data none of the workspace.
fn crates_point_one_way(source: &Source) -> Vec<String> {
    let forbidden: &[&str] = match source.path.split('/').next() {
        Some("data") => &[
            "saqta_gateway",
            "saqta_tui",
            "axum",
            "hyper",
            "ratatui",
            "crossterm",
            "clap",
        ],
        Some("gateway") => &["saqta_tui", "ratatui", "crossterm", "clap", "sled"],
        Some("tui") => &["saqta_gateway", "axum", "hyper", "clap", "sled"],
        _ => &[],
    };
    let named = forbidden.iter().filter(|name| source.names_crate(name));
    named
        .map(|name| format!("{}: names {name}, which this room does not know", source.path))
        .collect()
}

/// Inside data: domain <- store, registry <- office <- desk.
fn data_points_one_way(source: &Source) -> Vec<String> {
    let Some(path) = source.path.strip_prefix("data/src/") else {
        return Vec::new();
    };
    let height = |module: &str| match module {
        "desk" => 3,
        "office" => 2,
        "store" | "registry" | "synth" => 1,
        _ => 0,
    };
    let module = path.split(['/', '.']).next().unwrap_or_default();
    if module == "lib" || source.is_test() {
        return Vec::new();
    }
    let above = source
        .modules_named()
        .into_iter()
        .filter(|named| height(named) > height(module));
    above
        .map(|named| format!("{}: names crate::{named}, which lies above it", source.path))
        .collect()
}

/// A carrier knows the trait, the encoding and the error; never another carrier.
fn carriers_know_only_the_trait(source: &Source) -> Vec<String> {
    if !source.path.starts_with("gateway/src/carriers/") || source.is_test() {
        return Vec::new();
    }
    let known = ["carrier", "encoding", "error"];
    let named = source
        .modules_named()
        .into_iter()
        .filter(|name| !known.contains(&name.as_str()));
    named
        .map(|name| format!("{}: names crate::{name}; a carrier knows {known:?}", source.path))
        .collect()
}

/// The dialog is pure: no server, no store, no waiting.
fn the_dialog_is_pure(source: &Source) -> Vec<String> {
    if !source.path.starts_with("gateway/src/dialog") {
        return Vec::new();
    }
    let code = source.code();
    let words = ["axum", "tokio", "store::", "office::", "async fn", ".await"];
    let found = words.iter().filter(|word| code.contains(**word));
    found
        .map(|word| format!("{}: has `{word}`; the dialog is a pure function", source.path))
        .collect()
}

/// The questions of the desk.
const DESK: [&str; 9] = [
    "whoami", "search", "card", "cards", "journal", "figures", "ingest", "export", "check",
];

/// In the console only the worker calls the desk, and only the terminal touches standard output.
fn the_console_waits_in_one_place(source: &Source) -> Vec<String> {
    let Some(path) = source.path.strip_prefix("tui/src/") else {
        return Vec::new();
    };
    if source.is_test() {
        return Vec::new();
    }
    let code = source.code();
    let mut faults = Vec::new();
    let is = |file: &str| path == file || path.starts_with(&format!("{}/", file.trim_end_matches(".rs")));
    // Without line breaks, a call reads `desk.card(` however it is laid out.
    let calls: String = code.split_whitespace().collect();
    let called = DESK
        .iter()
        .find(|method| calls.contains(&format!("desk.{method}(")));
    if let Some(method) = called.filter(|_| !is("worker.rs")) {
        faults.push(format!(
            "{}: calls desk.{method}; only the worker does",
            source.path
        ));
    }
    let stdout = code.contains("stdout()") || code.contains("stderr()");
    if stdout && !is("terminal.rs") {
        faults.push(format!(
            "{}: touches standard output; only the terminal does",
            source.path
        ));
    }
    faults
}

/// Environment variables are read in one place.
fn one_place_reads_the_environment(source: &Source) -> Vec<String> {
    let reads = source.code().contains("env::var");
    let fault = reads && source.path != "src/config.rs" && !source.is_test();
    fault
        .then(|| format!("{}: reads the environment; only src/config.rs does", source.path))
        .into_iter()
        .collect()
}

/// No endless functions: what does not fit on a screen is more than one thing.
fn functions_are_short(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    let mut faults = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let inner = line.trim_start();
        let words = ["pub ", "pub(crate) ", "pub(super) ", "const ", "async "];
        let name = words
            .iter()
            .fold(inner, |rest, word| rest.strip_prefix(word).unwrap_or(rest));
        if !name.starts_with("fn ") {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - inner.len()]);
        let length = 1 + lines.iter().skip(at).take_while(|line| **line != end).count();
        if !line.ends_with([';', '}']) && length > MAX_FUNCTION_LINES {
            let name = first_word(&name["fn ".len()..]).unwrap_or_default();
            faults.push(format!(
                "{}: {name} has {length} lines; at most {MAX_FUNCTION_LINES}",
                source.path
            ));
        }
    }
    faults
}

/// Habits: no `mod.rs`, no endless files, no lint silenced without a reason, nothing left to be done.
fn files_keep_the_habits(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        faults.push(format!("{}: {lines} lines; at most {MAX_LINES}", source.path));
    }
    if source.path.ends_with("/mod.rs") {
        faults.push(format!("{}: modules are named foo.rs beside foo/", source.path));
    }
    for word in [
        concat!("#[", "allow"),
        concat!("#![", "allow"),
        concat!("FIX", "ME"),
        concat!("TO", "DO"),
    ] {
        if source.text.contains(word) {
            faults.push(format!("{}: has {word}", source.path));
        }
    }
    faults
}

type Rule = fn(&Source) -> Vec<String>;

const RULES: [Rule; 8] = [
    crates_point_one_way,
    data_points_one_way,
    carriers_know_only_the_trait,
    the_dialog_is_pure,
    the_console_waits_in_one_place,
    one_place_reads_the_environment,
    functions_are_short,
    files_keep_the_habits,
];

fn faults(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .flat_map(|source| RULES.iter().flat_map(|rule| rule(source)))
        .collect()
}

/// Every Rust file of the workspace.
fn workspace() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for room in ["src", "tests", "data", "gateway", "tui"] {
        collect(root, &root.join(room), &mut sources);
    }
    sources
}

fn collect(root: &Path, dir: &Path, sources: &mut Vec<Source>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() && !path.ends_with("target") {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            sources.push(Source { path, text });
        }
    }
}

#[test]
fn the_workspace_keeps_its_rules() {
    let sources = workspace();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    let faults = faults(&sources);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A file, what is planted in it, and what the fault says.
const PLANTED: &[(&str, &str, &str)] = &[
    ("data/src/iin.rs", "use axum::Router;", "names axum"),
    (
        "data/src/iin.rs",
        "fn f() { saqta_gateway::router(); }",
        "names saqta_gateway",
    ),
    ("gateway/src/router.rs", "use saqta_tui as t;", "names saqta_tui"),
    (
        "tui/src/app.rs",
        "use saqta_gateway::render;",
        "names saqta_gateway",
    ),
    (
        "data/src/coverage.rs",
        "use crate::store::Store;",
        "names crate::store",
    ),
    (
        "data/src/store/sled.rs",
        "use crate::{iin::{Iin, IinError}, office::Office};",
        "names crate::office",
    ),
    (
        "data/src/office.rs",
        "fn f(_: &dyn crate::desk::Desk) {}",
        "names crate::desk",
    ),
    (
        "gateway/src/carriers/kannel.rs",
        "use crate::carriers::sandbox;",
        "names crate::carriers",
    ),
    (
        "gateway/src/carriers/kannel.rs",
        "use crate::{carrier, exchange};",
        "names crate::exchange",
    ),
    ("gateway/src/dialog/menu.rs", "use axum::Json;", "has `axum`"),
    (
        "gateway/src/dialog.rs",
        "use saqta_data::store::Store;",
        "has `store::`",
    ),
    (
        "tui/src/screens/card.rs",
        "self.desk\n    .card(iin)",
        "only the worker",
    ),
    ("tui/src/app.rs", "std::io::stdout()", "only the terminal"),
    (
        "gateway/src/access.rs",
        "std::env::var(\"X\")",
        "only src/config.rs",
    ),
    ("data/src/iin/mod.rs", "", "named foo.rs"),
    ("data/src/iin.rs", concat!("#[", "allow(dead_code)]"), "has #["),
    ("tests/e2e.rs", concat!("// TO", "DO: more"), "has TO"),
];

#[test]
fn each_rule_finds_a_planted_violation() {
    for (path, text, expected) in PLANTED {
        let found = faults(&[Source {
            path: (*path).into(),
            text: (*text).into(),
        }]);
        assert!(
            found.iter().any(|fault| fault.contains(expected)),
            "{path}: {text}: {found:?}"
        );
    }
    let long = Source {
        path: "src/main.rs".into(),
        text: "\n".repeat(MAX_LINES + 1),
    };
    assert_eq!(faults(&[long]).len(), 1);
    let function = |lines: usize| Source {
        path: "src/main.rs".into(),
        text: format!(
            "    pub(super) async fn f() {{\n{}    }}\n",
            "        g();\n".repeat(lines - 2)
        ),
    };
    assert_eq!(faults(&[function(MAX_FUNCTION_LINES)]), [""; 0]);
    assert!(faults(&[function(MAX_FUNCTION_LINES + 1)])[0].contains("f has 71 lines"));
}

#[test]
fn what_is_allowed_is_not_found() {
    let allowed = [
        ("src/main.rs", "use saqta_gateway::router; use clap::Parser;"),
        ("src/config.rs", "std::env::var(name)"),
        (
            "data/src/office.rs",
            "use crate::{store, registry::{Chunk, csv}};",
        ),
        (
            "data/src/store.rs",
            "// crate::office is above\nuse crate::iin::Iin;",
        ),
        (
            "data/src/iin.rs",
            "fn clapped() { taxum::x() }\n#[cfg(test)]\nmod tests {\n use crate::store; }",
        ),
        (
            "gateway/src/carriers/kannel.rs",
            "use crate::carrier::Carrier; use saqta_data::phone::Msisdn;",
        ),
        ("tui/src/worker.rs", "desk.card(iin).await"),
        ("tui/src/terminal.rs", "std::io::stdout()"),
    ];
    for (path, text) in allowed {
        let found = faults(&[Source {
            path: path.into(),
            text: text.into(),
        }]);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}
