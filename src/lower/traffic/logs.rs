//! Exports of a tenant's log: an array, or one entry a line, perhaps each wrapped by what transported it.

use crate::lower::Refused;
use crate::lower::data::{self, Data, Format};
use crate::text::Span;
use serde::de::IgnoredAny;

/// Entries that are read of one file.
const ENTRIES: usize = 1_000_000;
/// How deep an entry may be wrapped.
const WRAPPED: usize = 4;

/// An entry that says that something deprecated was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it stands.
    pub span: Span,
    /// The request's method, in capitals.
    pub method: String,
    /// The request's path.
    pub path: String,
    /// The client's id.
    pub client: Option<String>,
    /// The client's name.
    pub client_name: Option<String>,
    /// What it says about what is deprecated: names and descriptions.
    pub feature: String,
    /// When, as it is written.
    pub date: Option<String>,
}

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// The entries of the wanted type that name a request.
    pub entries: Vec<Entry>,
    /// The first line that could not be read.
    pub broken: Option<usize>,
}

/// The entries of the type `kind`.
pub fn parse(text: &str, kind: &str) -> Result<Log, Refused> {
    let mut log = Log::default();
    if let Ok(documents) = data::parse(Format::Json, text) {
        documents.iter().for_each(|data| add(data, kind, 0, WRAPPED, &mut log.entries));
        return Ok(log);
    }
    if text.trim_start().starts_with('[') {
        // not lines either: say why it is no array
        data::parse(Format::Json, text)?;
    }
    let mut from = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        // most lines are about something else
        if memchr::memmem::find(line.as_bytes(), kind.as_bytes()).is_some() {
            match data::parse(Format::Json, line) {
                Ok(documents) => documents.iter().for_each(|data| add(data, kind, from, WRAPPED, &mut log.entries)),
                Err(_) => log.broken = log.broken.or(Some(number)),
            }
        }
        from += line.len();
    }
    if !log.entries.is_empty() {
        // what a broken line was about is not known
        let is_broken = |line: &str| !line.trim().is_empty() && serde_json::from_str::<IgnoredAny>(line).is_err();
        let broken = (1..).zip(text.lines()).find(|(_, line)| is_broken(line));
        log.broken = log.broken.into_iter().chain(broken.map(|(number, _)| number)).min();
    }
    Ok(log)
}

/// Add the entry that `data` is or wraps. Its text begins at `from` of the file.
fn add(data: &Data<'_>, kind: &str, from: usize, wrapped: usize, into: &mut Vec<Entry>) {
    if data.text_of("type") == Some(kind) {
        if into.len() < ENTRIES {
            into.extend(entry(data, from));
        }
        return;
    }
    if wrapped > 0 {
        data.items().iter().for_each(|item| add(item, kind, from, wrapped - 1, into));
        data.entries().iter().for_each(|(_, value)| {
            if !value.entries().is_empty() || !value.items().is_empty() {
                add(value, kind, from, wrapped - 1, into);
            }
        });
    }
}

fn entry(data: &Data<'_>, from: usize) -> Option<Entry> {
    let details = data.get("details")?;
    let own = |key: &str| data.text_of(key).map(str::to_owned);
    let feature = details.get("feature");
    let said = ["id", "name", "description"].iter().filter_map(|key| feature?.text_of(key));
    let said: Vec<&str> = said.chain(data.text_of("description")).collect();
    Some(Entry {
        span: Span::new(from + data.span.start as usize, from + data.span.end as usize),
        method: details.text_of("method")?.to_ascii_uppercase(),
        path: details.text_of("path")?.to_owned(),
        client: own("client_id"),
        client_name: own("client_name"),
        feature: said.join("; "),
        date: own("date"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"type": "depnote", "date": "2026-01-02T03:04:05.000Z", "client_id": "c", "details": {"method": "get", "path": "/api/v2/users/1", "feature": {"id": "f", "name": "n"}}}"#;

    #[test]
    fn arrays_lines_and_wrapped_entries_are_read() {
        let lines = format!("{ONE}\n{{\"type\": \"s\"}}\n{{\"log_id\": \"1\", \"data\": {ONE}}}\n{{\"depnote\n");
        let log = parse(&lines, "depnote").unwrap();
        assert_eq!((log.entries.len(), log.broken), (2, Some(4)));
        assert_eq!(&lines[log.entries[1].span.range()], ONE);
        assert_eq!((&*log.entries[0].method, &*log.entries[0].feature), ("GET", "f; n"));
        let array = format!("[{ONE}, {{\"type\": \"depnote\"}}, {ONE}]");
        assert_eq!(parse(&array, "depnote").unwrap().entries.len(), 2);
        let wrapped = format!("{{\"logs\": [{{\"data\": {ONE}}}]}}");
        assert_eq!(parse(&wrapped, "depnote").unwrap().entries.len(), 1);
    }

    #[test]
    fn a_broken_line_is_named_whatever_it_was_about() {
        let log = parse(&format!("{ONE}\n\n{{\"type\": \"s\nx\n{{\"depnote\n"), "depnote").unwrap();
        assert_eq!((log.entries.len(), log.broken), (1, Some(3)));
        let log = parse(&format!("{ONE}\n{{\"type\": \"s\"}}\n"), "depnote").unwrap();
        assert_eq!((log.entries.len(), log.broken), (1, None));
    }

    #[test]
    fn a_broken_array_is_refused() {
        assert!(parse(&format!("[{ONE},"), "depnote").is_err());
        assert_eq!(parse("not json at all", "depnote"), Ok(Log::default()));
    }
}
