//! The stages of a run, each by itself: the first look, lowering, evaluation.
//!
//! `cargo bench`, or `cargo bench -- lower` for some of them.

#![allow(clippy::unwrap_used, missing_docs, reason = "a panic is the message")]

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use idtoken_lint::lower::{Syntax, lower};
use idtoken_lint::rules::Rules;
use idtoken_lint::text::MemoryFiles;
use idtoken_lint::text::prefilter::Prefilter;
use idtoken_lint::{Options, analyze_with};
use std::fmt::Write as _;

fn main() {
    divan::main();
}

/// About as much code as a large module holds, without a word of the API.
fn code(path: &str) -> String {
    let mut text = String::new();
    for nth in 0..200 {
        _ = if path.ends_with(".rs") {
            writeln!(
                text,
                "pub fn read_{nth}(items: &std::collections::BTreeMap<String, Vec<u8>>) -> usize {{\n    \
                 items.values().filter(|bytes| bytes.len() > {nth}).map(Vec::len).sum::<usize>()\n}}"
            )
        } else {
            let types = if path.ends_with(".ts") { ": Record<string, string[]>" } else { "" };
            writeln!(
                text,
                "export function read{nth}(options{types}) {{\n  const value = options.items ?? [];\n  \
                 return value.filter((one) => one.length > {nth}).map((one) => `${{one}}-{nth}`);\n}}"
            )
        };
    }
    text
}

#[divan::bench]
fn compile_rules() -> Rules {
    Rules::load(&[], &[]).unwrap()
}

#[divan::bench]
fn compile_outline() -> Rules {
    Rules::outline(&[], &[]).unwrap()
}

#[divan::bench]
fn first_look(bencher: Bencher<'_, '_>) {
    let search = Prefilter::new(&Rules::outline(&[], &[]).unwrap().literals);
    let text = code("a.js");
    bencher.counter(BytesCount::of_str(&text)).bench(|| search.signs(black_box(text.as_bytes())));
}

#[divan::bench(args = ["a.js", "a.ts", "a.rs"])]
fn lowering(bencher: Bencher<'_, '_>, path: &str) {
    let text = code(path);
    let syntax = Syntax::of_path(path).unwrap();
    bencher.counter(BytesCount::of_str(&text)).bench(|| lower(syntax, black_box(&text)).unwrap());
}

#[divan::bench(args = [10, 100, 1000])]
fn evaluation(bencher: Bencher<'_, '_>, requests: usize) {
    let rules = Rules::load(&[], &[]).unwrap();
    let mut files = MemoryFiles::new();
    for first in (0..requests).step_by(10) {
        let mut text = String::from("export async function save(sub, result) {\n  const token = result.idToken;\n");
        for nth in first..first + 10 {
            _ = writeln!(
                text,
                "  await fetch(`https://acme.auth0.com/api/v2/users/${{sub}}?{nth}`, {{ headers: {{ Authorization: `Bearer \
                 ${{token}}` }} }});"
            );
        }
        text.push_str("}\n");
        files.insert(format!("src/m{first}.js"), text);
    }
    bencher
        .counter(ItemsCount::new(requests))
        .bench(|| analyze_with(&files, &Options::default(), &rules).unwrap().calls.len());
}
