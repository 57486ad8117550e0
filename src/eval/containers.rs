//! Stores made of options: which there are, what their functions are called, and who calls them.
//!
//! Collected once per run, by name in the texts and then exactly. What a store holds is evaluated by whoever reads it.

use super::calls::Site;
use super::engine::{Eval, Shared};
use super::value::{ApiStep, FuncRef, Node, Object, Traced, Vals, Value, texts};
use crate::ir::{Expr, ExprId, Key, Lit, Name, Prop};
use crate::project::PlaceKey;
use crate::rules::{ContainerFact, Fact};
use crate::text::FileId;
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Files that are looked through for one name.
const FILES: usize = 200;
/// How deep stores lie in stores.
const DEPTH: usize = 6;
/// The expression that stands for a file as a whole.
const FILE: ExprId = ExprId(0);

/// All stores of the project.
#[derive(Debug, Default)]
pub(crate) struct Containers {
    /// Their modules, each store's outermost first.
    pub(crate) modules: Vec<Module>,
    /// The store that a call makes.
    pub(crate) made: FxHashMap<Node, usize>,
    /// The functions in their sections.
    pub(crate) handlers: FxHashMap<FuncRef, Handler>,
    /// The calls that call functions by their names.
    pub(crate) dispatches: Vec<Dispatch>,
    /// The methods of components that call functions by their names.
    pub(crate) mappings: Vec<Mapping>,
}

/// A store, or a part of one that has options of its own.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// What kind of store.
    pub(crate) fact: usize,
    /// Which store.
    pub(crate) store: usize,
    /// Under which names it lies in the store.
    pub(crate) path: Vec<Name>,
    /// What stands before its functions' names.
    pub(crate) namespace: String,
    /// Its options: a literal, or a file's exports.
    pub(crate) options: Node,
}

/// What calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The store, when a value is computed.
    Getter,
    /// Calls of the method of this handler of the fact.
    Named(usize),
}

/// A function of a store.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    /// In which module.
    pub(crate) module: usize,
    /// Who calls it.
    pub(crate) by: Caller,
    /// Its name, with what stands before it.
    pub(crate) name: String,
}

/// A call of a function by its name.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    fact: usize,
    handler: usize,
    /// The names it may mean.
    names: Vec<String>,
    /// The call.
    pub(crate) call: Node,
    /// Whether what it hands over is the object that holds the name.
    pub(crate) is_object: bool,
}

/// A method that calls a function by its name.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    fact: usize,
    handler: usize,
    name: String,
    /// What the method is called …
    pub(crate) method: Name,
    /// … in this file.
    pub(crate) file: FileId,
}

impl Containers {
    /// The calls that call a function.
    pub(crate) fn dispatches_of<'a>(&'a self, of: &'a Handler) -> impl Iterator<Item = &'a Dispatch> {
        let fact = self.modules[of.module].fact;
        let calls = move |dispatch: &&Dispatch| {
            dispatch.fact == fact && of.by == Caller::Named(dispatch.handler) && dispatch.names.contains(&of.name)
        };
        self.dispatches.iter().filter(calls)
    }

    /// The methods that call a function.
    pub(crate) fn mappings_of<'a>(&'a self, of: &'a Handler) -> impl Iterator<Item = &'a Mapping> {
        let fact = self.modules[of.module].fact;
        let calls = move |mapping: &&Mapping| {
            mapping.fact == fact && of.by == Caller::Named(mapping.handler) && mapping.name == of.name
        };
        self.mappings.iter().filter(calls)
    }
}

/// All stores of the project.
pub(crate) fn containers<'a>(shared: &'a Shared<'_>) -> &'a Containers {
    shared.containers.get_or_init(|| {
        let mut eval = Eval::new(shared);
        eval.ask_stores = false;
        eval.ask_callers = false;
        let mut all = Containers::default();
        for (nth, fact) in shared.rules.containers.iter().enumerate() {
            eval.collect_made(nth, fact, &mut all);
            if all.modules.iter().all(|module| module.fact != nth) {
                eval.collect_folders(nth, fact, &mut all);
            }
            if all.modules.iter().any(|module| module.fact == nth) {
                eval.collect_calls(nth, fact, &mut all);
            }
        }
        all
    })
}

impl<'s> Eval<'s> {
    /// The stores, unless they are being collected.
    pub(crate) fn containers(&self) -> Option<&'s Containers> {
        self.ask_stores.then(|| containers(self.shared)).filter(|all| !all.modules.is_empty())
    }

    /// A module's options.
    pub(crate) fn options_of(&self, module: &Module) -> Traced {
        Traced::new(if module.options.expr == FILE {
            Value::Module(module.options.file)
        } else {
            let (ctx, owners, parts) = (None, Vec::new(), Vec::new());
            Value::Object(Rc::new(Object { node: module.options, ctx, owners, class: None, parts }))
        })
    }

    /// A member of a module's options.
    pub(crate) fn option(&mut self, module: &Module, name: &Name) -> Vals {
        let options = self.options_of(module);
        self.option_of(&options, name, module.options)
    }

    fn option_of(&mut self, options: &Traced, name: &Name, at: Node) -> Vals {
        match &options.value {
            Value::Object(object) => self.own_member(object, &PlaceKey::Name(name.clone()), false, at),
            Value::Module(file) => {
                let found = self.export(*file, name, at, 0);
                found.into_iter().filter(|value| !value.value.is_unknown()).collect()
            }
            _ => Vals::new(),
        }
    }

    fn collect_made(&mut self, nth: usize, fact: &ContainerFact, all: &mut Containers) {
        let mut stores = all.modules.iter().map(|module| module.store + 1).max().unwrap_or(0);
        for name in &fact.made_by {
            for file in self.project.files_with(name, FILES).0 {
                let Some(lowered) = self.lowered(file) else { continue };
                for &call in lowered.index.calls_by_name.get(name.as_str()).into_iter().flatten() {
                    let node = Node { file, expr: call };
                    self.glance();
                    if !self.is_made(node, nth) || all.made.contains_key(&node) {
                        continue;
                    }
                    for options in self.slot(&fact.options, &Site::new(node, &None)) {
                        self.collect_module(nth, stores, &[], "", &options, all);
                    }
                    all.made.insert(node, stores);
                    stores += 1;
                }
            }
        }
    }

    /// Whether a call makes a store of a kind.
    fn is_made(&mut self, call: Node, nth: usize) -> bool {
        let rules = self.rules;
        self.eval(call, &None).iter().any(|value| match &value.value {
            Value::Api(api) => {
                api.node == call
                    && matches!(api.step, ApiStep::New | ApiStep::Call)
                    && rules.facts(&api.states).any(|fact| matches!(fact, Fact::Container(known) if *known == nth))
            }
            _ => false,
        })
    }

    /// Files in a folder whose exports are the options of modules.
    fn collect_folders(&mut self, nth: usize, fact: &ContainerFact, all: &mut Containers) {
        let project = self.project;
        for file in project.ids() {
            let path = project.path(file);
            let inside = fact.folders.iter().find_map(|folder| {
                let rest = path.split_once(&format!("/{folder}/")).map(|(_, rest)| rest);
                rest.or_else(|| path.strip_prefix(folder.as_str())?.strip_prefix('/'))
            });
            let Some((inside, _)) = inside.and_then(|inside| inside.rsplit_once('.')) else { continue };
            let Some(lowered) = self.lowered(file) else { continue };
            let in_folder = |folder: &String| path.split('/').any(|part| part == folder);
            let sections: Vec<&str> = [&fact.state, &fact.getters]
                .into_iter()
                .chain(fact.handlers.iter().map(|handler| &handler.section))
                .map(|section| &**section)
                .collect();
            if !lowered.ir.exports.names.iter().any(|(name, _)| sections.contains(&&**name)) {
                continue;
            }
            self.rules.any_of(&fact.folders, in_folder);
            let mut names: Vec<Name> = inside.split('/').map(Name::from).collect();
            names.pop_if(|last| &**last == "index");
            let namespace: String = names.iter().map(|name| format!("{name}/")).collect();
            let options = Traced::new(Value::Module(file));
            self.glance();
            self.collect_module(nth, 0, &names, &namespace, &options, all);
        }
    }

    fn collect_module(
        &mut self,
        nth: usize,
        store: usize,
        path: &[Name],
        namespace: &str,
        options: &Traced,
        all: &mut Containers,
    ) {
        let node = match &options.value {
            Value::Object(object) => object.node,
            Value::Module(file) => Node { file: *file, expr: FILE },
            _ => return,
        };
        if path.len() > DEPTH {
            return;
        }
        let rules = self.rules;
        let fact = &rules.containers[nth];
        let module = all.modules.len();
        let (path, namespace) = (path.to_vec(), namespace.to_owned());
        all.modules.push(Module { fact: nth, store, path: path.clone(), namespace: namespace.clone(), options: node });
        let sections = fact.handlers.iter().enumerate().map(|(at, handler)| (&handler.section, Caller::Named(at)));
        for (section, by) in std::iter::once((&fact.getters, Caller::Getter)).chain(sections) {
            for values in self.option_of(options, section, node) {
                for (name, function) in self.entries(&values, 0) {
                    let Value::Func(closure) = &function.value else { continue };
                    let handler = Handler { module, by, name: format!("{namespace}{name}") };
                    all.handlers.entry(closure.func).or_insert(handler);
                }
            }
        }
        for modules in self.option_of(options, &fact.modules, node) {
            for (name, inner) in self.entries(&modules, 0) {
                let mut path = path.clone();
                path.push(name.clone());
                let is_namespaced = self.is_set(&inner, &fact.namespaced);
                let prefix = if is_namespaced { format!("{namespace}{name}/") } else { namespace.clone() };
                self.collect_module(nth, store, &path, &prefix, &inner, all);
            }
        }
    }

    /// Whether an option is written as `true`.
    fn is_set(&mut self, options: &Traced, name: &Name) -> bool {
        let holds = |file: FileId, value: ExprId| {
            let Some(lowered) = self.lowered(file) else { return false };
            match lowered.ir.expr(lowered.ir.strip(value)) {
                Expr::Lit(Lit::Bool(set)) => *set,
                Expr::Local(binding) => lowered
                    .ir
                    .binding(*binding)
                    .defs
                    .iter()
                    .any(|def| matches!(lowered.ir.expr(lowered.ir.strip(def.value)), Expr::Lit(Lit::Bool(true)))),
                _ => false,
            }
        };
        let file = match &options.value {
            Value::Object(object) => object.node.file,
            Value::Module(file) => *file,
            _ => return false,
        };
        let Some(lowered) = self.lowered(file) else { return false };
        match &options.value {
            Value::Object(object) => match lowered.ir.expr(object.node.expr) {
                Expr::Object { props, .. } => props.iter().any(
                    |prop| matches!(prop, Prop::Field(Key::Name(key), value) if key == name && holds(file, *value)),
                ),
                _ => false,
            },
            _ => lowered.ir.exports.names.iter().any(|(key, value)| key == name && holds(file, *value)),
        }
    }

    /// The members of a literal, or the exports of a file, with their names.
    pub(crate) fn entries(&mut self, value: &Traced, depth: usize) -> Vec<(Name, Traced)> {
        let mut entries = Vec::new();
        if depth > DEPTH {
            return entries;
        }
        match &value.value {
            Value::Object(object) => {
                let Some(lowered) = self.lowered(object.node.file) else { return entries };
                let Expr::Object { props, .. } = lowered.ir.expr(object.node.expr) else { return entries };
                for prop in props {
                    match prop {
                        Prop::Field(key, value) => {
                            let values = self.eval(Node { file: object.node.file, expr: *value }, &object.ctx);
                            for name in self.key_texts(key, object) {
                                entries.extend(values.iter().map(|value| (name.clone(), value.clone())));
                            }
                        }
                        Prop::Spread(spread) => {
                            let parts = self.eval(Node { file: object.node.file, expr: *spread }, &object.ctx);
                            for part in parts {
                                entries.extend(self.entries(&part, depth + 1));
                            }
                        }
                        Prop::Getter(..) => {}
                    }
                }
            }
            Value::Module(file) => {
                let Some(lowered) = self.lowered(*file) else { return entries };
                for (name, exported) in &lowered.ir.exports.names {
                    for value in self.eval(Node { file: *file, expr: *exported }, &None) {
                        if &**name == "default" {
                            entries.extend(self.entries(&value, depth + 1));
                        } else {
                            entries.push((name.clone(), value));
                        }
                    }
                }
            }
            _ => {}
        }
        entries
    }

    fn key_texts(&mut self, key: &Key, object: &Object) -> Vec<Name> {
        match key {
            Key::Name(name) => vec![name.clone()],
            Key::Index(_) => Vec::new(),
            Key::Computed(computed) => {
                let keys = self.eval(Node { file: object.node.file, expr: *computed }, &object.ctx);
                texts(&keys)
            }
        }
    }

    /// The calls of the stores' functions by their names.
    fn collect_calls(&mut self, nth: usize, fact: &ContainerFact, all: &mut Containers) {
        for (handler, table) in fact.handlers.iter().enumerate() {
            for file in self.project.files_with(&table.by, FILES).0 {
                let Some(lowered) = self.lowered(file) else { continue };
                for &call in lowered.index.calls_by_name.get(&table.by).into_iter().flatten() {
                    let node = Node { file, expr: call };
                    self.glance();
                    let (mut names, mut is_object) = (Vec::new(), false);
                    for named in self.arg(node, 0, &None) {
                        if let Value::Object(object) = &named.value {
                            is_object = true;
                            names.extend(texts(&self.own_member(object, &PlaceKey::Name("type".into()), false, node)));
                        } else {
                            names.extend(texts(std::slice::from_ref(&named)));
                        }
                    }
                    // inside a module, its own functions are meant first
                    let own = self.module_around(node, all).map(|module| all.modules[module].namespace.clone());
                    let with_own = names.iter().filter_map(|name| own.as_ref().map(|own| format!("{own}{name}")));
                    let names: Vec<String> = with_own.chain(names.iter().map(ToString::to_string)).collect();
                    if !names.is_empty() {
                        all.dispatches.push(Dispatch { fact: nth, handler, names, call: node, is_object });
                    }
                }
            }
            for name in &table.mapped_by {
                for file in self.project.files_with(name, FILES).0 {
                    let Some(lowered) = self.lowered(file) else { continue };
                    for &call in lowered.index.calls_by_name.get(name.as_str()).into_iter().flatten() {
                        self.glance();
                        let node = Node { file, expr: call };
                        let namespace = self.namespace_of(node);
                        for (method, target) in self.mapped_names(node) {
                            let name = format!("{namespace}{target}");
                            all.mappings.push(Mapping { fact: nth, handler, name, method, file });
                        }
                    }
                }
            }
        }
    }

    /// The module in one of whose functions an expression stands.
    fn module_around(&self, node: Node, all: &Containers) -> Option<usize> {
        let lowered = self.lowered(node.file)?;
        let handler = |func| all.handlers.get(&FuncRef { file: node.file, func });
        lowered.ir.functions_around(node.expr).find_map(handler).map(|handler| handler.module)
    }

    /// What a mapping call puts before the names it maps, with a slash: the first of two arguments, or the argument of the
    /// call that made the mapping function.
    pub(crate) fn namespace_of(&mut self, call: Node) -> String {
        let Some(lowered) = self.lowered(call.file) else { return String::new() };
        let Expr::Call { args, .. } = lowered.ir.expr(call.expr) else { return String::new() };
        let given = if args.len() > 1 {
            self.arg(call, 0, &None)
        } else {
            let made_by = self.callees(call, &None).into_iter().find_map(|called| match called.value {
                Value::Api(api) => match &api.from {
                    Some(Traced { value: Value::Api(from), .. }) if from.step == ApiStep::Call => Some(from.node),
                    _ => None,
                },
                _ => None,
            });
            made_by.map(|made| self.arg(made, 0, &None)).unwrap_or_default()
        };
        texts(&given).first().map(|name| format!("{}/", name.trim_end_matches('/'))).unwrap_or_default()
    }

    /// The names in the last argument of a mapping call: what they are called, and what they mean.
    fn mapped_names(&mut self, call: Node) -> Vec<(Name, Name)> {
        let last = crate::rules::slot::Slot { base: crate::rules::slot::Base::LastArg, path: Vec::new() };
        let mut names = Vec::new();
        for given in self.slot(&last, &Site::new(call, &None)) {
            let Value::Object(object) = &given.value else { continue };
            match self.items(object) {
                Some(items) => {
                    for item in &items {
                        let values = self.item(item);
                        names.extend(texts(&values).into_iter().map(|name| (name.clone(), name)));
                    }
                }
                None => {
                    for (name, value) in self.entries(&given, 0) {
                        names.extend(texts(&[value]).into_iter().map(|target| (name.clone(), target)));
                    }
                }
            }
        }
        names
    }

    /// Whether the rules lead from a value to a store, and to which kind.
    pub(crate) fn container_fact(&self, states: &[crate::rules::automaton::State]) -> Option<usize> {
        self.rules.facts(states).find_map(|fact| match fact {
            Fact::Container(nth) => Some(*nth),
            _ => None,
        })
    }
}
