//! The text format.

use crate::sample::{JWT, location, planned, sample, step};
use crate::{text, value};
use idtoken_lint::check::model::{FileCounts, Reason, Report, Skipped};
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{json, sarif};
use std::collections::BTreeMap;
use std::sync::Arc;

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

left to do
  1. Send an access token with the scope update:current_user_metadata instead of the ID token from src/auth.js:5.
     src/my pages/#1 100%.js:4
  2. Find out which token this call sends (unresolved-import: the module ./x is not in the project).
     src/my pages/#1 100%.js:9

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
  help: Ask for an access token with the audience
        https://acme.auth0.com/api/v2/ and the scope
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
  │ src/my pages/#1 100%.js:5:41: 3. read from `session.token`
  │ src/my pages/#1 100%.js:4:8: 4. sent as the Bearer of PATCH /api/v2/users/{id}
  ☞ steps 1 and 2 of 4
  │ src/auth.js:5:21: 1. an ID token: `idToken` of a login result
  │ src/auth.js:5:5: 2. stored in `session.token`
  help: Ask for an access token with the audience https://acme.auth0.com/api/v2/ and the scope
        update:current_user_metadata, and send that.
        Note: today's API description lists one of the two scopes only

warning[unresolved-bearer]

  ⚠ the Bearer of GET /api/v2/users/{id} could not be followed
  │ src/my pages/#1 100%.js:9:32: 1. not known: the module ./x is not in the project
  │ src/my pages/#1 100%.js:9:11: 2. sent as the Bearer of GET /api/v2/users/{id}
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

proptest::proptest! {
    /// Whatever the text and however the regions lie in it, the finding is shown.
    #[test]
    fn no_region_is_too_odd(
        parts in proptest::collection::vec(proptest::sample::select(PARTS), 1..60),
        cuts in proptest::collection::vec((0..60usize, 0..60usize), 1..7),
        width in 0..120usize,
    ) {
        let source: Arc<str> = parts.concat().into();
        let boundary = |part: usize| parts[..part.min(parts.len())].concat().len();
        let at = |&(a, b): &(usize, usize)| location("odd.js", &source, boundary(a.min(b)), boundary(a.max(b)));
        let mut report = sample();
        report.sources.insert("odd.js".into(), source.clone());
        report.findings.truncate(1);
        report.findings[0].at = at(&cuts[0]);
        report.calls[0].trace = cuts.iter().map(|cut| step(at(cut), "a note that is long enough to be wrapped")).collect();
        for unicode in [true, false] {
            let shown = text(&report, Question::Check, &TextOptions { width, unicode, ..TextOptions::default() });
            proptest::prop_assert!(shown.contains("help: Ask") && !shown.contains("Failed to read"), "{}", shown);
        }
        value(&report, |r, out| sarif::write(r, out));
    }
}

/// Pieces of source that are hard to draw.
const PARTS: &[&str] =
    &["call(", "x", " ", "\t", "\n", "\r\n", "\r", "東京", "é", "\u{1b}[1m", "\u{202e}", "👩\u{200d}💻", LONG, JWT];
const LONG: &str = "a.long.expression.that.takes.all.of.a.row.and.then.some.more.of.the.next.one.in.narrow.terminals";

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
    let mut report =
        Report { files: FileCounts { seen: 12, parsed: 0, skipped: 12, excluded: 0 }, ..Report::default() };
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
fn audit_says_what_to_ask_for_at_login() {
    let mut report = planned();
    report.findings.drain(..2);
    let shown = text(&report, Question::Audit, &TextOptions::default());
    let part = |from: &str, to: &str| shown[shown.find(from).unwrap()..].split(to).next().unwrap().to_owned();
    assert!(part("☞ see also", "help:").contains("the token is used here"));
    assert!(part("help:", "\n\n").ends_with("`--diff` shows an edit: send the access token."));
    insta::assert_snapshot!(part("what to ask", "\n\n"), @r"
    what to ask for at login
      src/auth.js:4:3  auth0.js
        audience  https://acme.auth0.com/api/v2/
        for src/my pages/#1 100%.js:4:8  PATCH /api/v2/users/{id}
    ");
}
