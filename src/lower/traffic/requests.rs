//! Files with requests as they go over the wire, for editors that send them: `.http`, `.rest`.
//!
//! Requests are parted by `###`; `@name = value` sets a variable, `{{name}}` stands for it.

use super::{Body, Sent, Variables, bearer, filled, is_authorization};
use crate::text::Span;
use std::collections::BTreeMap;

/// Methods that a request line may begin with.
const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// The requests of a text that begins at `from` of its file, where an environment gives variables these values.
pub fn parse(text: &str, from: usize, environment: &Variables) -> Vec<Sent> {
    let mut variables: BTreeMap<&str, &str> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for line in text.lines() {
        if let Some((name, value)) = line.strip_prefix('@').and_then(|rest| rest.split_once('=')) {
            variables.insert(name.trim(), value.trim());
        }
    }
    let fill = |text: &str| filled(text, "{{", "}}", &|name| variables.get(name).copied());
    let mut sent = Vec::new();
    let mut open: Option<Open> = None;
    let mut part = Part::Before;
    let mut start = from;
    for line in text.split_inclusive('\n') {
        let (content, at) = (line.trim(), start + (line.len() - line.trim_start().len()));
        start += line.len();
        if content.starts_with("###") {
            sent.extend(open.take().map(|open| open.whole(&fill)));
            part = Part::Before;
            continue;
        }
        let is_remark = content.starts_with('#') || content.starts_with("//") || content.starts_with('@');
        match part {
            _ if is_remark && part != Part::Body => {}
            Part::Before => {
                if let Some((method, url)) = request_line(content) {
                    let span = Span::new(at, at + content.len());
                    let sent = Sent { method, url: url.to_owned(), ..Sent::at(span) };
                    open = Some(Open { sent, host: None, body: String::new() });
                    part = Part::Head;
                }
            }
            Part::Head if content.is_empty() => part = Part::Body,
            // what a client does with the answer
            Part::Body if content.starts_with("> ") || content.starts_with("<> ") => part = Part::After,
            Part::Body => {
                let Some(open) = &mut open else { continue };
                open.body.push_str(line);
            }
            Part::After => {}
            Part::Head => {
                let Some(Open { sent: request, host, .. }) = &mut open else { continue };
                if line.starts_with([' ', '\t']) && content.starts_with(['?', '&', '/']) {
                    request.url.push_str(content.rsplit_once(" HTTP/").map_or(content, |(url, _)| url));
                } else if let Some((name, value)) = content.split_once(':') {
                    if is_authorization(name) {
                        request.bearer = bearer(&fill(value));
                    } else if name.eq_ignore_ascii_case("host") {
                        *host = Some(value.trim().to_owned());
                    }
                }
            }
        }
    }
    sent.extend(open.take().map(|open| open.whole(&fill)));
    sent
}

/// Whether a text may hold such a request: it has a line that can begin one.
pub fn is_likely(text: &str) -> bool {
    text.lines().any(|line| {
        let method = line.trim().split(' ').next().unwrap_or_default();
        METHODS.contains(&method) && request_line(line.trim()).is_some()
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Head,
    Body,
    After,
}

/// A request of which more lines may follow.
struct Open {
    sent: Sent,
    host: Option<String>,
    body: String,
}

impl Open {
    /// It as a whole. A path alone is one of the host in the header.
    fn whole(self, fill: &dyn Fn(&str) -> String) -> Sent {
        let Open { mut sent, host, body } = self;
        if let Some(host) = host.filter(|_| sent.url.starts_with('/')) {
            sent.url = format!("https://{host}{}", sent.url);
        }
        sent.url = fill(&sent.url);
        // `< file` and `<@ file` put a file's text in
        let is_file = body.lines().any(|line| line.starts_with("< ") || line.starts_with("<@"));
        sent.body = if is_file { Body::Unread } else { Body::of_text(&fill(&body)) };
        sent
    }
}

/// `GET https://… HTTP/1.1`, or the URL alone.
fn request_line(line: &str) -> Option<(String, &str)> {
    let line = match line.rsplit_once(" HTTP/") {
        Some((line, version)) if version.len() <= 3 => line.trim_end(),
        _ => line,
    };
    let is_url = |url: &str| !url.is_empty() && (url.starts_with('/') || url.contains("://") || url.starts_with("{{"));
    match line.split_once(char::is_whitespace) {
        Some((method, url)) if METHODS.contains(&method) && is_url(url.trim()) => Some((method.to_owned(), url.trim())),
        None if line.contains("://") => Some(("GET".to_owned(), line)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        let text = "@host = a.example\n@token=abc\n\n# one\nGET https://{{host}}/users/1\n  ?fields=a\n  &b=c HTTP/1.1\n\
                    Authorization: Bearer {{token}}\n\n### two\nPATCH /users/2 HTTP/1.1\nHost: b.example\n\
                    authorization: bearer x{{y}}\nContent-Type: application/json\n\n{\"GET\": \"https://c.example\"}\n\n###\n\
                    https://d.example\n";
        let sent: Vec<(String, String, Option<String>)> =
            parse(text, 0, &Variables::new()).into_iter().map(|sent| (sent.method, sent.url, sent.bearer)).collect();
        let row = |method: &str, url: &str, bearer: Option<&str>| {
            (method.to_owned(), url.to_owned(), bearer.map(str::to_owned))
        };
        assert_eq!(sent.len(), 3, "{sent:?}");
        assert_eq!(sent[0], row("GET", "https://a.example/users/1?fields=a&b=c", Some("abc")));
        assert_eq!(sent[1], row("PATCH", "https://b.example/users/2", Some("x{{y}}")));
        assert_eq!(sent[2], row("GET", "https://d.example", None));
        let bodies: Vec<Body> = parse(text, 0, &Variables::new()).into_iter().map(|sent| sent.body).collect();
        let body = Body::Text("{\"GET\": \"https://c.example\"}".to_owned());
        assert_eq!(bodies, [Body::Nothing, body, Body::Nothing]);
        let at = parse(text, 0, &Variables::new())[1].span.range();
        assert_eq!(&text[at], "PATCH /users/2 HTTP/1.1");
        let of = |body: &str| {
            parse(&format!("@v = x\nPOST https://a.example\n\n{body}"), 0, &Variables::new()).remove(0).body
        };
        assert_eq!(of("a={{v}}\n\n> {% client.test(1) %}\n"), Body::Text("a=x".to_owned()));
        assert_eq!(of("< ./a.json\n"), Body::Unread);
        assert!(is_likely(text) && !is_likely("GET ready\nPOST: x") && !is_likely("https://a.example"));
    }
}
