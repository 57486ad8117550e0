//! What the README shows is what the program does.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

use assert_cmd::Command;
use std::path::Path;

const README: &str = include_str!("../README.md");
const LIMITS: &str = include_str!("../docs/limits.md");

/// The text block after the comment `<!-- heading -->`.
fn block(heading: &str) -> &'static str {
    let (_, after) = README.split_once(&format!("<!-- {heading} -->\n```text\n")).unwrap();
    // the line feed before the fence is the last line's
    let end = after.find("\n```\n").unwrap();
    &after[..=end]
}

/// What the program prints in the folder of the example, which has findings.
fn output(arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("idtoken-lint").unwrap();
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "COLUMNS", "TERM", "LC_ALL", "LC_CTYPE", "LANG"] {
        command.env_remove(variable);
    }
    // outside of this repository, which would be read around it
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/example/profile-page");
    let alone = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(&example).into_iter().map(Result::unwrap) {
        let to = alone.path().join(entry.path().strip_prefix(&example).unwrap());
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
    let output = command.current_dir(alone.path()).args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_report_is_what_the_program_prints() {
    let shown = block("output: check src/link.js");
    assert_eq!(format!("$ idtoken-lint check src/link.js\n{}", output(&["check", "src/link.js"])), shown);
}

#[test]
fn the_list_of_calls_is_how_the_audit_ends() {
    let shown = block("the end of the output: audit");
    let whole = output(&["audit"]);
    assert!(whole.ends_with(&format!("\n{shown}")), "the README shows\n{shown}\nbut the program prints\n{whole}");
}

#[test]
fn the_endpoints_are_those_of_the_rules() {
    let rules = idtoken_lint::rules::Rules::load(&[], &[]).unwrap();
    let cell = |scopes: Vec<&String>| {
        let mut cells: Vec<String> = scopes.into_iter().map(|scope| format!("`{scope}`")).collect();
        cells.dedup();
        cells.join(" or ")
    };
    let expected: Vec<String> = rules
        .endpoints
        .iter()
        .map(|endpoint| {
            let current = cell(endpoint.scopes.iter().map(|(current, _)| current).collect());
            let any = cell(endpoint.scopes.iter().map(|(_, any)| any).collect());
            format!("| `{}` | {current} | {any} |", endpoint.name)
        })
        .collect();
    let shown: Vec<&str> =
        README.lines().filter(|line| line.contains(" /api/v2/") && line.starts_with("| `")).collect();
    assert_eq!(shown, expected);
}

#[test]
fn the_limit_on_sizes_is_that_of_the_program() {
    let limit = idtoken_lint::text::files::MAX_BYTES / (1024 * 1024);
    assert!(LIMITS.contains(&format!("up to {limit} MiB each")));
}

#[test]
fn every_command_and_option_exists() {
    for arguments in [
        &["check", "src", "--host", "login.example.com", "--format", "sarif"][..],
        &["audit", "--output", "html=report.html"],
    ] {
        output(arguments);
    }
    // every page is named, and every page that is named is there
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(README.contains(&format!("](docs/{name})")), "{name}");
    }
    for (at, _) in README.match_indices("](docs/") {
        let link = README[at + 2..].split(')').next().unwrap();
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(link).is_file(), "{link}");
    }
    for command in ["check", "audit", "explain"] {
        assert!(README.contains(&format!("`idtoken-lint {command} ")), "{command}");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = include_str!("../Cargo.toml");
    let table = include_str!("../docs/dependencies.md");
    let mut section = "";
    let mut missing = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if let ("[dependencies]" | "[dev-dependencies]", Some((name, _))) = (section, line.split_once(" = "))
            && !table.contains(&format!("`{name}`"))
        {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "docs/dependencies.md does not say why: {missing:?}");
}
