//! Recordings made on the spot by real clients, whose requests a local server sees: what is reported is what was sent.

use crate::Test;
use crate::project::{self, program};
use crate::tools::{Tool, command, run};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use idtoken_lint::lower::traffic::{Variables, postman};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) const TESTS: &[Test] = &[
    Test {
        name: "an_archive_of_a_browser_tells_what_was_sent",
        needs: &[Tool::Chromium, Tool::Node, Tool::Playwright],
        run: archive_of_a_browser,
    },
    Test { name: "a_collection_is_read_as_it_is_sent", needs: &[Tool::Node, Tool::Newman], run: collection },
    Test { name: "a_script_is_read_as_it_is_sent", needs: &[Tool::Bash, Tool::Curl], run: script },
];

/// A request as it came in.
#[derive(Clone, Debug)]
struct Arrived {
    method: String,
    path: String,
    authorization: Option<String>,
    body: String,
}

impl Arrived {
    /// Which endpoint it went to, and with what, as a report says it.
    fn told(&self, id_token: &str) -> (String, &'static str) {
        let path = self.path.split('?').next().unwrap().replace("auth0%7C1", "{id}");
        let is_id = self.authorization.as_deref() == Some(&format!("Bearer {id_token}"));
        (format!("{} {path}", self.method), if is_id { "id-token" } else { "access-token" })
    }
}

/// A server that takes everything, and remembers what authorises itself.
struct Server {
    port: u16,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Server {
    fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Server { port: listener.local_addr().unwrap().port(), arrived: Arc::default() };
        let arrived = server.arrived.clone();
        // it ends with the test
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let arrived = arrived.clone();
                std::thread::spawn(move || arrived.lock().unwrap().extend(answer(stream)));
            }
        });
        server
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }
}

/// Read a request and answer it; what has no `Authorization` is not of interest.
fn answer(mut stream: TcpStream) -> Option<Arrived> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split(' ');
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut authorization, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => authorization = Some(value.trim().to_owned()),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let arrived = authorization.is_some().then_some(Arrived { method, path, authorization, body });
    let page = "<!doctype html><title>acme</title>";
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).ok()?;
    arrived
}

fn token(algorithm: &str, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.c2lnbmVkLWJ5LW5vYm9keQ", part(&json!({ "alg": algorithm })), part(claims))
}

fn id_token(algorithm: &str) -> String {
    token(algorithm, &json!({ "iss": "https://acme.eu.auth0.com/", "sub": "auth0|1", "aud": "web", "nonce": "n" }))
}

fn access_token() -> String {
    let (aud, scope) =
        ("https://acme.eu.auth0.com/api/v2/", "update:current_user_identities update:current_user_metadata");
    token("RS256", &json!({ "iss": "https://acme.eu.auth0.com/", "aud": aud, "azp": "web", "scope": scope }))
}

/// What a report says of the recorded requests in a folder: endpoint, verdict, and what their bodies say.
fn recorded(folder: &Path) -> Vec<(String, String, Vec<String>)> {
    let output = run(command(program()).current_dir(folder).args(["audit", "--format", "json"]), &[1]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["skipped"], json!([]));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |recorded: &Value| {
        let notes = recorded["notes"].as_array().unwrap().iter().map(text).collect();
        (text(&recorded["endpoint"]), text(&recorded["verdict"]), notes)
    };
    report["recorded"].as_array().unwrap().iter().map(one).collect()
}

/// What is reported is what arrived, in the same order.
fn same(folder: &Path, server: &Server) -> Vec<Vec<String>> {
    let (told, arrived) = (recorded(folder), server.arrived());
    let pairs: Vec<(&str, &str)> = told.iter().map(|(endpoint, verdict, _)| (&**endpoint, &**verdict)).collect();
    let sent: Vec<(String, &str)> = arrived.iter().map(|arrived| arrived.told(&id_token("RS256"))).collect();
    let sent: Vec<(&str, &str)> = sent.iter().map(|(endpoint, verdict)| (endpoint.as_str(), *verdict)).collect();
    assert_eq!(pairs, sent, "{arrived:?}");
    told.into_iter().map(|(_, _, notes)| notes).collect()
}

fn archive_of_a_browser() {
    let (server, folder) = (Server::start(), project::folder::<&str, &str>(&[]));
    let (id, access) = (id_token("RS256"), access_token());
    let user = "/api/v2/users/auth0%7C1";
    let requests = json!([
        { "method": "GET", "path": user, "bearer": id },
        { "method": "PATCH", "path": user, "bearer": access, "body": { "user_metadata": {}, "app_metadata": {} } },
        { "method": "POST", "path": format!("{user}/identities"), "bearer": access, "body": { "link_with": id_token("HS256") } },
        { "method": "DELETE", "path": format!("{user}/multifactor/duo"), "bearer": id },
    ]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/outside/record.mjs");
    let profile = tempfile::tempdir().unwrap();
    let mut node = Tool::Node.command();
    node.arg(script).arg(folder.path().join("profile.har")).arg(server.port.to_string()).arg(requests.to_string());
    node.env("PLAYWRIGHT", Tool::Playwright.path()).env("CHROMIUM", Tool::Chromium.path()).env("HOME", profile.path());
    run(&mut node, &[0]);
    let (told, arrived) = (recorded(folder.path()), server.arrived());
    assert_eq!((told.len(), arrived.len()), (4, 4), "{told:?} {arrived:?}");
    let verdicts: Vec<&str> = told.iter().map(|(_, verdict, _)| verdict.as_str()).collect();
    assert_eq!(verdicts, ["id-token", "access-token", "access-token", "id-token"]);
    for ((endpoint, _, _), arrived) in told.iter().zip(&arrived) {
        let wanted = endpoint.replace("{provider}", "duo");
        assert_eq!(wanted, arrived.told(&id).0);
    }
    assert!(
        told[1].2[0].starts_with("`app_metadata` in the body") && arrived[1].body.contains("app_metadata"),
        "{told:?}"
    );
    assert!(told[2].2[0].contains("is signed with HS256"), "{told:?}");
    assert!(told[0].2.is_empty() && told[3].2.is_empty(), "{told:?}");
}

fn script() {
    let (server, id, access) = (Server::start(), id_token("RS256"), access_token());
    let script = format!(
        r#"#!/bin/bash
set -eu
TENANT=http://acme.eu.auth0.com
ID_TOKEN='{id}'
ACCESS_TOKEN="{access}"
SECOND={}
ask() {{ true; }}

# what is not run: curl $TENANT/api/v2/users/auth0%7C1 -H "Authorization: Bearer $ID_TOKEN"
curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} "$TENANT/api/v2/users/auth0%7C1" -H "Authorization: Bearer $ID_TOKEN" > /dev/null
curl -sSo /dev/null --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} \
  -XPATCH "${{TENANT}}/api/v2/users/auth0%7C1" \
  --oauth2-bearer "$ACCESS_TOKEN" --json '{{"app_metadata": {{"plan": "free"}}}}' && ask
curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} -H @auth.txt -G -d fields=email $TENANT/api/v2/users/auth0%7C1 -o/dev/null
curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} -d @- -H"Authorization: Bearer $ACCESS_TOKEN" $TENANT/api/v2/users/auth0%7C1/identities <<END | cat > /dev/null
{{"link_with": "$SECOND"}}
END
echo '{{"nickname": "x"}}' | curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} -X PATCH -d @- -H "Authorization: Bearer $ACCESS_TOKEN" $TENANT/api/v2/users/auth0%7C1 > /dev/null
curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} --data-urlencode provider=github --data-urlencode "user_id=a b" \
  -H "Authorization: Bearer $ACCESS_TOKEN" $TENANT/api/v2/users/auth0%7C1/identities > /dev/null
curl -sS --connect-to acme.eu.auth0.com:80:127.0.0.1:{port} --data-raw $'{{"user_metadata": {{"note": "it\'s"}}}}' -X PATCH \
  -H "Authorization: Bearer $ID_TOKEN" $TENANT/api/v2/users/auth0%7C1 > /dev/null
"#,
        id_token("HS256"),
        port = server.port,
    );
    let header = format!("Accept: */*\nAuthorization: Bearer {id}\n");
    let folder = project::folder(&[("calls.sh", script.as_str()), ("auth.txt", header.as_str())]);
    let mut bash = Tool::Bash.command();
    bash.current_dir(folder.path()).arg("calls.sh").env_remove("http_proxy").env("no_proxy", "*");
    run(&mut bash, &[0]);
    let notes = same(folder.path(), &server);
    let arrived = server.arrived();
    assert_eq!(arrived.len(), 7);
    for (nth, said, sent) in [
        (1, Some("`app_metadata` in the body"), "{\"app_metadata\": {\"plan\": \"free\"}}"),
        (2, None, ""),
        (3, Some("the ID token in `link_with` is signed with HS256"), "{\"link_with\": \"ey"),
        (4, Some("`nickname` in the body"), "{\"nickname\": \"x\"}"),
        (
            5,
            Some("the token is the logged-in user's, but the body names the other account by `provider`"),
            "provider=github&user_id=a",
        ),
        (6, None, "{\"user_metadata\": {\"note\": \"it's\"}}"),
    ] {
        assert!(arrived[nth].body.starts_with(sent), "{nth}: {}", arrived[nth].body);
        let first = notes[nth].first().map(String::as_str);
        assert_eq!(first.is_some(), said.is_some(), "{nth}: {first:?}");
        assert!(first.zip(said).is_none_or(|(first, said)| first.starts_with(said)), "{nth}: {first:?}");
    }
}

/// The collection that Postman's own library wrote, and one with what else a collection may hold.
fn collection() {
    let stored = include_str!("../data/recorded/acme.postman_collection.json");
    let own = json!({
        "info": { "name": "linking", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}", "type": "string" }] },
        "variable": [{ "key": "token", "value": "of the collection" }, { "key": "provider", "value": "git hub" }],
        "item": [{ "name": "folder", "item": [
            { "name": "form", "request": { "method": "POST", "url": "http://{{domain}}/api/v2/users/1/identities",
              "body": { "mode": "urlencoded", "urlencoded": [
                  { "key": "provider", "value": "{{provider}}" }, { "key": "user_id", "value": "2" },
                  { "key": "connection_id", "value": "3", "disabled": true }] } } },
            { "name": "raw", "request": { "method": "PATCH", "url": { "raw": "http://old.example/x", "protocol": "http", "host": ["{{domain}}"], "path": ["api", "v2", "users", "1"] },
              "auth": { "type": "noauth" },
              "header": [{ "key": "authorization", "value": "Bearer of-a-header" },
                         { "key": "Authorization", "value": "Bearer off", "disabled": true },
                         { "key": "Content-Type", "value": "application/json" }],
              "body": { "mode": "raw", "raw": "{\"app_metadata\": {\"by\": \"{{provider}}\"}}" } } },
        ] }],
    })
    .to_string();
    for text in [stored, &own] {
        let server = Server::start();
        let domain = format!("127.0.0.1:{}", server.port);
        let values = json!({ "name": "local", "values": [
            { "key": "domain", "value": domain, "enabled": true },
            { "key": "token", "value": "of-the-environment", "enabled": true }] })
        .to_string();
        let folder =
            project::folder(&[("a.postman_collection.json", text), ("local.postman_environment.json", &values)]);
        let mut newman = Tool::Node.command();
        newman.arg(Tool::Newman.path()).current_dir(folder.path()).env("no_proxy", "*").env("HOME", folder.path());
        newman.args([
            "run",
            "a.postman_collection.json",
            "--environment",
            "local.postman_environment.json",
            "--color",
            "off",
        ]);
        run(&mut newman, &[0]);
        let environment: Variables = postman::environments(&values).remove(0);
        let read = postman::parse(text, &environment).unwrap();
        let arrived = server.arrived();
        assert_eq!(read.len(), arrived.len(), "{arrived:?}");
        for (read, arrived) in read.iter().zip(&arrived) {
            assert_eq!(read.method, arrived.method);
            let decoded = |text: &str| text.replace("%7C", "|").replace("%7B", "{").replace("%7D", "}");
            assert_eq!(decoded(&read.url), format!("http://{domain}{}", decoded(&arrived.path)));
            let bearer = read.bearer.as_ref().map(|bearer| format!("Bearer {bearer}"));
            assert_eq!(bearer, arrived.authorization);
            assert_eq!(read.body.fields(), fields(&arrived.body), "{}", arrived.body);
        }
    }
}

/// The fields of a body as a server reads them.
fn fields(body: &str) -> Option<Vec<(String, Option<String>)>> {
    if let Ok(Value::Object(object)) = serde_json::from_str(body) {
        return Some(object.into_iter().map(|(name, value)| (name, value.as_str().map(str::to_owned))).collect());
    }
    let pairs = url::form_urlencoded::parse(body.as_bytes());
    Some(pairs.map(|(name, value)| (name.into_owned(), Some(value.into_owned()))).collect())
}
