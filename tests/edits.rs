//! The edits: those of the `fixtures/login/legacy-*` make them their `current-*`, and what `--fix` does to files.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

#[path = "common/fixtures.rs"]
mod fixtures;

use common::{folder, run};
use idtoken_lint::Options;
use idtoken_lint::check::model::{Report, Verdict};
use idtoken_lint::report::diff;
use idtoken_lint::text::MemoryFiles;
use std::collections::BTreeMap;
use std::fs;

fn analyze(sources: &BTreeMap<String, String>) -> Report {
    let mut files = MemoryFiles::new();
    for (path, text) in sources {
        files.insert(path.clone(), text.clone().into_bytes());
    }
    idtoken_lint::analyze_with(&files, &Options::default(), fixtures::rules()).unwrap()
}

fn sources(case: &str) -> BTreeMap<String, String> {
    let files = fixtures::sources(&fixtures::folder().join("login").join(case)).unwrap();
    files.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// Without the marks, which say other things before and after.
fn unmarked(text: &str) -> String {
    let without = |line: &str| line.split("//~").next().unwrap_or_default().trim_end().to_owned();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//~")).map(without);
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn legacy_cases_become_the_current_ones_and_a_second_run_finds_nothing() {
    for name in pairs() {
        let legacy = sources(&format!("legacy-{name}"));
        let edited = diff::edited(&analyze(&legacy), |_| true, |_, _| true);
        assert!(edited.left.is_empty(), "{name}: {:?}", edited.left);
        let mut after = legacy.clone();
        after.extend(edited.files.into_iter().map(|file| (file.path, file.new)));
        for (path, text) in sources(&format!("current-{name}")) {
            assert_eq!(unmarked(&after[&path]), unmarked(&text), "{name}: {path}");
        }
        let again = analyze(&after);
        assert!(again.findings.is_empty(), "{name}: {:?}", again.findings);
        assert!(again.calls.iter().all(|call| call.verdict == Verdict::AccessToken), "{name}");
    }
}

/// The legacy cases, each of which has a current one.
fn pairs() -> Vec<String> {
    let names = fs::read_dir(fixtures::folder().join("login")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pairs: Vec<String> = names.filter_map(|name| name.strip_prefix("legacy-").map(str::to_owned)).collect();
    assert!(pairs.len() >= 5);
    pairs
}

#[test]
fn legacy_cases_are_flagged_and_current_ones_are_not() {
    for name in pairs() {
        assert!(!analyze(&sources(&format!("legacy-{name}"))).findings.is_empty(), "{name}");
        assert!(analyze(&sources(&format!("current-{name}"))).findings.is_empty(), "{name}");
    }
}

const APP: &str = "import auth0 from 'auth0-js';\r\n\
    const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'id_token' });\r\n\
    webAuth.parseHash((err, result) => {\r\n\
    \u{20} new auth0.Management({ domain: 'acme.auth0.com', token: result.idToken }).getUser(result.idTokenPayload.sub, show);\r\n\
    });\r\n";

#[test]
fn a_diff_is_shown_and_nothing_is_written() {
    let here = folder(&[("app.js", APP)]);
    let (status, out, err) = run(here.path(), &["check", "--diff"]);
    assert_eq!(status, 1, "{err}");
    assert!(out.starts_with("--- a/app.js\n+++ b/app.js\n"), "{out}");
    assert!(out.contains("+  new auth0.Management({ domain: 'acme.auth0.com', token: result.accessToken })"), "{out}");
    assert!(out.contains("responseType: 'token id_token', audience: 'https://acme.auth0.com/api/v2/'"), "{out}");
    assert!(err.contains("1 edit in 1 file can be made"), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), APP);
}

#[test]
fn edits_are_made_only_when_unsafe_ones_are_asked_for() {
    let here = folder(&[("app.js", APP)]);
    let (status, _, err) = run(here.path(), &["check", "--fix"]);
    assert_eq!(status, 1);
    assert!(err.contains("`--unsafe-fixes` makes them too"), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), APP);

    let (status, out, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(err.contains("1 edit in 1 file made"), "{err}");
    let text = fs::read_to_string(here.path().join("app.js")).unwrap();
    assert_eq!(text.matches("\r\n").count(), APP.matches("\r\n").count());
    assert!(text.contains("scope: 'openid profile email read:current_user'"), "{text}");
    let (status, out, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), text);
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_files_that_cannot_be_written_stop_it() {
    use std::os::unix::fs::PermissionsExt;
    let here = folder(&[("app.js", APP)]);
    let file = here.path().join("app.js");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(run(here.path(), &["check", "--fix", "--unsafe-fixes"]).0, 0);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);

    fs::write(&file, APP).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o440)).unwrap();
    let (status, _, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("read-only"), "{err}");
    assert_eq!(fs::read_to_string(&file).unwrap(), APP);
}

#[test]
fn what_is_left_alone_is_told() {
    let text = "import auth0 from 'auth0-js';\n\
        const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'x', responseType: 'id_token' });\n\
        webAuth.parseHash((err, result) => {\n\
        \u{20} localStorage.setItem('id_token', result.idToken);\n\
        \u{20} const token = localStorage.getItem('id_token');\n\
        \u{20} new auth0.Management({ domain: 'acme.auth0.com', token }).getUser(result.idTokenPayload.sub, show);\n\
        });\n\
        export const out = () => KEYS.concat('id_token').forEach((key) => localStorage.removeItem(key));\n";
    let here = folder(&[("app.js", text)]);
    let (status, _, err) = run(here.path(), &["check", "--fix", "--unsafe-fixes"]);
    assert_eq!(status, 1);
    let left =
        "left alone: app.js:6: id-token-as-bearer: no edit is certain: `id_token` is named at app.js:8 in a way that";
    assert!(err.contains(left), "{err}");
    assert_eq!(fs::read_to_string(here.path().join("app.js")).unwrap(), text);
}

/// What is said of the first call of a program for which no edit is certain.
fn why_left(files: &[(&str, &str)]) -> String {
    let sources = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let report = analyze(&sources);
    let about_calls: Vec<_> = report.findings.iter().filter(|finding| finding.call.is_some()).collect();
    assert!(!about_calls.is_empty(), "{files:?}");
    assert!(report.findings.iter().all(|finding| finding.fix.is_none()), "{:?}", report.findings);
    assert!(report.findings.iter().all(|finding| finding.no_fix.is_some()), "{:?}", report.findings);
    about_calls[0].no_fix.clone().unwrap()
}

/// A program that logs in with auth0.js and calls the API; `kept` and `sent` are what it does with the tokens.
fn program(kept: &str, sent: &str) -> String {
    format!(
        "import auth0 from 'auth0-js';\n\
         import axios from 'axios';\n\
         const web = new auth0.WebAuth({{ domain: 'acme.auth0.com', clientID: 'x', responseType: 'token id_token' }});\n\
         web.parseHash((err, result) => {{\n{kept}\n}});\n{sent}\n"
    )
}

const KEPT: &str = "  localStorage.setItem('id_token', result.idToken);";
const READ: &str = "export const me = (sub) => fetch('https://acme.auth0.com/api/v2/users/' + sub, \
                    { headers: { Authorization: 'Bearer ' + localStorage.getItem('id_token') } });";

#[test]
fn what_is_kept_is_left_where_it_is_not_certain() {
    let list = format!(
        "{READ}\nexport const out = () => ['id_token', 'profile'].forEach((key) => localStorage.removeItem(key));"
    );
    let interceptor = "axios.interceptors.request.use((config) => {\n\
                       \u{20} config.headers.Authorization = 'Bearer ' + localStorage.getItem('id_token');\n\
                       \u{20} return config;\n});\n\
                       export const me = (sub) => axios.get('https://acme.auth0.com/api/v2/users/' + sub);\n\
                       export const orders = () => axios.get('https://api.acme.example/orders');";
    let setup = "$.ajaxSetup({ beforeSend(xhr) {\n\
                 \u{20} xhr.setRequestHeader('Authorization', 'Bearer ' + localStorage.getItem('id_token'));\n} });\n\
                 export const me = (sub) => $.ajax({ url: 'https://acme.auth0.com/api/v2/users/' + sub });\n\
                 export const orders = () => $.get('/orders');";
    let both = format!("{KEPT}\n  localStorage.setItem('access_token', result.accessToken);");
    let renewed = format!(
        "{READ}\nweb.checkSession({{}}, (err, result) => {{\n  localStorage.setItem('id_token', result.idToken);\n}});"
    );
    let foreign =
        format!("{KEPT}\n  own.exchange().then((answer) => localStorage.setItem('access_token', answer.jwt));");
    let key = "const KEY = 'id_token';\n\
               export const me = (sub) => fetch('https://acme.auth0.com/api/v2/users/' + sub, \
               { headers: { Authorization: 'Bearer ' + localStorage.getItem(KEY) } });";
    let other = format!("{KEPT}\n  localStorage.setItem('access_token', result.state);");
    let cookie = KEPT.replace("localStorage.setItem", "Cookies.set");
    // what is not only told the key is not known to take out what lies there
    let options = format!(
        "import Cookies from 'js-cookie';\n{}\nexport const out = () => {{\n  Cookies.remove('id_token', {{ path: '/' }});\n}};",
        READ.replace("localStorage.getItem", "Cookies.get")
    );
    let branch = "  if (result)\n    localStorage.setItem('id_token', result.idToken);";
    let cases = [
        (KEPT, list.as_str(), "`id_token` is named at app.js:8 in a way that is not followed"),
        (KEPT, interceptor, "the token that is taken at app.js:8 is used at app.js:12, too"),
        (KEPT, setup, "the token that is taken at app.js:8 is used at app.js:11, too"),
        (both.as_str(), renewed.as_str(), "`access_token` is written, too, but not beside each write of `id_token`"),
        (foreign.as_str(), READ, "`access_token` is written, too, but not beside each write of `id_token`"),
        (other.as_str(), READ, "`access_token` is written, too, but not beside each write of `id_token`"),
        (cookie.as_str(), options.as_str(), "`id_token` is named at app.js:10 in a way that is not followed"),
        (KEPT, key, "the key `id_token` is not written out where it is read at app.js:8"),
        (branch, READ, "`id_token` is kept at app.js:6 in a way that cannot be repeated beside it"),
    ];
    for (kept, sent, reason) in cases {
        let text = program(kept, sent);
        let why = why_left(&[("app.js", &text)]);
        assert!(why.contains(reason), "{text}\n{why}");
    }
}

#[test]
fn tokens_at_hand_are_left_where_it_is_not_certain() {
    let client = "  const api = axios.create({ headers: { Authorization: 'Bearer ' + result.idToken } });\n\
                  \u{20} api.get('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub);\n\
                  \u{20} api.get('https://api.acme.example/orders');";
    let helper = "  const token = result.idToken;\n\
                  \u{20} call('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub, token);\n\
                  \u{20} call('https://api.acme.example/orders', token);";
    let call = "const call = (url, token) => fetch(url, { headers: { Authorization: 'Bearer ' + token } });";
    let server = "  const headers = { Authorization: 'Bearer ' + result.idToken };\n\
                  \u{20} fetch('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub, \
                  { method: 'PATCH', headers, body: JSON.stringify({ app_metadata: { plan: 'free' } }) });";
    let cases = [
        (client, "", "the token that is taken at app.js:5 is used at app.js:7, too"),
        (helper, call, "the token that is taken at app.js:5 is used at app.js:7, too"),
        (server, "", "a server asks for with client credentials"),
    ];
    for (kept, sent, reason) in cases {
        let text = program(kept, sent);
        let why = why_left(&[("app.js", &text)]);
        assert!(why.contains(reason), "{text}\n{why}");
    }
    let other_api = program(KEPT, READ).replace("clientID", "audience: 'https://api.acme.example', clientID");
    assert!(why_left(&[("app.js", &other_api)]).contains("asks for another API's token already"));
}

#[test]
fn other_sdks_are_left_where_it_is_not_certain() {
    let express = "const { auth } = require('express-openid-connect');\n\
                   app.use(auth({ issuerBaseURL: 'https://acme.auth0.com', baseURL: 'https://app.example', clientID: 'x' }));\n\
                   app.get('/me', (req, res) => fetch(`https://acme.auth0.com/api/v2/users/${req.oidc.user.sub}`, \
                   { headers: { Authorization: `Bearer ${req.oidc.idToken}` } }));\n";
    assert!(why_left(&[("app.js", express)]).contains("needs `clientSecret`"));
    let vue = "import { createAuth0, useAuth0 } from '@auth0/auth0-vue';\n\
               export const plugin = createAuth0({ domain: 'acme.auth0.com', clientId: 'x' });\n\
               export function load(sub) {\n\
               \u{20} const { idTokenClaims } = useAuth0();\n\
               \u{20} return fetch(`https://acme.auth0.com/api/v2/users/${sub}`, \
               { headers: { Authorization: `Bearer ${idTokenClaims.value.__raw}` } });\n}\n";
    assert!(why_left(&[("app.js", vue)]).contains("the function around app.js:5 is not async"));
    let angular = "import { AuthModule, AuthService } from '@auth0/auth0-angular';\n\
                   export const module = AuthModule.forRoot({ domain: 'acme.auth0.com', clientId: 'x' });\n\
                   export class Profile {\n\
                   \u{20} constructor(private auth: AuthService) {}\n\
                   \u{20} load(sub: string) {\n\
                   \u{20}   this.auth.idTokenClaims$.pipe(filter((claims) => claims.email_verified)).subscribe((claims) => {\n\
                   \u{20}     fetch(`https://acme.auth0.com/api/v2/users/${sub}`, { headers: { Authorization: `Bearer ${claims.__raw}` } });\n\
                   \u{20}   });\n\
                   \u{20} }\n\
                   }\n";
    assert!(why_left(&[("app.ts", angular)]).contains("how the claims come to app.ts:7 is not understood"));
    let react = "import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';\n\
                 export const App = () => <Auth0Provider domain=\"acme.auth0.com\" clientId=\"x\"><Profile /></Auth0Provider>;\n\
                 function Profile() {\n\
                 \u{20} const { user, getIdTokenClaims } = useAuth0();\n\
                 \u{20} return getIdTokenClaims().then((claims) => {\n\
                 \u{20}   greet(claims.name);\n\
                 \u{20}   return fetch(`https://acme.auth0.com/api/v2/users/${user.sub}`, { headers: { Authorization: `Bearer ${claims.__raw}` } });\n\
                 \u{20} });\n\
                 }\n";
    assert!(why_left(&[("app.jsx", react)]).contains("the claims are used for something else, too"));
}

/// A client that adds what its getter reads to every request: to those of another API, too.
#[test]
fn a_getter_that_feeds_another_api_is_left() {
    let legacy = sources("legacy-auth-http");
    let orders = "import { AuthHttp } from 'angular2-jwt';\n\
                  export class Orders {\n\
                  \u{20} constructor(private authHttp: AuthHttp) {}\n\
                  \u{20} load() { return this.authHttp.get('https://orders.acme.example/orders'); }\n\
                  }\n";
    let mut files: Vec<(&str, &str)> = legacy.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("src/orders.ts", orders));
    let why = why_left(&files);
    assert!(why.contains("is used at src/orders.ts:4, too"), "{why}");
}

#[test]
fn what_keeps_a_token_for_more_than_these_calls_is_left() {
    let me = "fetch('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub, \
              { headers: { Authorization: 'Bearer ' + held } })";
    let holder = format!("  held = result.idToken;\n  {me};");
    let other = "let held;\nexport const orders = () => fetch('https://api.acme.example/orders', \
                 { headers: { Authorization: 'Bearer ' + held } });";
    let decoded = "import decode from 'jwt-decode';\nlet held;\nexport const until = () => decode(held).exp;";
    let by_hand = "let held;\nexport const claims = () => JSON.parse(atob(held.split('.')[1]));";
    let setter = format!("  keep(result.idToken);\n  {me};");
    let sends = "let held;\nconst keep = (value) => {\n  held = value;\n  navigator.sendBeacon('/seen', value);\n};";
    // a map is another one for each object: what is written to it is not looked for elsewhere
    let map = format!("  kept.set('id_token', result.idToken);\n{}", CALL.replace("TOKEN", "kept.get('id_token')"));
    let global = "  axios.defaults.headers.common.Authorization = 'Bearer ' + result.idToken;\n\
                  \u{20} axios.get('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub);";
    let orders = "export const orders = () => axios.get('https://api.acme.example/orders');";
    let cases = [
        (holder.as_str(), other, "the token that is taken at app.js:5 is used at app.js:9, too"),
        (holder.as_str(), decoded, "the token that is taken at app.js:5 is used at app.js:10, too"),
        (holder.as_str(), by_hand, "the token that is taken at app.js:5 is used at app.js:9, too"),
        (setter.as_str(), sends, "the token that is taken at app.js:5 is used at app.js:11, too"),
        (map.as_str(), "const kept = new Map();", "the token that is taken at app.js:5 is not just sent by this call"),
        (global, orders, "the token that is taken at app.js:5 is used at app.js:8, too"),
    ];
    for (kept, sent, reason) in cases {
        let text = program(kept, sent);
        let why = why_left(&[("app.js", &text)]);
        assert!(why.contains(reason), "{text}\n{why}");
    }
}

#[test]
fn a_state_whose_token_is_read_for_its_claims_is_left() {
    let react = "import { useState } from 'react';\n\
                 import decode from 'jwt-decode';\n\
                 import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';\n\
                 export const App = () => <Auth0Provider domain=\"acme.auth0.com\" clientId=\"x\"><Profile /></Auth0Provider>;\n\
                 function Profile() {\n\
                 \u{20} const { user, getIdTokenClaims } = useAuth0();\n\
                 \u{20} const [bearer, setBearer] = useState('');\n\
                 \u{20} const start = async () => setBearer((await getIdTokenClaims()).__raw);\n\
                 \u{20} const load = () => fetch(`https://acme.auth0.com/api/v2/users/${user.sub}`, { headers: { Authorization: `Bearer ${bearer}` } });\n\
                 \u{20} return <p onClick={load}>{decode(bearer).email}</p>;\n\
                 }\n";
    let why = why_left(&[("app.jsx", react)]);
    assert!(why.contains("the token that is taken at app.jsx:8 is used at app.jsx:10, too"), "{why}");
}

#[test]
fn logins_that_cannot_ask_for_it_are_left() {
    let lock = "const lock = new Auth0Lock('x', 'acme.auth0.com');\n\
                lock.show({ authParams: { scope: 'openid' } }, function (error, profile, token) {\n\
                \u{20} fetch('https://acme.auth0.com/api/v2/users/' + profile.user_id, { headers: { Authorization: 'Bearer ' + token } });\n\
                });\n";
    let alone = lock.replace("{ authParams: { scope: 'openid' } }, ", "");
    for lock in [lock, alone.as_str()] {
        let why = why_left(&[("app.js", lock)]);
        assert!(why.contains("Lock 9 cannot ask for an audience"), "{why}");
    }
    let handlers = "import { handleAuth, getSession } from '@auth0/nextjs-auth0';\n\
                    export default handleAuth();\n\
                    export async function me(req, res) {\n\
                    \u{20} const session = await getSession(req, res);\n\
                    \u{20} return fetch(`https://acme.auth0.com/api/v2/users/${session.user.sub}`, { headers: { Authorization: `Bearer ${session.idToken}` } });\n\
                    }\n";
    let why = why_left(&[("pages/api/auth.js", handlers)]);
    assert!(why.contains("which version of the library runs at pages/api/auth.js:2 is not known"), "{why}");
    let openid = "import * as client from 'openid-client';\n\
                  export const login = (config) => client.buildAuthorizationUrl(config, { audience: 'https://api.acme.example', scope: 'openid' });\n\
                  export async function done(config, url) {\n\
                  \u{20} const tokens = await client.authorizationCodeGrant(config, url);\n\
                  \u{20} return fetch(`https://acme.auth0.com/api/v2/users/${tokens.claims().sub}`, { headers: { Authorization: `Bearer ${tokens.id_token}` } });\n\
                  }\n";
    let why = why_left(&[("app.js", openid)]);
    assert!(why.contains("asks for another API's token already"), "{why}");
}

#[test]
fn sessions_whose_members_are_declared_are_left() {
    let server = "import express from 'express';\n\
                  import * as client from 'openid-client';\n\
                  declare module 'express-session' {\n  interface SessionData {\n    id_token: string;\n  }\n}\n\
                  export const login = (config) => client.buildAuthorizationUrl(config, { scope: 'openid' });\n\
                  app.get('/callback', async (req, res) => {\n\
                  \u{20} const tokens = await client.authorizationCodeGrant(config, url);\n\
                  \u{20} req.session.id_token = tokens.id_token;\n\
                  });\n\
                  app.get('/me', async (req, res) => fetch(`https://acme.auth0.com/api/v2/users/${req.session.sub}`, { headers: { Authorization: `Bearer ${req.session.id_token}` } }));\n\
                  app.get('/logout', (req, res) => res.redirect(client.buildEndSessionUrl(config, { id_token_hint: req.session.id_token })));\n";
    let why = why_left(&[("app.ts", server)]);
    assert!(why.contains("only the ID token is kept as `id_token`, which is read at app.ts:"), "{why}");
}

/// What the edits make of a program, all of whose findings they mend.
fn mended(path: &str, text: &str) -> String {
    let report = analyze(&BTreeMap::from([(path.to_owned(), text.to_owned())]));
    let mut edited = diff::edited(&report, |_| true, |_, _| true);
    assert!(edited.left.is_empty(), "{text}\n{:?}", edited.left);
    assert_eq!(edited.files.len(), 1, "{text}");
    let new = edited.files.remove(0).new;
    let again = analyze(&BTreeMap::from([(path.to_owned(), new.clone())]));
    assert!(again.findings.is_empty(), "{new}\n{:?}", again.findings);
    new
}

const CALL: &str = "  fetch('https://acme.auth0.com/api/v2/users/' + result.idTokenPayload.sub, \
                    { headers: { Authorization: 'Bearer ' + TOKEN } });";

/// Each sends one member of several: that one changes, where it gets the token.
#[test]
fn a_member_is_followed_by_its_name() {
    let cases = [
        (
            "session.bearer",
            "  const session = { name: result.name, bearer: result.idToken };\n  greet(session.name);",
            "",
        ),
        (
            "new Session().bearer",
            "  held = result.idToken;",
            "let held;\nclass Session {\n  get name() { return 'x'; }\n  get bearer() { return held; }\n}",
        ),
        (
            "session.bearer",
            "  held = result.idToken;",
            "let held;\nconst session = { get name() { return 'x'; }, get bearer() { return held; } };",
        ),
    ];
    for (sent, kept, around) in cases {
        let text = program(&format!("{kept}\n{}", CALL.replace("TOKEN", sent)), around);
        let new = mended("app.js", &text);
        assert_eq!(
            unlogged(&new),
            unlogged(
                &text
                    .replace("result.idToken;", "result.accessToken;")
                    .replace("result.idToken }", "result.accessToken }")
            )
        );
    }
}

/// Without the line of the login.
fn unlogged(text: &str) -> String {
    text.split('\n').filter(|line| !line.contains("WebAuth")).collect::<Vec<_>>().join("\n")
}

/// What is called after the ID token, and is used as such elsewhere, goes on holding it.
#[test]
fn the_access_token_is_kept_beside() {
    let hint = "export const leave = () => web.logout({ id_token_hint: session.idToken });";
    let cases = [
        // one line, several lines, statements
        (
            "app.js",
            "let session;",
            "  session = { idToken: result.idToken };",
            "  session = { idToken: result.idToken, accessToken: result.accessToken };",
        ),
        (
            "app.js",
            "let session;",
            "  session = {\n    idToken: result.idToken,\n    sub: result.sub,\n  };",
            "  session = {\n    idToken: result.idToken,\n    accessToken: result.accessToken,\n    sub: result.sub,\n  };",
        ),
        (
            "app.ts",
            "const session: any = {};",
            "  session.idToken = result.idToken;",
            "  session.idToken = result.idToken;\n  session.accessToken = result.accessToken;",
        ),
    ];
    // whether anything else needs it, or may one day
    let cases = cases.iter().flat_map(|case| [(hint, *case), ("", *case)]);
    for (hint, (path, declared, kept, wanted)) in cases {
        let sent = CALL.replace("TOKEN", "session.idToken");
        let text = program(&format!("{kept}\n{sent}"), &format!("{declared}\n{hint}"));
        let wanted =
            text.replace(kept, wanted).replace("'Bearer ' + session.idToken", "'Bearer ' + session.accessToken");
        for ending in ["\n", "\r\n"] {
            let [text, wanted] = [&text, &wanted].map(|text| text.replace('\n', ending));
            assert_eq!(unlogged(&mended(path, &text)), unlogged(&wanted));
        }
    }
}

/// Of an object with a method for each token, the other one is called.
#[test]
fn the_function_for_the_other_token_is_called() {
    let session = "class Session {\n  keep(result) {\n    this.raw = result.idToken;\n    this.other = result.accessToken;\n  }\n\
                   \u{20} getIdToken() { return this.raw; }\n  getAccessToken() { return this.other; }\n}\n\
                   const session = new Session();";
    let text = program(&format!("  session.keep(result);\n{}", CALL.replace("TOKEN", "session.getIdToken()")), session);
    let wanted = text.replace("+ session.getIdToken()", "+ session.getAccessToken()");
    assert_eq!(unlogged(&mended("app.js", &text)), unlogged(&wanted));
}

/// The other part of a pattern is what lies beside: under the name that it has there, else taken out, too.
#[test]
fn the_other_part_of_a_pattern_is_kept_beside() {
    let kept = "  localStorage.setItem('id_token', idToken);";
    for (pattern, changed, name) in [
        (
            "{ idToken, idTokenPayload, accessToken, state }",
            "{ idToken, idTokenPayload, accessToken, state }",
            "accessToken",
        ),
        ("{ idToken, state, accessToken: bearer }", "{ idToken, state, accessToken: bearer }", "bearer"),
        ("{ state, idToken, expiresIn }", "{ state, idToken, accessToken, expiresIn }", "accessToken"),
    ] {
        let text = program(&format!("  const {pattern} = result;\n{kept}"), READ);
        let wanted = text
            .replace(pattern, changed)
            .replace(kept, &format!("{kept}\n  localStorage.setItem('access_token', {name});"))
            .replace("getItem('id_token')", "getItem('access_token')");
        assert_eq!(unlogged(&mended("app.js", &text)), unlogged(&wanted));
    }
    // a name that stands for something else already
    let text = program(&format!("  const {{ idToken }} = result;\n{kept}\n  greet(accessToken);"), READ);
    let why = why_left(&[("app.js", &text)]);
    assert!(why.contains("what is kept under `id_token` at app.js:6 is no member of the answer"), "{why}");
}

#[test]
fn options_are_written_as_those_beside_them() {
    let call = CALL.replace("TOKEN", "result.idToken");
    let cases = [
        (
            "const options =\n{ domain: 'acme.auth0.com', clientID: 'x', responseType: 'token id_token' };\n\
             const web = new auth0.WebAuth(options);",
            "responseType: 'token id_token', audience: 'https://acme.auth0.com/api/v2/', scope: 'openid",
        ),
        (
            "const web = new auth0.WebAuth({\n  domain: 'acme.auth0.com', responseType: 'token id_token',\n  clientID: 'x',\n});",
            "  clientID: 'x',\n  audience: 'https://acme.auth0.com/api/v2/',\n  scope: 'openid",
        ),
    ];
    for (login, wanted) in cases {
        let text = format!("import auth0 from 'auth0-js';\n{login}\nweb.parseHash((err, result) => {{\n{call}\n}});\n");
        let new = mended("app.js", &text);
        assert!(new.contains(wanted), "{new}");
    }
    // the element has the shape of before, or of now; attributes are quoted as its others
    let react = "import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';\n\
                 function Profile() {\n\
                 \u{20} const { user, getIdTokenClaims } = useAuth0();\n\
                 \u{20} const load = async () => {\n\
                 \u{20}   const claims = await getIdTokenClaims();\n\
                 \u{20}   return fetch(`https://acme.auth0.com/api/v2/users/${user.sub}`, { headers: { Authorization: `Bearer ${claims.__raw}` } });\n\
                 \u{20} };\n\
                 \u{20} return <button onClick={load}>{user.name}</button>;\n\
                 }\n\
                 export const App = () => ";
    let cases = [
        (
            "<Auth0Provider domain=\"acme.auth0.com\" clientId=\"x\" redirectUri={window.origin}><Profile /></Auth0Provider>",
            "<Auth0Provider audience=\"https://acme.auth0.com/api/v2/\" scope=\"openid profile email read:current_user\" domain=",
        ),
        (
            "<Auth0Provider domain={'acme.auth0.com'} clientId={'x'} redirectUri={window.origin}><Profile /></Auth0Provider>",
            "<Auth0Provider audience={'https://acme.auth0.com/api/v2/'} scope={'openid profile email read:current_user'} domain=",
        ),
        (
            "<Auth0Provider domain=\"acme.auth0.com\" clientId=\"x\"><Profile /></Auth0Provider>",
            "<Auth0Provider authorizationParams={{ audience: \"https://acme.auth0.com/api/v2/\", scope: \"openid profile email \
             read:current_user\" }} domain=",
        ),
    ];
    for (element, wanted) in cases {
        let new = mended("App.jsx", &format!("{react}{element};\n"));
        assert!(new.contains(wanted), "{new}");
    }
}

/// Options that are not given at all are put behind what is given: a last comma is one of them.
#[test]
fn options_are_given_where_there_are_none() {
    let call = CALL.replace("TOKEN", "result.idToken").replace("idTokenPayload.sub", "idTokenPayload.user_id");
    for (login, wanted) in [
        ("new Auth0Lock('x', 'acme.auth0.com')", "new Auth0Lock('x', 'acme.auth0.com', { auth: { audience:"),
        (
            "new Auth0Lock(\n  'x',\n  'acme.auth0.com',\n)",
            "new Auth0Lock(\n  'x',\n  'acme.auth0.com', { auth: { audience:",
        ),
    ] {
        let text = format!(
            "import Auth0Lock from 'auth0-lock';\nconst lock = {login};\nlock.on('authenticated', (result) => {{\n{call}\n}});\n"
        );
        let new = mended("app.js", &text);
        assert!(new.contains(wanted), "{new}");
    }
    let text = format!(
        "import Auth0Lock from 'auth0-lock';\nconst lock = new Auth0Lock('x', 'acme.auth0.com' /* options? */);\n\
         lock.on('authenticated', (result) => {{\n{call}\n}});\n"
    );
    let why = why_left(&[("app.js", &text)]);
    assert!(why.contains("the options of the login at app.js:2 are not written out"), "{why}");
}

/// The tenant's host is taken from where the calls have it, if all have the same.
#[test]
fn the_audience_has_the_host_of_the_calls() {
    let answer = |base: &str, domain: &str| {
        format!(
            "import auth0 from 'auth0-js';\n\
             const web = new auth0.WebAuth({{ domain: {domain}, clientID: 'x', responseType: 'token id_token' }});\n\
             const base = {base};\n\
             web.parseHash((err, result) => {{\n\
             \u{20} fetch(base + '/api/v2/users/' + result.idTokenPayload.sub, {{ headers: {{ Authorization: 'Bearer ' + result.idToken }} }});\n\
             }});\n"
        )
    };
    let same = mended("app.js", &answer("'https://acme.auth0.com'", "pick(window.config)"));
    assert!(same.contains("audience: 'https://acme.auth0.com/api/v2/'"), "{same}");
    let two = answer("staging ? 'https://test.auth0.com' : 'https://acme.auth0.com'", "pick(window.config)");
    let why = why_left(&[("app.js", &two)]);
    assert!(why.contains("the tenant's domain, of which the audience is made, is not known at app.js:2"), "{why}");
    // a login that has it from a setting which no file here sets
    let server = "import { Auth0Client } from '@auth0/nextjs-auth0/server';\n\
                  export const auth0 = new Auth0Client({ appBaseUrl: 'https://acme.example' });\n\
                  export async function me() {\n\
                  \u{20} const session = await auth0.getSession();\n\
                  \u{20} return fetch(`https://${process.env.AUTH0_DOMAIN}/api/v2/users/${session.user.sub}`, \
                  { headers: { Authorization: `Bearer ${session.tokenSet.idToken}` } });\n\
                  }\n";
    let new = mended("app.js", server);
    assert!(new.contains("audience: `https://${process.env.AUTH0_DOMAIN}/api/v2/`"), "{new}");
}

/// A login is found under any name that it is imported or taken out as.
#[test]
fn logins_under_other_names_are_mended() {
    let spa = "import { createAuth0Client as connect } from '@auth0/auth0-spa-js';\n\
               export async function me() {\n\
               \u{20} const client = await connect({ domain: 'acme.auth0.com', clientId: 'x' });\n\
               \u{20} const claims = await client.getIdTokenClaims();\n\
               \u{20} return fetch(`https://acme.auth0.com/api/v2/users/${claims.sub}`, { headers: { Authorization: `Bearer ${claims.__raw}` } });\n\
               }\n";
    let new = mended("app.js", spa);
    assert!(
        new.contains("clientId: 'x', authorizationParams: { audience: 'https://acme.auth0.com/api/v2/', scope:"),
        "{new}"
    );
}
