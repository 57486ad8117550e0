//! Suppressions in comments: what they bind to, what they need, and what is said about those that do nothing.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, run};
use serde_json::Value;
use std::path::Path;

const URL: &str = "'https://acme.auth0.com/api/v2/users/1'";
const ALLOW: &str = "idtoken-lint: allow(id-token-as-bearer) until the login is moved";

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let (_, out, err) = run(folder, &arguments);
    assert_eq!(err, "", "{arguments:?}");
    serde_json::from_str(&out).unwrap()
}

/// How many findings a file leaves, how many are suppressed, and the notices.
fn outcome(name: &str, text: &str) -> (usize, usize, Vec<String>) {
    let here = folder(&[(name, text)]);
    let report = json(here.path(), &[]);
    let notices = report["notices"].as_array().unwrap().iter();
    let notices = notices.map(|notice| format!("{}:{}", notice["id"].as_str().unwrap(), notice["line"])).collect();
    (report["findings"].as_array().unwrap().len(), report["suppressed"].as_array().unwrap().len(), notices)
}

/// A call that sends an ID token, with `mark` at one of its places: before the statement, in it, behind it.
fn js(before: &str, inside: &str, behind: &str) -> String {
    format!(
        "async function load(idToken) {{\n{before}\n  const user = await wrap(\n    fetch({URL}, {{{inside}\n      \
         headers: {{ Authorization: 'Bearer ' + idToken }},\n    }}),\n  );{behind}\n  return user;\n}}\n"
    )
}

#[test]
fn a_comment_binds_to_the_statement_it_stands_at() {
    let line = format!("// {ALLOW}");
    let block = format!("/* {ALLOW} */");
    for text in [
        js(&line, "", ""),
        js(&block, "", ""),
        js(&format!("{line}\n  // and another remark\n"), "", ""),
        js("", &line, ""),
        js("", "", &line),
        js("", &block, ""),
    ] {
        assert_eq!(outcome("a.js", &text), (0, 1, vec![]), "{text}");
        assert_eq!(outcome("a.ts", &text), (0, 1, vec![]), "{text}");
    }
    assert_eq!(outcome("a.js", &js("", "", "")), (1, 0, vec![]));
    let other = js("", "", "").replace("  return", &format!("  {line}\n  return"));
    assert_eq!(outcome("a.js", &other), (1, 0, vec!["unused-suppression:8".to_owned()]), "{other}");
}

#[test]
fn a_comment_does_not_bind_to_its_neighbours() {
    let call = |name: &str| {
        format!("  {name}: () => fetch({URL}, {{ headers: {{ Authorization: 'Bearer ' + idToken }} }}),\n")
    };
    let text = format!("export const api = {{\n{}  // {ALLOW}\n{}{}}};\n", call("a"), call("b"), call("c"));
    let here = folder(&[("a.js", &text)]);
    let report = json(here.path(), &[]);
    let lines: Vec<&Value> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["line"]).collect();
    assert_eq!(lines, [2, 5]);
    assert_eq!(report["suppressed"][0]["finding"]["line"], 4);
}

#[test]
fn texts_are_no_comments() {
    for text in [format!("f('// {ALLOW}');\n"), format!("f(`\n// {ALLOW}\n`);\n"), format!("f(/\\/\\/ {ALLOW}/);\n")] {
        let text = text + &js("", "", "");
        assert_eq!(outcome("a.js", &text), (1, 0, vec![]), "{text}");
    }
}

#[test]
fn any_line_of_the_trace_will_do() {
    let session = format!(
        "import auth0 from 'auth0-js';\nlet token;\nexport const bearer = () => 'Bearer ' + token;\n\
         new auth0.WebAuth({{ audience: 'https://acme.auth0.com/api/v2/', responseType: 'token id_token', scope: \
         'openid read:current_user' }}).parseHash((err, result) => {{\n  // {ALLOW}\n  token = result.idToken;\n}});\n"
    );
    let api = format!(
        "import {{ bearer }} from './session';\nexport const load = () => fetch({URL}, {{ headers: {{ Authorization: \
         bearer() }} }});\n"
    );
    let here = folder(&[("session.js", &session), ("api.js", &api)]);
    let report = json(here.path(), &[]);
    let suppressed = &report["suppressed"][0];
    assert_eq!((suppressed["finding"]["path"].as_str(), suppressed["by"].as_str()), (Some("api.js"), Some("comment")));
    assert_eq!(suppressed["reason"], "until the login is moved");
    assert_eq!((suppressed["at"]["path"].as_str(), suppressed["at"]["line"].as_u64()), (Some("session.js"), Some(5)));
    // what is allowed is still sent
    assert_eq!((&report["summary"]["ready"], &report["summary"]["suppressed"]), (&false.into(), &1.into()));
    assert_eq!(run(here.path(), &["check"]).0, 0);
    assert_eq!(run(here.path(), &["audit", "-q"]).0, 1);
    let (_, out, _) = run(here.path(), &["check"]);
    assert_eq!(out, "no findings, 1 suppressed in 1 call to affected endpoints · 2 files seen, 2 parsed\n");
}

#[test]
fn sarif_tells_where_and_why() {
    let here = folder(&[("a.js", &js(&format!("// {ALLOW}"), "", ""))]);
    let (status, out, _) = run(here.path(), &["check", "--format", "sarif"]);
    assert_eq!(status, 0);
    let log: Value = serde_json::from_str(&out).unwrap();
    let schema: Value = serde_json::from_str(include_str!("data/sarif-2.1.0.json")).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    assert!(validator.is_valid(&log));
    let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!((suppression["kind"].as_str(), suppression["status"].as_str()), (Some("inSource"), Some("accepted")));
    assert_eq!(suppression["justification"], "until the login is moved");
    let region = &suppression["location"]["physicalLocation"]["region"];
    assert_eq!((region["startLine"].as_u64(), region["snippet"]["text"].as_str()), (Some(2), Some(ALLOW)));
}

#[test]
fn rust_is_read_the_same_way() {
    let call = |before: &str, behind: &str| {
        format!(
            "async fn load(id_token: &str) {{\n    {before}\n    let user = reqwest::Client::new()\n        .get(\
             \"https://acme.auth0.com/api/v2/users/1\")\n        .bearer_auth(id_token)\n        .send()\n        \
             .await;{behind}\n    drop(user);\n}}\n"
        )
    };
    let line = format!("// {ALLOW}");
    for text in [call(&line, ""), call("", &line), call(&format!("/* {ALLOW} */"), "")] {
        assert_eq!(outcome("a.rs", &text), (0, 1, vec![]), "{text}");
    }
    let quoted = call(&format!("let s = \"// {ALLOW}\";"), "");
    assert_eq!(outcome("a.rs", &quoted), (1, 0, vec![]), "{quoted}");
    let raw = call(&format!("let s = r#\"\n// {ALLOW}\n\"#;"), "");
    assert_eq!(outcome("a.rs", &raw), (1, 0, vec![]), "{raw}");
}

#[test]
fn components_are_allowed_in_their_script_or_their_markup() {
    let script = js("", "", "").replace("async", "export default async");
    for (before, inside) in [
        (String::new(), format!("// {ALLOW}\n")),
        ("<!-- idtoken-lint: allow-file(id-token-as-bearer) old -->\n".to_owned(), String::new()),
    ] {
        let text = format!(
            "{before}<template><p>// {ALLOW}</p></template>\n<script>\n{}</script>\n",
            script.replace("  const user", &format!("{inside}  const user"))
        );
        assert_eq!(outcome("a.vue", &text), (0, 1, vec![]), "{text}");
    }
}

#[test]
fn a_whole_file_can_be_allowed() {
    let file = "/* idtoken-lint: allow-file(id-token-as-bearer, unresolved-bearer) the old app */\n";
    let two = js("", "", "") + &js("", "", "").replace("load", "more").replace("'Bearer ' + idToken", "header");
    assert_eq!(outcome("a.js", &(file.to_owned() + &two)), (0, 2, vec![]));
    assert_eq!(outcome("a.js", &(two + file)), (0, 2, vec![]), "wherever it stands");
}

#[test]
fn what_does_nothing_is_noticed() {
    for (remark, id) in [
        ("idtoken-lint: allow(id-token-as-bearer)", "broken-suppression:2"),
        ("idtoken-lint: allow id-token-as-bearer why", "broken-suppression:2"),
        ("idtoken-lint: ignore(id-token-as-bearer) why", "broken-suppression:2"),
        ("idtoken-lint: allow(id-token-as-baerer) why", "unknown-rule:2"),
        ("idtoken-lint: allow(id-token-links-accounts) why", "unused-suppression:2"),
    ] {
        let text = js(&format!("// {remark}"), "", "");
        assert_eq!(outcome("a.js", &text), (1, 0, vec![id.to_owned()]), "{text}");
    }
    let here = folder(&[("a.js", &js("// idtoken-lint: allow(id-token-as-baerer) why", "", ""))]);
    let (_, out, _) = run(here.path(), &["check"]);
    assert!(out.contains("to tidy up\n  a.js:2: there is no rule `id-token-as-baerer`. Did you mean"), "{out}");
    let (_, out, _) = run(here.path(), &["check", "--format", "sarif"]);
    assert!(out.contains("there is no rule `id-token-as-baerer`"), "{out}");
}

#[test]
fn unused_is_only_said_of_the_whole_project() {
    let stale = format!("// {ALLOW}\nf();\n");
    let here = folder(&[(".git/HEAD", ""), ("src/a.js", &stale), ("src/b.js", "// idtoken-lint: allow(x) y\ng();\n")]);
    let ids = |arguments: &[&str]| -> Vec<String> {
        let report = json(here.path(), arguments);
        let notices = report["notices"].as_array().unwrap().iter();
        notices
            .map(|notice| format!("{} {}", notice["path"].as_str().unwrap(), notice["id"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(ids(&[]), ["src/a.js unused-suppression", "src/b.js unknown-rule"]);
    assert_eq!(ids(&["--root", "src", "src"]).len(), 2);
    assert_eq!(ids(&["src/a.js"]), [""; 0]);
    // an unknown rule is wrong whatever else is there
    assert_eq!(ids(&["src/b.js"]), ["src/b.js unknown-rule"]);
    assert_eq!(run(here.path(), &["check"]).0, 0, "notices are no findings");
}

#[test]
fn an_allowed_unknown_counts_as_looked_at() {
    let text = format!("fetch({URL}, {{ headers }}); // idtoken-lint: allow(unresolved-bearer) a service token\n");
    let here = folder(&[("a.js", &text)]);
    let report = json(here.path(), &[]);
    assert_eq!(report["calls"][0]["accepted"], "a service token");
    assert_eq!((&report["summary"]["ready"], &report["summary"]["accepted"]), (&true.into(), &1.into()));
    let (status, out, _) = run(here.path(), &["audit", "-q"]);
    let answer = "The toggle can be turned off, provided that the 1 accepted call sends no ID token.\n";
    assert_eq!((status, out.as_str()), (0, answer));
}

#[test]
fn settings_and_recordings_have_comments_too() {
    let on = "enable_idtoken_api2: true";
    let why = "# idtoken-lint: allow(id-token-toggle-on) the rehearsal tenant";
    let toggled = |text: &str| outcome("tenant.yaml", text);
    assert_eq!(toggled(&format!("flags:\n  {on} {why}\n")), (0, 1, vec![]));
    assert_eq!(toggled(&format!("flags:\n  {why}\n  {on}\n")), (0, 1, vec![]));
    assert_eq!(toggled(&format!("{why}\nname: x\nflags:\n  {on}\n")), (1, 0, vec!["unused-suppression:1".to_owned()]));
    assert_eq!(toggled(&format!("name: \"x {why}\"\nflags: {{ {on} }}\n")), (1, 0, vec![]));
    let terraform = format!(
        "resource \"auth0_tenant\" \"t\" {{\n  flags {{\n    {why}\n    enable_idtoken_api2 = true\n  }}\n}}\n"
    );
    assert_eq!(outcome("tenant.tf", &terraform), (0, 1, vec![]));
}
