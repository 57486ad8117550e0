//! What is fuzzed: for each kind of input, a function that takes any bytes and must neither panic nor break a promise.
//!
//! The fuzzer runs them by coverage, `tests/fuzz.rs` on a fixed set of damaged fixtures.

#![allow(unreachable_pub, reason = "it is a module of each program that fuzzes")]

use idtoken_lint::config::{Config, reviewed};
use idtoken_lint::report::baseline::Baseline;
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{self, Format};
use idtoken_lint::rules::{RuleFiles, Rules, path, slot};
use idtoken_lint::text::MemoryFiles;
use idtoken_lint::{Options, analyze_with};
use std::sync::{Arc, OnceLock};

/// A function for one kind of input.
pub type Target = fn(&[u8]);

/// All of them by name, with the endings of the files that are such input.
pub const ALL: &[(&str, Target, &[&str])] = &[
    ("javascript", javascript, &["js", "jsx", "mjs", "cjs"]),
    ("typescript", typescript, &["ts", "tsx"]),
    ("rust", rust, &["rs"]),
    ("page", page, &["vue", "html", "svelte", "astro"]),
    ("recording", recording, &["har", "json", "http", "jsonl", "log"]),
    ("settings", settings, &["yaml", "yml", "tf", "sh", "md", "toml", "env"]),
    ("rules", rules, &["toml"]),
    ("paths", paths, &["toml"]),
    ("own", own, &["json", "toml"]),
];

/// JavaScript, with suppressions in it.
pub fn javascript(data: &[u8]) {
    sources(&["app.jsx"], data);
}

/// TypeScript, read once with JSX and once without.
pub fn typescript(data: &[u8]) {
    sources(&["app.ts", "page.tsx"], data);
}

/// Rust.
pub fn rust(data: &[u8]) {
    sources(&["src/main.rs"], data);
}

/// Scripts in pages and components.
pub fn page(data: &[u8]) {
    sources(&["App.vue", "index.html", "Page.svelte", "page.astro"], data);
}

/// Recorded traffic and logs.
pub fn recording(data: &[u8]) {
    sources(&["a.har", "a.postman_collection.json", "a.http", "a.ps1", "logs.jsonl"], data);
}

/// Settings of tenants, scripts and pages of text that hold commands, manifests.
pub fn settings(data: &[u8]) {
    let files = [
        "tenant.yaml",
        "tenant.json",
        "main.tf",
        "main.tf.json",
        "a.sh",
        "a.md",
        "package.json",
        "tsconfig.json",
        ".env",
    ];
    sources(&files, data);
}

/// Rules of a team's own.
pub fn rules(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut files = RuleFiles::default();
    if files.add("own.toml", text.into()).is_ok() {
        _ = files.compile(&[], &[]);
    }
}

/// The grammars of access paths and slots.
pub fn paths(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for line in text.lines() {
        _ = path::parse(line);
        _ = slot::parse(line);
    }
}

/// What a team keeps for the tool: its configuration, a baseline, reviewed unknowns, reports to be joined.
pub fn own(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let text: Arc<str> = text.into();
    let mut files = MemoryFiles::new();
    files.insert("idtoken-lint.toml".to_owned(), data.to_vec());
    _ = Config::read(&files, "idtoken-lint.toml");
    _ = Baseline::read("baseline.json", &text);
    _ = reviewed::read("accepted.toml", &text);
    if let Ok(report) = report::read::read(&text) {
        written(&report);
    }
}

fn compiled() -> &'static Rules {
    static RULES: OnceLock<Rules> = OnceLock::new();
    RULES.get_or_init(|| match RuleFiles::embedded().and_then(|files| files.compile(&[], &[])) {
        Ok(rules) => rules,
        Err(mistake) => panic!("{mistake}"),
    })
}

/// Analyse the data as each of these files, beside a call that gives them something to be about.
fn sources(names: &[&str], data: &[u8]) {
    // a module with names of its own: an undeclared `id` may be assigned by the data, and then it is another path
    const BESIDE: &str = "const { id, idToken } = JSON.parse(document.body.textContent);\n\
        export default fetch('https://acme.auth0.com/api/v2/users/' + id, { headers: { Authorization: `Bearer ${idToken}` } });\n";
    let mut files = MemoryFiles::new();
    files.insert("beside.js".to_owned(), BESIDE.as_bytes().to_vec());
    for name in names {
        files.insert((*name).to_owned(), data.to_vec());
    }
    let analyze = || match analyze_with(&files, &Options::default(), compiled()) {
        Ok(report) => report,
        Err(error) => panic!("{error}"),
    };
    let report = analyze();
    assert!(report.calls.iter().any(|call| call.at.path == "beside.js"), "the call beside it was lost");
    let all = written(&report);
    assert!(all == written(&analyze()), "a second run says something else");
}

/// The report in every format, none of which may show a token or send control characters to a terminal.
fn written(report: &idtoken_lint::check::model::Report) -> Vec<Vec<u8>> {
    let options = TextOptions::default();
    let mut all = Vec::new();
    for format in Format::ALL {
        let mut out = Vec::new();
        if let Err(error) = report::write(report, format, Question::Audit, &options, &mut out) {
            panic!("{}: {error}", format.as_str());
        }
        let text = String::from_utf8_lossy(&out);
        assert!(!shows_token(&text), "{} shows a token", format.as_str());
        let is_raw = |c: char| {
            c.is_control() && c != '\n' && c != '\t' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.chars().any(is_raw), "{} holds a raw control character", format.as_str());
        all.push(out);
    }
    all
}

/// Whether a text holds what is surely a signed token: two objects in base64 and a signature behind them.
fn shows_token(text: &str) -> bool {
    let parts = |word: &str| word.split('.').map(str::len).collect::<Vec<_>>();
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .filter(|word| word.starts_with("eyJ") && word.contains(".eyJ"))
        .any(|word| matches!(parts(word)[..], [head, claims, rest, ..] if head > 16 && claims > 16 && rest > 16))
}
