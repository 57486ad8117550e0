//! The edits: those of the `fixtures/login/legacy-*` make them their `current-*`, and what `--fix` does to files.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

#[path = "common/fixtures.rs"]
mod fixtures;

use common::{folder, run};
use idtoken_lint::Options;
use idtoken_lint::check::model::{Report, Verdict};
use idtoken_lint::report::diff;
use idtoken_lint::text::MemoryFiles;
use std::collections::BTreeMap;
use std::fs;

fn analyze(sources: &BTreeMap<String, String>) -> Report {
    let mut files = MemoryFiles::new();
    for (path, text) in sources {
        files.insert(path.clone(), text.clone().into_bytes());
    }
    idtoken_lint::analyze_with(&files, &Options::default(), fixtures::rules()).unwrap()
}

fn sources(case: &str) -> BTreeMap<String, String> {
    let files = fixtures::sources(&fixtures::folder().join("login").join(case)).unwrap();
    files.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// Without the marks, which say other things before and after.
fn unmarked(text: &str) -> String {
    let without = |line: &str| line.split("//~").next().unwrap_or_default().trim_end().to_owned();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//~")).map(without);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn legacy_cases_become_the_current_ones_and_a_second_run_finds_nothing() {
    for name in pairs() {
        let legacy = sources(&format!("legacy-{name}"));
        let edited = diff::edited(&analyze(&legacy), |_| true, |_, _| true);
        assert!(edited.left.is_empty(), "{name}: {:?}", edited.left);
        let mut after = legacy.clone();
        after.extend(edited.files.into_iter().map(|file| (file.path, file.new)));
        for (path, text) in sources(&format!("current-{name}")) {
            assert_eq!(unmarked(&after[&path]), unmarked(&text), "{name}: {path}");
        }
        let again = analyze(&after);
        assert!(again.findings.is_empty(), "{name}: {:?}", again.findings);
        assert!(again.calls.iter().all(|call| call.verdict == Verdict::AccessToken), "{name}");
    }
}

/// The legacy cases, each of which has a current one.
fn pairs() -> Vec<String> {
    let names = fs::read_dir(fixtures::folder().join("login")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pairs: Vec<String> = names.filter_map(|name| name.strip_prefix("legacy-").map(str::to_owned)).collect();
    assert!(pairs.len() >= 5);
    pairs
}

#[test]
fn legacy_cases_are_flagged_and_current_ones_are_not() {
    for name in pairs() {
        assert!(!analyze(&sources(&format!("legacy-{name}"))).findings.is_empty(), "{name}");
        assert!(analyze(&sources(&format!("current-{name}"))).findings.is_empty(), "{name}");
    }
}

const APP: &str = "import auth0 from 'auth0-js';\r\n\
    const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'id_token' });\r\n\
    webAuth.parseHash((err, result) => {\r\n\
    \u{20} new auth0.Management({ domain: 'acme.auth0.com', token: result.idToken }).getUser(result.idTokenPayload.sub, show);\r\n\
    });\r\n";

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let here = folder(&[("app.js", APP)]);
    let (status, out, err) = run(here.path(), &["check", "--diff"]);
    assert_eq!(status, 1, "{err}");
    assert!(out.starts_with("--- a/app.js\n+++ b/app.js\n"), "{out}");
    assert!(out.contains("+  new auth0.Management({ domain: 'acme.auth0.com', token: result.accessToken })"), "{out}");
    assert!(out.contains("responseType: 'token id_token', audience: 'https://acme.auth0.com/api/v2/'"), "{out}");
    assert!(err.contains("1 edit in 1 file can be made"), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), APP);
}

#[test]
fn edits_are_made_only_when_unsafe_ones_are_asked_for() {
    let here = folder(&[("app.js", APP)]);
    let (status, _, err) = run(here.path(), &["check", "--fix"]);
    assert_eq!(status, 1);
    assert!(err.contains("`--unsafe-fixes` makes them too"), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), APP);

    let (status, out, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(err.contains("1 edit in 1 file made"), "{err}");
    let text = fs::read_to_string(here.path().join("app.js")).unwrap();
    assert_eq!(text.matches("\r\n").count(), APP.matches("\r\n").count());
    assert!(text.contains("scope: 'openid read:current_user'"), "{text}");
    let (status, out, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_files_that_cannot_be_written_stop_it() {
    use std::os::unix::fs::PermissionsExt;
    let here = folder(&[("app.js", APP)]);
    let file = here.path().join("app.js");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(here.path(), &["check", "--fix", "--unsafe-fixes"]).0, 0);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);

    fs::write(&file, APP).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    let (status, _, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("read-only"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), APP);
}

#[test]
fn what_is_left_alone_is_told() {
    let text = "import auth0 from 'auth0-js';\n\
        const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'id_token' });\n\
        webAuth.parseHash((err, result) => {\n\
        \u{20} localStorage.setItem('id_token', result.idToken);\n\
        \u{20} const token = localStorage.getItem('id_token');\n\
        \u{20} new auth0.Management({ domain: 'acme.auth0.com', token }).getUser(result.idTokenPayload.sub, show);\n\
        });\n";
    let here = folder(&[("app.js", text)]);
    let (status, _, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 1);
    assert!(err.contains("left alone: app.js:6: id-token-as-bearer: no edit is certain"), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), text);
}
