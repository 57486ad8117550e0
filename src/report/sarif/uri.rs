//! Paths as URI references.

use std::fmt::Write;

/// `path` (with `/`) as a URI reference: relative where the path is, with the `file` scheme where it is absolute.
///
/// Everything but unreserved characters and `/` is percent-encoded: also `:`, which would make a scheme of the first
/// segment, and the brackets of routes like `[id].js`.
pub(super) fn from_path(path: &str) -> String {
    let bytes = path.as_bytes();
    let drive = bytes.len() > 1 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    let mut out = String::with_capacity(path.len() + 8);
    if drive {
        out.push_str("file:///");
    } else if path.starts_with('/') {
        out.push_str("file://");
    } else if path.is_empty() {
        // an empty URI is refused by consumers
        out.push('.');
    }
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            b':' if drive && at == 1 => out.push(':'),
            // writing to a string cannot fail
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::from_path;

    #[test]
    fn paths_of_every_kind() {
        for (path, uri) in [
            ("src/a.js", "src/a.js"),
            ("a b/#1 100%.js", "a%20b/%231%20100%25.js"),
            ("odd:name/x?.js", "odd%3Aname/x%3F.js"),
            ("src/[id].é.js", "src/%5Bid%5D.%C3%A9.js"),
            ("../up/a.js", "../up/a.js"),
            ("/abs/a b.js", "file:///abs/a%20b.js"),
            ("C:/x y.js", "file:///C:/x%20y.js"),
            ("", "."),
        ] {
            assert_eq!(from_path(path), uri);
        }
    }
}
