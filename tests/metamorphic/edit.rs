//! Edits of texts, and rewrites that need no more than lines.

use super::Sources;
use std::ops::Range;

/// Replacements in a text; of those that overlap, the first counts.
#[derive(Default)]
pub(super) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Replace the bytes at `range`.
    pub(super) fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.0.push((range, with.into()));
    }

    /// Put something at a place.
    pub(super) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(at..at, text);
    }

    /// The text with all of them; `None` where there are none.
    pub(super) fn apply(mut self, text: &str) -> Option<String> {
        self.0.sort_by_key(|(range, _)| (range.start, range.end));
        let mut result = String::with_capacity(text.len() * 2);
        let mut at = 0;
        let mut any = false;
        for (range, with) in &self.0 {
            if range.start < at {
                continue;
            }
            result.push_str(&text[at..range.start]);
            result.push_str(with);
            at = range.end;
            any = true;
        }
        result.push_str(&text[at..]);
        any.then_some(result)
    }
}

/// Rewrite each file with one of these endings by itself.
pub(super) fn each(
    sources: &Sources,
    endings: &[&str],
    rewrite: impl Fn(&str, &str) -> Option<String>,
) -> Option<Sources> {
    let mut any = false;
    let new = sources
        .iter()
        .map(|(path, text)| {
            let ending = path.rsplit('.').next().unwrap_or_default();
            let rewritten = if endings.contains(&ending) { rewrite(path, text) } else { None };
            any |= rewritten.is_some();
            (path.clone(), rewritten.unwrap_or_else(|| text.clone()))
        })
        .collect();
    any.then_some(new)
}

const CODE: &[&str] = &["js", "jsx", "mjs", "cjs", "ts", "tsx", "rs"];

/// A comment and blank lines before everything, and at the end.
pub(super) fn comments(sources: &Sources) -> Option<Sources> {
    each(sources, CODE, |_, text| {
        let told = text.starts_with("#!");
        (!told).then(|| format!("// some file\n\n\n{text}\n\n/* the end */\n"))
    })
}

/// Windows' line ends.
pub(super) fn crlf(sources: &Sources) -> Option<Sources> {
    each(sources, CODE, |_, text| (!text.contains('\r')).then(|| text.replace('\n', "\r\n")))
}
