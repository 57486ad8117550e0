//! Stores: what was written under a key, anywhere in the project.

use super::calls::Site;
use super::conditions;
use super::engine::{Eval, Shared};
use super::store_keys::{is_made, made_key, own_key, shown_key};
use super::value::{Evidence, FuncRef, Handed, Node, Reason, Traced, Vals, Value};
use crate::ir::{Expr, Key, Name};
use crate::rules::path::Step;
use crate::rules::slot::{Base, Into, Slot};
use crate::rules::{Fact, Made, Rules, StoreFact, StoredFact};
use crate::text::paths::{folders_shared, parent};
use crate::text::{FileId, Span};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;

/// Files that are searched for calls of one writing method.
const FILES: usize = 400;
/// Writes under one key that are looked at for one read.
const WRITERS: usize = 64;
/// Steps to tell whether an object is a store: nearly all are none.
const LOOK: u32 = 200;
/// Callers of a function that writes under several keys.
const CALLERS: usize = 32;

/// The store whose entries come from outside the program.
const ENVIRONMENT: &str = "env";

/// The store of what containers inject by name.
const INJECTED: &str = "injected";

/// A write to a store.
#[derive(Clone, Debug)]
pub(crate) struct StoreWrite {
    store: Arc<str>,
    key: String,
    /// What stands before the key, which the writer does not write.
    mark: Arc<str>,
    /// The function around it and a call of it, where that call decides the key.
    pub(super) within: Option<(FuncRef, Node)>,
    /// The call, or the file of the property write.
    pub(super) at: WriteAt,
}

/// All writes to stores, by store and key; those of one key in the order of files and places.
#[derive(Debug, Default)]
pub(crate) struct StoreWrites(FxHashMap<(Arc<str>, String), Vec<StoreWrite>>);

impl StoreWrites {
    pub(super) fn of(&self, store: &Arc<str>, key: &str) -> &[StoreWrite] {
        self.0.get(&(store.clone(), key.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// All of them, in no order of keys.
    pub(super) fn all(&self) -> impl Iterator<Item = &StoreWrite> {
        self.0.values().flatten()
    }

    /// The keys that begin with another one and a dot, in order.
    fn below(&self, store: &Arc<str>, key: &str) -> Vec<Name> {
        let is_below = |of: &str| of.strip_prefix(key).is_some_and(|rest| rest.starts_with('.'));
        let mut keys: Vec<Name> = self
            .0
            .keys()
            .filter(|(of, whole)| of == store && is_below(whole))
            .map(|(_, whole)| whole.as_str().into())
            .collect();
        keys.sort();
        keys
    }
}

impl FromIterator<StoreWrite> for StoreWrites {
    fn from_iter<T: IntoIterator<Item = StoreWrite>>(writes: T) -> Self {
        let mut by_key: FxHashMap<(Arc<str>, String), Vec<StoreWrite>> = FxHashMap::default();
        for write in writes {
            by_key.entry((write.store.clone(), write.key.clone())).or_default().push(write);
        }
        StoreWrites(by_key)
    }
}

#[derive(Clone, Debug)]
pub(super) enum WriteAt {
    Call(Node, StoreFact),
    /// What an options object has under the key, or what the function there returns has.
    Options(Node),
    Property(FileId, usize),
}

impl WriteAt {
    pub(super) fn file(&self) -> FileId {
        match self {
            WriteAt::Call(node, _) | WriteAt::Options(node) => node.file,
            WriteAt::Property(file, _) => *file,
        }
    }
}

impl<'s> Eval<'s> {
    /// What a reading call reads.
    pub(crate) fn read_store(&mut self, read: &StoreFact, site: &Site) -> Vals {
        let span = self.span_of(site.node);
        if read.own {
            return self.read_own_store(read, site, span);
        }
        let mut values = Vals::new();
        for key in self.with_open(Vec::new(), |eval| eval.slot(&read.key, site)) {
            match &key.value {
                Value::Str(pattern) if pattern.text().is_some() => {
                    let key: Name = pattern.text().unwrap_or_default().into();
                    values.extend(self.stored_under(read, &key, site.node.file, span));
                }
                Value::Api(api) if is_made(api) => {
                    let key = made_key(api.node);
                    if self.stores(&read.store, &key) {
                        values.extend(self.stored(&read.store, &key, site.node.file, span));
                    }
                }
                other => {
                    let of_variable = self.key_of_variable(&read.key, site);
                    if let Some(key) = of_variable.filter(|key| self.stores(&read.store, key)) {
                        values.extend(self.stored(&read.store, &key, site.node.file, span));
                        continue;
                    }
                    // a key that is a named constant elsewhere: its name may still tell
                    let names = other.names();
                    let last = names.last().cloned();
                    let unknown = Traced::new(Value::unknown(Reason::Storage("…".into()), names));
                    values.push(match last {
                        Some(name) => self.by_name(unknown, &name, site.node.file, span),
                        None => unknown,
                    });
                }
            }
        }
        values
    }

    /// What a reading call reads of an object that has entries of its own: what is written to it anywhere, and what it was
    /// made of.
    fn read_own_store(&mut self, read: &StoreFact, site: &Site, span: Span) -> Vals {
        let Some(made) = self.maker(site) else { return Vals::new() };
        let mut values = Vals::new();
        for key in self.with_open(Vec::new(), |eval| eval.slot(&read.key, site)) {
            let own = own_key(made, &key);
            if self.stores(&read.store, &own) {
                values.extend(self.stored(&read.store, &own, site.node.file, span));
            }
            if let Value::Str(text) = &key.value
                && let Some(text) = text.text()
            {
                for initial in self.arg(made, 0, &None) {
                    values.extend(self.entry(&initial, text, site.node));
                }
                if values.is_empty() {
                    let unknown = Traced::new(Value::unknown(Reason::Storage(text.into()), vec![text.into()]));
                    values.push(self.by_name(unknown, &text.into(), site.node.file, span));
                }
            }
        }
        values
    }

    /// The call that made the object whose method is called at a site.
    fn maker(&self, site: &Site) -> Option<Node> {
        let mut at = match &site.receiver.as_ref()?.value {
            Value::Api(api) => api,
            _ => return None,
        };
        while !is_made(at) {
            at = match &at.from {
                Some(Traced { value: Value::Api(from), .. }) => from,
                _ => return None,
            };
        }
        let lowered = self.lowered(at.node.file)?;
        // a declared type tells nothing of which object it is
        matches!(lowered.ir.expr(at.node.expr), Expr::Call { .. }).then_some(at.node)
    }

    /// Everything that is written to `store` under `key`; what the key says where nothing is.
    pub(crate) fn stored(&mut self, store: &Arc<str>, key: &Name, file: FileId, span: Span) -> Vals {
        let is_setting = &**store == ENVIRONMENT;
        if !is_setting {
            self.mark(conditions::STATE);
        }
        let reason = if is_setting { Reason::Environment } else { Reason::Storage(key.clone()) };
        let unknown = Traced::new(Value::unknown(reason, vec![key.clone()]));
        let asked = (Name::from(&**store), key.clone());
        if !self.ask_stores || !self.enter_store(&asked) {
            return vec![self.by_name(unknown, key, file, span)];
        }
        let (mut writes, is_elsewhere) = writes_seen_from(self.shared, file, store, key);
        // of several that write the same, the nearest is the likeliest to be the one that was read
        writes.sort_by_cached_key(|write| {
            let path = self.project.path(write.at.file());
            Reverse(folders_shared(parent(self.project.path(file)), parent(path)))
        });
        let mut values = Vals::new();
        for write in writes.iter().take(WRITERS) {
            let (found, at, span) = match &write.at {
                WriteAt::Call(call, fact) => {
                    let span = self.span_of(*call);
                    let ctx = write.within.and_then(|(func, caller)| called_at(func, caller));
                    let site = Site::new(*call, &ctx);
                    let mut found = self.with_open(Vec::new(), |eval| eval.slot(&fact.value, &site));
                    if let Some(made) = fact.made {
                        found = self.made_of(found, made);
                    }
                    (found, call.file, span)
                }
                WriteAt::Options(at) => {
                    let name = key.strip_prefix(&*write.mark).unwrap_or(key);
                    let Some(lowered) = self.lowered(at.file) else { continue };
                    let span = lowered.ir.span(at.expr);
                    let options = self.with_open(Vec::new(), |eval| eval.eval(*at, &None));
                    let mut found = Vals::new();
                    for value in options {
                        let made = match &value.value {
                            Value::Func(closure) => self.free_result(closure),
                            _ => vec![value],
                        };
                        for made in made {
                            if let Value::Object(object) = &made.value {
                                let key = crate::project::PlaceKey::Name(name.into());
                                found.extend(match self.is_list(object) {
                                    true => self.entry(&made, name, *at),
                                    false => self.object_member(object, &key, *at),
                                });
                            }
                        }
                    }
                    (found, at.file, span)
                }
                WriteAt::Property(file, nth) => {
                    let Some(lowered) = self.lowered(*file) else { continue };
                    let write = &lowered.ir.writes[*nth];
                    let found =
                        self.with_open(Vec::new(), |eval| eval.eval(Node { file: *file, expr: write.value }, &None));
                    (found, *file, write.span)
                }
            };
            for value in found {
                let stored = || format!("stored under `{}`", shown_key(key));
                values.push(match is_elsewhere {
                    false => value.step(at, span, stored),
                    true => {
                        let why = "by another package, none that is used with the reader writes it";
                        value.doubted_for(at, span, format!("{} {why}", stored()))
                    }
                });
            }
        }
        self.leave_store(&asked);
        if writes.len() > WRITERS {
            // what the others write is not known
            values.push(Traced::new(Value::unknown(Reason::Budget, vec![key.clone()])));
        }
        let blank = |value: &Traced| {
            matches!(value.value, Value::Null) || matches!(&value.value, Value::Str(text) if text.text() == Some(""))
        };
        let mut values: Vals = values.into_iter().filter(|value| !blank(value)).collect();
        if values.is_empty() && is_setting {
            values = self.setting(key, file, span);
        }
        if values.is_empty() {
            return vec![self.by_name(unknown, key, file, span)];
        }
        // what is said without knowing a setting holds whatever it is
        if is_setting {
            self.mark(conditions::ENVIRONMENT);
        }
        values.into_iter().map(|value| self.by_name(value, key, file, span)).collect()
    }

    /// What a container makes of what it was given: a service's object, a factory's result.
    fn made_of(&mut self, values: Vals, made: Made) -> Vals {
        let mut objects = Vals::new();
        for value in values {
            if let Value::Class(class) = &value.value {
                objects.push(Traced::new(Value::Instance(*class)));
                continue;
            }
            for closure in self.functions_in(&value) {
                match made {
                    Made::Call => objects.extend(self.free_result(&closure)),
                    Made::New => objects.extend(self.newed(&closure, None)),
                }
            }
        }
        objects
    }

    /// Whether anything is written to a store under a key.
    pub(crate) fn stores(&self, store: &Arc<str>, key: &Name) -> bool {
        self.ask_stores && !store_writes(self.shared).of(store, key).is_empty()
    }

    /// What a container injects under a name into code of `file`.
    pub(crate) fn injected(&mut self, name: &Name, file: FileId) -> Vals {
        let store: Arc<str> = INJECTED.into();
        if !self.stores(&store, name) {
            return Vals::new();
        }
        self.stored(&store, name, file, Span::default())
    }

    /// What libraries keep under keys of stores by themselves: what the project writes under one of them; what lies there
    /// by convention where it writes none.
    pub fn stored_defaults(&mut self, defaults: &[(&StoredFact, &Site)]) -> Vals {
        let (mut written, mut by_convention) = (Vals::new(), Vals::new());
        for (default, site) in defaults {
            let span = self.span_of(site.node);
            let keys = self.slot(&default.key, site);
            for key in keys.iter().filter_map(|key| match &key.value {
                Value::Str(pattern) => pattern.text().map(Name::from),
                _ => None,
            }) {
                let found = self.stored(&default.store, &key, site.node.file, span);
                let is_open =
                    |value: &Traced| matches!(value.value, Value::Unknown(_) | Value::Token(_, Evidence::Name));
                if !found.iter().all(is_open) {
                    written.extend(found);
                } else if let Some(kind) = default.kind {
                    let value = Traced::new(Value::Token(kind, Evidence::Convention));
                    let note = || format!("sent by the library from the storage key `{key}`");
                    by_convention.push(value.step(site.node.file, span, note));
                } else {
                    by_convention.extend(found);
                }
            }
        }
        if written.is_empty() { by_convention } else { written }
    }
}

/// All writes to stores with a constant key, in the order of files and places.
fn store_writes<'a>(shared: &'a Shared<'_>) -> &'a StoreWrites {
    let one_by_one = || near_store_files(shared).into_iter().flat_map(|file| store_writes_in(shared, file)).collect();
    shared.store_writes.get_or_init(one_by_one)
}

/// Look for the writes in all files at once, before anything asks for them.
pub(super) fn prepare(shared: &Shared<'_>) {
    let writes: Vec<StoreWrite> =
        near_store_files(shared).into_par_iter().flat_map_iter(|file| store_writes_in(shared, file)).collect();
    let writes = writes.into_iter().collect();
    shared.elsewhere.learn(shared, &writes);
    // what is there already is the same
    _ = shared.store_writes.set(writes);
}

/// Those files among [`store_files`] in which writes are looked for before anything asks.
fn near_store_files(shared: &Shared<'_>) -> Vec<FileId> {
    let mut files = store_files(shared.rules, &|word, limit| shared.project.files_with(word, limit).0);
    if let Some(near) = &shared.near {
        files.retain(|file| shared.project.is_part_of(near, *file));
    }
    files
}

/// The files in which something may be written to a store, of those that `find` finds for words.
pub(super) fn store_files(rules: &Rules, find: &dyn Fn(&str, usize) -> Vec<FileId>) -> Vec<FileId> {
    let mut files: Vec<FileId> = Vec::new();
    let under = rules.store_members.iter().map(|(key, _)| key);
    for member in rules.write_members.iter().chain(&rules.write_words).chain(&rules.store_names).chain(under) {
        files.extend(find(member, FILES));
    }
    for (member, near) in &rules.write_near {
        let calling = find(member, usize::MAX);
        for word in near {
            let holding = find(word, FILES);
            files.extend(holding.into_iter().filter(|file| calling.binary_search(file).is_ok()));
        }
    }
    files.sort();
    files.dedup();
    files
}

/// What is written to a store under a key in the application of a file; where that writes none, in all others, and that it
/// is so: another program of the repository may use the same key for something else.
pub(super) fn writes_seen_from<'a>(
    shared: &'a Shared<'_>,
    file: FileId,
    store: &Arc<str>,
    key: &Name,
) -> (Vec<Cow<'a, StoreWrite>>, bool) {
    let all = store_writes(shared).of(store, key);
    let near = |write: &&StoreWrite| shared.project.in_one_application(file, write.at.file());
    let near: Vec<_> = all.iter().filter(near).map(Cow::Borrowed).collect();
    if !near.is_empty() {
        return (near, false);
    }
    let elsewhere = super::elsewhere::written(shared, store, key).into_iter().map(Cow::Owned);
    (all.iter().map(Cow::Borrowed).chain(elsewhere).collect(), true)
}

/// The writes of one file. Each file has a budget of its own: the result does not depend on who asks first.
pub(super) fn store_writes_in(shared: &Shared<'_>, file: FileId) -> Vec<StoreWrite> {
    let mut eval = Eval::new(shared);
    eval.ask_stores = false;
    let mut writes = Vec::new();
    eval.store_writes_in(file, &mut writes);
    writes
}

impl<'s> Eval<'s> {
    fn store_writes_in(&mut self, file: FileId, into: &mut Vec<StoreWrite>) {
        let Some(lowered) = self.lowered(file) else { return };
        let rules = self.rules;
        let near = rules.write_near.iter().filter(|(_, near)| near.iter().any(|word| self.mentions(file, word)));
        let mut calls: Vec<crate::ir::ExprId> = rules
            .write_members
            .iter()
            .chain(near.map(|(member, _)| member))
            .filter_map(|member| lowered.index.calls_by_name.get(member.as_str()))
            .flatten()
            .copied()
            .collect();
        if rules.write_words.iter().any(|word| self.mentions(file, word)) {
            // functions that a library hands out, or is itself, under names of the project's own
            let by_name = |call: &&crate::ir::ExprId| match lowered.ir.expr(**call) {
                Expr::Call { callee, .. } => matches!(lowered.ir.expr(lowered.ir.strip(*callee)), Expr::Local(_)),
                _ => false,
            };
            calls.extend(lowered.ir.calls.iter().filter(by_name));
        }
        calls.sort_unstable();
        calls.dedup();
        self.options_in(file, into);
        for call in calls {
            let node = Node { file, expr: call };
            let is_new = matches!(lowered.ir.expr(call), Expr::Call { kind: crate::ir::CallKind::New, .. });
            let step = if is_new { Step::New } else { Step::Call };
            for called in self.within(LOOK, |eval| eval.callees(node, &None)) {
                let Value::Api(api) = &called.value else { continue };
                let states = rules.automaton.step(&api.states, &step);
                for fact in rules.facts(&states) {
                    let Fact::Write(write) = fact else { continue };
                    let site = Site::of(node, &None, api);
                    if let Some(slot) = &write.entries {
                        self.entries_in(node, slot, write, &site, into);
                        continue;
                    }
                    let keys = self.slot(&write.key, &site);
                    // several keys come from several callers, each with a value of its own
                    let func = FuncRef { file, func: lowered.ir.func_of(call) };
                    let callers = if keys.len() > 1 { self.callers_of(func).calls.clone() } else { Vec::new() };
                    let mut all: Vec<(Option<(FuncRef, Node)>, Traced)> = Vec::new();
                    for caller in callers.into_iter().take(CALLERS) {
                        let ctx = called_at(func, caller);
                        // what the method is called on may come from this caller, too
                        for called in self.within(LOOK, |eval| eval.callees(node, &ctx)) {
                            let Value::Api(api) = &called.value else { continue };
                            let site = Site::of(node, &ctx, api);
                            all.extend(self.slot(&write.key, &site).into_iter().map(|key| (Some((func, caller)), key)));
                        }
                    }
                    if all.is_empty() {
                        all = keys.into_iter().map(|key| (None, key)).collect();
                    }
                    for (within, key) in all {
                        let key = match &key.value {
                            _ if write.own => self.maker(&site).map(|made| own_key(made, &key).to_string()),
                            Value::Str(pattern) => pattern.text().map(|text| format!("{}{text}", write.mark)),
                            Value::Api(api) if is_made(api) => Some(made_key(api.node).to_string()),
                            _ => None,
                        };
                        let key = key.or_else(|| self.key_of_variable(&write.key, &site).map(|key| key.to_string()));
                        if let Some(key) = key {
                            let (store, mark) = (write.store.clone(), write.mark.clone());
                            into.push(StoreWrite { store, key, mark, within, at: WriteAt::Call(node, write.clone()) });
                        }
                    }
                }
            }
        }
        for (nth, write) in lowered.ir.writes.iter().enumerate() {
            let key = match &write.key {
                Key::Name(name) => Some(name.to_string()),
                Key::Computed(computed) => match lowered.ir.expr(lowered.ir.strip(*computed)) {
                    Expr::Local(_) | Expr::Field { .. } => {
                        self.eval(Node { file, expr: *computed }, &None).iter().find_map(|key| match &key.value {
                            Value::Str(pattern) => pattern.text().map(str::to_owned),
                            _ => None,
                        })
                    }
                    _ => None,
                },
                Key::Index(_) => None,
            };
            let Some(key) = key else { continue };
            for base in self.within(LOOK, |eval| eval.eval(Node { file, expr: write.base }, &None)) {
                let Value::Api(api) = &base.value else { continue };
                for fact in rules.facts(&api.states) {
                    if let Fact::Store(store) = fact {
                        into.push(StoreWrite {
                            store: store.clone(),
                            key: key.clone(),
                            mark: "".into(),
                            within: None,
                            at: WriteAt::Property(file, nth),
                        });
                    }
                }
            }
        }
    }

    /// The members of the object that a call writes, each under its own key.
    fn entries_in(&mut self, call: Node, slot: &Slot, write: &StoreFact, site: &Site, into: &mut Vec<StoreWrite>) {
        let Base::Arg(nth) = slot.base else { return };
        let Some(expr) = self.arg_expr(call, nth) else { return };
        let whole = Node { file: call.file, expr };
        let mut keys: Vec<(Name, Node)> = Vec::new();
        for value in self.slot(slot, site) {
            let made = match &value.value {
                Value::Func(closure) => self.free_result(closure),
                _ => vec![value],
            };
            for made in made {
                // an object inside the argument stands for itself
                let at = match &made.value {
                    Value::Object(object) if !slot.path.is_empty() => object.node,
                    _ => whole,
                };
                keys.extend(self.entries(&made, 0).into_iter().map(|(key, _)| (key, at)));
                keys.extend(self.keys_of_pairs(&made).into_iter().map(|key| (key, at)));
            }
        }
        keys.sort();
        keys.dedup();
        for (key, at) in keys {
            into.push(StoreWrite {
                store: write.store.clone(),
                key: key.to_string(),
                mark: "".into(),
                within: None,
                at: WriteAt::Options(at),
            });
        }
    }

    /// What is kept under a key that leads on behind a dot, or has others behind a dot.
    fn stored_under(&mut self, read: &StoreFact, key: &Name, file: FileId, span: Span) -> Vals {
        if !read.dotted || self.stores(&read.store, key) || !self.ask_stores {
            return self.stored(&read.store, key, file, span);
        }
        // `a.b` of what is kept under `a`
        let places: Vec<usize> = key.match_indices('.').map(|(at, _)| at).collect();
        for at in places.into_iter().rev() {
            let (held, way): (Name, &str) = (key[..at].into(), &key[at + 1..]);
            if !self.stores(&read.store, &held) {
                continue;
            }
            let mut values = self.stored(&read.store, &held, file, span);
            let node = Node { file, expr: crate::ir::ExprId(0) };
            for name in way.split('.') {
                values = self.members(&values, &crate::project::PlaceKey::Name(name.into()), node, &None);
            }
            return values;
        }
        // `a` where `a.b` is kept
        let below = store_writes(self.shared).below(&read.store, key);
        if below.is_empty() {
            return self.stored(&read.store, key, file, span);
        }
        let mut known = Vec::new();
        for whole in below {
            let way = whole[key.len() + 1..].split('.').map(|name| Into::Member(name.to_owned())).collect();
            known.push((way, std::rc::Rc::new(self.stored(&read.store, &whole, file, span))));
        }
        let otherwise = Traced::new(Value::unknown(Reason::Storage(key.clone()), vec![key.clone()]));
        vec![Traced::new(Value::Handed(std::rc::Rc::new(Handed { known, otherwise })))]
    }

    /// Whether a file's text has a word, which may be a package's name.
    fn mentions(&self, file: FileId, word: &str) -> bool {
        self.project.files_with(word, usize::MAX).0.binary_search(&file).is_ok()
    }

    /// Members of options objects that are entries: `provide: { session }`.
    fn options_in(&mut self, file: FileId, into: &mut Vec<StoreWrite>) {
        let Some(lowered) = self.lowered(file) else { return };
        let rules = self.rules;
        if lowered.ir.lang != crate::ir::Lang::Js
            || !rules.store_members.iter().any(|(key, _)| self.mentions(file, key))
        {
            return;
        }
        for expr in &lowered.ir.exprs {
            let Expr::Object { props, .. } = expr else { continue };
            for prop in props {
                let crate::ir::Prop::Field(Key::Name(name), value) = prop else { continue };
                for (_, fact) in rules.store_members.iter().filter(|(key, _)| **key == **name) {
                    let at = Node { file, expr: *value };
                    for option in self.within(LOOK, |eval| eval.eval(at, &None)) {
                        let made = match &option.value {
                            Value::Func(closure) => self.within(LOOK, |eval| eval.free_result(closure)),
                            _ => vec![option],
                        };
                        let entries: Vec<(Name, Traced)> =
                            made.iter().flat_map(|made| self.within(LOOK, |eval| eval.entries(made, 0))).collect();
                        for (key, _) in entries {
                            into.push(StoreWrite {
                                store: fact.store.clone(),
                                key: format!("{}{key}", fact.mark),
                                mark: fact.mark.clone(),
                                within: None,
                                at: WriteAt::Options(at),
                            });
                        }
                    }
                }
            }
        }
    }

    /// What an options object takes out of a store under a name of its own: `inject: ['session']`.
    pub(crate) fn taken_from_store(&mut self, base: &Traced, name: &Name, node: Node) -> Option<Vals> {
        let rules = self.rules;
        let store: Arc<str> = rules.component.takes_from.as_deref()?.into();
        let Value::Object(object) = &base.value else { return None };
        let lowered = self.lowered(object.node.file)?;
        let ir = &lowered.ir;
        let is_section = |key: &str| rules.component.sections.iter().any(|section| section == key);
        let options = match ir.held_under(object.node.expr) {
            Some((key, options)) if is_section(key) => options,
            _ => object.node.expr,
        };
        let Expr::Object { props, .. } = ir.expr(options) else { return None };
        let span = self.span_of(node);
        for prop in props {
            let crate::ir::Prop::Field(Key::Name(key), list) = prop else { continue };
            if !rules.component.takes.iter().any(|takes| **takes == **key) {
                continue;
            }
            let file = object.node.file;
            for taken in self.eval(Node { file, expr: *list }, &None) {
                let Value::Object(taken) = &taken.value else { continue };
                let keys: Vals = match self.items(taken) {
                    Some(items) => items
                        .iter()
                        .flat_map(|item| self.item(item))
                        .filter(|key| matches!(&key.value, Value::Str(text) if text.text() == Some(name)))
                        .collect(),
                    None => {
                        let key = crate::project::PlaceKey::Name(name.clone());
                        self.own_member(taken, &key, false, node)
                    }
                };
                let mut values = Vals::new();
                for key in keys {
                    let keys = match &key.value {
                        // { from: 'session', default: … }
                        Value::Object(described) => {
                            let from = crate::project::PlaceKey::Name("from".into());
                            self.own_member(described, &from, false, node)
                        }
                        _ => vec![key],
                    };
                    for key in keys {
                        let key: Option<Name> = match &key.value {
                            Value::Str(text) => text.text().map(Name::from),
                            Value::Api(api) if is_made(api) => Some(made_key(api.node)),
                            _ => None,
                        };
                        if let Some(key) = key
                            && self.stores(&store, &key)
                        {
                            values.extend(self.stored(&store, &key, node.file, span));
                        }
                    }
                }
                if !values.is_empty() {
                    return Some(values);
                }
            }
        }
        None
    }
}

/// The context in which a function is called at a call.
fn called_at(func: FuncRef, caller: Node) -> super::value::Ctx {
    let kind = super::value::FrameKind::Call { func, args: super::value::Args::Of(caller, None), this: None };
    super::engine::push_frame(kind, &None, 1)
}
