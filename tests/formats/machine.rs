//! JSON and SARIF: valid by their schemas, and true by the sources they point into.

use crate::sample::{planned, sample};
use crate::{validate, value};
use idtoken_lint::check::model::Report;
use idtoken_lint::report::{json, sarif};
use serde_json::Value;

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
fn json_is_the_contract() {
    let document = value(&sample(), |r, out| json::write(r, out));
    validate(include_str!("../data/idtoken-lint-1.schema.json"), &document);
    validate(
        include_str!("../data/idtoken-lint-1.schema.json"),
        &value(&Report::default(), |r, out| json::write(r, out)),
    );
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
    validate(include_str!("../data/sarif-2.1.0.json"), &document);
    validate(include_str!("../data/sarif-2.1.0.json"), &value(&Report::default(), |r, out| sarif::write(r, out)));

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
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let rule = rules.iter().find(|rule| rule["id"] == "id-token-as-bearer").unwrap();
    assert_eq!(rule["name"], "IdTokenAsBearer");
    assert_eq!(rule["defaultConfiguration"]["level"], "error");
    let notification = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "src/logo.js was not analysed: binary data (NUL bytes)");
}

#[test]
fn logins_edits_and_related_places_are_written() {
    let report = planned();
    let document = value(&report, |r, out| json::write(r, out));
    validate(include_str!("../data/idtoken-lint-1.schema.json"), &document);
    let finding = &document["findings"][2];
    assert_eq!(finding["related"][0]["note"], "the token is used here");
    assert_eq!(finding["fix"]["edits"][0]["replacement"], "accessToken");
    assert_eq!(document["plans"][0]["scopes"][0], "update:current_user_metadata");

    let log = value(&report, |r, out| sarif::write(r, out));
    validate(include_str!("../data/sarif-2.1.0.json"), &log);
    let result = &log["runs"][0]["results"][2];
    assert_eq!(result["relatedLocations"][0]["message"]["text"], "the token is used here");
    let change = &result["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "src/auth.js");
    let region_of = &change["replacements"][0]["deletedRegion"];
    let position = |line, column| (number(region_of, line), number(region_of, column));
    let replaced =
        region(&report.sources["src/auth.js"], position("startLine", "startColumn"), position("endLine", "endColumn"));
    assert_eq!(replaced, "idToken");
}

#[test]
fn sarif_stays_within_the_limits_of_code_scanning() {
    let mut report = sample();
    let finding = report.findings[0].clone();
    report.findings.extend(std::iter::repeat_n(finding, 25_010));
    let steps = report.calls[0].trace.clone();
    let last = steps.last().unwrap().clone();
    report.calls[0].trace = steps.into_iter().cycle().take(1_200).chain([last.clone()]).collect();
    // one result with that many steps is enough
    report.findings[1..].iter_mut().for_each(|finding| finding.call = None);
    let mut out = Vec::new();
    sarif::write(&report, &mut out).unwrap();
    let run = &serde_json::from_slice::<Value>(&out).unwrap()["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    let left_out = report.findings.len() + report.suppressed.len() - 25_000;
    let notifications = run["invocations"][0]["toolExecutionNotifications"].to_string();
    assert!(notifications.contains(&format!("{left_out} findings are left out")), "{notifications}");
    let flow = results[0]["codeFlows"][0]["threadFlows"][0]["locations"].as_array().unwrap();
    assert_eq!(flow.len(), 1_000);
    assert_eq!(flow.last().unwrap()["location"]["message"]["text"], last.note.as_str());
    assert_eq!(results[0]["relatedLocations"].as_array().unwrap().len(), 100);
    for rule in run["tool"]["driver"]["rules"].as_array().unwrap() {
        assert!(rule["properties"]["tags"].as_array().unwrap().len() <= 20);
        assert!(rule["helpUri"].as_str().unwrap().starts_with(env!("CARGO_PKG_REPOSITORY")));
    }
}
