//! Escapes in string and template literals.

use crate::ir::Name;
use std::str::Chars;

/// What the text between the quotes says. A broken escape keeps its character.
pub(super) fn unescape(text: &str) -> Name {
    if !text.contains('\\') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    // The first half of a character written as two `\u` escapes.
    let mut high: Option<u32> = None;
    while let Some(next) = rest.next() {
        let unit = if next == '\\' { escape(&mut rest) } else { Some(u32::from(next)) };
        let Some(unit) = unit else { continue };
        match (high.take(), unit) {
            (Some(first), 0xDC00..=0xDFFF) => push(&mut out, 0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00)),
            (first, _) => {
                if first.is_some() {
                    out.push(char::REPLACEMENT_CHARACTER);
                }
                if (0xD800..=0xDBFF).contains(&unit) {
                    high = Some(unit);
                } else {
                    push(&mut out, unit);
                }
            }
        }
    }
    if high.is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
    out.into()
}

fn push(out: &mut String, unit: u32) {
    out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// The code unit after a backslash; `None` for a line continuation.
fn escape(rest: &mut Chars<'_>) -> Option<u32> {
    let unit = match rest.next()? {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\n' | '\u{2028}' | '\u{2029}' => return None,
        '\r' => {
            if rest.as_str().starts_with('\n') {
                rest.next();
            }
            return None;
        }
        'x' => return Some(hex(rest, 2).unwrap_or(u32::from('x'))),
        'u' => return Some(unicode(rest).unwrap_or(u32::from('u'))),
        digit @ '0'..='7' => return Some(octal(rest, u32::from(digit) - u32::from('0'))),
        other => other,
    };
    Some(u32::from(unit))
}

fn hex(rest: &mut Chars<'_>, count: usize) -> Option<u32> {
    let digits = rest.as_str().get(..count).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    *rest = rest.as_str().get(count..)?.chars();
    Some(value)
}

fn unicode(rest: &mut Chars<'_>) -> Option<u32> {
    let Some(inner) = rest.as_str().strip_prefix('{') else { return hex(rest, 4) };
    let (digits, after) = inner.split_once('}')?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    *rest = after.chars();
    Some(value)
}

/// Up to three octal digits, at most `\377`; `\0` is the usual one.
fn octal(rest: &mut Chars<'_>, first: u32) -> u32 {
    let mut value = first;
    for _ in 0..2 {
        let Some(digit) = rest.as_str().chars().next().and_then(|next| next.to_digit(8)) else { break };
        if value * 8 + digit > 0o377 {
            break;
        }
        value = value * 8 + digit;
        rest.next();
    }
    value
}
