//! Every datum of the rule files, as written: what `rules list` shows.

use super::files::{RuleFiles, Source};
use super::toml_file;
use crate::text::LineIndex;
use toml::{Table, Value};

/// The keys of a rule file that hold data.
const KINDS: &[&str] = &[
    "type",
    "token",
    "call",
    "pass",
    "store",
    "ambient",
    "cell",
    "setter",
    "context",
    "component",
    "refs",
    "mapper",
    "container",
    "reducer",
    "reduced",
    "action",
    "case",
    "injector",
    "event",
    "handed",
    "test",
    "part",
    "auto-import",
    "name",
    "subject",
    "host",
    "endpoint",
    "login",
    "misspelt",
    "member",
    "evidence",
];
/// The keys of tables that say what is matched.
const MATCHED: &[&str] = &[
    "at",
    "on",
    "is",
    "object",
    "read",
    "write",
    "class",
    "words",
    "within",
    "url",
    "id",
    "scope",
    "path",
    "suffix",
    "prefix",
    "base-words",
    "own-words",
    "method",
    "sections",
    "made",
    "folders",
    "package",
    "under",
    "listen",
    "project",
    "file",
    "member",
];
/// Kinds whose keys of those names are meant otherwise: settings, not what is matched.
const SETTINGS: &[(&str, &[&str])] = &[
    ("call", &["method", "path", "url"]),
    ("pass", &["url"]),
    ("login", &["scope"]),
    ("endpoint", &["scope"]),
    ("cell", &["read"]),
    ("ambient", &["path", "method"]),
    ("component", &["made"]),
    ("store", &["made"]),
    ("refs", &["read"]),
    ("reduced", &["read"]),
    ("container", &["folders"]),
];

/// One table of a rule file.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum<'a> {
    /// `token`, `call`, …
    pub kind: &'static str,
    /// The paths, words or names that it is about.
    pub matches: Vec<String>,
    /// What it says about them: its other keys, sorted.
    pub says: Vec<(String, Value)>,
    /// Where it is known from.
    pub source: Option<String>,
    /// Whether that is said of the whole file.
    pub of_file: bool,
    /// How many examples it has.
    pub examples: usize,
    /// The rule file.
    pub file: &'a str,
    /// Whether that is a team's own.
    pub own: bool,
    /// 1-based line of the table's header.
    pub line: u32,
}

impl RuleFiles {
    /// Every datum, by file and line.
    pub fn list(&self) -> Vec<Datum<'_>> {
        self.sources().iter().flat_map(of_file).collect()
    }
}

fn of_file(source: &Source) -> Vec<Datum<'_>> {
    // the file was read before: what cannot be read now cannot happen
    let Ok(file) = source.text.parse::<Table>() else { return Vec::new() };
    let lines = LineIndex::new(&source.text);
    let whole = file.get("source").and_then(Value::as_str);
    let mut all = Vec::new();
    for kind in KINDS {
        let tables: Vec<&Table> = match file.get(*kind) {
            Some(Value::Array(tables)) => tables.iter().filter_map(Value::as_table).collect(),
            Some(Value::Table(table)) => vec![table],
            _ => continue,
        };
        let headers = toml_file::tables(&source.text, kind);
        for (table, (span, _)) in tables.into_iter().zip(headers) {
            let line = lines.position(&source.text, span.start).line;
            all.push(Datum { line, ..datum(kind, table, whole, source) });
        }
    }
    all.sort_by_key(|datum| datum.line);
    all
}

fn datum<'a>(kind: &'static str, table: &Table, whole: Option<&str>, source: &'a Source) -> Datum<'a> {
    let settings = SETTINGS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, keys)| keys);
    let (mut matches, mut says, mut examples) = (Vec::new(), Vec::new(), 0);
    for (key, value) in table {
        match key.as_str() {
            "source" | "lang" => {}
            "yes" | "no" => examples += value.as_array().map_or(0, Vec::len),
            key if MATCHED.contains(&key) && !settings.contains(&key) => match value {
                Value::Array(items) => matches.extend(items.iter().filter_map(Value::as_str).map(str::to_owned)),
                Value::String(text) => matches.push(text.clone()),
                _ => {}
            },
            key => says.push((key.to_owned(), value.clone())),
        }
    }
    let known = table.get("source").and_then(Value::as_str);
    Datum {
        kind,
        matches,
        says,
        source: known.or(whole).map(str::to_owned),
        of_file: known.is_none(),
        examples,
        file: &source.name,
        own: source.own,
        line: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_datum_of_the_build_is_listed_with_its_line_and_source() {
        let files = RuleFiles::embedded().unwrap();
        let list = files.list();
        let headers: usize = files
            .sources()
            .iter()
            .map(|source| {
                source
                    .text
                    .lines()
                    .filter(|line| line.starts_with("[[") || ["[component]", "[auto-import]"].contains(line))
                    .count()
            })
            .sum();
        assert_eq!(list.len(), headers, "a kind of table is not listed");
        for datum in &list {
            assert!(datum.source.is_some(), "{}:{} says nothing of its source", datum.file, datum.line);
            assert!(!datum.matches.is_empty(), "{}:{} matches nothing", datum.file, datum.line);
            let text = &files.sources().iter().find(|source| source.name == datum.file).unwrap().text;
            let header = text.lines().nth(datum.line as usize - 1).unwrap();
            assert!(header.trim_matches(['[', ']']) == datum.kind, "{}:{}: {header}", datum.file, datum.line);
        }
    }

    #[test]
    fn a_datum_shows_what_it_matches_and_says() {
        let mut files = RuleFiles::default();
        let own = "source = 'acme'\n\n[[call]]\non = ['import x .get()']\nurl = ['arg(0)']\nmethod = [\"'GET'\"]\nyes = ['x']\n";
        files.add("own.toml", own.into()).unwrap();
        let list = files.list();
        assert_eq!(list[0].matches, ["import x .get()"]);
        let says: Vec<&str> = list[0].says.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!((says.as_slice(), list[0].line, list[0].examples), (&["method", "url"][..], 3, 1));
        assert_eq!((list[0].source.as_deref(), list[0].own), (Some("acme"), true));
    }
}
