//! Every datum of the rule files, as written: what `rules list` shows.

use super::files::{RuleFiles, Source};
use super::path::{self, Root};
use super::toml_file;
use crate::text::LineIndex;
use std::collections::{BTreeMap, BTreeSet};
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
    "flow",
    "injector",
    "outlet",
    "event",
    "handed",
    "test",
    "part",
    "auto-import",
    "name",
    "subject",
    "runtime",
    "host",
    "endpoint",
    "login",
    "setting",
    "query",
    "answer",
    "party",
    "own",
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
    "itself",
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
    /// The libraries that it is about: packages, crates and global names, sorted; none where names alone tell.
    pub libraries: Vec<String>,
}

impl Datum<'_> {
    /// What it says, in a word or two: `ID token`, `call`, `store`.
    pub fn title(&self) -> &'static str {
        let kind = self.says.iter().find(|(key, _)| key == "kind").and_then(|(_, value)| value.as_str());
        match (self.kind, kind) {
            ("token", Some("id")) => "ID token",
            ("token", Some("access")) => "access token",
            ("token", Some("other")) => "other token",
            ("call", _) if self.says.iter().any(|(key, _)| key == "endpoint") => "endpoint",
            (kind, _) => kind,
        }
    }
}

/// What is known of one library.
#[derive(Clone, Debug, Default)]
pub struct Library<'a> {
    /// Its data, as places in the list.
    pub data: Vec<usize>,
    /// How many of each title there are.
    pub titles: BTreeMap<&'static str, usize>,
    /// Where they are known from.
    pub sources: BTreeSet<&'a str>,
}

/// The libraries of a list, by name.
pub fn libraries<'a>(list: &'a [Datum<'_>]) -> BTreeMap<&'a str, Library<'a>> {
    let mut all: BTreeMap<&str, Library<'_>> = BTreeMap::new();
    for (nth, datum) in list.iter().enumerate() {
        for name in &datum.libraries {
            let library = all.entry(name).or_default();
            library.data.push(nth);
            *library.titles.entry(datum.title()).or_default() += 1;
            library.sources.extend(datum.source.as_deref());
        }
    }
    all
}

impl RuleFiles {
    /// Every datum, by file and line.
    pub fn list(&self) -> Vec<Datum<'_>> {
        let mut all: Vec<Datum<'_>> = self.sources().iter().flat_map(of_file).collect();
        let types = types(&all);
        for datum in &mut all {
            let mut found = BTreeSet::new();
            for root in roots(datum) {
                match root {
                    Root::Import(name) | Root::Global(name) => _ = found.insert(name),
                    Root::Type(name) => found.extend(types.get(&name).into_iter().flatten().cloned()),
                    Root::Name(_) | Root::Param(_) | Root::Any => {}
                }
            }
            datum.libraries = found.into_iter().collect();
        }
        all
    }
}

/// Where the paths of a datum start.
fn roots(datum: &Datum<'_>) -> Vec<Root> {
    if ["name", "subject", "runtime", "host", "endpoint", "evidence", "component", "auto-import"].contains(&datum.kind)
    {
        return Vec::new();
    }
    datum.matches.iter().filter_map(|text| path::parse(text).ok()).flatten().map(|path| path.root).collect()
}

/// The libraries whose values are of each type.
fn types(list: &[Datum<'_>]) -> BTreeMap<String, BTreeSet<String>> {
    let mut types: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    loop {
        let before: usize = types.values().map(BTreeSet::len).sum();
        for datum in list {
            let name = |key: &str| datum.says.iter().find(|(known, _)| known == key).and_then(|(_, v)| v.as_str());
            let Some(described) = (match datum.kind {
                "type" => name("name"),
                "container" => name("type"),
                _ => None,
            }) else {
                continue;
            };
            for root in roots(datum) {
                let more = match root {
                    Root::Import(name) | Root::Global(name) => BTreeSet::from([name]),
                    Root::Type(name) => types.get(&name).cloned().unwrap_or_default(),
                    Root::Name(_) | Root::Param(_) | Root::Any => continue,
                };
                types.entry(described.to_owned()).or_default().extend(more);
            }
        }
        if before == types.values().map(BTreeSet::len).sum::<usize>() {
            return types;
        }
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
        libraries: Vec::new(),
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
    fn a_datum_is_about_the_libraries_that_its_types_come_from() {
        let files = RuleFiles::embedded().unwrap();
        let list = files.list();
        let libraries = libraries(&list);
        let auth0 = &libraries["auth0-js"];
        assert!(auth0.titles["ID token"] >= 2 && auth0.titles["endpoint"] >= 4, "{:?}", auth0.titles);
        assert!(auth0.sources.iter().any(|source| source.contains("auth0/auth0.js")));
        assert!(!libraries.contains_key("web-auth"), "a type is no library");
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
