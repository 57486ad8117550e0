//! JSON that is safe to print: what a terminal would obey stands there as `\u…`, which is the same text to a reader.

use super::redact::is_dangerous;
use serde::Serialize;
use std::io;

/// Write `value` over several lines, and a line end.
///
/// # Errors
/// Those of the writer, and of values that JSON cannot hold.
pub fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    // outside of strings there is nothing of the kind but line ends
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c| c != '\n' && is_dangerous(c)) {
        let (before, after) = rest.split_at(at);
        out.write_all(before.as_bytes())?;
        let mut chars = after.chars();
        for unit in chars.next().map(|c| c.encode_utf16(&mut [0; 2]).to_vec()).unwrap_or_default() {
            write!(out, "\\u{unit:04x}")?;
        }
        rest = chars.as_str();
    }
    out.write_all(rest.as_bytes())?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_terminal_obeys_none_of_it_and_a_reader_gets_it_all() {
        let text = "a\u{202e}b\u{7f}\u{e0001}é\n\u{1b}[2J";
        let mut out = Vec::new();
        super::write(&[text], &mut out).unwrap_or_default();
        let out = String::from_utf8_lossy(&out);
        assert!(!out.chars().any(|c| c != '\n' && super::is_dangerous(c)), "{out}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&out).unwrap_or_default(), [text]);
    }
}
