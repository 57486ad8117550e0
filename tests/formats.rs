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
    let fine = profile("axios.patch", "url");
    report.calls.push(call(fine, "GET /api/v2/users/{id}", Verdict::AccessToken));
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
#[ignore = "shows the text format in colour, for looking at"]
fn show() {
    let options = TextOptions { colour: true, ..TextOptions::default() };
    println!("{}", text(&sample(), Question::Audit, &options));
}
