//! HTTP archives, as browsers and proxies write them: `log.entries[].request`.

use super::{Body, Sent, bearer, is_authorization};
use crate::lower::Refused;
use crate::lower::data::{self, Data, Format, Value};

/// The requests of an archive.
pub fn parse(text: &str) -> Result<Vec<Sent>, Refused> {
    let documents = data::parse(Format::Json, text)?;
    let refused = |reason: &str| Err(Refused { line: None, reason: format!("not an HTTP archive: {reason}") });
    let Some(log) = documents.first().and_then(|whole| whole.get("log")) else {
        return refused("it has no `log.entries`");
    };
    if !matches!(log.value, Value::Map(_)) {
        return refused("`log` is no object");
    }
    let Some(entries) = log.get("entries") else { return refused("it has no `log.entries`") };
    let Value::List(entries) = &entries.value else { return refused("`log.entries` is no list") };
    let requests: Vec<&Data<'_>> = entries
        .iter()
        .filter_map(|entry| entry.get("request"))
        .filter(|request| request.text_of("url").is_some())
        .collect();
    if requests.is_empty() && !entries.is_empty() {
        return refused("no entry has a `request` with its `url`");
    }
    Ok(requests.into_iter().filter_map(sent).collect())
}

fn sent(request: &Data<'_>) -> Option<Sent> {
    let url = request.get("url")?;
    let headers = request.get("headers").map_or(&[][..], Data::items);
    let authorization = headers.iter().find(|header| header.text_of("name").is_some_and(is_authorization));
    Some(Sent {
        method: request.text_of("method")?.to_ascii_uppercase(),
        url: url.text()?.to_owned(),
        bearer: authorization.and_then(|header| bearer(header.text_of("value")?)),
        body: request.get("postData").map_or(Body::Nothing, body),
        ..Sent::at(url.span)
    })
}

/// What was posted: as a text, or as the fields of a form.
fn body(posted: &Data<'_>) -> Body {
    let is_encoded = posted.text_of("encoding").is_some();
    let text = posted.text_of("text").filter(|text| !text.trim().is_empty() && !is_encoded);
    let fields = posted.get("params").map_or(&[][..], Data::items).iter();
    let field = |field: &Data<'_>| Some((field.text_of("name")?.to_owned(), field.text_of("value").map(str::to_owned)));
    match (text, fields.filter_map(field).collect::<Vec<_>>()) {
        (Some(text), _) => Body::of_text(text),
        (None, fields) if !fields.is_empty() => Body::Fields(fields),
        // it lies in a file of its own, or was left out
        (None, _) => Body::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read_with_their_places() {
        let text = r#"{"log": {"version": "1.2", "entries": [
            {"request": {"method": "patch", "url": "https://a.example/x", "headers": [
                {"name": "Accept", "value": "*/*"}, {"name": "authorization", "value": "Bearer abc"}]}},
            {"request": {"url": "https://b.example"}}, {}, 1]}}"#;
        let sent = parse(text).unwrap();
        assert_eq!(sent.len(), 1);
        assert_eq!(
            (&*sent[0].method, &*sent[0].url, sent[0].bearer.as_deref()),
            ("PATCH", "https://a.example/x", Some("abc"))
        );
        assert_eq!(&text[sent[0].span.range()], "\"https://a.example/x\"");
    }

    #[test]
    fn bodies_are_kept() {
        let of = |posted: &str| {
            let text = format!(
                r#"{{"log": {{"entries": [{{"request": {{"method": "POST", "url": "https://a.example"{posted}}}}}]}}}}"#
            );
            parse(&text).unwrap().remove(0).body
        };
        assert_eq!(of(""), Body::Nothing);
        assert_eq!(of(r#", "postData": {"text": "{\"a\": 1}"}"#), Body::Text("{\"a\": 1}".to_owned()));
        let fields = Body::Fields(vec![("a".to_owned(), Some("x".to_owned()))]);
        assert_eq!(of(r#", "postData": {"text": "", "params": [{"name": "a", "value": "x"}, 1]}"#), fields);
        assert_eq!(of(r#", "postData": {"mimeType": "application/json", "_file": "a.json"}"#), Body::Unread);
        assert_eq!(of(r#", "postData": {"text": "eyJh", "encoding": "base64"}"#), Body::Unread);
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        for text in [
            "",
            "[]",
            "{\"log\": {}}",
            "{\"log\": {\"entries\": [",
            "{\"log\": {\"entries\": {\"0\": 1}}}",
            "{\"log\": {\"entries\": null}}",
            "{\"log\": [{\"entries\": []}]}",
            "{\"log\": {\"entries\": [1, {}, {\"request\": {\"method\": \"GET\"}}]}}",
            "<html>",
            &"[".repeat(10_000),
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse("{\"log\": {\"entries\": []}}"), Ok(Vec::new()));
    }
}
