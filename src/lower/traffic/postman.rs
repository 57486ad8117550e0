//! Collections of Postman, formats 2.0 and 2.1: requests in folders, which inherit how they are authorised.

use super::{Sent, bearer, filled, is_authorization};
use crate::lower::Refused;
use crate::lower::data::{self, Data, Format, Value};
use crate::text::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The requests of a collection.
pub fn parse(text: &str) -> Result<Vec<Sent>, Refused> {
    let documents = data::parse(Format::Json, text)?;
    let Some(whole) = documents.first().filter(|whole| whole.get("info").is_some() && whole.get("item").is_some())
    else {
        return Err(Refused { line: None, reason: "not a collection: it has no `info` and `item`".to_owned() });
    };
    let mut sent = Vec::new();
    Folder::default().add(whole, &mut sent);
    Ok(sent)
}

/// What the requests of a folder inherit.
#[derive(Clone, Default)]
struct Folder<'d> {
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
            let is_on = |header: &&Data<'_>| header.get("disabled").is_none_or(|off| off.value != Value::Bool(true));
            let headers = request.get("header").map_or(&[][..], Data::items).iter().filter(is_on);
            let header = headers.rev().find(|header| header.text_of("key").is_some_and(is_authorization))?;
            bearer(&self.fill(header.text_of("value")?))
        });
        Some(Sent { span, method: method.to_ascii_uppercase(), url: self.fill(&text), bearer })
    }

    fn fill(&self, text: &str) -> String {
        filled(text, "{{", "}}", &|name| self.variables.get(name).copied())
    }
}

/// The URL as a text: as it is written, or put together from its parts.
fn url_text<'d>(url: &'d Data<'_>) -> Option<(Cow<'d, str>, Span)> {
    if let Some(text) = url.text() {
        return Some((text.into(), url.span));
    }
    if let Some(raw) = url.get("raw")
        && let Some(text) = raw.text()
    {
        return Some((text.into(), raw.span));
    }
    let joined = |key: &str, between: &str| {
        let part = url.get(key)?;
        let parts: Vec<&str> = part.items().iter().filter_map(Data::text).collect();
        Some(part.text().map_or_else(|| parts.join(between), str::to_owned))
    };
    let host = joined("host", ".")?;
    let path = joined("path", "/").unwrap_or_default();
    let scheme = url.text_of("protocol").unwrap_or("https");
    Some((format!("{scheme}://{host}/{}", path.trim_start_matches('/')).into(), url.span))
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
            {"name": "bare", "request": "https://d.example"}]}"#;
        let sent: Vec<(String, String, Option<String>)> =
            parse(text).unwrap().into_iter().map(|sent| (sent.method, sent.url, sent.bearer)).collect();
        let row = |method: &str, url: &str, bearer: Option<&str>| {
            (method.to_owned(), url.to_owned(), bearer.map(str::to_owned))
        };
        assert_eq!(
            sent,
            [
                row("GET", "https://a.example/users/{{id}}", Some("abc")),
                row("GET", "https://b.example", None),
                row("PATCH", "https://c.example/users/1", Some("old")),
                row("GET", "https://d.example", Some("abc")),
            ]
        );
    }

    #[test]
    fn headers_count_where_nothing_else_authorises() {
        let text = r#"{"info": {}, "item": [{"request": {"method": "get", "url": "https://a.example", "header": [
            {"key": "Authorization", "value": "Bearer abc"}, {"key": "Authorization", "value": "Bearer x", "disabled": true}]}}]}"#;
        let sent = parse(text).unwrap();
        assert_eq!((&*sent[0].method, sent[0].bearer.as_deref()), ("GET", Some("abc")));
        assert_eq!(&text[sent[0].span.range()], "\"https://a.example\"");
    }

    #[test]
    fn what_is_no_collection_is_refused() {
        for text in ["", "{}", "{\"info\": {}}", "[1]", &("{\"info\":{},\"item\":[{\"item\":[".repeat(5_000))] {
            assert!(parse(text).is_err());
        }
    }
}
