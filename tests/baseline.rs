//! The baseline: what was there is counted, what is new fails, what is gone is taken out.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const OLD: &str = "export const load = (id, idToken) =>\n  \
                   fetch('https://acme.auth0.com/api/v2/users/' + id, { headers: { Authorization: 'Bearer ' + idToken } });\n";
const NEW: &str = "export const more = (id, idToken) =>\n  \
                   fetch('https://acme.auth0.com/api/v2/users/' + id + '/enrollments', { headers: { Authorization: 'Bearer ' + \
                   idToken } });\n";

/// A repository with one finding, which its baseline knows.
fn known() -> TempDir {
    let here = folder(&[(".git/HEAD", ""), ("web/src/a.js", OLD)]);
    let (status, _, err) = run(here.path(), &["check", "--write-baseline", "base.json"]);
    assert_eq!((status, err.as_str()), (0, "base.json: 1 finding written, 1 of them new; 0 taken out\n"));
    here
}

/// New findings, known ones, and notices of `check` with `arguments`.
fn compare(folder: &Path, arguments: &[&str]) -> (usize, usize, Vec<String>) {
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let (status, out, err) = run(folder, &arguments);
    assert_eq!(err, "");
    let report: Value = serde_json::from_str(&out).unwrap();
    let new = report["findings"].as_array().unwrap().len();
    assert_eq!(status, i32::from(new > 0));
    let known = report["summary"]["baseline"].as_u64().unwrap();
    let notices = report["notices"].as_array().unwrap().iter();
    let text = |notice: &Value| format!("{}:{}", notice["path"].as_str().unwrap(), notice["line"]);
    (new, usize::try_from(known).unwrap(), notices.map(text).collect())
}

const WITH: [&str; 2] = ["--baseline", "base.json"];

#[test]
fn only_new_findings_fail() {
    let here = known();
    assert_eq!(compare(here.path(), &[]), (1, 0, vec![]));
    assert_eq!(compare(here.path(), &WITH), (0, 1, vec![]));
    fs::write(here.path().join("web/src/a.js"), format!("{NEW}{OLD}")).unwrap();
    assert_eq!(compare(here.path(), &WITH), (1, 1, vec![]));
    let (status, out, _) = run(here.path(), &["check", "-q", "--baseline", "base.json"]);
    assert_eq!((status, out.as_str()), (1, "1 finding (1 error), 1 in the baseline · 1 file seen, 1 parsed\n"));
    // what is known is sent all the same
    assert_eq!(run(here.path(), &["audit", "-q", "--baseline", "base.json"]).0, 1);
    let (_, out, _) = run(here.path(), &["check", "--baseline", "base.json", "--format", "sarif"]);
    let log: Value = serde_json::from_str(&out).unwrap();
    let kinds: Vec<&Value> =
        log["runs"][0]["results"].as_array().unwrap().iter().map(|it| &it["suppressions"]).collect();
    assert_eq!((kinds[0], &kinds[1][0]["kind"]), (&Value::Null, &"external".into()));
}

#[test]
fn a_finding_is_known_again_wherever_it_stands_and_however_it_is_formatted() {
    let here = known();
    let file = here.path().join("web/src/a.js");
    let formatted = "export const load = (\n  id,\n  idToken,\n) => {\n  return (\n    fetch(\n      \
                     \"https://acme.auth0.com/api/v2/users/\" + id,\n      {\n        headers: {\n          Authorization: \
                     \"Bearer \" + idToken,\n        },\n      },\n    )\n  );\n};\n";
    let commented = formatted.replace("headers: {\n", "// the session's\n headers: { /* b, (c) */\n");
    assert_ne!(commented, formatted);
    for text in [
        format!("// more\n\n\n{OLD}"),
        OLD.replace("  ", "\t\t"),
        OLD.replace('\n', "\r\n"),
        formatted.to_owned(),
        commented,
    ] {
        fs::write(&file, &text).unwrap();
        assert_eq!(compare(here.path(), &WITH), (0, 1, vec![]), "{text}");
    }
    // the same call twice is one more
    fs::write(&file, format!("{OLD}{}", OLD.replace("load", "again"))).unwrap();
    assert_eq!(compare(here.path(), &WITH), (1, 1, vec![]));
    // in another file it is another
    fs::write(&file, OLD).unwrap();
    fs::write(here.path().join("web/src/b.js"), OLD).unwrap();
    assert_eq!(compare(here.path(), &WITH), (1, 1, vec![]));
    // unless that is the file under another name
    fs::remove_file(&file).unwrap();
    assert_eq!(compare(here.path(), &WITH), (0, 1, vec![]));
}

#[test]
fn it_does_not_matter_where_the_program_runs() {
    let here = known();
    let base = here.path().join("base.json");
    let (web, root) = (here.path().join("web"), here.path().to_str().unwrap());
    let with = |path: &'static str| ["--baseline", base.to_str().unwrap(), path].map(str::to_owned);
    for (from, path) in [(&web, "."), (&web.join("src"), "a.js"), (&here.path().to_owned(), "web/src")] {
        let arguments = with(path);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        assert_eq!(compare(from, &arguments), (0, 1, vec![]), "{path}");
    }
    assert_eq!(compare(Path::new("/"), &["--baseline", base.to_str().unwrap(), root]), (0, 1, vec![]));
    assert!(fs::read_to_string(&base).unwrap().contains("\"path\":\"web/src/a.js\""));
}

#[test]
fn what_is_gone_is_told_and_taken_out() {
    let here = known();
    fs::write(here.path().join("web/src/a.js"), NEW).unwrap();
    fs::write(here.path().join("web/b.js"), OLD).unwrap();
    run(here.path(), &["check", "web/b.js", "--write-baseline", "base.json"]);
    let text = fs::read_to_string(here.path().join("base.json")).unwrap();
    assert_eq!(text.matches("fingerprint").count(), 2, "what was not looked at is kept: {text}");
    assert_eq!(compare(here.path(), &WITH), (1, 1, vec!["base.json:5".to_owned()]), "{text}");
    assert_eq!(compare(here.path(), &["web/b.js", "--baseline", "base.json"]), (0, 1, vec![]));
    let (_, out, _) = run(here.path(), &["check", "--baseline", "base.json"]);
    let said =
        "to tidy up\n  base.json:5: id-token-as-bearer in web/src/a.js is not found any more (GET /api/v2/users/{id})";
    assert!(out.contains(said), "{out}");
    let (status, _, err) = run(here.path(), &["check", "--write-baseline", "base.json"]);
    assert_eq!((status, err.as_str()), (0, "base.json: 2 findings written, 1 of them new; 1 taken out\n"));
    assert_eq!(compare(here.path(), &WITH), (0, 2, vec![]));
    // twice is once
    let before = fs::read(here.path().join("base.json")).unwrap();
    run(here.path(), &["audit", "--write-baseline", "base.json"]);
    assert_eq!(fs::read(here.path().join("base.json")).unwrap(), before);
}

#[test]
fn what_is_allowed_needs_no_baseline() {
    let here = folder(&[("a.js", &format!("// idtoken-lint: allow-file(id-token-as-bearer) why\n{OLD}"))]);
    run(here.path(), &["check", "--write-baseline", "base.json"]);
    assert_eq!(
        fs::read_to_string(here.path().join("base.json")).unwrap(),
        "{\n  \"format\": \"idtoken-lint-baseline/1\",\n  \"findings\": [\n  ]\n}\n"
    );
    assert_eq!(compare(here.path(), &WITH), (0, 0, vec![]));
}

#[test]
fn the_configuration_can_name_it() {
    let here = known();
    fs::write(here.path().join("idtoken-lint.toml"), "baseline = 'base.json'\n").unwrap();
    assert_eq!(compare(&here.path().join("web"), &[]), (0, 1, vec![]));
    fs::remove_file(here.path().join("base.json")).unwrap();
    let (status, _, err) = run(here.path(), &["check"]);
    assert!(status == 2 && err.contains("\"base.json\": cannot be read") && err.contains("--write-baseline"), "{err}");
    assert_eq!(run(here.path(), &["check", "--write-baseline", "base.json"]).0, 0);
    assert_eq!(compare(here.path(), &[]), (0, 1, vec![]));
}

#[test]
fn a_broken_baseline_is_shown() {
    let here = known();
    let base = here.path().join("base.json");
    let good = fs::read_to_string(&base).unwrap();
    for (text, said, at) in [
        (good.replace("  \"findings\"", "<<<<<<< HEAD\n  \"findings\""), "this is not a baseline", "base.json:3:1"),
        (good.replace("baseline/1", "baseline/2"), "found idtoken-lint-baseline/2", "base.json:1:1"),
        ("{}".to_owned(), "missing field", "base.json:1:1"),
        (String::new(), "EOF", "cannot"),
    ] {
        fs::write(&base, &text).unwrap();
        for arguments in [&["check", "--baseline", "base.json"][..], &["check", "--write-baseline", "base.json"]] {
            let (status, out, err) = run(here.path(), arguments);
            assert_eq!((status, out.as_str()), (2, ""), "{text}");
            assert!(err.contains(said) && (at == "cannot" || err.contains(at)), "{err}");
        }
    }
    assert_eq!(run(here.path(), &["check", "--baseline", "no.json"]).0, 2);
    let both = ["check", "--baseline", "base.json", "--write-baseline", "base.json"];
    assert_eq!(run(here.path(), &both).0, 2);
}
