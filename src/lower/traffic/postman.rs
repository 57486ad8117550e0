//! Collections of Postman, formats 2.0 and 2.1: requests in folders, which inherit how they are authorised.

use super::{Body, Sent, Variables, bearer, filled, is_authorization};
use crate::lower::Refused;
use crate::lower::data::{self, Data, Format, Value};
use crate::text::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The requests of a collection, where an environment gives its variables these values.
pub fn parse(text: &str, environment: &Variables) -> Result<Vec<Sent>, Refused> {
    let documents = data::parse(Format::Json, text)?;
    let Some(whole) = documents.first().filter(|whole| whole.get("info").is_some() && whole.get("item").is_some())
    else {
        return Err(Refused { line: None, reason: "not a collection: it has no `info` and `item`".to_owned() });
    };
    let mut sent = Vec::new();
    Folder { environment: Some(environment), ..Folder::default() }.add(whole, &mut sent);
    Ok(sent)
}

/// The environments in a file: one of Postman, or those that a file names, each with its variables.
pub fn environments(text: &str) -> Vec<Variables> {
    let documents = data::parse(Format::Json, text).unwrap_or_default();
    let Some(whole) = documents.first() else { return Vec::new() };
    let is_on = |entry: &&Data<'_>| entry.get("enabled").is_none_or(|on| on.value != Value::Bool(false));
    match whole.get("values").map(Data::items) {
        Some(entries) => {
            let pair = |entry: &Data<'_>| Some((entry.text_of("key")?.to_owned(), entry.text_of("value")?.to_owned()));
            vec![entries.iter().filter(is_on).filter_map(pair).collect()]
        }
        None => {
            let text = |(key, value): &(Cow<'_, str>, Data<'_>)| Some((key.to_string(), value.text()?.to_owned()));
            let all =
                whole.entries().iter().map(|(_, environment)| environment.entries().iter().filter_map(text).collect());
            all.filter(|variables: &Variables| !variables.is_empty()).collect()
        }
    }
}

/// What the requests of a folder inherit.
#[derive(Clone, Default)]
struct Folder<'d> {
    /// Counts more than what the collection says.
    environment: Option<&'d Variables>,
    variables: BTreeMap<&'d str, &'d str>,
    auth: Option<&'d Data<'d>>,
}

impl<'d> Folder<'d> {
    /// Add the requests of `folder`, or the one that it is. The text's nesting bounds that of folders.
    fn add(&self, folder: &'d Data<'d>, into: &mut Vec<Sent>) {
        let mut here = self.clone();
        for variable in folder.get("variable").map_or(&[][..], Data::items) {
            if let (Some(name), Some(value)) = (variable.text_of("key"), variable.text_of("value")) {
                here.variables.insert(name, value);
            }
        }
        // `null`: as around it
        here.auth = folder.get("auth").filter(|auth| !auth.entries().is_empty()).or(here.auth);
        for item in folder.get("item").map_or(&[][..], Data::items) {
            here.add(item, into);
        }
        if let Some(request) = folder.get("request") {
            into.extend(here.sent(request));
        }
    }

    fn sent(&self, request: &'d Data<'d>) -> Option<Sent> {
        // a request that is only a URL
        let (url, method) = match request.text() {
            Some(_) => (request, "GET"),
            None => (request.get("url")?, request.text_of("method").unwrap_or("GET")),
        };
        let (text, span) = url_text(url)?;
        let auth = request.get("auth").filter(|auth| !auth.entries().is_empty()).or(self.auth);
        let bearer = auth.and_then(token).map(|token| self.fill(token)).or_else(|| {
            let headers = request.get("header").map_or(&[][..], Data::items).iter().filter(|header| is_on(header));
            let header = headers.rev().find(|header| header.text_of("key").is_some_and(is_authorization))?;
            bearer(&self.fill(header.text_of("value")?))
        });
        Some(Sent {
            method: method.to_ascii_uppercase(),
            url: self.fill(&text),
            bearer,
            body: request.get("body").map_or(Body::Nothing, |body| self.body(body)),
            ..Sent::at(span)
        })
    }

    /// A body: of its forms, the one that counts.
    fn body(&self, body: &Data<'_>) -> Body {
        let Some(mode) = body.text_of("mode").filter(|_| is_on(body)) else { return Body::Nothing };
        let Some(content) = body.get(mode) else { return Body::Nothing };
        if let Some(text) = content.text() {
            return Body::of_text(&self.fill(text));
        }
        let fields = content.items().iter().filter(|field| is_on(field)).filter_map(|field| {
            Some((self.fill(field.text_of("key")?), field.text_of("value").map(|value| self.fill(value))))
        });
        let fields: Vec<_> = fields.collect();
        match content.value {
            Value::List(_) if fields.is_empty() => Body::Nothing,
            Value::List(_) => Body::Fields(fields),
            _ => Body::Unread,
        }
    }

    fn fill(&self, text: &str) -> String {
        filled(text, "{{", "}}", &|name| {
            let given = self.environment.and_then(|environment| environment.get(name));
            given.map(String::as_str).or_else(|| self.variables.get(name).copied())
        })
    }
}

/// Whether a part of a request is sent: nobody unticked it.
fn is_on(part: &Data<'_>) -> bool {
    part.get("disabled").is_none_or(|off| off.value != Value::Bool(true))
}

/// The URL as a text: put together from its parts, which alone count where there are any, or as it is written.
fn url_text<'d>(url: &'d Data<'_>) -> Option<(Cow<'d, str>, Span)> {
    if let Some(text) = url.text() {
        return Some((text.into(), url.span));
    }
    let raw = url.get("raw").filter(|raw| raw.text().is_some());
    let span = raw.map_or(url.span, |raw| raw.span);
    let joined = |key: &str, between: &str| {
        let part = url.get(key)?;
        let parts: Vec<&str> = part.items().iter().filter_map(Data::text).collect();
        Some(part.text().map_or_else(|| parts.join(between), str::to_owned))
    };
    let Some(host) = joined("host", ".").filter(|host| !host.is_empty()) else {
        return Some((raw?.text()?.into(), span));
    };
    let path = joined("path", "/").unwrap_or_default();
    let port = url.text_of("port").map(|port| format!(":{port}")).unwrap_or_default();
    let scheme = url.text_of("protocol").unwrap_or("https");
    Some((format!("{scheme}://{host}{port}/{}", path.trim_start_matches('/')).into(), span))
}

/// The token with which a request is authorised, if it is by a Bearer.
fn token<'d>(auth: &'d Data<'_>) -> Option<&'d str> {
    if auth.text_of("type") != Some("bearer") {
        return None;
    }
    let bearer = auth.get("bearer")?;
    let entry = bearer.items().iter().find(|entry| entry.text_of("key") == Some("token"));
    entry.and_then(|entry| entry.text_of("value")).or_else(|| bearer.text_of("token"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_inherited_and_variables_filled_in() {
        let text = r#"{
          "info": {"name": "x", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
          "variable": [{"key": "host", "value": "a.example"}, {"key": "token", "value": "abc"}],
          "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
          "item": [
            {"name": "folder", "item": [
              {"name": "inherits", "request": {"method": "GET", "url": {"raw": "https://{{host}}/users/{{id}}"}}},
              {"name": "none", "request": {"auth": {"type": "noauth"}, "method": "GET", "url": "https://b.example"}}]},
            {"name": "own", "request": {"method": "PATCH", "auth": {"type": "bearer", "bearer": {"token": "old"}},
              "url": {"protocol": "https", "host": ["c", "example"], "path": ["users", "1"]}}},
            {"name": "parts", "request": {"method": "GET", "url": {"raw": "https://old.example/x", "protocol": "http",
              "host": "{{host}}", "port": "81", "path": "users/2"}}},
            {"name": "bare", "request": "https://d.example"}]}"#;
        let sent: Vec<(String, String, Option<String>)> = parse(text, &Variables::new())
            .unwrap()
            .into_iter()
            .map(|sent| (sent.method, sent.url, sent.bearer))
            .collect();
        let row = |method: &str, url: &str, bearer: Option<&str>| {
            (method.to_owned(), url.to_owned(), bearer.map(str::to_owned))
        };
        assert_eq!(
            sent,
            [
                row("GET", "https://a.example/users/{{id}}", Some("abc")),
                row("GET", "https://b.example", None),
                row("PATCH", "https://c.example/users/1", Some("old")),
                row("GET", "http://a.example:81/users/2", Some("abc")),
                row("GET", "https://d.example", Some("abc")),
            ]
        );
    }

    #[test]
    fn headers_count_where_nothing_else_authorises() {
        let text = r#"{"info": {}, "item": [{"request": {"method": "get", "url": "https://a.example", "header": [
            {"key": "Authorization", "value": "Bearer abc"}, {"key": "Authorization", "value": "Bearer x", "disabled": true}]}}]}"#;
        let sent = parse(text, &Variables::new()).unwrap();
        assert_eq!((&*sent[0].method, sent[0].bearer.as_deref()), ("GET", Some("abc")));
        assert_eq!(&text[sent[0].span.range()], "\"https://a.example\"");
    }

    #[test]
    fn bodies_are_kept() {
        let of = |body: &str| {
            let text = format!(
                r#"{{"info": {{}}, "variable": [{{"key": "v", "value": "x"}}], "item": [{{"request":
                {{"method": "POST", "url": "https://a.example", "body": {body}}}}}]}}"#
            );
            parse(&text, &Variables::new()).unwrap().remove(0).body
        };
        let fields = Body::Fields(vec![("a".to_owned(), Some("x".to_owned()))]);
        assert_eq!(of(r#"{"mode": "raw", "raw": "{\"a\": \"{{v}}\"}"}"#), Body::Text("{\"a\": \"x\"}".to_owned()));
        let form = r#"[{"key": "a", "value": "{{v}}"}, {"key": "b", "value": "y", "disabled": true}]"#;
        assert_eq!(of(&format!(r#"{{"mode": "urlencoded", "urlencoded": {form}}}"#)), fields);
        assert_eq!(of(&format!(r#"{{"mode": "formdata", "formdata": {form}}}"#)), fields);
        assert_eq!(of(r#"{"mode": "file", "file": {"src": "a.json"}}"#), Body::Unread);
        for nothing in [
            r#"{"mode": "raw", "raw": ""}"#,
            r#"{"mode": "none"}"#,
            r#"{"mode": "raw", "raw": "a", "disabled": true}"#,
            "null",
        ] {
            assert_eq!(of(nothing), Body::Nothing, "{nothing}");
        }
    }

    #[test]
    fn environments_give_values() {
        let postman = r#"{"name": "dev", "values": [
            {"key": "token", "value": "abc", "enabled": true}, {"key": "host", "value": "x", "enabled": false}]}"#;
        let variables = environments(postman).remove(0);
        assert_eq!(variables, Variables::from([("token".to_owned(), "abc".to_owned())]));
        let several = r#"{"dev": {"token": "a"}, "prod": {"token": "b", "retries": 3}, "note": "x"}"#;
        let tokens: Vec<String> = environments(several).into_iter().map(|all| all["token"].clone()).collect();
        assert_eq!(tokens, ["a", "b"]);
        assert!(environments("[").is_empty() && environments("[1]").is_empty() && environments("").is_empty());
        let text = r#"{"info": {}, "variable": [{"key": "token", "value": "old"}], "item": [{"request":
            {"url": "https://a.example", "header": [{"key": "Authorization", "value": "Bearer {{token}}"}]}}]}"#;
        let sent = parse(text, &variables).unwrap();
        assert_eq!(sent[0].bearer.as_deref(), Some("abc"));
    }

    #[test]
    fn what_is_no_collection_is_refused() {
        for text in ["", "{}", "{\"info\": {}}", "[1]", &("{\"info\":{},\"item\":[{\"item\":[".repeat(5_000))] {
            assert!(parse(text, &Variables::new()).is_err());
        }
    }
}
