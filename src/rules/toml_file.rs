//! From TOML to a table's struct, with mistakes that say where they are and what may have been meant.
//!
//! Used for rule files and for the configuration. Must not know what the tables mean.

use crate::text::nearest::did_you_mean;
use crate::text::{Mistake, Span};
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Read `text` as a `T`.
pub fn read<T: DeserializeOwned>(file: &str, text: &Arc<str>) -> Result<T, Mistake> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or_default();
        let is_toml = DeTable::parse(text).is_ok();
        let (message, label, help) = if is_toml {
            explain(error.message(), text.get(span.clone()).unwrap_or_default())
        } else {
            ("this is not TOML".to_owned(), error.message().to_owned(), String::new())
        };
        Mistake { file: file.to_owned(), text: text.clone(), span: visible(text, span), message, label, help }
    })
}

/// What is wrong, what was expected, and what may have been meant, from the deserializer's message and the text that
/// it is about.
fn explain(message: &str, at: &str) -> (String, String, String) {
    let mut names = message.split('`').skip(1).step_by(2);
    let named = names.next().unwrap_or_default();
    let known: Vec<&str> = names.collect();
    if message.starts_with("unknown field") {
        let label = if known.is_empty() { "no key is expected here".to_owned() } else { one_of(&known) };
        return (format!("unknown key `{named}`"), label, did_you_mean(named, "keys", &known));
    }
    if message.starts_with("unknown variant") {
        return (format!("unknown value `{named}`"), one_of(&known), did_you_mean(named, "values", &known));
    }
    if message.starts_with("missing field") {
        return (format!("the key `{named}` is missing"), "from this table".to_owned(), String::new());
    }
    if let Some(found) = message.strip_prefix("invalid type: ")
        && let Some((found, expected)) = found.split_once(", expected ")
    {
        let plain = |text: &str| {
            let text = text.replace("a sequence", "a list").replace("sequence", "list");
            text.replace("a map", "a table").replace("map", "table")
        };
        let is_table_header = at.starts_with('[') && !at.starts_with("[[") && expected == "a sequence";
        let help = if is_table_header && found == "map" {
            format!("There may be several of these tables: write `[{at}]`.")
        } else {
            String::new()
        };
        return (format!("this is of another type: {}", plain(found)), format!("expected {}", plain(expected)), help);
    }
    (message.to_owned(), "here".to_owned(), String::new())
}

/// ``expected `a`, `b` or `c` ``
pub(super) fn one_of(known: &[&str]) -> String {
    let quoted: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "nothing is expected here".to_owned(),
        Some((last, [])) => format!("expected {last}"),
        Some((last, others)) => format!("expected {} or {last}", others.join(", ")),
    }
}

/// A region of at least one character, where there is one, so that it can be shown.
fn visible(text: &str, span: Range<usize>) -> Span {
    if span.is_empty() {
        let start = text[..span.start].char_indices().next_back().map_or(span.start, |(at, _)| at);
        return Span::new(start, span.end);
    }
    Span::new(span.start, span.end)
}

/// The tables `[[key]]` of a file as written, each with the place of its header.
pub(super) fn tables<'a>(text: &'a str, key: &str) -> Vec<(Span, DeValue<'a>)> {
    let Ok(table) = DeTable::parse(text) else { return Vec::new() };
    let found = table.into_inner().into_iter().find(|(name, _)| name.get_ref() == key);
    let Some((_, value)) = found else { return Vec::new() };
    let span = |span: Range<usize>| Span::new(span.start, span.end);
    match value.get_ref() {
        DeValue::Array(items) => items.iter().map(|item| (span(item.span()), item.get_ref().clone())).collect(),
        DeValue::Table(_) => vec![(span(value.span()), value.get_ref().clone())],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::RuleFile;

    fn mistake(text: &str) -> (String, String) {
        let text: Arc<str> = text.into();
        let mistake = read::<RuleFile>("own.toml", &text).unwrap_err();
        let at = &text[mistake.span.range()];
        (format!("{mistake} {}", mistake.help), at.to_owned())
    }

    #[test]
    fn mistakes_are_told_with_what_may_have_been_meant() {
        let of = |text: &str, said: &str, at: &str| {
            let (message, place) = mistake(text);
            assert!(message.starts_with(said), "{message}");
            assert_eq!(place, at, "{message}");
        };
        of("[[tokens]]\nkind = 'id'\n", "own.toml:1: unknown key `tokens`: expected `source`, ", "tokens");
        assert!(mistake("[[tokens]]\n").0.ends_with("Did you mean token?"));
        of("\n[[token]]\nkin = 'id'\n", "own.toml:3: unknown key `kin`: expected `kind`, `at`", "kin");
        of("[[token]]\nat = []\nwhat = ''\n", "own.toml:1: the key `kind` is missing: from this table", "[[token]]");
        of(
            "[[token]]\nkind = 'idd'\n",
            "own.toml:2: unknown value `idd`: expected `id`, `access` or `other` Did you mean id?",
            "'idd'",
        );
        of("[[token]]\nat = 'x'\n", "own.toml:2: this is of another type: string \"x\": expected a list", "'x'");
        of(
            "[token]\nkind = 'id'\n",
            "own.toml:1: this is of another type: table: expected a list There may be several of these tables: \
             write `[[token]]`.",
            "[token]",
        );
        of("[[call]\n", "own.toml:1: this is not TOML: unclosed array table", "]");
    }
}
