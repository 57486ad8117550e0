//! The command line: arguments, exit status, and where the report goes.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, lint, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A project whose only call sends an ID token.
fn legacy() -> TempDir {
    folder(&[
        (
            "src/auth.js",
            "import auth0 from 'auth0-js';\n\
             import { load } from './api';\n\
             const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'token id_token', \
             audience: 'https://acme.auth0.com/api/v2/', scope: 'openid read:current_user' });\n\
             webAuth.parseHash((err, authResult) => load(authResult.idTokenPayload.sub, authResult));\n",
        ),
        (
            "src/api.js",
            "export function load(id, authResult) {\n\
             \u{20} return fetch('https://acme.auth0.com/api/v2/users/' + id, {headers: {Authorization: 'Bearer ' + \
             authResult.idToken}});\n\
             }\n",
        ),
    ])
}

#[test]
fn version_and_help_are_no_errors() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["--version"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert_eq!(out, format!("idtoken-lint {}\n", env!("CARGO_PKG_VERSION")));
    for arguments in [&["--help"][..], &["check", "--help"], &["audit", "-h"], &["explain", "--help"]] {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, err.as_str()), (0, ""), "{arguments:?}");
        assert!(out.contains("Usage: idtoken-lint"), "{out}");
    }
    assert!(run(here.path(), &["--help"]).1.contains("Exit status"));
}

#[test]
fn wrong_usage_is_status_2_and_says_what_to_do() {
    let here = folder(&[]);
    for arguments in
        [&[][..], &["chek"], &["check", "--format", "xml"], &["check", "--colour"], &["explain", "--sarch"]]
    {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains("Usage:") || err.contains("--help"), "{err}");
    }
    assert!(run(here.path(), &["chek"]).2.contains("'check'"));
}

#[test]
fn a_missing_path_is_named_in_every_format() {
    let here = folder(&[("a.js", "")]);
    for command in ["check", "audit"] {
        for format in ["text", "json", "sarif"] {
            let (status, out, err) = run(here.path(), &[command, "a.js", "no such\u{1b}[1m", "--format", format]);
            assert_eq!((status, out.as_str()), (2, ""));
            assert!(err.contains("no such") && err.contains("help:"), "{err}");
            assert!(!err.contains('\u{1b}'), "{err:?}");
        }
    }
}

#[test]
fn an_empty_folder_has_nothing_to_do() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["check"]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "no source files in .\n", ""));
    assert_eq!(run(here.path(), &["audit"]).0, 0);
    let (status, out, _) = run(here.path(), &["check", "--format", "json"]);
    assert_eq!(status, 0);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["format"], "idtoken-lint/1");
    let (status, out, _) = run(here.path(), &["audit", "--format", "sarif"]);
    assert_eq!(status, 0);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["version"], "2.1.0");
}

#[test]
fn output_gets_the_format_and_the_terminal_the_text() {
    let here = folder(&[("report.sarif", "old")]);
    let arguments = ["check", "--format", "sarif", "--output", "report.sarif"];
    let (status, out, err) = run(here.path(), &arguments);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "no source files in .\n", ""));
    let written = fs::read_to_string(here.path().join("report.sarif")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&written).unwrap()["version"], "2.1.0");
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1, "nothing is left beside the report");
}

#[test]
fn an_output_that_cannot_be_written_is_status_2() {
    let here = folder(&[("taken/x", "")]);
    for target in ["no/such/folder.json", "taken"] {
        let (status, out, err) = run(here.path(), &["check", "--format", "json", "--output", target]);
        assert_eq!((status, out.as_str()), (2, ""), "{target}");
        assert!(err.contains(target) && err.contains("help:"), "{err}");
    }
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn output_through_a_link_keeps_the_link() {
    let here = folder(&[("real.json", "old")]);
    let link = here.path().join("link.json");
    std::os::unix::fs::symlink("real.json", &link).unwrap();
    assert_eq!(run(here.path(), &["check", "--format", "json", "--output", "link.json"]).0, 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(here.path().join("real.json")).unwrap().starts_with('{'));
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    for arguments in [&["explain", "id-token-as-bearer"][..], &["check", "--format", "json"], &["--help"]] {
        let here = folder(&[]);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("idtoken-lint"))
            .args(arguments)
            .current_dir(here.path())
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[test]
fn explain_prints_the_page_or_the_nearest_ids() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["explain", "id-token-as-bearer"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("# ") && out.contains("## What to do"), "{out}");
    let (status, out, err) = run(here.path(), &["explain", "id-token-as-baerer"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("Did you mean id-token-as-bearer?"), "{err}");
    // endpoints and reasons have pages as well
    for (name, said) in [
        (&["explain", "DELETE", "/api/v2/device-credentials/{id}"][..], "# DELETE /api/v2/device-credentials/{id}\n"),
        (&["explain", "patch /users/{id}"], "# PATCH /api/v2/users/{id}\n"),
        (&["explain", "storage"], "# Nothing in the project stores anything there\n"),
        (&["explain", "bad-audience"], "# 401: \"Bad audience\"\n"),
    ] {
        let (status, out, err) = run(here.path(), name);
        assert_eq!((status, err.as_str()), (0, ""), "{name:?}");
        assert!(out.starts_with(said), "{out}");
    }
    let (_, _, err) = run(here.path(), &["explain", "PATH /api/v2/users/{id}"]);
    assert!(err.contains("Did you mean ") && err.contains("PATCH /api/v2/users/{id}?"), "{err}");
}

#[test]
fn explain_lists_all_pages_and_searches_them() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["explain"]);
    assert_eq!((status, err.as_str()), (0, ""));
    for id in ["id-token-as-bearer", "get-user-enrollments", "unresolved-import", "consent-required"] {
        assert!(out.contains(&format!("\n  {id} ")), "{id}: {out}");
    }
    let (status, out, err) = run(here.path(), &["explain", "--search", "consent", "dialog", "localhost"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("  consent-required "), "{out}");
    let (status, out, err) = run(here.path(), &["explain", "--search", "kubernetes"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("no page says anything about"), "{err}");
}

#[test]
fn colour_is_for_terminals_unless_forced() {
    let here = folder(&[]);
    let coloured = |arguments: &[&str], variable: &str| {
        let output = lint(here.path(), arguments).env(variable, "1").output().unwrap();
        output.stdout.contains(&0x1b)
    };
    assert!(!coloured(&["check"], "X"));
    assert!(coloured(&["check"], "CLICOLOR_FORCE"));
    assert!(coloured(&["check"], "FORCE_COLOR"));
    assert!(coloured(&["check", "--color", "always"], "NO_COLOR"));
    assert!(!coloured(&["check", "--color", "never"], "CLICOLOR_FORCE"));
    assert!(!coloured(&["check", "--format", "json", "--color", "always"], "X"));
}

#[test]
fn findings_are_status_1_in_every_format() {
    let here = legacy();
    for command in ["check", "audit"] {
        for format in ["text", "json", "sarif"] {
            let (status, out, err) = run(here.path(), &[command, "--format", format]);
            assert_eq!((status, err.as_str()), (1, ""), "{command} {format}");
            assert!(out.contains("id-token-as-bearer"), "{out}");
        }
    }
}

#[test]
fn the_report_names_the_call() {
    let here = legacy();
    let (_, out, _) = run(here.path(), &["check", "--format", "json"]);
    let document: Value = serde_json::from_str(&out).unwrap();
    let call = &document["calls"][0];
    assert_eq!((call["path"].as_str(), call["line"].as_u64()), (Some("src/api.js"), Some(2)));
    assert_eq!(call["endpoint"], "GET /api/v2/users/{id}");
    assert_eq!(call["verdict"], "id-token");
    let (_, out, _) = run(here.path(), &["audit"]);
    assert!(out.ends_with("The toggle cannot be turned off yet: 1 call sends an ID token.\n"), "{out}");
}

#[test]
fn quiet_leaves_the_summary() {
    let here = legacy();
    let arguments = ["check", "--quiet", "--format", "sarif", "--output", "report.sarif"];
    let (status, out, _) = run(here.path(), &arguments);
    assert_eq!((status, out.as_str()), (1, "1 finding (1 error) · 2 files seen, 2 parsed\n"));
    assert!(fs::read_to_string(here.path().join("report.sarif")).unwrap().contains("id-token-as-bearer"));
}

#[test]
fn a_reader_that_has_gone_does_not_change_the_status() {
    let here = legacy();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("idtoken-lint"))
        .args(["check", "."])
        .current_dir(here.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn what_was_seen_is_kept_until_a_file_changes() {
    let here = tempfile::tempdir().unwrap();
    let project = here.path().join("project");
    fs::create_dir(&project).unwrap();
    for nth in 0..600 {
        fs::write(project.join(format!("{nth}.js")), "export const nothing = 1;\n").unwrap();
    }
    fs::write(project.join("README.md"), "Nothing.\n").unwrap();
    // what was written just before is not kept
    std::thread::sleep(std::time::Duration::from_millis(3200));
    let cache = here.path().join("cache");
    let report = |arguments: &[&str]| {
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin("idtoken-lint"))
            .args(["audit", "--format", "json", "--no-config"])
            .args(arguments)
            .current_dir(&project)
            .env("IDTOKEN_LINT_CACHE_DIR", &cache)
            .output()
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let before = report(&["--no-cache"]);
    assert!(!cache.exists());
    assert_eq!(report(&[]), before);
    let kept: Vec<_> = fs::read_dir(&cache).unwrap().collect();
    assert_eq!(kept.len(), 1);
    assert_eq!(report(&[]), before);
    // where it is not told which files these were
    let kept = fs::read(kept[0].as_ref().unwrap().path()).unwrap();
    assert!(memchr::memmem::find(&kept, b".js").is_none());
    let call = "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: `Bearer ${idToken}` } });\n";
    fs::write(project.join("7.js"), call).unwrap();
    fs::write(project.join("README.md"), "`curl -H 'Authorization: Bearer x' https://acme.auth0.com/api/v2/users/1`\n")
        .unwrap();
    let after = report(&[]);
    assert_eq!(calls(&after), ["7.js:1 id-token"]);
    assert_eq!(report(&["--no-cache"]), after);
    // another folder, as it is told
    let other = here.path().join("other");
    assert_eq!(report(&["--cache-dir", other.to_str().unwrap()]), after);
    assert!(other.exists());
}

/// The report of `check` with `arguments`.
fn json(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let (status, out, err) = run(folder, &arguments);
    assert_eq!(err, "", "{arguments:?}");
    (status, serde_json::from_str(&out).unwrap())
}

/// The calls of a report, each as `path:line verdict`.
fn calls(report: &Value) -> Vec<String> {
    let shown = |call: &Value| {
        format!("{}:{} {}", call["path"].as_str().unwrap(), call["line"], call["verdict"].as_str().unwrap())
    };
    report["calls"].as_array().unwrap().iter().map(shown).collect()
}

/// The skipped files of a report, each as `path: reason`.
fn skipped(report: &Value) -> Vec<String> {
    let shown = |file: &Value| format!("{}: {}", file["path"].as_str().unwrap(), file["reason"].as_str().unwrap());
    report["skipped"].as_array().unwrap().iter().map(shown).collect()
}

/// One call that sends an ID token, on line 3.
const CALL: &str = "\
import auth0 from 'auth0-js';
export const load = (authResult) =>
  fetch('https://acme.auth0.com/api/v2/users/1', {headers: {Authorization: 'Bearer ' + authResult.idToken}});
new auth0.WebAuth({ domain: 'acme.auth0.com', audience: 'https://acme.auth0.com/api/v2/', scope: 'read:current_user' }).parseHash((err, authResult) => load(authResult));
";

/// The token comes from a folder beside that of the call.
fn two_folders() -> TempDir {
    folder(&[
        (
            "lib/session.js",
            "import auth0 from 'auth0-js';\n\
             const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'token id_token', \
             audience: 'https://acme.auth0.com/api/v2/', scope: 'openid read:current_user' });\n\
             let token;\n\
             webAuth.parseHash((err, authResult) => { token = authResult.idToken; });\n\
             export const bearer = () => 'Bearer ' + token;\n",
        ),
        (
            "src/api.js",
            "import { bearer } from '../lib/session';\n\
             export const load = id =>\n\
             fetch('https://acme.auth0.com/api/v2/users/' + id, {headers: {Authorization: bearer()}});\n",
        ),
        ("src/other.js", CALL),
    ])
}

#[test]
fn one_file_is_reported_and_the_root_is_read() {
    let here = two_folders();
    let (status, report) = json(here.path(), &["--root", ".", "src/api.js"]);
    assert_eq!((status, calls(&report)), (1, vec!["src/api.js:3 id-token".to_owned()]));
    let origin = &report["calls"][0]["trace"][0];
    assert_eq!((origin["path"].as_str(), origin["line"].as_u64()), (Some("lib/session.js"), Some(4)));
    assert_eq!(report["summary"]["files"]["seen"], 3);
    // two files, in whatever order, with whatever detours
    let (_, both) = json(here.path(), &["--root", ".", "./src//other.js", "lib/../src/api.js"]);
    assert_eq!(calls(&both), ["src/api.js:3 id-token", "src/other.js:3 id-token"]);
    // a call is reported too where the token's way begins
    let (_, origin) = json(here.path(), &["--root", "./", "lib"]);
    assert_eq!(calls(&origin), ["src/api.js:3 id-token"]);
    // without a root or a repository, the file's own folder is all there is
    let (status, alone) = json(here.path(), &["src/api.js"]);
    assert_eq!((status, calls(&alone)), (1, vec!["src/api.js:3 unknown".to_owned()]));
    // with a repository, that
    fs::create_dir(here.path().join(".git")).unwrap();
    assert_eq!(calls(&json(here.path(), &["src/api.js"]).1), ["src/api.js:3 id-token"]);
}

#[test]
fn the_same_files_by_another_name_are_the_same_findings() {
    let here = two_folders();
    fs::create_dir(here.path().join(".git")).unwrap();
    let (_, whole) = json(here.path(), &[]);
    assert_eq!(calls(&whole).len(), 2);
    for paths in [&["."][..], &["./"], &["src"], &["src", "."], &["src/api.js", "src/", "src/other.js"]] {
        assert_eq!(calls(&json(here.path(), paths).1), calls(&whole), "{paths:?}");
    }
    let inside = here.path().join("src");
    assert_eq!(calls(&json(&inside, &["--root", "..", "."]).1).len(), 2, "from below");
    let absolute = here.path().to_str().unwrap();
    let (status, report) = json(Path::new("/"), &[absolute]);
    assert_eq!((status, calls(&report).len()), (1, 2), "by an absolute path");
}

#[test]
fn a_path_that_was_named_is_never_left_out_silently() {
    let here = folder(&[
        (".gitignore", "build/\n"),
        (".git/config", ""),
        ("build/api.js", CALL),
        ("node_modules/m/api.js", CALL),
        ("src/api.js", CALL),
    ]);
    let beside = folder(&[("api.js", CALL)]);
    let absolute = here.path().join("src").to_str().unwrap().to_owned();
    let outside = beside.path().to_str().unwrap();
    let from_here = format!("../{}", beside.path().file_name().unwrap().to_str().unwrap());
    let mut silent = Vec::new();
    for arguments in [
        &["build"][..],
        &["build/api.js"],
        &["node_modules/m"],
        &["--root", ".", &absolute],
        &["--root", here.path().to_str().unwrap(), "src"],
        &["--root", "build", "src/api.js"],
        &[from_here.as_str()],
        &["--root", ".", outside],
    ] {
        let arguments: Vec<&str> = ["check"].iter().chain(arguments).copied().collect();
        let (status, out, _) = run(here.path(), &arguments);
        if status == 0 {
            silent.push(format!("{arguments:?}: {out}"));
        }
    }
    for second in [outside, &from_here] {
        let (_, report) = json(here.path(), &[".", second]);
        if calls(&report).len() != 2 {
            silent.push(format!(". {second}: {:?}", calls(&report)));
        }
    }
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}

#[test]
fn paths_are_relative_to_the_working_directory_whatever_the_root() {
    let here = folder(&[("src/api.js", CALL), ("lib/api.js", CALL)]);
    let inside = here.path().join("src");
    for path in [".", "api.js", "./api.js", "../src"] {
        let (_, report) = json(&inside, &["--root", "..", path]);
        let lines: Vec<String> = calls(&report);
        assert!(lines == ["api.js:3 id-token"], "{path}: {lines:?}");
    }
}

#[test]
fn binary_data_is_skipped_by_name() {
    let here = folder(&[("src/api.js", CALL)]);
    fs::write(here.path().join("src/blob.js"), b"fetch('https://acme.auth0.com/api/v2/users/1')\0\x01").unwrap();
    let (status, report) = json(here.path(), &[]);
    assert_eq!((status, calls(&report)), (1, vec!["src/api.js:3 id-token".to_owned()]));
    assert_eq!(skipped(&report), ["src/blob.js: binary data (NUL bytes)"]);
    let files = &report["summary"]["files"];
    assert_eq!((&files["seen"], &files["parsed"], &files["skipped"]), (&2.into(), &1.into(), &1.into()));
    let (_, out, _) = run(here.path(), &["check"]);
    assert!(out.contains("not analysed\n  src/blob.js: binary data (NUL bytes)\n"), "{out}");
    assert!(out.ends_with("1 finding (1 error) · 2 files seen, 1 parsed, 1 skipped\n"), "{out}");
    // alone it is no finding, but it is not passed over either
    let (status, out, _) = run(here.path(), &["check", "--root", "src", "src/blob.js"]);
    assert_eq!(status, 0, "{out}");
    assert!(out.contains("src/blob.js: binary data"), "{out}");
}

#[test]
fn text_that_is_not_utf8_is_read() {
    let here = folder(&[("plain.js", CALL)]);
    // Latin-1, in a comment before the call and in a string on its line; a byte-order mark ahead
    let mut bytes = b"\xef\xbb\xbf// caf\xe9\r\n".to_vec();
    bytes.extend(CALL.replace("  fetch", "  '@' && fetch").bytes().map(|byte| if byte == b'@' { 0xff } else { byte }));
    fs::write(here.path().join("latin.js"), bytes).unwrap();
    let (status, report) = json(here.path(), &[]);
    assert_eq!(status, 1);
    assert_eq!(calls(&report), ["latin.js:4 id-token", "plain.js:3 id-token"]);
    // columns count characters, the replaced one among them
    assert_eq!(report["calls"][0]["column"], 10);
    assert_eq!(skipped(&report), [""; 0]);
    for format in ["text", "sarif"] {
        assert_eq!(run(here.path(), &["audit", "--format", format]).0, 1);
    }
}

#[test]
fn a_request_that_stands_for_more_callers_than_are_judged_says_so() {
    let helper = "export const send = (path, token) =>\n  fetch('https://acme.auth0.com/api/v2' + path, \
                  { headers: { Authorization: `Bearer ${token}` } });\n";
    let notes = |callers: usize| {
        let calls = "  send('/users/' + a, kept.it);\n".repeat(callers);
        let callers = format!("import {{ send }} from './send';\nexport function all(a, kept) {{\n{calls}}}\n");
        let here = folder(&[("src/send.js", helper), ("src/all.js", &callers)]);
        let (_, report) = json(here.path(), &[]);
        let calls = report["calls"].as_array().unwrap().clone();
        let own = calls.iter().filter(|call| call["path"] == "src/send.js");
        own.map(|call| call["notes"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(notes(3), [""; 0]);
    let told = notes(100);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("stands for further callers too"), "{told:?}");
}

#[test]
fn parts_that_are_not_read_are_named_and_the_rest_is_read() {
    let call =
        "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: `Bearer ${id_token}` } });\n";
    let page = format!("<script type=\"text/coffeescript\">login = -> 1</script>\n<script>{call}</script>\n");
    // the end of the file is missing: what this calls cannot be told any more
    let cut_off = format!("{call}export function load(id) {{\n  if (id) {{\n  return {}", &call[..call.len() - 6]);
    let here = folder(&[("page.html", &page), ("src/load.js", &cut_off)]);
    let (status, report) = json(here.path(), &[]);
    assert_eq!(status, 1);
    let skipped = skipped(&report);
    assert_eq!(skipped[0], "page.html: a script in it is written in \"coffeescript\", which is not read");
    assert_eq!(skipped[1], "src/load.js: line 1: does not parse, a call in it may be missed");
    assert_eq!(skipped.len(), 2);
    let places: Vec<(&str, u64)> = report["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| (call["path"].as_str().unwrap(), call["line"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [("page.html", 2), ("src/load.js", 1)]);
}

#[test]
fn rust_that_does_not_parse_is_skipped_with_its_line() {
    let here = folder(&[
        (
            "src/users.rs",
            "pub fn url(id: &str) -> String {\n    format!(\"https://acme.auth0.com/api/v2/users/{id}\")\n}\n\n\
             pub fn broken( {\n}\n",
        ),
        (
            "src/main.rs",
            "fn main() {\n    reqwest::blocking::Client::new()\n        .get(\"https://acme.auth0.com/api/v2/users/1\")\n        \
             .bearer_auth(session.id_token)\n        .send();\n}\n",
        ),
        ("src/api.js", "const a = ;\nfetch('https://acme.auth0.com/api/v2/users/1', {headers: h});\n"),
    ]);
    let (status, report) = json(here.path(), &[]);
    assert_eq!(status, 1);
    let skipped = skipped(&report);
    assert_eq!(skipped.len(), 1, "{skipped:?}");
    assert!(skipped[0].starts_with("src/users.rs: does not parse: line 5: "), "{skipped:?}");
    // what can be read is; JavaScript is read around its mistakes
    let paths: Vec<&str> =
        report["calls"].as_array().unwrap().iter().map(|call| call["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["src/api.js", "src/main.rs"]);
    let (_, out, _) = run(here.path(), &["audit"]);
    assert!(out.contains("not analysed\n  src/users.rs: does not parse: line 5: "), "{out}");
}

#[test]
fn ignore_files_are_respected() {
    let here = folder(&[
        (".gitignore", "dist/\n*.min.js\n"),
        ("dist/api.js", CALL),
        ("src/api.min.js", CALL),
        ("src/.gitignore", "generated\n"),
        ("src/generated/api.js", CALL),
        ("old/.ignore", "*\n"),
        ("old/api.js", CALL),
        (".hidden/api.js", CALL),
        ("src/api.js", CALL),
    ]);
    // with a repository around and without
    for repository in [false, true] {
        if repository {
            fs::create_dir(here.path().join(".git")).unwrap();
        }
        let (_, report) = json(here.path(), &[]);
        assert_eq!(calls(&report), [".hidden/api.js:3 id-token", "src/api.js:3 id-token"], "{repository}");
        assert_eq!(report["summary"]["files"]["seen"], 2);
    }
    // a root that is itself ignored by what lies around it was named, and is read
    fs::remove_dir(here.path().join(".git")).unwrap();
    assert_eq!(calls(&json(here.path(), &["dist"]).1).len(), 1);
}

#[test]
fn vendored_code_and_build_results_are_not_read() {
    let here = folder(&[
        ("node_modules/m/api.js", CALL),
        ("packages/a/node_modules/m/api.js", CALL),
        ("bower_components/m/api.js", CALL),
        ("target/doc/api.js", CALL),
        (".git/hooks/api.js", CALL),
        ("src/target.js", CALL),
        ("packages/a/targets/api.js", CALL),
    ]);
    let (_, report) = json(here.path(), &[]);
    assert_eq!(calls(&report), ["packages/a/targets/api.js:3 id-token", "src/target.js:3 id-token"]);
    let files = &report["summary"]["files"];
    assert_eq!((&files["seen"], &files["skipped"]), (&2.into(), &0.into()));
}

#[test]
fn folders_without_sources_are_clean() {
    let here = folder(&[("docs/readme.md", "fetch('https://acme.auth0.com/api/v2/users/1')")]);
    fs::create_dir_all(here.path().join("empty/inner")).unwrap();
    for path in ["empty", "empty/inner", "docs", "docs/readme.md"] {
        for command in ["check", "audit"] {
            let (status, out, err) = run(here.path(), &[command, path]);
            assert_eq!((status, err.as_str()), (0, ""), "{command} {path}");
            assert!(out.contains("no source files in "), "{out}");
        }
    }
    let (status, report) = json(here.path(), &["empty"]);
    assert_eq!((status, &report["summary"]["ready"], calls(&report).len()), (0, &true.into(), 0));
}

#[test]
fn callers_beyond_the_limit_keep_the_audit_from_saying_ready() {
    let mut text = String::from(
        "function api(p, t) { return fetch('https://acme.auth0.com/api/v2' + p, { headers: { Authorization: 'Bearer ' + t } }) }\n",
    );
    for user in 0..69 {
        text.push_str(&format!("api('/users/{user}', accessToken);\n"));
    }
    text.push_str("api('/users/last', result.idToken);\n");
    let here = folder(&[("api.js", &text)]);
    let (_, report) = json(here.path(), &[]);
    assert_eq!(report["summary"]["ready"], false, "{report}");
}

/// A call to a place that only a setting tells.
const BY_SETTING: &str = "\
export const load = (id, idToken) =>
  fetch(`${process.env.PLACE}/${id}`, {headers: {Authorization: 'Bearer ' + idToken}});
";

#[test]
fn settings_are_read_where_git_ignores_them() {
    let place = "PLACE=https://acme.auth0.com/api/v2/users\n";
    let here = folder(&[(".gitignore", ".env*\n"), ("src/load.js", BY_SETTING), ("a/package.json", "{}")]);
    assert_eq!(calls(&json(here.path(), &[]).1), [""; 0]);
    for path in [".env", ".env.local", "a/.env.production"] {
        fs::write(here.path().join(path), place).unwrap();
        assert_eq!(calls(&json(here.path(), &[]).1), ["src/load.js:2 id-token"], "{path}");
        fs::remove_file(here.path().join(path)).unwrap();
    }
    // nothing but a place is taken, and nothing of it is shown
    fs::write(here.path().join(".env"), format!("{place}ID=hush-hush-1234\n")).unwrap();
    let (_, out, _) = run(here.path(), &["audit", "--format", "json"]);
    assert!(!out.contains("hush") && out.contains("src/load.js"), "{out}");
}

#[test]
fn data_that_cannot_be_read_is_skipped_by_name_if_code_asks_for_it() {
    let call = "import { domain } from '../settings.json';\n\
                export const load = (idToken) =>\n\
                \u{20} fetch(`https://${domain}/api/v2/users/1`, {headers: {Authorization: 'Bearer ' + idToken}});\n";
    let large = format!("{{\"domain\": \"{}\"}}", "x".repeat(5_000_000));
    let deep = "[".repeat(200_000);
    for (text, reason) in [
        ("{\"domain\": ", "does not parse: line 1: Expected value after colon in object property"),
        (&deep, "does not parse: line 1: Maximum nesting depth exceeded"),
        (&large, "5000014 bytes, over the limit of 4194304"),
    ] {
        let here = folder(&[("src/load.js", call), ("settings.json", text), ("unused.json", text)]);
        for name in ["package.json", "tsconfig.json", "deno.json", "lerna.json"] {
            fs::write(here.path().join(name), text).unwrap();
        }
        let (_, report) = json(here.path(), &[]);
        assert_eq!(calls(&report), ["src/load.js:3 id-token"]);
        assert_eq!(skipped(&report), [format!("settings.json: {reason}")]);
    }
}

#[test]
fn every_format_says_the_same_with_the_same_status() {
    let here = legacy();
    for format in ["text", "json", "sarif", "github", "gitlab", "junit", "line"] {
        let (status, out, err) = run(here.path(), &["check", "--format", format]);
        assert_eq!((status, err.as_str()), (1, ""), "{format}");
        assert!(out.contains("id-token-as-bearer") && out.contains("src/api.js"), "{format}: {out}");
    }
    let here = folder(&[]);
    for format in ["github", "gitlab", "junit", "line"] {
        assert_eq!(run(here.path(), &["audit", "--format", format]).0, 0, "{format}");
    }
}

#[test]
fn several_reports_are_written_at_once() {
    let here = legacy();
    let outputs =
        ["--output", "sarif=out.sarif", "--output=gitlab=cq.json", "-o", "junit=sub=1/out.xml", "-o", "own.json"];
    fs::create_dir(here.path().join("sub=1")).unwrap();
    let read = |name: &str| fs::read_to_string(here.path().join(name)).unwrap();
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(&outputs).copied().collect();
    let (status, out, err) = run(here.path(), &arguments);
    assert_eq!((status, err.as_str()), (1, ""));
    assert!(out.starts_with("error[id-token-as-bearer]"), "the terminal gets the text: {out}");
    assert!(read("out.sarif").contains("\"2.1.0\"") && read("cq.json").contains("check_name"));
    assert!(read("sub=1/out.xml").contains("<testsuites") && read("own.json").contains("idtoken-lint/1"));
    // without a file for it, the format of `--format` is for the terminal
    let (_, out, _) = run(here.path(), &["check", "--format", "line", "--output", "sarif=out.sarif"]);
    assert!(out.starts_with("src/api.js:2:"), "{out}");
    // a name with an equals sign can be written
    assert_eq!(run(here.path(), &["check", "--output", "./a=b.txt"]).0, 1);
    assert!(read("a=b.txt").contains("1 finding"));
}

#[test]
fn outputs_that_make_no_sense_are_status_2() {
    let here = folder(&[]);
    for (outputs, said) in [
        (&["--output", "sarfi=x"][..], "Did you mean sarif?"),
        (&["--output", "sarif="], "a file is missing"),
        (&["--output", "sarif=x", "--output", "json=x"], "two reports"),
        (&["--output", "x", "--output", "x"], "two reports"),
        (&["--output", "sarif=no/such/x"], "cannot be written"),
    ] {
        let arguments: Vec<&str> = ["check"].iter().chain(outputs).copied().collect();
        let (status, _, err) = run(here.path(), &arguments);
        assert_eq!(status, 2, "{outputs:?}");
        assert!(err.contains(said), "{outputs:?}: {err}");
    }
    assert_eq!(fs::read_dir(here.path()).unwrap().count(), 0);
}
