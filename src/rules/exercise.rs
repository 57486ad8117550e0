//! Which entries of the rule files answered while programs were analysed: for the test that none of them is idle.
//!
//! Owns the list of entries, each a path or a word of a table, and what tells that it was met. Of a path with several
//! names at one step, `.{get,put}()`, each must be met, though not with each name of the other steps. Nothing is recorded
//! unless the rules were compiled for it. Must not know what the entries mean.

use super::automaton::State;
use super::path::Path;
use super::place::Place;
use super::schema::{PathText, RuleFile};
use super::{Fact, Rules, toml_file};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// One entry of a table: a path, or one of the words that it lists.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The rule file.
    pub file: String,
    /// 1-based line: of a path, or of the table that lists a word.
    pub line: u32,
    /// `token`, `call`, … and, of a word, the key that lists it.
    pub kind: String,
    /// The path or word as it is written.
    pub text: String,
    /// Of a path with several names, those that are meant: of its root and of each step.
    names: Vec<String>,
}

/// Of an entry, what nothing has met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Idle {
    /// Where it stands.
    pub entry: Entry,
    /// Those of its names that were not met, where others were.
    pub names: Vec<String>,
}

/// What is recorded.
#[derive(Debug, Default)]
pub(super) struct Record {
    entries: Vec<Entry>,
    /// Paths: their entries, the state that they lead to, and the fact that hangs there, if it counts only where it
    /// answers.
    paths: Vec<(usize, State, Option<usize>)>,
    /// Words by the list that they are put into, in its order.
    listed: BTreeMap<&'static str, Vec<usize>>,
    /// Where words lie in memory, which is where they stay once all is compiled.
    words: FxHashMap<usize, usize>,
    /// Facts, likewise.
    facts: FxHashMap<usize, usize>,
    /// Entries that answered.
    met: Vec<AtomicBool>,
    /// Facts that answered.
    answered: Vec<AtomicBool>,
}

impl Clone for Record {
    /// A copy of the rules records nothing.
    fn clone(&self) -> Self {
        Record::default()
    }
}

/// Of the paths that one text stands for, and whether each was met: what is idle.
fn idle_of(paths: &[(&Entry, bool)]) -> Option<Idle> {
    let (first, _) = paths.first()?;
    let mut idle = Idle { entry: (*first).clone(), names: Vec::new() };
    if paths.iter().all(|(_, met)| !met) {
        return Some(idle);
    }
    for nth in 0..first.names.len() {
        let at = |(entry, _): &(&Entry, bool)| entry.names.get(nth).cloned();
        let met: BTreeSet<String> = paths.iter().filter(|(_, met)| *met).filter_map(at).collect();
        let all: BTreeSet<String> = paths.iter().filter_map(at).collect();
        idle.names.extend(all.difference(&met).cloned());
    }
    (!idle.names.is_empty()).then_some(idle)
}

fn address<T>(of: &T) -> usize {
    std::ptr::from_ref(of).addr()
}

impl Rules {
    /// Note that something of the rules answered: a fact, or one of the words of a table.
    pub(crate) fn answered<T>(&self, what: &T) {
        let Some(record) = &self.record else { return };
        let at = address(what);
        let fact = record.facts.get(&at).and_then(|nth| record.answered.get(*nth));
        let word = record.words.get(&at).and_then(|nth| record.met.get(*nth));
        for flag in fact.into_iter().chain(word) {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Whether one of `words`, which a table lists, is meant.
    pub(crate) fn any_of(&self, words: &[String], mut is_meant: impl FnMut(&String) -> bool) -> bool {
        if self.record.is_none() {
            return words.iter().any(is_meant);
        }
        let mut found = false;
        for word in words {
            if is_meant(word) {
                self.answered(word);
                found = true;
            }
        }
        found
    }

    /// What nothing has met so far, of rules that were compiled to be recorded: entries, or some of their names.
    pub fn idle_entries(&self) -> Vec<Idle> {
        let Some(record) = &self.record else { return Vec::new() };
        let is_set = |flag: Option<&AtomicBool>| flag.is_some_and(|flag| flag.load(Ordering::Relaxed));
        let mut met: Vec<bool> = record.met.iter().map(|flag| flag.load(Ordering::Relaxed)).collect();
        for (entry, state, fact) in &record.paths {
            let answers = fact.is_none_or(|fact| is_set(record.answered.get(fact)));
            met[*entry] |= answers && self.automaton.is_met(*state);
        }
        // the same text once more in a table is the same entry
        let mut texts: BTreeMap<_, Vec<(&Entry, bool)>> = BTreeMap::new();
        for (entry, met) in record.entries.iter().zip(&met) {
            let text = (&entry.file, entry.line, &entry.kind, &entry.text);
            texts.entry(text).or_default().push((entry, *met));
        }
        texts.into_values().filter_map(|paths| idle_of(&paths)).collect()
    }

    /// From now on, what is compiled is recorded.
    pub(super) fn start_record(&mut self) {
        self.record = Some(Box::default());
    }

    /// A path leads to a state, and the fact with this number hangs there.
    pub(super) fn record_path(
        &mut self,
        place: &Place<'_>,
        kind: &str,
        text: &PathText,
        path: &Path,
        to: (State, Option<usize>),
    ) {
        let Some(record) = &mut self.record else { return };
        let entry = Entry {
            file: place.name().to_owned(),
            line: place.line(text.span().start),
            kind: kind.to_owned(),
            text: text.get_ref().clone(),
            names: path.names(),
        };
        let known = record.entries.iter().rposition(|known| *known == entry);
        let nth = known.unwrap_or(record.entries.len());
        if known.is_none() {
            record.entries.push(entry);
        }
        record.paths.push((nth, to.0, to.1));
    }

    /// The words that the tables of a file list.
    pub(super) fn record_words(&mut self, place: &Place<'_>, file: &RuleFile) {
        let Some(record) = &mut self.record else { return };
        let mut list = |list: &'static str, nth: usize, words: &[String]| {
            let kind = list.split(' ').next().unwrap_or_default();
            let at = toml_file::tables(place.text(), kind).get(nth).map_or(0, |(span, _)| span.start as usize);
            for word in words {
                record.listed.entry(list).or_default().push(record.entries.len());
                record.entries.push(Entry {
                    file: place.name().to_owned(),
                    line: place.line(at),
                    kind: list.to_owned(),
                    text: word.clone(),
                    names: Vec::new(),
                });
            }
        };
        for (nth, table) in file.name.iter().enumerate() {
            list("name words", nth, &table.words);
            list("name except", nth, &table.except);
            list("name of", nth, &table.of);
        }
        for (nth, table) in file.subject.iter().enumerate() {
            list("subject path", nth, &table.path);
            list("subject within", nth, &table.within);
        }
        for (nth, table) in file.runtime.iter().enumerate() {
            list("runtime module", nth, &table.module);
            list("runtime global", nth, &table.global);
            list("runtime directive", nth, &table.directive);
            list("runtime within", nth, &table.within);
        }
        for (nth, table) in file.host.iter().enumerate() {
            list("host suffix", nth, &table.suffix);
            list("host words", nth, &table.words);
            list("host base-words", nth, &table.base_words);
            list("host own-words", nth, &table.own_words);
        }
        for (nth, table) in file.setter.iter().enumerate() {
            list("setter method", nth, std::slice::from_ref(&table.method));
        }
        for (nth, table) in file.ambient.iter().enumerate() {
            list("ambient path", nth, &table.path);
        }
        for (nth, table) in file.container.iter().enumerate() {
            list("container folders", nth, &table.folders);
        }
        list("component sections", 0, &file.component.sections);
        list("component computed", 0, &file.component.computed);
        list("component made", 0, &file.component.made);
        list("component itself", 0, &file.component.itself);
        list("component patch", 0, &file.component.patch);
        list("auto-import folders", 0, &file.auto_import.folders);
    }

    /// All is compiled: from now on, what is met is recorded.
    pub(super) fn seal_record(&mut self) {
        let Some(mut record) = self.record.take() else { return };
        let flags = |count: usize| (0..count).map(|_| AtomicBool::new(false)).collect();
        (record.met, record.answered) = (flags(record.entries.len()), flags(self.facts.len()));
        for (nth, fact) in self.facts.iter().enumerate() {
            let at = match fact {
                Fact::Token(token) => address(token),
                Fact::Call(call) => address(&**call),
                Fact::Pass(pass) => address(&**pass),
                _ => continue,
            };
            record.facts.insert(at, nth);
        }
        let strings = |words: &[String]| words.iter().map(address).collect::<Vec<_>>();
        let component = &self.component;
        let lists: [(&str, Vec<usize>); 22] = [
            ("name words", self.names.iter().flat_map(|table| strings(&table.words)).collect()),
            ("name except", self.names.iter().flat_map(|table| strings(&table.except)).collect()),
            ("name of", self.names.iter().flat_map(|table| strings(&table.of)).collect()),
            ("subject path", self.subjects.iter().flat_map(|table| strings(&table.path)).collect()),
            ("subject within", self.subjects.iter().flat_map(|table| strings(&table.within)).collect()),
            ("runtime module", self.runtimes.iter().flat_map(|table| strings(&table.module)).collect()),
            ("runtime global", self.runtimes.iter().flat_map(|table| strings(&table.global)).collect()),
            ("runtime directive", self.runtimes.iter().flat_map(|table| strings(&table.directive)).collect()),
            ("runtime within", self.runtimes.iter().flat_map(|table| strings(&table.within)).collect()),
            ("host suffix", strings(&self.hosts.suffix)),
            ("host words", strings(&self.hosts.words)),
            ("host base-words", strings(&self.hosts.base_words)),
            ("host own-words", strings(&self.hosts.own_words)),
            ("setter method", self.setters.iter().map(|setter| address(&setter.method)).collect()),
            ("ambient path", self.ambient.iter().flat_map(|fact| fact.paths.iter().map(address)).collect()),
            ("container folders", self.containers.iter().flat_map(|fact| strings(&fact.folders)).collect()),
            ("component sections", strings(&component.sections)),
            ("component computed", strings(&component.computed)),
            ("component made", strings(&component.made)),
            ("component itself", strings(&component.itself)),
            ("component patch", strings(&component.patch)),
            ("auto-import folders", strings(&self.auto_import.folders)),
        ];
        for (list, places) in lists {
            let entries = record.listed.get(list).map_or(&[][..], Vec::as_slice);
            record.words.extend(places.into_iter().zip(entries.iter().copied()));
        }
        self.automaton.watch();
        self.record = Some(record);
    }
}

impl Fact {
    /// The table that it comes from.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Fact::Token(_) => "token",
            Fact::Call(_) => "call",
            Fact::Pass(_) => "pass",
            Fact::Store(_) | Fact::Read(_) | Fact::Write(_) => "store",
            Fact::Cell(_) => "cell",
            Fact::Context(_) => "context",
            Fact::Refs(_) => "refs",
            Fact::Mapper(_) => "mapper",
            Fact::Container(_) => "container",
            Fact::Reducer(_) => "reducer",
            Fact::Reduced(_) | Fact::StateOf(_) => "reduced",
            Fact::Action(_) => "action",
            Fact::Case(_) => "case",
            Fact::Flow(_) => "flow",
            Fact::Injector(_) => "injector",
            Fact::Outlet(_) => "outlet",
            Fact::Login(_) | Fact::Feeds(_) => "login",
            Fact::Own(_) => "own",
            Fact::Setting(_) => "setting",
            Fact::Query => "query",
            Fact::Answer => "answer",
            Fact::Test(_) => "test",
        }
    }

    /// Whether an entry counts only where its fact was made use of: being looked at is not enough.
    pub(super) fn must_answer(&self) -> bool {
        matches!(self, Fact::Token(_) | Fact::Call(_) | Fact::Pass(_))
    }
}
