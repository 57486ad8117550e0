//! What must not reach a report: secrets, and characters that a terminal would obey.
//!
//! Sources hold pasted tokens and client secrets, and reports end up in logs and artefacts that more people read than
//! the sources. Control and bidirectional characters are escaped for terminals only: the other formats escape by
//! construction, and their readers compare texts.

use std::borrow::Cow;
use std::ops::Range;

/// What stands for a token.
const TOKEN: &str = "eyJ…redacted";
/// What stands for another secret.
const SECRET: &str = "…redacted";
/// A quoted string shorter than this beside `client_secret` is a name or a placeholder.
const SECRET_LENGTH: usize = 16;
/// How far behind `client_secret` its value may begin, in bytes.
const SECRET_DISTANCE: usize = 120;

/// A part of a text that must not be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Secret {
    /// Where, in bytes.
    pub(crate) range: Range<usize>,
    /// What to show instead.
    pub(crate) instead: &'static str,
}

/// `text` without secrets.
pub fn redact(text: &str) -> Cow<'_, str> {
    let secrets = secrets(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        out.push_str(&text[done..secret.range.start]);
        out.push_str(secret.instead);
        done = secret.range.end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// `text` for one line of a terminal: without secrets, white space as spaces, dangerous characters escaped.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in redact(text).chars() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            c => push_escaped(&mut out, c),
        }
    }
    out
}

/// A piece of source text as shown on a terminal, with the way from its offsets to those of the original.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// The text to show. Tabs are kept: their width depends on where they stand.
    pub(crate) text: String,
    /// Each replaced part of the original, and what it became.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl Shown {
    /// Show the part `range` of `text`, of which `secrets` (sorted) must not be shown.
    pub(crate) fn new(text: &str, range: Range<usize>, secrets: &[Secret]) -> Self {
        let mut shown = Shown::default();
        let mut at = range.start;
        let first = secrets.partition_point(|secret| secret.range.end <= at);
        for secret in &secrets[first..] {
            if secret.range.start >= range.end {
                break;
            }
            shown.push_text(text, at..secret.range.start.max(at));
            at = secret.range.end.min(range.end);
            shown.push_edit(secret.range.start.max(range.start)..at, secret.instead);
        }
        shown.push_text(text, at..range.end);
        for (original, _) in &mut shown.edits {
            *original = original.start - range.start..original.end - range.start;
        }
        shown
    }

    /// Where the byte `offset` of the original part is shown. Inside a replaced part: where the replacement begins.
    pub(crate) fn offset(&self, offset: usize) -> usize {
        let next = self.edits.partition_point(|(original, _)| original.start < offset);
        match self.edits[..next].last() {
            None => offset,
            Some((original, shown)) if offset < original.end => shown.start,
            Some((original, shown)) => shown.end + (offset - original.end),
        }
    }

    fn push_text(&mut self, text: &str, range: Range<usize>) {
        for (at, c) in text[range.clone()].char_indices() {
            if c != '\t' && is_dangerous(c) {
                let at = range.start + at;
                let mut escaped = String::new();
                push_escaped(&mut escaped, c);
                self.push_edit(at..at + c.len_utf8(), &escaped);
            } else {
                self.text.push(c);
            }
        }
    }

    fn push_edit(&mut self, original: Range<usize>, instead: &str) {
        let start = self.text.len();
        self.text.push_str(instead);
        self.edits.push((original, start..self.text.len()));
    }
}

/// Every secret of `text`, sorted, none overlapping.
pub(crate) fn secrets(text: &str) -> Vec<Secret> {
    let mut found = tokens(text);
    found.extend(client_secrets(text));
    found.sort_by_key(|secret| (secret.range.start, std::cmp::Reverse(secret.range.end)));
    let mut end = 0;
    found.retain(|secret| {
        let keep = secret.range.start >= end;
        end = end.max(secret.range.end);
        keep
    });
    found
}

/// Signed or encrypted tokens: `eyJ…` (a JSON object in base64url), a dot, more base64url, perhaps more parts.
fn tokens(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|&&b| is_base64url(b)).count();
    let mut found = Vec::new();
    let mut done = 0;
    for start in memchr::memmem::find_iter(bytes, "eyJ") {
        if start < done || (start > 0 && is_base64url(bytes[start - 1])) {
            continue;
        }
        let mut end = start + run(start);
        // shorter parts are identifiers: `eyJson.parse`
        if end - start < 12 || bytes.get(end) != Some(&b'.') || run(end + 1) < 8 {
            continue;
        }
        while bytes.get(end) == Some(&b'.') && run(end + 1) > 0 {
            end += 1 + run(end + 1);
        }
        found.push(Secret { range: start..end, instead: TOKEN });
        done = end;
    }
    found
}

/// Long quoted strings that are the value of something named like `client_secret`.
fn client_secrets(text: &str) -> Vec<Secret> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in memchr::memchr2_iter(b's', b'S', bytes) {
        let is_key = bytes.get(at..at + 6).is_some_and(|word| word.eq_ignore_ascii_case(b"secret"))
            && ends_with_client(&bytes[..at]);
        if is_key && let Some(range) = value_after(bytes, at + 6) {
            found.push(Secret { range, instead: SECRET });
        }
    }
    found
}

fn ends_with_client(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"_").or_else(|| before.strip_suffix(b"-")).unwrap_or(before);
    before.len() >= 6 && before[before.len() - 6..].eq_ignore_ascii_case(b"client")
}

/// The inside of the quoted string that belongs to the key that ends at `from`.
fn value_after(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    let end = bytes.len().min(from + SECRET_DISTANCE);
    let mut at = from;
    // the quote that closes the key, and the comma of a pair: `("client_secret", "…")`
    while at < end && matches!(bytes[at], b'"' | b'\'' | b'`' | b']' | b')' | b' ') {
        at += 1;
    }
    if bytes.get(at) == Some(&b',') {
        at += 1;
    }
    while at < end && !matches!(bytes[at], b',' | b';' | b'{' | b'}') {
        let quote = bytes[at];
        at += 1;
        if !matches!(quote, b'"' | b'\'' | b'`') {
            continue;
        }
        let length = bytes[at..].iter().take_while(|&&b| is_base64url(b) || matches!(b, b'+' | b'/' | b'=')).count();
        if bytes.get(at + length) == Some(&quote) && length >= SECRET_LENGTH {
            return Some(at..at + length);
        }
        at += length + 1;
    }
    None
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn push_escaped(out: &mut String, c: char) {
    if is_dangerous(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
}

/// Whether a terminal obeys `c` instead of showing it: control, bidirectional, invisible.
pub(super) fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N";

    #[test]
    fn tokens_are_redacted_and_names_are_not() {
        assert_eq!(redact(&format!("a = '{JWT}';")), "a = 'eyJ…redacted';");
        assert_eq!(redact(&format!("{JWT} {JWT}")), "eyJ…redacted eyJ…redacted");
        let unsigned = "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxMjM0In0.";
        assert_eq!(redact(unsigned), "eyJ…redacted.");
        for name in ["eyJson.parse(x)", "keyJoin.something", "eyJ", "eyJhbGciOiJub25lIn0"] {
            assert_eq!(redact(name), name);
        }
    }

    #[test]
    fn client_secrets_are_redacted() {
        for (source, shown) in [
            ("client_secret: 'AbCdEf0123456789_-x'", "client_secret: '…redacted'"),
            ("\"clientSecret\": \"AbCdEf0123456789\"", "\"clientSecret\": \"…redacted\""),
            ("(\"client_secret\", \"AbCdEf0123456789\")", "(\"client_secret\", \"…redacted\")"),
            (
                "CLIENT_SECRET =\n  process.env.X || `AbCdEf0123456789`",
                "CLIENT_SECRET =\n  process.env.X || `…redacted`",
            ),
        ] {
            assert_eq!(redact(source), shown);
        }
        for source in [
            "client_secret: secret, client_id: 'AbCdEf0123456789'",
            "client_secret: 'short'",
            "clientSecret; 'AbCdEf0123456789'",
            "secret: 'AbCdEf0123456789'",
        ] {
            assert_eq!(redact(source), source);
        }
    }

    #[test]
    fn terminals_get_nothing_to_obey() {
        assert_eq!(clean("a\u{1b}[31mb\tc\nd\u{202e}e"), "a\\u{1b}[31mb c d\\u{202e}e");
        assert_eq!(clean("Grüße 日本 👩\u{200d}💻"), "Grüße 日本 👩\u{200d}💻");
    }

    #[test]
    fn offsets_follow_the_replacements() {
        let text = format!("x\u{1b}é '{JWT}' tail");
        let shown = Shown::new(&text, 1..text.len(), &secrets(&text));
        assert_eq!(shown.text, "\\u{1b}é 'eyJ…redacted' tail");
        for needle in ["é", "' tail", "tail"] {
            let original = text.find(needle).unwrap() - 1;
            assert_eq!(shown.offset(original), shown.text.find(needle).unwrap(), "{needle}");
        }
        let inside = text.find(JWT).unwrap() + 10;
        assert_eq!(shown.offset(inside), shown.text.find("eyJ").unwrap());
    }
}
