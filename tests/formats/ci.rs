//! The formats of CI servers and editors: escaped as their readers want it, and nothing secret in them.

use crate::sample::{JWT, sample};
use idtoken_lint::check::model::{Notice, Report, Suppressed, SuppressedBy, Suppression};
use idtoken_lint::report::text::{Question, TextOptions};
use idtoken_lint::report::{Format, write};
use serde_json::Value;

fn written(report: &Report, format: Format) -> String {
    let mut out = Vec::new();
    write(report, format, Question::Check, &TextOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The sample with a notice, a suppressed finding, and texts that mean something to each format.
fn hostile() -> Report {
    let mut report = sample();
    let mut finding = report.findings.remove(1);
    finding.message = "100%, a: <b> & \"c\"\n::error::d\u{1b}[1m]]>\u{ffff}".into();
    finding.at.path = "src/a,b: 50%.js".into();
    report.calls[1].at.path = finding.at.path.clone();
    report.findings.push(finding);
    let suppression = Suppression { by: SuppressedBy::Comment, reason: "<later>".into(), at: None };
    let finding = report.findings.remove(0);
    report.suppressed.push(Suppressed { finding, suppression });
    let message = "this allows \"x\"".into();
    report.notices.push(Notice { path: "src/a.js".into(), line: 3, id: "unused-suppression", message });
    report
}

#[test]
fn github_gets_one_command_a_line() {
    insta::assert_snapshot!(written(&sample(), Format::Github), @r"
    ::error file=src/my pages/#1 100%25.js,line=4,endLine=6,title=id-token-as-bearer::PATCH /api/v2/users/{id} is called with an ID token%0AAsk for an access token with the audience https://acme.auth0.com/api/v2/ and the scope update:current_user_metadata, and send that.
    ::warning file=src/my pages/#1 100%25.js,line=9,endLine=9,col=11,endColumn=46,title=unresolved-bearer::the Bearer of GET /api/v2/users/{id} could not be followed%0AFind out where the value comes from.
    ::warning file=src/logo.js,title=not analysed::binary data (NUL bytes)
    ");
    let hostile = written(&hostile(), Format::Github);
    assert_eq!(hostile.lines().count(), 3, "{hostile}");
    let first = hostile.lines().next().unwrap();
    assert!(first.starts_with("::warning file=src/a%2Cb%3A 50%25.js,line=9"), "{first}");
    assert!(first.contains("::100%25, a: <b> & \"c\" ::error::d\\u{1b}[1m]]>"), "{first}");
}

#[test]
fn gitlab_gets_an_array_of_issues() {
    for report in [sample(), hostile(), Report::default()] {
        let document: Value = serde_json::from_str(&written(&report, Format::Gitlab)).unwrap();
        let issues = document.as_array().unwrap();
        assert_eq!(issues.len(), report.findings.len());
        for (issue, finding) in issues.iter().zip(&report.findings) {
            assert_eq!(issue["check_name"], finding.rule.as_str());
            assert_eq!(issue["fingerprint"], finding.fingerprint.as_str());
            assert!(["major", "minor"].contains(&issue["severity"].as_str().unwrap()));
            assert_eq!(issue["location"]["path"], finding.at.path.as_str());
            assert_eq!(issue["location"]["lines"]["begin"], finding.at.start.line);
            assert!(!issue["description"].as_str().unwrap().is_empty());
        }
    }
}

#[test]
fn junit_is_xml_that_counts_right() {
    for (report, counts) in [(sample(), (4, 2, 1)), (hostile(), (4, 1, 2)), (Report::default(), (1, 0, 0))] {
        let text = written(&report, Format::Junit);
        let document = roxmltree::Document::parse(&text).unwrap();
        let root = document.root_element();
        let number =
            |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<usize>().unwrap();
        let named = |name: &'static str| document.descendants().filter(move |node| node.has_tag_name(name)).count();
        assert_eq!((number(root, "tests"), number(root, "failures"), number(root, "skipped")), counts, "{text}");
        assert_eq!((named("testcase"), named("failure"), named("skipped")), counts, "{text}");
        let suites = root.children().filter(roxmltree::Node::is_element);
        assert_eq!(suites.map(|suite| number(suite, "tests")).sum::<usize>(), counts.0);
    }
    let text = written(&hostile(), Format::Junit);
    let document = roxmltree::Document::parse(&text).unwrap();
    let failure = document.descendants().find(|node| node.has_tag_name("failure")).unwrap();
    assert_eq!(failure.attribute("message"), Some("100%, a: <b> & \"c\" ::error::d\\u{1b}[1m]]>\\u{ffff}"));
    assert!(failure.text().unwrap().contains("warning: src/a,b: 50%.js:9:11\nFind out"), "{text}");
    assert!(text.contains("<skipped message=\"comment: &lt;later&gt;\"/>"), "{text}");
}

#[test]
fn lines_are_what_editors_expect() {
    insta::assert_snapshot!(written(&sample(), Format::Line), @r"
    src/my pages/#1 100%.js:4:8: error: PATCH /api/v2/users/{id} is called with an ID token [id-token-as-bearer]
    src/my pages/#1 100%.js:9:11: warning: the Bearer of GET /api/v2/users/{id} could not be followed [unresolved-bearer]
    src/logo.js:1:1: note: not analysed: binary data (NUL bytes) [skipped]
    ");
    let hostile = written(&hostile(), Format::Line);
    assert_eq!(hostile.lines().count(), 3, "{hostile}");
    assert_eq!(hostile.lines().nth(1), Some("src/a.js:3:1: note: this allows \"x\" [unused-suppression]"));
    assert_eq!(written(&Report::default(), Format::Line), "");
}

#[test]
fn nothing_secret_gets_out_of_any_format() {
    let mut report = hostile();
    report.findings[0].message = format!("{JWT} \u{202e}");
    report.findings[0].help = JWT.into();
    report.notices[0].message = JWT.into();
    report.suppressed[0].suppression.reason = JWT.into();
    report.skipped[0].reason = JWT.into();
    report.calls[1].accepted = Some(JWT.into());
    for format in Format::ALL {
        let out = written(&report, format);
        assert!(!out.contains("eyJhbGci") && !out.contains("c2lnbmF0"), "{}: {out}", format.as_str());
        assert!(out.contains("eyJ…redacted"), "{}: {out}", format.as_str());
        // JSON's readers compare texts: there it is for them to show it safely
        let is_json = matches!(format, Format::Json | Format::Sarif | Format::Gitlab);
        assert!(is_json || !out.contains(['\u{1b}', '\u{202e}']), "{}: {out:?}", format.as_str());
    }
}
