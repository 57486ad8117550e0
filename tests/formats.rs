//! The formats, from hand-made reports: what people see, both schemas, and positions read back from the sources.

use idtoken_lint::check::model::{
    Call, Confidence, FileCounts, Finding, Location, Reason, Report, Severity, Skipped, Subject, TraceStep, Verdict,
};
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{Format, json, sarif, write};
use idtoken_lint::text::{LineIndex, Span};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

const AUTH: &str = "\
import { webAuth } from './auth0';

export function handle(done) {
  webAuth.parseHash((err, authResult) => {
    session.token = authResult.idToken;
    done();
  });
}
";

const PROFILE: &str = "\
// Grüße aus 東京
export async function rename(id, name) {
\tconst url = `https://acme.auth0.com/api/v2/users/${id}`;
\tawait axios.patch(url, { user_metadata: { 'näme': name } }, {
\t\theaders: { Authorization: 'Bearer ' + session.token },
\t});
}

/* été */ load(`/users/${id}`, imported.token);
";

const READ: &str = "export const read = id => management.getUser(id);\n";

fn sample() -> Report {
    let mut report = Report {
        root: ".".into(),
        files: FileCounts { seen: 41, parsed: 5, skipped: 1 },
        endpoints: [
            "GET /api/v2/users/{id}",
            "GET /api/v2/users/{id}/enrollments",
            "PATCH /api/v2/users/{id}",
            "DELETE /api/v2/users/{id}/multifactor/{provider}",
            "POST /api/v2/device-credentials",
            "DELETE /api/v2/device-credentials/{id}",
            "POST /api/v2/users/{id}/identities",
            "DELETE /api/v2/users/{id}/identities/{provider}/{user_id}",
        ]
        .map(String::from)
        .into(),
        skipped: vec![Skipped { path: "src/logo.js".into(), reason: "binary data (NUL bytes)".into() }],
        ..Report::default()
    };
    let auth = add(&mut report, "src/auth.js", AUTH);
    let profile = add(&mut report, "src/my pages/#1 100%.js", PROFILE);
    let request = profile("axios.patch", "\t})");
    report.calls.push(Call {
        trace: vec![
            step(auth("authResult.idToken", ""), "an ID token: `idToken` of a login result"),
            step(auth("session.token", ""), "stored in `session.token`"),
            step(profile("session.token", ""), "read from `session.token`"),
            step(request.clone(), "sent as the Bearer of PATCH /api/v2/users/{id}"),
        ],
        subject: Subject::CurrentUser,
        suggested_scopes: vec!["update:current_user_metadata".into()],
        notes: vec!["today's API description lists one of the two scopes only".into()],
        ..call(request.clone(), "PATCH /api/v2/users/{id}", Verdict::IdToken)
    });
    let load = profile("load(", "token)");
    report.calls.push(Call {
        confidence: Confidence::Medium,
        reason: Some(Reason { id: "unresolved-import", text: "the module ./x is not in the project".into() }),
        trace: vec![
            step(profile("imported.token", ""), "not known: the module ./x is not in the project"),
            step(load.clone(), "sent as the Bearer of GET /api/v2/users/{id}"),
        ],
        client: "fetch".into(),
        ..call(load.clone(), "GET /api/v2/users/{id}", Verdict::Unknown)
    });
    let read = add(&mut report, "src/read.ts", READ)("management", "id)");
    report.calls.push(Call {
        client: "node-auth0".into(),
        subject: Subject::AnyUser,
        ..call(read, "GET /api/v2/users/{id}", Verdict::AccessToken)
    });
    report.findings.push(Finding {
        rule: "id-token-as-bearer",
        severity: Severity::Error,
        message: "PATCH /api/v2/users/{id} is called with an ID token".into(),
        help: "Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope \
               update:current_user_metadata, and send that."
            .into(),
        at: request,
        fingerprint: "00ff00ff00ff00ff".into(),
        call: Some(0),
    });
    report.findings.push(Finding {
        rule: "unresolved-bearer",
        severity: Severity::Warning,
        message: "the Bearer of GET /api/v2/users/{id} could not be followed".into(),
        help: "Find out where the value comes from.".into(),
        at: load,
        fingerprint: "11ff00ff00ff00ff".into(),
        call: Some(1),
    });
    report
}

/// Add a file; returns how to find a region in it, from the first `from` to the end of the next `to`.
fn add(report: &mut Report, path: &'static str, text: &'static str) -> impl Fn(&str, &str) -> Location + use<> {
    report.sources.insert(path.into(), text.into());
    move |from, to| {
        let start = text.find(from).unwrap();
        let end = start + from.len() + text[start + from.len()..].find(to).unwrap() + to.len();
        location(path, text, start, end)
    }
}

fn location(path: &str, text: &str, start: usize, end: usize) -> Location {
    let span = Span::new(start, end);
    let (start, end) = LineIndex::new(text).range(text, span);
    Location { path: path.into(), start, end, span }
}

fn step(at: Location, note: &str) -> TraceStep {
    TraceStep { at, note: note.into() }
}

fn call(at: Location, endpoint: &str, verdict: Verdict) -> Call {
    Call {
        at,
        endpoint: endpoint.into(),
        client: "axios".into(),
        verdict,
        confidence: Confidence::High,
        reason: None,
        subject: Subject::Unclear,
        current_user_scopes: vec!["update:current_user_metadata".into(), "create:current_user_metadata".into()],
        any_user_scopes: vec!["update:users".into()],
        suggested_scopes: Vec::new(),
        trace: Vec::new(),
        notes: Vec::new(),
    }
}

fn text(report: &Report, question: Question, options: &TextOptions) -> String {
    let mut out = Vec::new();
    write(report, Format::Text, question, options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    // the snapshots are compared without spaces at line ends
    text.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn value(report: &Report, write: impl Fn(&Report, &mut dyn std::io::Write) -> std::io::Result<()>) -> Value {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    write(report, &mut once).unwrap();
    write(report, &mut twice).unwrap();
    assert_eq!(once, twice, "the same report, the same bytes");
    assert!(once.ends_with(b"}\n"));
    serde_json::from_slice(&once).unwrap()
}

fn validate(schema: &str, document: &Value) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

/// The text between two 1-based positions in code points, counted here and not by the code under test.
fn region(text: &str, start: (u64, u64), end: (u64, u64)) -> String {
    let mut at = (1, 1);
    let mut out = String::new();
    for c in text.chars() {
        if at >= start && at < end {
            out.push(c);
        }
        at = if c == '\n' { (at.0 + 1, 1) } else { (at.0, at.1 + 1) };
    }
    out
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))
}

#[test]
fn check_shows_each_step_in_its_own_file() {
    insta::assert_snapshot!(text(&sample(), Question::Check, &TextOptions::default()), @r##"
error[id-token-as-bearer]

  × PATCH /api/v2/users/{id} is called with an ID token
   ╭─[src/my pages/#1 100%.js:4:8]
 3 │         const url = `https://acme.auth0.com/api/v2/users/${id}`;
 4 │ ╭─▶     await axios.patch(url, { user_metadata: { 'näme': name } }, {
 5 │ │           headers: { Authorization: 'Bearer ' + session.token },
   · │                                                 ──────┬──────
   · │                                                       ╰── 3. read from `session.token`
 6 │ ├─▶     });
   · ╰──── 4. sent as the Bearer of PATCH /api/v2/users/{id}
 7 │     }
   ╰────
  ☞ steps 1 and 2 of 4
   ╭─[src/auth.js:5:5]
 4 │   webAuth.parseHash((err, authResult) => {
 5 │     session.token = authResult.idToken;
   ·     ──────┬──────   ─────────┬────────
   ·           │                  ╰── 1. an ID token: `idToken` of a login result
   ·           ╰── 2. stored in `session.token`
 6 │     done();
   ╰────
  help: Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope
        update:current_user_metadata, and send that.
        Note: today's API description lists one of the two scopes only

warning[unresolved-bearer]

  ⚠ the Bearer of GET /api/v2/users/{id} could not be followed
   ╭─[src/my pages/#1 100%.js:9:11]
 8 │
 9 │ /* été */ load(`/users/${id}`, imported.token);
   ·           ──────────┬───────── ───────┬──────
   ·                     │                 ╰─┤ 1. not known: the module ./x is not in the
   ·                     │                   │ project
   ·                     ╰── 2. sent as the Bearer of GET /api/v2/users/{id}
   ╰────
  help: Find out where the value comes from.

not analysed
  src/logo.js: binary data (NUL bytes)

2 findings (1 error, 1 warning) · 41 files seen, 5 parsed, 1 skipped
"##);
}

#[test]
fn audit_lists_every_call_and_answers_the_question() {
    let report = Report { findings: Vec::new(), ..sample() };
    insta::assert_snapshot!(text(&report, Question::Audit, &TextOptions::default()), @r##"
src/my pages/#1 100%.js
   4:8  id-token      PATCH /api/v2/users/{id}  axios       current-user
  9:11  unknown       GET /api/v2/users/{id}    fetch       unclear       (unresolved-import: the module ./x is not in the project)
src/read.ts
  1:27  access-token  GET /api/v2/users/{id}    node-auth0  any-user

endpoint                                                   id-token  unknown  access-token
GET /api/v2/users/{id}                                            0        1             1
GET /api/v2/users/{id}/enrollments                                0        0             0
PATCH /api/v2/users/{id}                                          1        0             0
DELETE /api/v2/users/{id}/multifactor/{provider}                  0        0             0
POST /api/v2/device-credentials                                   0        0             0
DELETE /api/v2/device-credentials/{id}                            0        0             0
POST /api/v2/users/{id}/identities                                0        0             0
DELETE /api/v2/users/{id}/identities/{provider}/{user_id}         0        0             0

not analysed
  src/logo.js: binary data (NUL bytes)

no findings in 3 calls to affected endpoints · 41 files seen, 5 parsed, 1 skipped
The toggle cannot be turned off yet: 1 call sends an ID token, 1 is unknown.
"##);
}

#[test]
fn a_plain_narrow_terminal_gets_ascii() {
    let options = TextOptions { width: 60, unicode: false, ..TextOptions::default() };
    let mut report = sample();
    report.findings.truncate(1);
    insta::assert_snapshot!(text(&report, Question::Check, &options), @r##"
error[id-token-as-bearer]

  x PATCH /api/v2/users/{id} is called with an ID token
   ,-[src/my pages/#1 100%.js:4:8]
 3 |         const url = `https://acme.auth0.com/api/v2/user…
 4 | ,->     await axios.patch(url, { user_metadata: { 'näme…
 5 | |   …s: { Authorization: 'Bearer ' + session.token },
   : |                                    ^^^^^^|^^^^^^
   : |                                          `-- 3. read from `session.token`
 6 | |->     });
   : `--| 4. sent as the Bearer of PATCH
   :    | /api/v2/users/{id}
 7 |     }
   `----
  > steps 1 and 2 of 4
   ,-[src/auth.js:5:5]
 4 |   webAuth.parseHash((err, authResult) => {
 5 |     session.token = authResult.idToken;
   :     ^^^^^^|^^^^^^   ^^^^^^^^^|^^^^^^^^
   :           |                  `-| 1. an ID token: `idToken` of a login
   :           |                    | result
   :           `-- 2. stored in `session.token`
 6 |     done();
   `----
  help: Ask for an access token with the audience https://
        acme.auth0.com/api/v2/ and the scope
        update:current_user_metadata, and send that.
        Note: today's API description lists one of the two
        scopes only

not analysed
  src/logo.js: binary data (NUL bytes)

1 finding (1 error) - 41 files seen, 5 parsed, 1 skipped
"##);
}

#[test]
fn without_sources_places_are_listed() {
    let report = Report { sources: BTreeMap::new(), ..sample() };
    insta::assert_snapshot!(text(&report, Question::Check, &TextOptions::default()), @r##"
error[id-token-as-bearer]

  × PATCH /api/v2/users/{id} is called with an ID token
  │ src/my pages/#1 100%.js:4:8: 4. sent as the Bearer of PATCH /api/v2/users/{id}
  │ src/my pages/#1 100%.js:5:41: 3. read from `session.token`
  ☞ steps 1 and 2 of 4
  │ src/auth.js:5:21: 1. an ID token: `idToken` of a login result
  │ src/auth.js:5:5: 2. stored in `session.token`
  help: Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope
        update:current_user_metadata, and send that.
        Note: today's API description lists one of the two scopes only

warning[unresolved-bearer]

  ⚠ the Bearer of GET /api/v2/users/{id} could not be followed
  │ src/my pages/#1 100%.js:9:11: 2. sent as the Bearer of GET /api/v2/users/{id}
  │ src/my pages/#1 100%.js:9:32: 1. not known: the module ./x is not in the project
  help: Find out where the value comes from.

not analysed
  src/logo.js: binary data (NUL bytes)

2 findings (1 error, 1 warning) · 41 files seen, 5 parsed, 1 skipped
"##);
}

#[test]
fn stale_sources_are_as_good_as_none() {
    let mut report = sample();
    for text in report.sources.values_mut() {
        *text = "東".into();
    }
    let bare = Report { sources: BTreeMap::new(), ..sample() };
    let options = TextOptions::default();
    assert_eq!(text(&report, Question::Check, &options), text(&bare, Question::Check, &options));
}

#[test]
fn minified_files_are_shown_around_the_call() {
    let source: Arc<str> = format!(
        "{}fetch(u+'/api/v2/users/'+i,{{headers:{{Authorization:'Bearer '+t}}}});{}var t=r.idToken;{}\n",
        "var ä=1;".repeat(400),
        "b(2);".repeat(400),
        "c(3);".repeat(400),
    )
    .into();
    let at = |from: &str, to: &str| {
        let start = source.find(from).unwrap();
        location("dist/app.js", &source, start, start + source[start..].find(to).unwrap() + to.len())
    };
    let mut report = sample();
    let (origin, request) = (at("r.idToken", "idToken"), at("fetch", "})"));
    report.sources.insert("dist/app.js".into(), source.clone());
    report.findings.truncate(1);
    report.findings[0].at = request.clone();
    report.calls[0].trace = vec![step(origin, "an ID token"), step(request, "the request")];
    insta::assert_snapshot!(text(&report, Question::Check, &TextOptions::default()), @r##"
error[id-token-as-bearer]

  × PATCH /api/v2/users/{id} is called with an ID token
   ╭─[dist/app.js:1:3201]
 1 │ …r ä=1;var ä=1;var ä=1;fetch(u+'/api/v2/users/'+i,{headers:{Authorization:'Bearer '+t}});…
   ·                        ────────────────────────────────┬────────────────────────────────
   ·                                                        ╰── 2. the request
   ╰────
  ☞ step 1 of 2
   ╭─[dist/app.js:1:5273]
 1 │ …;b(2);b(2);b(2);var t=r.idToken;c(3);c(3);c(3);c(3);c(3);c(3);c(3);c(3);c(3);c(3);c(3);c…
   ·                        ────┬────
   ·                            ╰── 1. an ID token
   ╰────
  help: Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope
        update:current_user_metadata, and send that.
        Note: today's API description lists one of the two scopes only

not analysed
  src/logo.js: binary data (NUL bytes)

1 finding (1 error) · 41 files seen, 5 parsed, 1 skipped
"##);
}

#[test]
fn colours_change_nothing_but_colours() {
    for question in [Question::Check, Question::Audit] {
        let plain = TextOptions::default();
        let coloured = text(&sample(), question, &TextOptions { colour: true, ..plain });
        let mut rest = coloured.as_str();
        let mut stripped = String::new();
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            stripped.push_str(before);
            rest = after.split_once('m').unwrap().1;
        }
        let stripped: String = (stripped + rest).lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        assert_ne!(coloured, stripped);
        assert_eq!(stripped, text(&sample(), question, &plain));
    }
}

#[test]
fn one_line_is_enough_for_the_rest() {
    let quiet = TextOptions { quiet: true, ..TextOptions::default() };
    let none = Report { calls: Vec::new(), findings: Vec::new(), skipped: Vec::new(), ..sample() };
    let none = Report { files: FileCounts { skipped: 0, ..none.files }, ..none };
    let mut good = sample();
    good.findings.clear();
    good.calls.drain(..2);
    let mut unknown = sample();
    unknown.calls.remove(0);
    for (report, question, expected) in [
        (&sample(), Question::Check, "2 findings (1 error, 1 warning) · 41 files seen, 5 parsed, 1 skipped\n"),
        (&sample(), Question::Audit, "The toggle cannot be turned off yet: 1 call sends an ID token, 1 is unknown.\n"),
        (&unknown, Question::Audit, "The toggle cannot be turned off yet: 1 call is unknown.\n"),
        (&none, Question::Check, "no call to an affected endpoint in 41 files\n"),
        (&none, Question::Audit, "The toggle can be turned off.\n"),
        (
            &good,
            Question::Check,
            "no findings, 1 call to affected endpoints with access tokens · 41 files seen, 5 parsed, 1 skipped\n",
        ),
        (
            &good,
            Question::Audit,
            "The toggle can be turned off, provided that the 1 file that was skipped sends no ID token.\n",
        ),
        (&Report { root: "lib".into(), ..Report::default() }, Question::Check, "no source files in lib\n"),
    ] {
        assert_eq!(text(report, question, &quiet), expected);
    }
}

#[test]
fn ten_skipped_files_are_named() {
    let mut report = Report { files: FileCounts { seen: 12, parsed: 0, skipped: 12 }, ..Report::default() };
    for n in 10..22 {
        report.skipped.push(Skipped { path: format!("f{n}.js"), reason: "why".into() });
    }
    let text = text(&report, Question::Check, &TextOptions::default());
    assert!(text.contains("  f19.js: why\n  and 2 more, all named by `--format json`\n"), "{text}");
    assert!(!text.contains("f20.js"));
    assert_eq!(value(&report, |r, out| json::write(r, out))["skipped"].as_array().unwrap().len(), 12);
}

#[test]
fn nothing_secret_and_nothing_to_obey_gets_out() {
    let mut report = sample();
    let source: Arc<str> =
        format!("fetch(url, {{ token: '{JWT}', \u{202e}client_secret: 'Qx81kdPWm20vT5sYz9aB' }}); // \u{1b}[2J\n")
            .into();
    let at = location("src/a\u{1b}[31m.js", &source, 0, source.find(';').unwrap());
    report.sources.insert(at.path.clone(), source);
    report.findings[0].at = at.clone();
    report.findings[0].message = format!("{JWT} \u{1b}[0m");
    report.findings[0].help = JWT.into();
    report.calls[0].trace = vec![step(at, JWT)];
    report.calls[0].notes = vec![JWT.into()];
    report.calls[1].reason = Some(Reason { id: "dynamic-key", text: JWT.into() });
    report.skipped[0].reason = format!("{JWT}\u{1b}[1m");

    let text = text(&report, Question::Audit, &TextOptions::default());
    assert!(text.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{text:?}");
    let json = value(&report, |r, out| json::write(r, out)).to_string();
    let sarif = value(&report, |r, out| sarif::write(r, out)).to_string();
    for out in [text, json, sarif] {
        assert!(!out.contains("eyJhbGci") && !out.contains("c2lnbmF0") && !out.contains("Qx81kd"), "{out}");
        assert!(out.contains("eyJ…redacted"), "{out}");
    }
}

#[test]
fn json_is_the_contract() {
    let document = value(&sample(), |r, out| json::write(r, out));
    validate(include_str!("data/idtoken-lint-1.schema.json"), &document);
    validate(include_str!("data/idtoken-lint-1.schema.json"), &value(&Report::default(), |r, out| json::write(r, out)));
    assert_eq!(document["calls"][1]["reason"], "unresolved-import: the module ./x is not in the project");
    assert_eq!(document["calls"][0]["reason"], Value::Null);
    assert_eq!(document["summary"]["calls"]["id-token"], 1);
    assert_eq!(document["summary"]["ready"], false);
    // the order of the keys, too
    let mut out = Vec::new();
    json::write(&sample(), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let keys =
        ["\"path\"", "\"endpoint\"", "\"client\"", "\"verdict\"", "\"suggested_scopes\"", "\"trace\"", "\"notes\""];
    assert!(keys.map(|key| out.find(key).unwrap()).is_sorted());
}

#[test]
fn json_positions_are_those_of_the_sources() {
    let report = sample();
    let document = value(&report, |r, out| json::write(r, out));
    let calls = document["calls"].as_array().unwrap();
    let places = calls.iter().flat_map(|call| std::iter::once(call).chain(call["trace"].as_array().unwrap()));
    let quoted: Vec<String> = places
        .map(|place| {
            let text = &report.sources[place["path"].as_str().unwrap()];
            let position = |line, column| (number(place, line), number(place, column));
            region(text, position("line", "column"), position("end_line", "end_column"))
        })
        .collect();
    let first_words: Vec<&str> = quoted.iter().map(|text| text.split('(').next().unwrap()).collect();
    let expected = "axios.patch authResult.idToken session.token session.token axios.patch load imported.token load \
                    management.getUser";
    assert_eq!(first_words.join(" "), expected);
    assert!(quoted[0].ends_with("session.token },\n\t})"));
    assert!(quoted[5].ends_with("imported.token)"));
}

#[test]
fn sarif_is_valid_and_its_regions_hold_their_snippets() {
    let report = sample();
    let document = value(&report, |r, out| sarif::write(r, out));
    validate(include_str!("data/sarif-2.1.0.json"), &document);
    validate(include_str!("data/sarif-2.1.0.json"), &value(&Report::default(), |r, out| sarif::write(r, out)));

    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let mut checked = 0;
    for result in run["results"].as_array().unwrap() {
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(number(result, "ruleIndex")).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        let flow = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
        let related = result["relatedLocations"].as_array().unwrap();
        assert_eq!(flow.len(), related.len());
        let locations = result["locations"].as_array().unwrap().iter();
        for location in locations.chain(related).chain(flow.iter().map(|step| &step["location"])) {
            let physical = &location["physicalLocation"];
            let path = match physical["artifactLocation"]["uri"].as_str().unwrap() {
                "src/my%20pages/%231%20100%25.js" => "src/my pages/#1 100%.js",
                other => other,
            };
            let position = |line, column| (number(&physical["region"], line), number(&physical["region"], column));
            let text =
                region(&report.sources[path], position("startLine", "startColumn"), position("endLine", "endColumn"));
            assert_eq!(physical["region"]["snippet"]["text"], text);
            checked += 1;
        }
    }
    assert_eq!(checked, 14);
}

#[test]
fn sarif_says_what_the_finding_says() {
    let run = &value(&sample(), |r, out| sarif::write(r, out))["runs"][0];
    let result = &run["results"][0];
    assert_eq!(result["level"], "error");
    assert_eq!(result["partialFingerprints"]["idtokenLint/v1"], "00ff00ff00ff00ff");
    assert_eq!(result["properties"]["suggestedScopes"][0], "update:current_user_metadata");
    assert_eq!(result["properties"]["verdict"], "id-token");
    assert!(result["message"]["text"].as_str().unwrap().contains("with an ID token. Ask for an access token"));
    let flow = &result["codeFlows"][0]["threadFlows"][0]["locations"];
    assert_eq!(flow[0]["location"]["message"]["text"], "an ID token: `idToken` of a login result");
    assert_eq!(flow[0]["location"]["physicalLocation"]["artifactLocation"]["uri"], "src/auth.js");
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!(rule["name"], "IdTokenAsBearer");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "src/logo.js was not analysed: binary data (NUL bytes)");
}
