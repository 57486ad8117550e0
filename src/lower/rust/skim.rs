//! The ends of Rust's tokens, for those who look at a text without parsing it.
//!
//! Every function takes the text's bytes and where a token begins, and says where it ends, at most at the text's end.

/// A name, number or lifetime without its quote; at least one byte.
pub(super) fn word(bytes: &[u8], at: usize) -> usize {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80;
    at + bytes[at..].iter().take_while(is_part).count().max(1)
}

/// A comment that ends with its line.
pub(super) fn line(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| **byte != b'\n').count()
}

/// A comment in asterisks: they nest.
pub(super) fn comment(bytes: &[u8], mut at: usize) -> usize {
    let mut open = 0_u32;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            open += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            open = open.saturating_sub(1);
            at += 2;
            if open == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// A string in double quotes.
pub(super) fn string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

/// `#"…"#` behind an `r`; `None` where it begins a raw name or nothing.
pub(super) fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let hashes = bytes[at..].iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(at + hashes) != Some(&b'"') {
        return None;
    }
    let mut at = at + hashes + 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        let tail = &bytes[at..];
        if *byte == b'"' && tail.len() >= hashes && tail[..hashes].iter().all(|byte| *byte == b'#') {
            return Some(at + hashes);
        }
    }
    Some(bytes.len())
}

/// A character literal or a lifetime.
pub(super) fn quote(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at + 1..];
    if rest.first() == Some(&b'\\') {
        // the escaped character may itself be a quote
        let close = rest.iter().skip(2).position(|byte| *byte == b'\'').map_or(rest.len(), |found| found + 3);
        return (at + 1 + close).min(bytes.len());
    }
    let width = rest.iter().skip(1).take_while(|byte| (0x80..0xC0).contains(*byte)).count() + 1;
    if rest.get(width) == Some(&b'\'') {
        return at + width + 2;
    }
    match bytes.get(at + 1) {
        Some(byte) if byte.is_ascii_alphabetic() || *byte == b'_' || *byte >= 0x80 => word(bytes, at + 1),
        _ => at + 1,
    }
}
