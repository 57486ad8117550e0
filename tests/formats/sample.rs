//! A report made by hand: traces through two files, non-ASCII lines, tabs, a path that is hard to write as a URI.

use idtoken_lint::check::model::{
    Applicability, Call, Confidence, Edit, FileCounts, Finding, Fix, Location, Plan, PlanOption, Reason, Related,
    Report, Severity, Skipped, Subject, TraceStep, Verdict,
};
use idtoken_lint::text::{LineIndex, Span};

pub(crate) const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

pub(crate) const AUTH: &str = "\
import { webAuth } from './auth0';

export function handle(done) {
  webAuth.parseHash((err, authResult) => {
    session.token = authResult.idToken;
    done();
  });
}
";

pub(crate) const PROFILE: &str = "\
// Grüße aus 東京
export async function rename(id, name) {
\tconst url = `https://acme.auth0.com/api/v2/users/${id}`;
\tawait axios.patch(url, { user_metadata: { 'näme': name } }, {
\t\theaders: { Authorization: 'Bearer ' + session.token },
\t});
}

/* été */ load(`/users/${id}`, imported.token);
";

pub(crate) const READ: &str = "export const read = id => management.getUser(id);\n";

pub(crate) fn sample() -> Report {
    let mut report = Report {
        root: ".".into(),
        files: FileCounts { seen: 41, parsed: 5, skipped: 1, excluded: 0 },
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
        rule: "id-token-as-bearer".to_owned(),
        severity: Severity::Error,
        message: "PATCH /api/v2/users/{id} is called with an ID token".into(),
        help: "Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope \
               update:current_user_metadata, and send that."
            .into(),
        at: request,
        fingerprint: "00ff00ff00ff00ff".into(),
        content: "22ff00ff00ff00ff".into(),
        place: "src/my pages/#1 100%.js".into(),
        call: Some(0),
        related: Vec::new(),
        fix: None,
        no_fix: None,
    });
    report.findings.push(Finding {
        rule: "unresolved-bearer".to_owned(),
        severity: Severity::Warning,
        message: "the Bearer of GET /api/v2/users/{id} could not be followed".into(),
        help: "Find out where the value comes from.".into(),
        at: load,
        fingerprint: "11ff00ff00ff00ff".into(),
        content: "33ff00ff00ff00ff".into(),
        place: "src/my pages/#1 100%.js".into(),
        call: Some(1),
        related: Vec::new(),
        fix: None,
        no_fix: None,
    });
    report
}

/// The same with the login that feeds the first call, and edits for both.
pub(crate) fn planned() -> Report {
    let mut report = sample();
    let auth = add(&mut report, "src/auth.js", AUTH);
    let (login, field) = (auth("webAuth.parseHash", "});"), auth("idToken", ""));
    let used = report.calls[0].at.clone();
    report.findings.push(Finding {
        rule: "management-audience-missing".to_owned(),
        severity: Severity::Warning,
        message: "this login asks for no access token of the Management API".into(),
        help: "Set `audience` to https://acme.auth0.com/api/v2/.".into(),
        at: login.clone(),
        fingerprint: "44ff00ff00ff00ff".into(),
        content: "55ff00ff00ff00ff".into(),
        place: "src/auth.js".into(),
        call: None,
        related: vec![Related { at: used, note: "the token is used here".into() }],
        fix: Some(Fix {
            description: "send the access token".into(),
            edits: vec![Edit { at: field, replacement: "accessToken".into() }],
            applicability: Applicability::Unsafe,
        }),
        no_fix: None,
    });
    report.plans.push(Plan {
        at: login,
        sdk: "auth0.js".into(),
        audience: "https://acme.auth0.com/api/v2/".into(),
        scopes: vec!["update:current_user_metadata".into()],
        options: vec![PlanOption { name: "audience".into(), value: "https://acme.auth0.com/api/v2/".into() }],
        calls: vec![0],
        confidence: Confidence::High,
    });
    report
}

/// Add a file; returns how to find a region in it, from the first `from` to the end of the next `to`.
pub(crate) fn add(
    report: &mut Report,
    path: &'static str,
    text: &'static str,
) -> impl Fn(&str, &str) -> Location + use<> {
    report.sources.insert(path.into(), text.into());
    move |from, to| {
        let start = text.find(from).unwrap();
        let end = start + from.len() + text[start + from.len()..].find(to).unwrap() + to.len();
        location(path, text, start, end)
    }
}

pub(crate) fn location(path: &str, text: &str, start: usize, end: usize) -> Location {
    let span = Span::new(start, end);
    let (start, end) = LineIndex::new(text).range(text, span);
    Location { path: path.into(), start, end, span }
}

pub(crate) fn step(at: Location, note: &str) -> TraceStep {
    TraceStep { at, note: note.into() }
}

pub(crate) fn call(at: Location, endpoint: &str, verdict: Verdict) -> Call {
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
        scope_reason: None,
        runs: None,
        trace: Vec::new(),
        notes: Vec::new(),
        accepted: None,
    }
}
