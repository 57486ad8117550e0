//! What recorded requests carried, and what they were sent with: bodies, linking, files that are no recordings.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{folder, run};
use serde_json::{Value, json};
use std::path::Path;

const LINK: &str = "https://acme.eu.auth0.com/api/v2/users/auth0%7C1/identities";
const USER: &str = "https://acme.eu.auth0.com/api/v2/users/auth0%7C1";
const FORMATS: &[&str] = &["text", "json", "sarif", "github", "gitlab", "junit", "line", "html"];

fn token(algorithm: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmVkLWJ5LW5vYm9keQ", part(&json!({ "alg": algorithm, "typ": "JWT" })), part(claims))
}

fn id_token(algorithm: &str, client: &str) -> String {
    let iss = "https://acme.eu.auth0.com/";
    token(algorithm, &json!({ "iss": iss, "sub": "github|2", "aud": client, "nonce": "n-0S6_WzA2Mj", "iat": 1 }))
}

fn access_token(scope: &str) -> String {
    let (iss, aud) = ("https://acme.eu.auth0.com/", "https://acme.eu.auth0.com/api/v2/");
    token("RS256", &json!({ "iss": iss, "sub": "auth0|1", "aud": aud, "azp": "web-client", "scope": scope }))
}

/// The findings of `check`, each as rule and message.
fn findings(here: &Path) -> Vec<(String, String)> {
    let document = document(here);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = document["findings"].as_array().unwrap().iter();
    all.map(|finding| (text(&finding["rule"]), text(&finding["message"]))).collect()
}

fn document(here: &Path) -> Value {
    let (_, out, err) = run(here, &["check", "--format", "json"]);
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
}

/// What is said of the bodies of all recorded requests.
fn notes(here: &Path) -> Vec<String> {
    let document = document(here);
    let all = document["recorded"].as_array().unwrap().iter();
    let notes = all.flat_map(|recorded| recorded["notes"].as_array().unwrap());
    notes.map(|note| note.as_str().unwrap().to_owned()).collect()
}

/// One request with a JSON body, in every form in which it may be recorded.
fn in_every_form(method: &str, url: &str, bearer: &str, body: &Value) -> Vec<(&'static str, String)> {
    let (text, headers) = (body.to_string(), json!([{ "name": "Authorization", "value": format!("Bearer {bearer}") }]));
    let posted = json!({ "mimeType": "application/json", "text": text });
    let har = json!({ "log": { "version": "1.2", "entries": [
        { "request": { "method": method, "url": url, "headers": headers, "postData": posted } }] } });
    let (info, auth) =
        (json!({ "name": "x" }), json!({ "type": "bearer", "bearer": [{ "key": "token", "value": bearer }] }));
    let raw = json!({ "mode": "raw", "raw": text, "options": { "raw": { "language": "json" } } });
    let collection = |body: &Value| {
        let request = json!({ "method": method, "url": { "raw": url }, "auth": auth, "body": body });
        json!({ "info": info, "item": [{ "name": "folder", "item": [{ "request": request }] }] }).to_string()
    };
    let fields: Vec<(&str, String)> = body
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let form: Vec<Value> = fields.iter().map(|(name, value)| json!({ "key": name, "value": value })).collect();
    let curl = |data: &str| format!("curl -X {method} '{url}' -H 'Authorization: Bearer {bearer}' {data}\n");
    let power = |rest: &str| {
        let headers = format!("@{{ \"Content-Type\" = \"application/json\"; Authorization = \"Bearer {bearer}\" }}");
        let last = format!("$answer = Invoke-RestMethod -Uri '{url}' -Method {method} `\n  -Headers $headers {rest}");
        format!("$headers = {headers}\n{last}\n")
    };
    let entries: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = '{value}'")).collect();
    let items: Vec<String> = fields.iter().map(|(name, value)| format!(" '{name}={value}'")).collect();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!(" --data-urlencode '{name}={value}'")).collect();
    vec![
        ("a.har", har.to_string()),
        ("raw.postman_collection.json", collection(&raw)),
        ("form.postman_collection.json", collection(&json!({ "mode": "urlencoded", "urlencoded": form }))),
        (
            "a.http",
            format!(
                "### one\n{method} {url}\nAuthorization: Bearer {bearer}\n\n{text}\n\n### two\nGET https://x.example\n"
            ),
        ),
        ("d.sh", curl(&format!("-d '{text}'"))),
        ("raw.sh", curl(&format!("--data-raw '{text}'"))),
        ("json.sh", curl(&format!("--json '{text}'"))),
        ("form.sh", curl(&pairs.concat())),
        ("here.sh", format!("{}{text}\nEND\n", curl("--data @- <<'END'"))),
        ("httpie.sh", format!("http {method} '{url}' Authorization:'Bearer {bearer}'{}\n", items.concat())),
        ("piped.sh", format!("echo '{text}' | http {method} '{url}' Authorization:'Bearer {bearer}'\n")),
        ("text.ps1", power(&format!("-Body '{text}'"))),
        ("map.ps1", power(&format!("-Body (@{{ {} }} | ConvertTo-Json)", entries.join("; ")))),
        ("here.ps1", format!("$body = @\"\n{text}\n\"@\n\n{}", power("-Body $body"))),
        ("power.md", format!("In PowerShell:\n\n```powershell\n{}```\n", power(&format!("-Body '{text}'")))),
        ("README.md", format!("Then:\n\n```sh\n{}```\n", curl(&format!("-d '{text}'")))),
        ("api.md", format!("```http\n{method} {url}\nAuthorization: Bearer {bearer}\n\n{text}\n```\n")),
    ]
}

fn each(method: &str, url: &str, bearer: &str, body: &Value, mut look: impl FnMut(&Path, &str)) {
    for (name, text) in in_every_form(method, url, bearer, body) {
        look(folder(&[(name, &text)]).path(), name);
    }
}

#[test]
fn linking_with_a_current_users_token_is_judged_by_the_body() {
    let bearer = access_token("openid update:current_user_identities");
    let good = json!({ "link_with": id_token("RS256", "web-client") });
    each("POST", LINK, &bearer, &good, |here, name| {
        assert_eq!(findings(here), [], "{name}");
        assert_eq!(document(here)["recorded"].as_array().unwrap().len(), 1, "{name}");
    });
    let text =
        |rule: &str, said: &str| (rule.to_owned(), format!("a recorded POST /api/v2/users/{{id}}/identities: {said}"));
    let hs256 = json!({ "link_with": id_token("HS256", "web-client") });
    each("POST", LINK, &bearer, &hs256, |here, name| {
        let said = "the ID token in `link_with` is signed with HS256, and not with RS256";
        assert_eq!(findings(here), [text("secondary-token-not-rs256", said)], "{name}");
    });
    let foreign = json!({ "link_with": id_token("RS256", "another-client") });
    each("POST", LINK, &bearer, &foreign, |here, name| {
        let said = "the `aud` of the ID token in `link_with` is not the `azp` of the access token";
        assert_eq!(findings(here), [text("secondary-token-not-rs256", said)], "{name}");
    });
    let access = json!({ "link_with": access_token("read:current_user") });
    each("POST", LINK, &bearer, &access, |here, name| {
        let said = "`link_with` holds an access token, and no ID token";
        assert_eq!(findings(here), [text("secondary-token-not-rs256", said)], "{name}");
    });
    let by_id = json!({ "provider": "github", "user_id": "2" });
    each("POST", LINK, &bearer, &by_id, |here, name| {
        let found = findings(here);
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!(found[0].0, "current-user-link-by-id", "{name}");
        let (by_provider, by_user) = (found[0].1.ends_with("by `provider`"), found[0].1.ends_with("by `user_id`"));
        assert!(by_provider || by_user, "{name}: {found:?}");
    });
}

#[test]
fn a_token_for_any_user_may_link_by_id() {
    for scope in ["update:users", "update:users update:current_user_identities"] {
        let by_id = json!({ "provider": "github", "user_id": "2" });
        each("POST", LINK, &access_token(scope), &by_id, |here, name| assert_eq!(findings(here), [], "{name}"));
    }
}

/// Recordings are often cleaned of the Bearer alone.
#[test]
fn what_links_is_judged_beside_a_bearer_that_says_nothing() {
    for bearer in ["opaque0123456789", "{{token}}", "[REDACTED]", "a.b.c"] {
        let hs256 = json!({ "link_with": id_token("HS256", "web-client") });
        each("POST", LINK, bearer, &hs256, |here, name| {
            let found = findings(here);
            assert_eq!(found.len(), 1, "{name} {bearer}: {found:?}");
            assert_eq!(found[0].0, "secondary-token-not-rs256", "{name} {bearer}");
            assert!(found[0].1.contains("is signed with HS256"), "{name} {bearer}: {found:?}");
            let document = document(here);
            let recorded = &document["recorded"][0];
            assert_eq!(recorded["verdict"], "unknown", "{name} {bearer}");
            assert_eq!(recorded["why"], "no Bearer is recorded whose claims can be read", "{name} {bearer}");
        });
        let access = json!({ "link_with": access_token("read:current_user") });
        each("POST", LINK, bearer, &access, |here, name| {
            let found = findings(here);
            assert!(found.len() == 1 && found[0].1.contains("holds an access token"), "{name} {bearer}: {found:?}");
        });
        for right in [
            json!({ "link_with": id_token("RS256", "web-client") }),
            json!({ "link_with": "{{other}}" }),
            json!({ "provider": "github", "user_id": "2" }),
        ] {
            each("POST", LINK, bearer, &right, |here, name| {
                assert_eq!(findings(here), [], "{name} {bearer}");
                assert_eq!(document(here)["recorded"], json!([]), "{name} {bearer}");
            });
        }
        each("POST", "https://shop.example.com/api/v2/users/1/identities", bearer, &hs256, |here, name| {
            assert_eq!(findings(here), [], "{name} {bearer}");
        });
    }
}

/// After the migration the same body will be refused.
#[test]
fn linking_with_an_id_token_is_told_what_comes_next() {
    let bearer = id_token("RS256", "web-client");
    let body = json!({ "link_with": id_token("HS256", "another-client") });
    each("POST", LINK, &bearer, &body, |here, name| {
        let rules: Vec<String> = findings(here).into_iter().map(|(rule, _)| rule).collect();
        assert_eq!(rules, ["recorded-id-token-call", "secondary-token-not-rs256"], "{name}");
    });
    let by_id = json!({ "provider": "github", "user_id": "2" });
    let script = in_every_form("POST", LINK, &bearer, &by_id).into_iter().find(|(name, _)| *name == "d.sh").unwrap();
    let here = folder(&[(script.0, &script.1)]);
    assert_eq!(findings(here.path()).len(), 1);
    let help = document(here.path())["findings"][0]["help"].as_str().unwrap().to_owned();
    assert!(
        help.contains("`provider` in the body takes update:users, on a server; with the user's own token"),
        "{help}"
    );
    assert!(help.contains("The user's own token takes update:current_user_identities;"), "{help}");
}

#[test]
fn what_a_patch_changes_says_which_token_it_takes() {
    let own = access_token("update:current_user_metadata");
    let both = json!({ "user_metadata": { "theme": "dark" }, "app_metadata": { "plan": "free" } });
    each("PATCH", USER, &own, &both, |here, name| {
        let said = "`app_metadata` in the body takes update:users, on a server, and this token is the logged-in user's";
        assert_eq!(notes(here), [said], "{name}");
        assert_eq!(findings(here), [], "{name}");
        let (_, out, _) = run(here, &["audit"]);
        assert!(out.contains(said) && !out.contains("free"), "{name}: {out}");
    });
    let nickname = json!({ "nickname": "Marta" });
    each("PATCH", USER, &own, &nickname, |here, name| {
        assert!(notes(here)[0].starts_with("`nickname` in the body takes update:users"), "{name}");
    });
    let theme = json!({ "user_metadata": { "theme": "dark" } });
    each("PATCH", USER, &own, &theme, |here, name| assert_eq!(notes(here), Vec::<String>::new(), "{name}"));
    for scope in ["update:users", "update:users_app_metadata update:current_user_metadata", ""] {
        each("PATCH", USER, &access_token(scope), &both, |here, name| {
            assert_eq!(notes(here), Vec::<String>::new(), "{scope} {name}");
        });
    }
    each("PATCH", USER, &id_token("RS256", "web-client"), &both, |here, name| {
        let document = document(here);
        let help = document["findings"][0]["help"].as_str().unwrap();
        assert!(
            help.ends_with("Mind the body: `app_metadata` in the body takes update:users, on a server."),
            "{name}: {help}"
        );
    });
}

/// A body that is not there, or in no form that is known, says nothing.
#[test]
fn a_body_that_is_not_read_says_nothing() {
    let bearer = access_token("update:current_user_metadata");
    let head = format!("curl -X PATCH {USER} -H 'Authorization: Bearer {bearer}'");
    let http = format!("PATCH {USER}\nAuthorization: Bearer {bearer}\n\n");
    for (name, text) in [
        ("a.sh", format!("{head} -d @body.json\n")),
        ("b.sh", format!("{head} -d \"$(make_body)\"\n")),
        ("c.sh", format!("make_body | http PATCH {USER} Authorization:'Bearer {bearer}'\n")),
        ("d.sh", format!("{head} -G -d app_metadata=1\n")),
        ("e.sh", format!("{head}\n")),
        ("a.http", format!("{http}< ./body.json\n")),
        ("b.http", format!("{http}{{\"app_metadata\": {{{{plan}}}}}}\n")),
        ("c.http", format!("{http}<app_metadata/>\n")),
        ("d.http", format!("{http}> {{% client.log(response.body.app_metadata) %}}\n")),
    ] {
        let here = folder(&[(name, &text), ("body.json", "{\"app_metadata\": {}}")]);
        assert_eq!(notes(here.path()), Vec::<String>::new(), "{name}");
        assert_eq!(document(here.path())["recorded"].as_array().unwrap().len(), 1, "{name}");
    }
}

#[test]
fn headers_in_a_file_are_read_where_it_lies_beside() {
    let header = format!("Accept: application/json\nAuthorization: Bearer {}\n", id_token("RS256", "c"));
    let script = |file: &str| format!("#!/bin/sh\ncurl -sS -H @{file} {USER}\n");
    let here = folder(&[
        ("plain/call.sh", &script("auth.txt")),
        ("plain/auth.txt", &header),
        ("below/call.sh", &script("./secrets/auth.txt")),
        ("below/secrets/auth.txt", &header),
        // what lies elsewhere is not looked at, what is not there says nothing
        ("outside/call.sh", &script("../plain/auth.txt")),
        ("absolute/call.sh", &script(&format!("{}/plain/auth.txt", "/tmp"))),
        ("nowhere/call.sh", &script("auth.txt")),
        ("variable/call.sh", &script("$HOME/auth.txt")),
        ("config/call.sh", &format!("curl -K auth.conf --config auth.conf {USER}\n")),
        ("config/auth.conf", &format!("header = \"Authorization: Bearer {}\"\n", id_token("RS256", "c"))),
        ("away/call.sh", &format!("curl -K ../config/auth.conf {USER}\n")),
        ("itself/call.sh", &format!("curl -K call.sh {USER}\n")),
    ]);
    let document = document(here.path());
    let paths: Vec<&str> =
        document["recorded"].as_array().unwrap().iter().map(|recorded| recorded["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["below/call.sh", "config/call.sh", "plain/call.sh"]);
    assert_eq!(document["skipped"], json!([]));
}

/// What browsers copy for a shell: quotes with escapes, and for another shell, carets.
#[test]
fn commands_are_read_as_browsers_copy_them() {
    let bearer = access_token("update:current_user_metadata");
    let bash = format!(
        "curl '{USER}' \\\n  -X 'PATCH' \\\n  -H 'accept: */*' \\\n  -H 'authorization: Bearer {bearer}' \\\n  \
         --data-raw $'{{\"app_metadata\":{{\"note\":\"it\\'s new\\u0021\"}}}}' ;\n"
    );
    let cmd = format!(
        "curl ^\"{}^\" ^\r\n  -X ^\"PATCH^\" ^\r\n  -H ^\"authorization: Bearer {bearer}^\" ^\r\n  \
         --data-raw ^\"^{{^\\^\"app_metadata^\\^\":^{{^\\^\"note^\\^\":1^}}^}}^\"\r\n",
        USER.replace('%', "^%")
    );
    for (name, text) in [("bash.sh", &bash), ("cmd.bat", &cmd)] {
        let here = folder(&[(name, text)]);
        assert_eq!(notes(here.path()).len(), 1, "{name}: {text}");
    }
}

#[test]
fn no_token_of_a_body_is_shown_and_no_value() {
    let bearer = access_token("update:current_user_identities");
    let second = id_token("HS256", "another-client");
    let linking = in_every_form("POST", LINK, &bearer, &json!({ "link_with": second, "user_id": "secret-user-7" }));
    let mut files: Vec<(String, String)> =
        linking.into_iter().map(|(name, text)| (format!("link/{name}"), text)).collect();
    let patch = json!({ "app_metadata": { "plan": "secret-plan-7" }, "password": "secret-word-7" });
    let patching = in_every_form("PATCH", USER, &id_token("RS256", "web-client"), &patch);
    files.extend(patching.into_iter().map(|(name, text)| (format!("patch/{name}"), text)));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let here = folder(&files);
    for format in FORMATS {
        for command in ["check", "audit"] {
            let (status, out, err) = run(here.path(), &[command, "--format", format]);
            assert_eq!(status, 1, "{err}");
            let hidden = [bearer.split('.').collect::<Vec<_>>(), second.split('.').collect()].concat();
            for text in
                hidden.into_iter().chain(["secret-", "another-client", "web-client", "github|2", "n-0S6_WzA2Mj"])
            {
                assert!(!out.contains(text) && !err.contains(text), "{command} {format} shows {text}");
            }
        }
    }
}

/// Archives that are none, or that nobody can read, are named, and the one beside them is read.
#[test]
fn files_that_are_no_archives_are_named() {
    let good = &in_every_form("GET", USER, &id_token("RS256", "c"), &json!({}))[0].1;
    let huge = format!("{{\"log\": {{\"entries\": [\"{}\"]}}}}", "x".repeat(64 * 1024 * 1024));
    let nested = format!("{{\"log\": {{\"entries\": {}1{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    let inside =
        format!("{{\"log\": {{\"entries\": [{{\"request\": {}1{}}}]}}}}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
    let cases = [
        ("object.har", "{\"log\": {\"entries\": {\"0\": {\"request\": {}}}}}", "`log.entries` is no list"),
        ("text.har", "{\"log\": {\"entries\": \"none\"}}", "`log.entries` is no list"),
        ("null.har", "{\"log\": {\"entries\": null}}", "`log.entries` is no list"),
        ("list.har", "{\"log\": [{\"entries\": []}]}", "`log` is no object"),
        ("without.har", "{\"log\": {\"version\": \"1.2\"}}", "it has no `log.entries`"),
        ("other.har", "{\"info\": {\"name\": \"a collection\"}, \"item\": []}", "it has no `log.entries`"),
        ("array.har", "[]", "it has no `log.entries`"),
        ("empty.har", "", "it has no `log.entries`"),
        ("requests.har", "{\"log\": {\"entries\": [1, null, {\"request\": []}]}}", "no entry has a `request`"),
        ("cut.har", &good[..good.len() / 2], "does not parse: line 1"),
        ("page.har", "<!doctype html><title>404</title>", "does not parse: line 1"),
        ("binary.har", "\0\0\0\0", "binary"),
        ("nested.har", &nested, "does not parse: line 1"),
        ("inside.har", &inside, "does not parse: line 1"),
        ("huge.har", &huge, "over the limit"),
    ];
    let files: Vec<(&str, &str)> =
        cases.iter().map(|(name, text, _)| (*name, *text)).chain([("z.har", &**good)]).collect();
    let here = folder(&files);
    let document = document(here.path());
    let mut skipped: Vec<(String, String)> = document["skipped"]
        .as_array()
        .unwrap()
        .iter()
        .map(|skipped| (skipped["path"].as_str().unwrap().to_owned(), skipped["reason"].as_str().unwrap().to_owned()))
        .collect();
    skipped.sort();
    let mut wanted = cases.to_vec();
    wanted.sort();
    assert_eq!(skipped.len(), wanted.len(), "{skipped:?}");
    for ((path, reason), (name, _, said)) in skipped.iter().zip(wanted) {
        assert!(path == name && reason.contains(said), "{path}: {reason}");
    }
    assert_eq!(document["recorded"].as_array().unwrap().len(), 1);
    assert_eq!(document["findings"][0]["path"], "z.har");
    // an archive of nothing is one, and so is one that begins with a byte order mark
    let here = folder(&[("none.har", "{\"log\": {\"entries\": []}}"), ("mark.har", &format!("\u{feff}{good}"))]);
    let document = self::document(here.path());
    assert_eq!((&document["skipped"], document["recorded"].as_array().unwrap().len()), (&json!([]), 1));
}
