//! The HTML report: one file with nothing foreign in it. How it works in a browser is tested with one.

use crate::sample::{JWT, sample};
use idtoken_lint::check::model::Verdict;
use idtoken_lint::check::model::{Finding, Report, Severity, Suppressed, SuppressedBy, Suppression};
use idtoken_lint::check::outside::model::{Recorded, Toggle, ToggleState};
use idtoken_lint::report::html;
use idtoken_lint::rules::docs;
use sha2::{Digest, Sha256};

fn page(report: &Report) -> String {
    let (mut once, mut twice) = (Vec::new(), Vec::new());
    html::write(report, &mut once).unwrap();
    html::write(report, &mut twice).unwrap();
    assert_eq!(once, twice, "the same report, the same bytes");
    String::from_utf8(once).unwrap()
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let (_, after) = text.split_once(from).unwrap();
    after.split_once(to).unwrap().0
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let number = (0..3).fold(0_u32, |number, nth| number << 8 | u32::from(*three.get(nth).unwrap_or(&0)));
        for nth in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * nth) & 63) as usize];
            out.push(if nth <= three.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[test]
fn the_policy_names_the_style_and_the_script() {
    let page = page(&sample());
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    for (directive, own) in
        [("style-src", between(&page, "<style>", "</style>")), ("script-src", between(&page, "<script>", "</script>"))]
    {
        let hash = format!("{directive} &#39;sha256-{}&#39;", base64(&Sha256::digest(own)));
        assert!(policy.contains(&hash), "the policy must say {hash}; it says {policy}");
    }
    assert!(policy.starts_with("default-src &#39;none&#39;;"), "{policy}");
}

#[test]
fn nothing_is_fetched_and_nothing_is_styled_in_place() {
    let page = page(&sample());
    for foreign in ["http://", "src=", "url(", "@import", " style=", " onclick", "<link", "<iframe"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    // in texts only
    for (at, _) in page.match_indices("https://") {
        let before = &page[..at];
        assert!(before.rfind('>') > before.rfind('<'), "an address in a tag: {}", &page[at..at + 40]);
    }
}

#[test]
fn every_call_is_there_with_its_way() {
    let report = sample();
    let page = page(&report);
    assert_eq!(page.matches("<article class=\"call\"").count(), report.calls.len());
    let steps: usize = report.calls.iter().map(|call| call.trace.len()).sum();
    assert_eq!(page.matches("<svg class=\"rail\"").count(), steps);
    assert!(page.contains("4 steps through 2 files"));
    assert!(page.contains("The toggle cannot be turned off yet"));
    assert!(page.contains("src<wbr>/logo.js</span>: binary data (NUL bytes)"));
    // the worst first
    let verdicts: Vec<_> = page.split("data-verdict=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(verdicts, ["id-token", "unknown", "access-token"]);
    // code is shown with its own characters, the call marked
    assert!(page.contains("<mark>axios.patch(url, { user_metadata: { &#39;näme&#39;: name } }, {</mark>"), "{page}");
}

#[test]
fn secrets_stay_out() {
    let mut report = sample();
    let text = format!("call('{JWT}');\n");
    let at = crate::sample::location("src/pasted.js", &text, 0, text.len() - 2);
    report.sources.insert("src/pasted.js".into(), text.into());
    report.calls[0].at = at.clone();
    report.calls[0].trace[0].at = at;
    report.calls[0].trace[0].note = format!("`{JWT}`");
    report.findings[0].message = JWT.into();
    let page = page(&report);
    assert!(!page.contains(JWT));
    assert!(page.contains("call(&#39;eyJ…redacted&#39;)"));
}

#[test]
fn findings_without_a_call_have_a_place_too() {
    let mut report = sample();
    let elsewhere = Finding {
        call: None,
        rule: "own-rule".into(),
        severity: Severity::Warning,
        message: "the login asks for nothing".into(),
        ..report.findings[0].clone()
    };
    report.findings.push(elsewhere.clone());
    let suppression = Suppression { by: SuppressedBy::Comment, reason: "later".into(), at: None };
    report.suppressed.push(Suppressed { finding: elsewhere, suppression });
    let page = page(&report);
    assert!(page.contains("Findings elsewhere"));
    assert!(page.contains("the login asks for nothing"));
    assert!(page.contains("Does not count (comment): later"));
    assert_eq!(page.matches("id=\"rule-own-rule\"").count(), 1);
}

#[test]
fn what_is_left_to_do_and_what_other_files_tell_is_there() {
    let mut report = sample();
    let at = report.calls[0].at.clone();
    report.outside.toggles.push(Toggle { at: at.clone(), state: ToggleState::On });
    let endpoint = report.calls[0].endpoint.clone();
    let why = format!("`aud` is the client; <b>{JWT}</b>");
    report.outside.recorded.push(Recorded {
        at,
        endpoint,
        verdict: Verdict::IdToken,
        why,
        audiences: 0,
        notes: Vec::new(),
    });
    let page = page(&report);
    let left = between(&page, "<section id=\"left\"", "</section>");
    assert!(left.contains("href=\"#call-") && left.contains("Then turn the toggle off."), "{left}");
    let told = between(&page, "<section id=\"told\"", "</section>");
    assert!(told.contains("<td class=\"bad\">on</td>") && told.contains("&lt;b&gt;eyJ…redacted&lt;/b&gt;"), "{told}");
    assert!(!self::page(&sample()).contains("id=\"told\""), "no heading without anything below it");
}

#[test]
fn what_is_named_leads_to_its_page() {
    let report = sample();
    let page = page(&report);
    for (at, _) in page.match_indices("href=\"#") {
        let target = between(&page[at..], "href=\"#", "\"");
        assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
    }
    for finding in &report.findings {
        let doc = docs::rule(&finding.rule).unwrap();
        let shown = between(&page, &format!("id=\"rule-{}\"", doc.id), "</details>");
        assert!(shown.contains("<h4>Why</h4>") && shown.contains("<h4>What to do</h4>"), "{shown}");
    }
    let unknown = report.calls.iter().filter_map(|call| call.reason.as_ref());
    assert!(unknown.clone().count() > 0);
    for reason in unknown {
        let link = format!("<a href=\"#reason-{}\">", reason.id);
        assert!(page.matches(&link).count() >= 2, "the chart and the call lead to {}", reason.id);
    }
    for endpoint in report.endpoints.iter() {
        let doc = docs::find(endpoint).unwrap();
        let is_called = report.calls.iter().any(|call| call.endpoint == *endpoint);
        assert_eq!(page.contains(&format!("id=\"endpoint-{}\"", doc.id)), is_called, "{endpoint}");
    }
    // a table of a page is one
    let rule = between(&page, "id=\"rule-id-token-as-bearer\"", "</details>");
    assert!(
        rule.contains("<th scope=\"col\">Endpoint</th>") && rule.contains("<td><code>read:users</code></td>"),
        "{rule}"
    );
}
