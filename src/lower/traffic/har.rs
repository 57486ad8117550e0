//! HTTP archives, as browsers and proxies write them: `log.entries[].request`.

use super::{Sent, bearer, is_authorization};
use crate::lower::Refused;
use crate::lower::data::{self, Data, Format};

/// The requests of an archive.
pub fn parse(text: &str) -> Result<Vec<Sent>, Refused> {
    let documents = data::parse(Format::Json, text)?;
    let entries = documents.first().and_then(|whole| whole.at(&["log", "entries"]));
    let Some(entries) = entries else {
        return Err(Refused { line: None, reason: "not an HTTP archive: it has no `log.entries`".to_owned() });
    };
    Ok(entries.items().iter().filter_map(|entry| sent(entry.get("request")?)).collect())
}

fn sent(request: &Data<'_>) -> Option<Sent> {
    let url = request.get("url")?;
    let headers = request.get("headers").map_or(&[][..], Data::items);
    let authorization = headers.iter().find(|header| header.text_of("name").is_some_and(is_authorization));
    Some(Sent {
        span: url.span,
        method: request.text_of("method")?.to_ascii_uppercase(),
        url: url.text()?.to_owned(),
        bearer: authorization.and_then(|header| bearer(header.text_of("value")?)),
    })
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
    fn what_is_no_archive_is_refused() {
        for text in ["", "[]", "{\"log\": {}}", "{\"log\": {\"entries\": [", "<html>", &"[".repeat(10_000)] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
