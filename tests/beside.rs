//! Files that are no code: the toggle in settings, recorded requests, logs; what is left to do; accepted unknowns.
//!
//! `data/recorded/profile.har` was recorded by headless Chromium (`recordHar` of Playwright) against a local server under
//! the name of a tenant; `data/recorded/acme.postman_collection.json` was written by Postman's own `postman-collection`
//! and sent with Newman to the same server. The tokens in them were made for this, and are signed with a made-up key.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

const HAR: &str = include_str!("data/recorded/profile.har");
const COLLECTION: &str = include_str!("data/recorded/acme.postman_collection.json");
const SUB: &str = "auth0%7C5f7c8ec7c33c6c004bbafe82";

/// A call with an ID token, and one that is unknown.
const SENDS: &str = "import auth0 from 'auth0-js';
const web = new auth0.WebAuth({ domain: 'acme.eu.auth0.com', clientID: 'x' });
web.parseHash((err, result) => {
  fetch(`https://acme.eu.auth0.com/api/v2/users/${result.idTokenPayload.sub}`, {
    method: 'PATCH', headers: { Authorization: `Bearer ${result.idToken}` },
  });
});
";
const UNKNOWN: &str = "export function read(id) {
  return fetch(`https://acme.eu.auth0.com/api/v2/users/${id}`, {
    headers: { Authorization: `Bearer ${localStorage.getItem('who-writes-this')}` },
  });
}
";

/// The tokens of the recordings, by what stands before their second dot.
fn tokens() -> Vec<&'static str> {
    let parts = HAR.split("Bearer ").skip(1).map(|rest| rest.split('"').next().unwrap());
    parts.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

/// The second request of the archive sent it.
fn id_token() -> &'static str {
    HAR.split("Bearer ").nth(2).and_then(|rest| rest.split('"').next()).unwrap()
}

fn json(here: &Path, arguments: &[&str]) -> (i32, Value) {
    let (status, out, err) = run(here, &[arguments, &["--format", "json"]].concat());
    let document = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    (status, document)
}

/// Rule, path and line of each finding.
fn findings(document: &Value) -> Vec<(String, String, u64)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = document["findings"].as_array().unwrap().iter();
    all.map(|it| (text(&it["rule"]), text(&it["path"]), it["line"].as_u64().unwrap())).collect()
}

fn found(rule: &str, path: &str, line: u64) -> (String, String, u64) {
    (rule.to_owned(), path.to_owned(), line)
}

#[test]
fn a_toggle_that_is_on_is_found_at_its_value() {
    let here = folder(&[
        ("auth0/tenant.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: true\n"),
        ("terraform/main.tf", "resource \"auth0_tenant\" \"t\" {\n  flags {\n    enable_idtoken_api2 = true\n  }\n}\n"),
        ("staging/tenant.yaml", "tenant:\n  flags:\n    enable_idtoken_api2: @@TOGGLE@@\n"),
        ("dev/tenant.json", "{\"flags\": {\"enable_idtoken_api2\": false}}"),
        ("k8s/other.yaml", "a: [1, 2\n"),
    ]);
    let (status, document) = json(here.path(), &["check"]);
    assert_eq!(status, 1);
    assert_eq!(
        findings(&document),
        [found("id-token-toggle-on", "auth0/tenant.yaml", 3), found("id-token-toggle-on", "terraform/main.tf", 3)]
    );
    assert_eq!(document["findings"][0]["column"], 26);
    assert_eq!(document["findings"][0]["end_column"], 30);
    let states: Vec<&str> =
        document["toggles"].as_array().unwrap().iter().map(|toggle| toggle["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["on", "off", "undecided", "on"]);
    // what does not parse says nothing of the toggle
    assert_eq!(document["skipped"], Value::Array(Vec::new()));
    assert_eq!(document["summary"]["ready"], false);
    let (status, out, _) = run(here.path(), &["audit"]);
    assert_eq!(status, 1);
    assert!(out.contains("auth0/tenant.yaml:3:26    on\n"), "{out}");
    assert!(out.contains("staging/tenant.yaml:3:26  undecided: a placeholder or a variable decides\n"), "{out}");
    assert!(out.contains("  1. Turn the toggle off.\n     auth0/tenant.yaml:3, terraform/main.tf:3\n"), "{out}");
    assert!(out.contains("The toggle can be turned off, but it is on: see auth0/tenant.yaml:3, terraform/main.tf:3."));
}

/// The calls of `fixtures/sdks/tenant-settings`: what each sends, followed through variables, spreads and imports.
#[test]
fn a_toggle_in_code_is_found_where_it_is_sent() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sdks/tenant-settings");
    let (status, document) = json(&case, &["check", "--root", "."]);
    assert_eq!(status, 1);
    let toggles: Vec<String> = document["toggles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{}:{} {}", it["path"], it["line"], it["state"]).replace('"', ""))
        .collect();
    assert_eq!(
        toggles,
        [
            "src/apply.js:15 off",
            "src/flags.js:5 on",
            "src/infra.ts:5 on",
            "src/older.js:5 undecided",
            "src/older.js:6 on",
            "src/older.js:7 off",
            "src/raw.js:8 off",
            "src/raw.js:11 on",
        ]
    );
    assert_eq!(findings(&document).len(), 4);
}

/// What a variable is where nobody gives it, and what files with values make of it; of a name that nothing gives, that the
/// file does not say.
#[test]
fn variables_of_settings_are_looked_up_beside_them() {
    let tenant = |value: &str| {
        format!("resource \"auth0_tenant\" \"main\" {{\n  flags {{\n    enable_idtoken_api2 = {value}\n  }}\n}}\n")
    };
    let variable = "variable \"allow\" {\n  type    = bool\n  default = true\n}\n";
    let here = folder(&[
        ("default/main.tf", &tenant("var.allow")),
        ("default/variables.tf", variable),
        ("given/main.tf", &tenant("var.allow")),
        ("given/variables.tf", variable),
        ("given/prod.tfvars", "allow = false\n"),
        ("always/main.tf", &tenant("var.allow")),
        ("always/variables.tf", variable),
        ("always/terraform.tfvars", "allow = false\n"),
        ("local/main.tf", &tenant("local.legacy")),
        ("local/locals.tf", "locals {\n  legacy = false\n}\n"),
        ("nowhere/main.tf", &tenant("var.allow")),
        ("negated/main.tf", &tenant("!var.allow")),
        ("negated/variables.tf", variable),
        (
            "json/main.tf.json",
            "{\"variable\": {\"allow\": {\"default\": true}}, \"resource\": {\"auth0_tenant\": {\"t\": {\"flags\": \
             {\"enable_idtoken_api2\": \"${var.allow}\"}}}}}",
        ),
        (
            "pulumi/Pulumi.yaml",
            "config:\n  allow:\n    type: boolean\nresources:\n  t:\n    type: auth0:Tenant\n    properties:\n      flags:\n        \
             enableIdtokenApi2: ${allow}\n",
        ),
        ("pulumi/Pulumi.dev.yaml", "config:\n  acme:allow: true\n"),
    ]);
    let (status, document) = json(here.path(), &["check"]);
    assert_eq!(status, 1);
    let toggles: Vec<String> = document["toggles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{}:{} {}", it["path"], it["line"], it["state"]).replace('"', ""))
        .collect();
    assert_eq!(
        toggles,
        [
            "always/terraform.tfvars:1 off",
            "default/variables.tf:3 on",
            "given/prod.tfvars:1 off",
            "given/variables.tf:3 on",
            "json/main.tf.json:1 on",
            "local/locals.tf:2 off",
            "negated/main.tf:3 undecided",
            "nowhere/main.tf:3 undecided",
            "pulumi/Pulumi.dev.yaml:2 on",
        ]
    );
    assert_eq!(findings(&document).len(), 4);
    let (_, out, _) = run(here.path(), &["check"]);
    assert!(out.contains("default = true"), "the place is shown: {out}");
}

#[test]
fn what_a_program_reads_of_its_stacks_is_looked_up_there() {
    let program = "import * as pulumi from '@pulumi/pulumi';
import { Tenant } from '@pulumi/auth0';
const config = new pulumi.Config();
export const tenant = new Tenant('acme', { flags: { enableIdtokenApi2: config.getBoolean('idTokens') ?? false } });
";
    let here = folder(&[
        ("around/Pulumi.prod.yaml", "config:\n  acme:idTokens: true\n  acme:other: false\n"),
        ("around/Pulumi.dev.yaml", "config:\n  acme:idTokens: false\n"),
        ("around/src/tenant.ts", program),
        ("elsewhere/Pulumi.prod.yaml", "config:\n  acme:other: true\n"),
        ("elsewhere/index.ts", program),
    ]);
    let (status, document) = json(here.path(), &["check"]);
    assert_eq!(status, 1);
    let toggles = document["toggles"].as_array().unwrap().iter();
    let toggles: Vec<String> =
        toggles.map(|it| format!("{}:{} {}", it["path"], it["line"], it["state"]).replace('"', "")).collect();
    assert_eq!(
        toggles,
        ["around/Pulumi.dev.yaml:2 off", "around/Pulumi.prod.yaml:2 on", "elsewhere/index.ts:4 undecided"]
    );
    assert_eq!(findings(&document), [found("id-token-toggle-on", "around/Pulumi.prod.yaml", 2)]);
}

#[test]
fn settings_that_cannot_be_read_are_named() {
    let here = folder(&[("tenant.yaml", "tenant:\n  flags: [\n    enable_idtoken_api2: true\n  }\n")]);
    let (status, document) = json(here.path(), &["check"]);
    assert_eq!(status, 0);
    assert_eq!(document["skipped"][0]["path"], "tenant.yaml");
    assert!(document["skipped"][0]["reason"].as_str().unwrap().starts_with("does not parse: line "), "{document}");
}

#[test]
fn a_toggle_that_is_off_already_is_told() {
    let here = folder(&[("tenant.yaml", "tenant: {flags: {enable_idtoken_api2: false}}\n"), ("src/a.js", SENDS)]);
    let (status, out, _) = run(here.path(), &["audit"]);
    assert_eq!(status, 1);
    assert!(
        out.contains("It is off already in tenant.yaml:1: what is deployed with that refuses these calls."),
        "{out}"
    );
}

#[test]
fn recordings_are_judged_by_the_claims() {
    let here = folder(&[("traces/profile.har", HAR), ("postman/acme.postman_collection.json", COLLECTION)]);
    let (status, document) = json(here.path(), &["audit"]);
    assert_eq!(status, 1);
    let rules: Vec<(String, String)> = findings(&document).into_iter().map(|(rule, path, _)| (rule, path)).collect();
    let pair = |rule: &str, path: &str| (rule.to_owned(), path.to_owned());
    assert_eq!(
        rules,
        [
            pair("recorded-id-token-call", "postman/acme.postman_collection.json"),
            pair("recorded-id-token-call", "traces/profile.har"),
            pair("management-audience-not-single", "traces/profile.har"),
        ]
    );
    let recorded: Vec<String> = document["recorded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{} {} {}", it["path"], it["verdict"], it["endpoint"]).replace('"', ""))
        .collect();
    assert_eq!(
        recorded,
        [
            "postman/acme.postman_collection.json access-token GET /api/v2/users/{id}",
            "postman/acme.postman_collection.json id-token PATCH /api/v2/users/{id}",
            "traces/profile.har access-token GET /api/v2/users/{id}",
            "traces/profile.har id-token PATCH /api/v2/users/{id}",
            "traces/profile.har access-token GET /api/v2/users/{id}/enrollments",
        ]
    );
    assert_eq!(document["summary"]["ready"], false);
}

/// Variables of collections, request files, scripts and documentation are what the files beside them, or the lines before
/// them, say.
#[test]
fn variables_of_recordings_are_looked_up() {
    let token = id_token();
    let collection = r#"{"info": {"name": "x"}, "variable": [{"key": "idToken", "value": "opaque"}],
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{idToken}}"}]},
        "item": [{"name": "me", "request": {"method": "GET", "url": {"raw": "https://{{domain}}/api/v2/users/{{sub}}"}}}]}"#;
    let environment = |value: &str| {
        format!(
            "{{\"name\": \"e\", \"values\": [{{\"key\": \"idToken\", \"value\": \"{value}\", \"enabled\": true}}]}}"
        )
    };
    let requests = "GET https://acme.eu.auth0.com/api/v2/users/1\nAuthorization: Bearer {{token}}\n\n###\n\
        GET https://acme.eu.auth0.com/api/v2/users/1/enrollments\nAuthorization: Bearer {{unknown}}\n";
    let script = format!(
        "export DOMAIN=acme.eu.auth0.com\nID_TOKEN='{token}'\nAUTH=\"Authorization: Bearer $ID_TOKEN\"\n\
         curl -s \"https://$DOMAIN/api/v2/users/1\" -H \"$AUTH\"\n"
    );
    let page = format!(
        "# Tokens\n\n```sh\nTOKEN={token}\n```\n\nThen:\n\n```sh\ncurl -X PATCH \
         https://acme.eu.auth0.com/api/v2/users/1 -H \"Authorization: Bearer $TOKEN\"\n```\n"
    );
    let here = folder(&[
        ("with/a.postman_collection.json", collection),
        ("with/dev.postman_environment.json", &environment(token)),
        ("with/prod.postman_environment.json", &environment("opaque")),
        ("without/a.postman_collection.json", collection),
        ("http/me.http", requests),
        (
            "http/http-client.env.json",
            &format!("{{\"dev\": {{\"token\": \"{token}\"}}, \"prod\": {{\"token\": \"x\"}}}}"),
        ),
        ("call.sh", &script),
        ("page.md", &page),
    ]);
    let (status, document) = json(here.path(), &["audit"]);
    assert_eq!(status, 1);
    let recorded: Vec<String> = document["recorded"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| format!("{}:{} {} {}", it["path"], it["line"], it["verdict"], it["endpoint"]).replace('"', ""))
        .collect();
    assert_eq!(
        recorded,
        [
            "call.sh:4 id-token GET /api/v2/users/{id}",
            "http/me.http:1 id-token GET /api/v2/users/{id}",
            "page.md:10 id-token PATCH /api/v2/users/{id}",
            "with/a.postman_collection.json:3 id-token GET /api/v2/users/{id}",
        ]
    );
    let (_, out, err) = run(here.path(), &["audit"]);
    assert!(!out.contains(token) && !err.contains(token));
}

#[test]
fn no_part_of_a_token_is_shown() {
    let curl = format!("curl https://acme.eu.auth0.com/api/v2/users/{SUB} -H 'Authorization: Bearer {}'\n", id_token());
    let here = folder(&[("profile.har", HAR), ("acme.postman_collection.json", COLLECTION), ("call.sh", &curl)]);
    for format in ["text", "json", "sarif", "github", "gitlab", "junit", "line", "html"] {
        let (status, out, err) = run(here.path(), &["audit", "--format", format]);
        assert_eq!(status, 1, "{err}");
        for token in tokens() {
            for part in token.split('.') {
                assert!(!out.contains(part), "{format} shows a token");
            }
        }
        assert!(!out.contains("5f7c8ec7c33c6c004bbafe82") && !out.contains("aSfhkmnpqrst"), "{format} shows a claim");
    }
}

#[test]
fn what_is_written_down_is_judged_where_it_holds_a_token() {
    let token = id_token();
    let url = format!("https://acme.eu.auth0.com/api/v2/users/{SUB}");
    let here = folder(&[
        (
            "scripts/call.sh",
            &format!(
                "#!/bin/sh\nTOKEN={token}\n\ncurl -X DELETE \\\n  \"{url}/multifactor/duo\" \\\n  -H \"Authorization: Bearer $TOKEN\"\ncurl {url} -H \"Authorization: Bearer $(cat token)\"\n"
            ),
        ),
        ("docs/call.md", &format!("# Try it\n\n```sh\ncurl --header 'Authorization: Bearer {token}' {url}\n```\n")),
        (
            "docs/placeholder.md",
            &format!(
                "```sh\ncurl --header 'Authorization: Bearer YOUR_TOKEN' {url}\ncurl -H 'Authorization: Bearer eyJhbGciOi...' {url}\n```\n\nIn the text: `curl {url} -H 'Authorization: Bearer {token}'`\n"
            ),
        ),
        (
            "api.http",
            &format!(
                "@token = {token}\n\n### link\nPOST {url}/identities\nAuthorization: Bearer {{{{token}}}}\n\n{{}}\n"
            ),
        ),
        ("elsewhere.sh", &format!("curl https://api.example.com/api/v2/users/1 -H 'Authorization: Bearer {token}'\n")),
    ]);
    let (_, document) = json(here.path(), &["check"]);
    assert_eq!(
        findings(&document),
        [
            found("recorded-id-token-call", "api.http", 4),
            found("recorded-id-token-call", "docs/call.md", 4),
            found("recorded-id-token-call", "scripts/call.sh", 4),
        ]
    );
    // a custom domain that is told counts like a tenant's
    let (_, document) = json(here.path(), &["check", "--host", "api.example.com"]);
    assert_eq!(findings(&document).len(), 4);
}

#[test]
fn hostile_recordings_are_named_and_nothing_else() {
    let deep = format!("{{\"log\":{{\"entries\":{}", "[".repeat(200_000));
    let here = folder(&[
        ("cut.har", &HAR[..HAR.len() / 2]),
        ("deep.har", &deep),
        ("page.har", "<html>not an archive</html>"),
        ("other.har", "{\"version\": 1}"),
        ("broken.postman_collection.json", &COLLECTION[..COLLECTION.len() - 40]),
        ("good.har", HAR),
        ("log.jsonl", "{\"type\": \"depnote\"\n{}\n"),
    ]);
    let huge = fs::File::create(here.path().join("huge.har")).unwrap();
    huge.set_len(70 * 1024 * 1024).unwrap();
    fs::write(here.path().join("binary.har"), b"\x00\x01\x02").unwrap();
    let (status, document) = json(here.path(), &["check"]);
    assert_eq!(status, 1);
    let skipped: Vec<&str> =
        document["skipped"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(
        skipped,
        [
            "binary.har",
            "broken.postman_collection.json",
            "cut.har",
            "deep.har",
            "huge.har",
            "log.jsonl",
            "other.har",
            "page.har"
        ]
    );
    assert_eq!(document["summary"]["files"]["skipped"], 8);
    assert_eq!(findings(&document).len(), 2, "those of the good one");
    assert_eq!(run(here.path(), &["check", "--strict"]).0, 2);
}

#[test]
fn logs_are_counted_by_client_and_matched_with_calls() {
    let entry = |client: &str, method: &str, path: &str, name: &str, day: u32| {
        format!(
            "{{\"date\":\"2026-03-{day:02}T10:00:00.000Z\",\"type\":\"depnote\",\"client_id\":\"{client}\",\"client_name\":\"Shop\",\
             \"details\":{{\"method\":\"{method}\",\"path\":\"{path}\",\"feature\":{{\"id\":\"x\",\"name\":\"{name}\"}}}}}}\n"
        )
    };
    let log = [
        entry("c1", "patch", "/api/v2/users/auth0|1", "ID tokens as credentials", 2),
        entry("c1", "PATCH", "/api/v2/users/auth0|2?x=y", "ID tokens as credentials", 9),
        entry("c2", "GET", "/api/v2/users/auth0|1", "Something else", 3),
        entry("c2", "GET", "/api/v2/users", "Unaffected", 3),
        "{\"type\":\"s\",\"description\":\"login\"}\n".to_owned(),
    ]
    .concat();
    let here = folder(&[("logs/export.jsonl", &log), ("src/a.js", SENDS)]);
    let (status, document) = json(here.path(), &["audit"]);
    assert_eq!(status, 1);
    let notices = document["deprecation_notices"].as_array().unwrap();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert_eq!(notices[0]["endpoint"], "PATCH /api/v2/users/{id}");
    assert_eq!((&notices[0]["client_id"], &notices[0]["count"]), (&"c1".into(), &2.into()));
    assert_eq!((&notices[0]["about_id_tokens"], &notices[1]["about_id_tokens"]), (&true.into(), &false.into()));
    assert_eq!(notices[0]["calls"], serde_json::json!([0]));
    assert_eq!(notices[1]["calls"], serde_json::json!([]));
    let (_, out, _) = run(here.path(), &["audit"]);
    assert!(
        out.contains("2x  PATCH /api/v2/users/{id}  client Shop (c1), 2026-03-02T10:00:00.000Z to 2026-03-09"),
        "{out}"
    );
    assert!(out.contains("; may be: src/a.js:4\n") && out.contains("; may be: no call of this code\n"), "{out}");
    // an array says the same
    let array = format!("[{}]", log.trim_end().replace('\n', ","));
    let here = folder(&[("logs.json", &array)]);
    assert_eq!(json(here.path(), &["audit"]).1["deprecation_notices"].as_array().unwrap().len(), 2);
}

#[test]
fn what_is_left_is_grouped_and_empty_when_ready() {
    let twice =
        format!("{SENDS}{}", SENDS.replace("import auth0 from 'auth0-js';", "").replace("const web", "const again"));
    let here = folder(&[
        ("src/a.js", &twice),
        ("src/b.js", UNKNOWN),
        ("src/c.js", &UNKNOWN.replace("read", "readAgain")),
        ("tenant.yaml", "tenant: {flags: {enable_idtoken_api2: true}}\n"),
    ]);
    let (status, document) = json(here.path(), &["audit"]);
    assert_eq!(status, 1);
    let tasks: Vec<(&str, usize)> = document["left_to_do"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| (task["kind"].as_str().unwrap(), task["places"].as_array().unwrap().len()))
        .collect();
    assert_eq!(tasks, [("migrate", 1), ("migrate", 1), ("review", 2), ("turn-off", 1)], "{}", document["left_to_do"]);
    // what only a server may do is another thing to ask for, and where it runs already, no other place
    let text = |program: &str| json(folder(&[("a.js", program)]).path(), &["audit"]).1["left_to_do"][0]["text"].clone();
    let scope = "Send an access token with the scope update:users, got";
    assert_eq!(
        text(&SENDS.replace("result.idTokenPayload.sub", "users[0].user_id")),
        format!("{scope} on a server with client credentials, instead of the ID token from a.js:5.")
    );
    let server = "const { auth } = require('express-openid-connect');\nconst app = require('express')();\napp.use(auth());\n\
                  app.patch('/users/:id', (req, res) => fetch(`https://acme.eu.auth0.com/api/v2/users/${req.params.id}`, {\n\
                  method: 'PATCH', headers: { Authorization: `Bearer ${req.oidc.idToken}` } }));\n";
    assert_eq!(text(server), format!("{scope} with client credentials, instead of the ID token from a.js:5."));
    let here = folder(&[("src/none.js", "export const a = 1;\n")]);
    let (status, document) = json(here.path(), &["audit"]);
    assert_eq!((status, &document["left_to_do"]), (0, &Value::Array(Vec::new())));
    assert!(!run(here.path(), &["audit"]).1.contains("left to do"));
}

#[test]
fn reviewed_unknowns_are_accepted_with_a_reason() {
    let here = folder(&[("src/b.js", UNKNOWN)]);
    let path = here.path();
    let (status, _, err) = run(path, &["audit", "--write-accept-unknown", "accepted.toml"]);
    assert_eq!(status, 1);
    assert!(err.contains("accepted.toml: 1 call written, 1 of them without a reason yet"), "{err}");
    let written = fs::read_to_string(path.join("accepted.toml")).unwrap();
    assert!(
        written.contains("\n# src/b.js:2: nothing in the project stores anything under `who-writes-this`\n"),
        "{written}"
    );
    assert!(written.contains("\nbecause = \"\"\n"), "{written}");
    // nobody said why: nothing is accepted
    let (status, document) = json(path, &["audit", "--accept-unknown", "accepted.toml"]);
    assert_eq!((status, &document["summary"]["accepted"]), (1, &0.into()));
    assert_eq!(document["notices"][0]["id"], "empty-accept");
    // with a reason it is accepted, wherever the lines move, and stays listed
    let reason = "the login page of the old shop writes an access token";
    fs::write(path.join("accepted.toml"), written.replace("because = \"\"", &format!("because = \"{reason}\"")))
        .unwrap();
    fs::write(path.join("src/b.js"), format!("// moved\n\n{UNKNOWN}")).unwrap();
    let (status, document) = json(path, &["audit", "--accept-unknown", "accepted.toml"]);
    assert_eq!((status, &document["summary"]["accepted"], &document["summary"]["ready"]), (0, &1.into(), &true.into()));
    assert_eq!(document["calls"][0]["accepted"], reason);
    assert_eq!(document["notices"], Value::Array(Vec::new()));
    let (status, out, _) = run(path, &["audit", "--accept-unknown", "accepted.toml"]);
    assert_eq!(status, 0);
    assert!(out.contains(&format!("(accepted: {reason})")), "{out}");
    assert!(out.contains("provided that the 1 accepted call sends no ID token"), "{out}");
    // the configuration can name the file
    fs::write(path.join("idtoken-lint.toml"), "accept-unknown = 'accepted.toml'\n").unwrap();
    assert_eq!(run(path, &["audit"]).0, 0);
    assert_eq!(run(path, &["check"]).0, 0);
    assert_eq!(run(path, &["audit", "--no-config"]).0, 1);
    // a second call is not accepted with it; written again, the reason stays
    fs::write(path.join("src/c.js"), UNKNOWN.replace("who-writes-this", "and-this")).unwrap();
    assert_eq!(run(path, &["audit"]).0, 1);
    let (_, _, err) = run(path, &["audit", "--write-accept-unknown", "accepted.toml"]);
    assert!(err.contains("2 calls written, 1 of them without a reason yet"), "{err}");
    assert!(fs::read_to_string(path.join("accepted.toml")).unwrap().contains(reason));
    // a moved file is known again by its content
    fs::remove_file(path.join("src/c.js")).unwrap();
    fs::create_dir(path.join("lib")).unwrap();
    fs::rename(path.join("src/b.js"), path.join("lib/b.js")).unwrap();
    let (status, document) = json(path, &["audit"]);
    assert_eq!(status, 0);
    // the call that is gone is told, and taken out when the file is written again
    assert_eq!(document["notices"][0]["id"], "stale-accept");
    // of a part of the project, only where its file would lie there
    let told =
        |part: &str| json(path, &["audit", part, "--root", "."]).1["notices"].to_string().contains("stale-accept");
    assert_eq!((told("src"), told("lib")), (true, false));
    let (_, _, err) = run(path, &["audit", "--write-accept-unknown", "accepted.toml"]);
    assert!(err.contains("1 call written, 0 of them"), "{err}");
    assert_eq!(json(path, &["audit"]).1["notices"], Value::Array(Vec::new()));
}

#[test]
fn a_broken_file_of_accepted_calls_is_told() {
    let here = folder(&[("a.js", ""), ("accepted.toml", "[[accept]]\npath = 'a.js'\n")]);
    let (status, out, err) = run(here.path(), &["audit", "--accept-unknown", "accepted.toml"]);
    assert_eq!((status, out.as_str()), (2, ""));
    assert!(err.contains("`endpoint` is missing"), "{err}");
    let (status, _, err) = run(here.path(), &["audit", "--accept-unknown", "nowhere.toml"]);
    assert_eq!(status, 2);
    assert!(err.contains("nowhere.toml") && err.contains("--write-accept-unknown"), "{err}");
}
