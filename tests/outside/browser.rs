//! The HTML report in a real browser: what `report.mjs` asks of it.

use crate::Test;
use crate::project;
use crate::tools::{Tool, run};
use std::path::Path;

const NEEDS: &[Tool] = &[Tool::Chromium, Tool::Node, Tool::Playwright, Tool::Axe];

pub(crate) const TESTS: &[Test] = &[
    Test { name: "html_works_in_a_browser", needs: NEEDS, run: works_in_a_browser },
    Test { name: "html_of_a_project_without_calls_works_in_a_browser", needs: NEEDS, run: works_without_calls },
];

fn works_in_a_browser() {
    let folder = project::hostile();
    project::check(folder.path(), &["--output", "html=report.html"]);
    let page = std::fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(!page.contains(project::JWT), "a token is in the report");
    // every call of the JSON is on the page
    let json = project::check(folder.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let calls = json["calls"].as_array().unwrap().len();
    assert!(calls >= project::HOSTILE_PATHS.len() + 5, "{calls}");
    look_at(&folder.path().join("report.html"), calls);
}

fn works_without_calls() {
    let folder = project::folder(&[("src/a.js", "export const a = 1;\n")]);
    let mut check = crate::tools::command(project::program());
    run(check.current_dir(folder.path()).args(["check", "--output", "html=report.html"]), &[0]);
    look_at(&folder.path().join("report.html"), 0);
}

fn look_at(report: &Path, calls: usize) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/report.mjs");
    let profile = tempfile::tempdir().unwrap();
    let mut node = Tool::Node.command();
    node.arg(script).arg(report).arg(calls.to_string());
    node.env("PLAYWRIGHT", Tool::Playwright.path()).env("AXE", Tool::Axe.path()).env("CHROMIUM", Tool::Chromium.path());
    node.env("HOME", profile.path());
    run(&mut node, &[0]);
}
