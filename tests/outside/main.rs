//! With programs from outside: what others make of what this project writes and packs.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod browser;
mod hooks;
mod npm;
mod project;
mod recorded;
mod sarif;
mod tools;
mod wheel;
mod workflows;

use libtest_mimic::{Arguments, Trial};
use tools::Tool;

/// A test, and the programs without which it says nothing.
#[derive(Clone, Copy)]
struct Test {
    name: &'static str,
    needs: &'static [Tool],
    run: fn(),
}

fn main() {
    let required = std::env::var_os("IDTOKEN_LINT_TOOLS_REQUIRED").is_some();
    let tests =
        [browser::TESTS, sarif::TESTS, hooks::TESTS, wheel::TESTS, npm::TESTS, recorded::TESTS, workflows::TESTS]
            .concat();
    let trials = tests.iter().map(|test| {
        let missing: Vec<String> =
            test.needs.iter().filter(|tool| tool.find().is_none()).map(|tool| format!("{tool:?}")).collect();
        if missing.is_empty() {
            let run = test.run;
            return Trial::test(test.name, move || {
                run();
                Ok(())
            });
        }
        let missing = missing.join(", ");
        if required {
            let failure = format!("not installed: {missing}");
            return Trial::test(test.name, move || Err(failure.into()));
        }
        Trial::test(format!("{} (skipped: not installed: {missing})", test.name), || Ok(())).with_ignored_flag(true)
    });
    let program = project::keep_program();
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.collect());
    drop(program);
    conclusion.exit();
}
