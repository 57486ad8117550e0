//! Requests that were recorded or written down: by browsers, by clients with collections, in scripts and documentation.
//!
//! Owns how each form is written. Must not know an endpoint, nor what a token is; what clients of the command line are
//! called is told. Never panics: what is no such recording is refused with the reason.

mod body;
pub mod command;
pub mod har;
mod items;
pub mod logs;
pub mod markdown;
pub mod postman;
pub mod powershell;
pub mod requests;
pub mod shell;

pub use body::{Body, Field};

use crate::text::Span;
use std::collections::BTreeMap;

/// Values by the names of variables.
pub type Variables = BTreeMap<String, String>;

/// A request as it was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Where it stands: its URL, or the line that makes it.
    pub span: Span,
    /// `GET`, in capitals.
    pub method: String,
    /// The URL; there may be placeholders in it.
    pub url: String,
    /// What stands behind `Bearer`, if anything does.
    pub bearer: Option<String>,
    /// What it carried.
    pub body: Body,
    /// Files with more headers, as the recording names them.
    pub header_files: Vec<String>,
}

impl Sent {
    /// One of which only the place is known.
    fn at(span: Span) -> Sent {
        Sent { span, ..Sent::default() }
    }
}

/// The Bearer among header lines, if there is one.
pub fn bearer_of_lines(text: &str) -> Option<String> {
    let headers = text.lines().filter_map(|line| line.split_once(':'));
    headers.filter(|(name, _)| is_authorization(name)).find_map(|(_, value)| bearer(value))
}

/// What stands behind `Bearer` in a header's value.
fn bearer(value: &str) -> Option<String> {
    let (scheme, token) = value.trim().split_once(char::is_whitespace)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

/// Whether this is the name of the header that authorises a request.
fn is_authorization(name: &str) -> bool {
    name.trim().eq_ignore_ascii_case("authorization")
}

/// How often a variable's value is looked into for others.
const DEPTH: usize = 4;
/// Bytes of a text whose variables are filled in.
const LENGTH: usize = 64 * 1024;

/// `text` with what stands between `open` and `close` replaced by what `value` says of it, where it says anything.
fn filled<'v>(text: &str, open: &str, close: &str, value: &dyn Fn(&str) -> Option<&'v str>) -> String {
    let mut text = text.to_owned();
    for _ in 0..DEPTH {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut any = false;
        while let Some(at) = rest.find(open) {
            let inside = &rest[at + open.len()..];
            let Some(end) = inside.find(close) else { break };
            let (name, after) = (&inside[..end], &inside[end + close.len()..]);
            out.push_str(&rest[..at]);
            match value(name.trim()).filter(|value| out.len() + value.len() < LENGTH) {
                Some(value) => {
                    any = true;
                    out.push_str(value);
                }
                None => out.push_str(&rest[at..rest.len() - after.len()]),
            }
            rest = after;
        }
        out.push_str(rest);
        text = out;
        if !any {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bearers_are_found_in_headers() {
        assert_eq!(bearer("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(bearer("bearer  abc ").as_deref(), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }

    #[test]
    fn variables_are_filled_in_and_end() {
        let value = |name: &str| match name {
            "a" => Some("1{{b}}"),
            "b" => Some("2"),
            "round" => Some("{{round}}{{round}}"),
            _ => None,
        };
        assert_eq!(filled("x{{a}}y{{ b }}{{c}}{{", "{{", "}}", &value), "x12y2{{c}}{{");
        assert!(filled("{{round}}", "{{", "}}", &value).len() < 2 * LENGTH);
    }
}
