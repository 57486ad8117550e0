//! Input that was made to break the program: it ends, says what it did not read, and finds what stands beside it.
//!
//! Each tree holds one call that sends an ID token in the plainest form and something hostile. The program must end by
//! itself with a valid report and either list the call or name what it could not read: silence would be a lie.
//!
//! A run takes a fraction of each size, to stay short. `HOSTILE=full cargo test --release --test hostile -- --nocapture`
//! takes all of it and prints the table of `docs/limits.md`.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod inputs;
mod measure;

use inputs::Input;
use measure::{Outcome, run};
use std::fmt::Write as _;

/// The part of each full size that is taken without `HOSTILE=full`.
const FRACTION: usize = if cfg!(debug_assertions) { 50 } else { 10 };

fn is_full() -> bool {
    std::env::var("HOSTILE").is_ok_and(|value| value == "full")
}

/// What is wrong with an outcome, if anything.
fn problem(input: &Input, outcome: &Outcome) -> Option<String> {
    if !matches!(outcome.status, Some(0 | 1)) {
        return Some(format!("status {:?}, {}", outcome.status, outcome.stderr));
    }
    let Some(report) = &outcome.report else { return Some("no report".to_owned()) };
    let found = report["summary"]["calls"]["id-token"].as_u64().unwrap_or_default() > 0;
    let named = report["skipped"].as_array().is_some_and(|skipped| !skipped.is_empty());
    let undecided = report["summary"]["calls"]["unknown"].as_u64().unwrap_or_default() > 0;
    (!(found || named || undecided)).then(|| format!("{} says nothing of the call beside it", input.name))
}

#[test]
fn hostile_trees_end_with_an_honest_report() {
    let mut table = String::from("| input | size | outcome | seconds | peak memory |\n|---|---|---|---|---|\n");
    let mut problems = Vec::new();
    for input in inputs::all() {
        let size = if is_full() { input.full } else { (input.full / FRACTION).max(input.least) };
        let folder = tempfile::tempdir().unwrap();
        (input.build)(folder.path(), size);
        let outcome = run(folder.path());
        problems.extend(problem(&input, &outcome).map(|problem| format!("{} ({size}): {problem}", input.name)));
        let _ = writeln!(
            table,
            "| {} | {size} | {} | {:.1} | {} MB |",
            input.name,
            outcome.in_words(),
            outcome.seconds,
            outcome.peak_bytes / 1_000_000
        );
    }
    if is_full() {
        println!("{table}");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
