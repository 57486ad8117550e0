//! The targets of `fuzz/` on damaged fixtures: a fixed set of inputs, the same in every run, so that what the fuzzer found
//! once stays found. What it finds anew becomes a fixture.

#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "in tests, a panic is the message")]

#[path = "common/fixtures.rs"]
mod fixtures;
#[path = "../fuzz/targets.rs"]
mod targets;

use proptest::test_runner::{RngAlgorithm, TestRng};
use rand::RngExt as _;
use std::fs;
use std::path::Path;
use targets::Target;

/// Inputs for each target; `FUZZ_INPUTS` says otherwise.
const INPUTS: usize = 60;

/// What breaks readers: halves of brackets, strings, comments, and characters that are none.
const NASTY: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "`",
    "${",
    "\"",
    "'",
    "/*",
    "*/",
    "//",
    "\\",
    "\u{0}",
    "\r",
    "\u{2028}",
    "\u{feff}",
    "\u{202e}",
    "=>",
    "...",
    "?.",
    "#",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "r#\"",
    "'a",
    "::<",
    "&&",
    "\n\n",
    "idtoken-lint: allow(",
    "eyJhbGciOiJub25lIn0",
    "𝒳",
    "é",
    "%7B",
    ";;",
    "0x",
    "1e999",
    "async",
    "await",
    "yield",
    "export",
    "import(",
    "class",
    "fn",
    "impl",
    "macro_rules!",
    "=",
    ",",
    "null",
    "true",
    "-1",
    "99999999999999999999",
];

#[test]
fn javascript() {
    run("javascript");
}

#[test]
fn typescript() {
    run("typescript");
}

#[test]
fn rust() {
    run("rust");
}

#[test]
fn page() {
    run("page");
}

#[test]
fn recording() {
    run("recording");
}

#[test]
fn settings() {
    run("settings");
}

#[test]
fn rules() {
    run("rules");
}

#[test]
fn paths() {
    run("paths");
}

#[test]
fn own() {
    run("own");
}

fn run(name: &str) {
    let (_, target, endings) = targets::ALL.iter().find(|(known, ..)| *known == name).unwrap();
    let seeds = seeds(endings);
    assert!(seeds.len() > 2, "{name} has hardly anything to begin with");
    let count = std::env::var("FUZZ_INPUTS").ok().and_then(|count| count.parse().ok()).unwrap_or(INPUTS);
    let mut rng = TestRng::from_seed(RngAlgorithm::XorShift, b"damaged fixtures");
    for nth in 0..count {
        let input = damaged(&seeds, &mut rng);
        check(name, *target, nth, &input);
    }
}

/// Run a target; what breaks it is kept in a file.
fn check(name: &str, target: Target, nth: usize, input: &[u8]) {
    struct Kept<'a>(String, &'a [u8]);
    impl Drop for Kept<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&self.0);
                _ = fs::write(&file, self.1);
                eprintln!("the input is in {}", file.display());
            }
        }
    }
    let _kept = Kept(format!("fuzz-{name}-{nth}"), input);
    target(input);
}

/// Files with one of these endings: of the fixtures, and for rules those of the tool itself.
fn seeds(endings: &[&str]) -> Vec<Vec<u8>> {
    let folders = [fixtures::folder(), Path::new(env!("CARGO_MANIFEST_DIR")).join("rules")];
    let files = folders.iter().flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name());
    let files = files.filter_map(Result::ok).filter(|entry| {
        let ending = entry.path().extension().and_then(|ending| ending.to_str());
        entry.file_type().is_file() && ending.is_some_and(|ending| endings.contains(&ending))
    });
    files.map(|entry| fs::read(entry.path()).unwrap()).filter(|bytes| bytes.len() < 20_000).collect()
}

/// One seed, or two spliced, with a few pieces cut, doubled, moved or put in.
fn damaged(seeds: &[Vec<u8>], rng: &mut TestRng) -> Vec<u8> {
    let one = |rng: &mut TestRng| &seeds[rng.random_range(0..seeds.len())];
    let mut input = one(rng).clone();
    if rng.random_bool(0.3) {
        let other = one(rng);
        input.truncate(rng.random_range(0..=input.len()));
        input.extend(&other[rng.random_range(0..=other.len())..]);
    }
    for _ in 0..rng.random_range(1..8) {
        let from = rng.random_range(0..=input.len());
        let to = (from + rng.random_range(0..200)).min(input.len());
        match rng.random_range(0..5) {
            0 => drop(input.drain(from..to)),
            1 => {
                let piece = input[from..to].to_vec();
                input.splice(from..from, piece);
            }
            2 => {
                let piece: Vec<u8> = input.drain(from..to).collect();
                let at = rng.random_range(0..=input.len());
                input.splice(at..at, piece);
            }
            3 if from < input.len() => input[from] = rng.random(),
            _ => {
                let nasty = NASTY[rng.random_range(0..NASTY.len())].repeat(rng.random_range(1..4));
                input.splice(from..from, nasty.into_bytes());
            }
        }
    }
    input
}
