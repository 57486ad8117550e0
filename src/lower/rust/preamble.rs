//! What may stand before the first item and is not Rust: the `#!` line and cargo-script's frontmatter.
//!
//! Both are blanked out, so that every offset stays.

use std::borrow::Cow;

/// `text` with spaces for the preamble's characters; line breaks stay.
pub(super) fn blank(text: &str) -> Cow<'_, str> {
    let mut end = 0;
    if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        end = line_end(text, 0);
    }
    let body = &text[end..];
    let fence_at = end + (body.len() - body.trim_start().len());
    let dashes = text[fence_at..].bytes().take_while(|byte| *byte == b'-').count();
    let starts_line = fence_at == 0 || text.as_bytes()[fence_at - 1] == b'\n';
    if dashes >= 3 && starts_line {
        let fence = &text[fence_at..fence_at + dashes];
        let mut at = line_end(text, fence_at);
        while at < text.len() {
            let next = line_end(text, at + 1);
            let line = text[at..next].trim();
            at = next;
            if line == fence {
                end = at;
                break;
            }
        }
    }
    if end == 0 {
        return Cow::Borrowed(text);
    }
    let mut blanked = Vec::with_capacity(text.len());
    // One space per byte, not per character: offsets are bytes.
    blanked.extend(text.bytes().take(end).map(|byte| if byte == b'\n' { b'\n' } else { b' ' }));
    let mut blanked = String::from_utf8(blanked).unwrap_or_default();
    blanked.push_str(&text[end..]);
    Cow::Owned(blanked)
}

/// The offset of the line break that ends the line at `from`, or the text's end.
fn line_end(text: &str, from: usize) -> usize {
    let from = from.min(text.len());
    text.as_bytes()[from..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |at| from + at)
}
