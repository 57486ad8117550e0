//! Credentials that are kept apart from the requests that carry them: interceptors, defaults, token getters.
//!
//! Owns finding where they are set, once per run, by name in the texts and then exactly. What they say is evaluated by
//! whoever asks for a request's credential.

use super::calls::Site;
use super::engine::{Eval, FRAMES, Shared};
use super::reach::{Event, reaching};
use super::slots::args_in;
use super::value::{Api, ApiStep, Args, Closure, Ctx, FuncRef, Node, Traced, Value};
use crate::ir::{CallKind, Expr, Key, Name};
use crate::project::PlaceKey;
use crate::rules::path::Step;
use crate::rules::{AmbientFact, CallFact, Fact};
use crate::text::FileId;
use std::sync::Arc;

/// Files that are looked through for one name.
const FILES: usize = 200;

/// Which requests carry an ambient credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of a client.
    Client(Arc<str>),
    /// Those of the instance that is made at this node.
    Made(Node),
    /// Those of the library's own shared instance.
    Root(Name),
}

/// Where an ambient credential is set.
#[derive(Clone, Debug)]
pub struct Ambient {
    /// Which requests carry it.
    pub reach: Reach,
    /// How it is set.
    pub source: Source,
}

/// How an ambient credential is set.
#[derive(Clone, Debug)]
pub enum Source {
    /// By the call at a node, as fact number `.1` of the rules says.
    Call(Node, usize),
    /// By writing the value at a node; `.1`: it is a function whose result is the token; `.2`: which table says where it
    /// finds the request.
    Write(Node, bool, Option<usize>),
    /// By the function at a node, which is called in the client's place.
    Replaced(Node),
    /// No credential, but what relative URLs are relative to: the value at a node.
    Base(Node),
    /// By a function whose first parameter is a request; `.1` is the parameter's type, `.2` the table that says so.
    Method(FuncRef, u32, usize),
}

impl<'s> Eval<'s> {
    /// The ambient credentials that requests of `file` with one of these reaches carry, in the order of files and places.
    pub fn ambient(&mut self, reaches: &[Reach], file: FileId) -> Vec<Ambient> {
        let all = all_ambient(self.shared);
        let carried = |ambient: &&Ambient| reaches.contains(&ambient.reach) && self.comes_to(ambient, file);
        all.iter().filter(carried).cloned().collect()
    }

    /// Whether an ambient credential comes to code of `file`: not to another program, and not from one page to another.
    fn comes_to(&self, ambient: &Ambient, file: FileId) -> bool {
        if matches!(ambient.reach, Reach::Made(_)) {
            return true;
        }
        let set_in = match &ambient.source {
            Source::Call(node, _) | Source::Write(node, ..) | Source::Replaced(node) | Source::Base(node) => node.file,
            Source::Method(func, ..) => func.file,
        };
        let pages = self.project.on_page_with(file);
        let on_other_pages =
            !pages.is_empty() && !self.project.on_page_with(set_in).is_empty() && pages.binary_search(&set_in).is_err();
        !on_other_pages && self.project.in_one_application(file, set_in)
    }

    /// The instances that a library value was reached through.
    pub fn reaches(&self, api: &Api) -> Vec<Reach> {
        let mut reaches = Vec::new();
        let mut at = Some(api);
        while let Some(api) = at {
            match &api.step {
                ApiStep::Call | ApiStep::New => reaches.push(Reach::Made(api.node)),
                ApiStep::Root(name) => reaches.push(Reach::Root(name.clone())),
                ApiStep::Member(_) | ApiStep::Given | ApiStep::State => {}
            }
            at = match &api.from {
                Some(Traced { value: Value::Api(from), .. }) => Some(from),
                _ => None,
            };
        }
        reaches
    }

    /// The fact with this number.
    pub fn call_fact(&self, fact: usize) -> Option<&'s CallFact> {
        match self.rules.facts.get(fact) {
            Some(Fact::Call(fact)) => Some(fact),
            _ => None,
        }
    }

    fn ambient_in(&mut self, file: FileId, into: &mut Vec<Ambient>) {
        let Some(lowered) = self.lowered(file) else { return };
        let rules = self.rules;
        for member in &rules.ambient_members {
            for &call in lowered.index.calls_by_name.get(member.as_str()).into_iter().flatten() {
                let node = Node { file, expr: call };
                let is_new = matches!(lowered.ir.expr(call), Expr::Call { kind: CallKind::New, .. });
                let step = if is_new { Step::New } else { Step::Call };
                for called in self.callees(node, &None) {
                    let Value::Api(api) = &called.value else { continue };
                    let states = rules.automaton.step(&api.states, &step);
                    for id in rules.automaton.facts(&states) {
                        let Some(Fact::Call(fact)) = rules.facts.get(id as usize) else { continue };
                        if !self.applies(&fact.versions, file) {
                            continue;
                        }
                        rules.answered(&**fact);
                        let source = Source::Call(node, id as usize);
                        if fact.ambient {
                            into.push(Ambient { reach: Reach::Client(fact.client.clone()), source });
                        } else if fact.mutates
                            && !fact.hooks.is_empty()
                            && let Some(reach) = self.reaches(api).into_iter().next()
                        {
                            into.push(Ambient { reach, source });
                        }
                    }
                }
            }
        }
        for (nth, fact) in rules.ambient.iter().enumerate() {
            self.ambient_writes(file, (nth, fact), into);
            self.ambient_methods(file, (nth, fact), into);
        }
    }

    fn ambient_writes(&mut self, file: FileId, (nth, fact): (usize, &AmbientFact), into: &mut Vec<Ambient>) {
        let Some(lowered) = self.lowered(file) else { return };
        let ir = &lowered.ir;
        for path in &fact.paths {
            let Some((last, holders)) = path.split_last() else { continue };
            for write in &ir.writes {
                let key = match &write.key {
                    Key::Name(name) => Some(name.clone()),
                    Key::Computed(computed) => super::known_as::text_of(lowered, *computed),
                    Key::Index(_) => None,
                };
                if !key.is_some_and(|key| key.eq_ignore_ascii_case(last)) {
                    continue;
                }
                // down the written place to the object
                let mut object = ir.strip(write.base);
                let fits = holders.iter().rev().all(|holder| match ir.expr(object) {
                    crate::ir::Expr::Field { base, key: Key::Name(name) } if name.as_ref() == holder.as_str() => {
                        object = ir.strip(*base);
                        true
                    }
                    _ => false,
                });
                if !fits {
                    continue;
                }
                for value in self.eval(Node { file, expr: object }, &None) {
                    let Value::Api(api) = &value.value else { continue };
                    if !api.states.iter().any(|state| fact.objects.contains(state)) {
                        continue;
                    }
                    let reach = match &fact.client {
                        Some(client) => Some(Reach::Client(client.clone())),
                        None => self.reaches(api).into_iter().next(),
                    };
                    if let Some(reach) = reach {
                        self.rules.answered(path);
                        let written = Node { file, expr: write.value };
                        let source = if fact.base {
                            Source::Base(written)
                        } else if fact.replaces {
                            Source::Replaced(written)
                        } else {
                            Source::Write(written, fact.getter, Some(nth))
                        };
                        into.push(Ambient { reach, source });
                    }
                }
            }
        }
    }

    fn ambient_methods(&mut self, file: FileId, (nth, fact): (usize, &AmbientFact), into: &mut Vec<Ambient>) {
        let (Some(method), Some(ty), Some(client)) = (&fact.method, fact.ty, &fact.client) else { return };
        let Some(lowered) = self.lowered(file) else { return };
        for class in &lowered.ir.classes {
            let own = class.methods.iter().find(|own| matches!(&own.key, Key::Name(name) if **name == **method));
            let Some(own) = own else { continue };
            let implements = class.bases.iter().any(|base| {
                self.eval(Node { file, expr: *base }, &None).iter().any(|base| match &base.value {
                    Value::Api(api) => api.states.iter().any(|state| fact.classes.contains(state)),
                    _ => false,
                })
            });
            if implements {
                let source = Source::Method(FuncRef { file, func: own.func }, ty, nth);
                into.push(Ambient { reach: Reach::Client(client.clone()), source });
            }
        }
    }

    /// Which of several places where something is set were the last before the call at `at`, on every way there, and under
    /// which calls of the functions around them. None where that cannot be told.
    pub fn last_set(&mut self, places: &[Node], at: Node, ctx: &Ctx) -> Vec<(usize, Ctx)> {
        let (mut at, mut ctx) = (at, ctx.clone());
        for _ in 0..FRAMES {
            let Some(lowered) = self.lowered(at.file) else { return Vec::new() };
            let ir = &lowered.ir;
            let func = ir.func_of(at.expr);
            let is_here = |node: &Node| node.file == at.file && ir.func_of(node.expr) == func;
            let event = |node: Node| Event { at: ir.span(node.expr).end, block: ir.block_of(node.expr) };
            let (mut events, mut set) = (Vec::new(), Vec::new());
            for (nth, place) in places.iter().enumerate() {
                if is_here(place) {
                    events.push(event(*place));
                    set.push((nth, ctx.clone()));
                    continue;
                }
                // a function that sets what it is given
                let Some(setter) = self.lowered(place.file).map(|there| there.ir.func_of(place.expr)) else { continue };
                let setter = FuncRef { file: place.file, func: setter };
                for call in self.callers_of(setter).calls.iter().filter(|call| is_here(call)) {
                    let closure = Closure { func: setter, ctx: None, this: None };
                    events.push(event(*call));
                    set.push((nth, self.call_frame(&closure, Args::Of(*call, ctx.clone()), None)));
                }
            }
            let found = reaching(ir, &events, ir.span(at.expr).start, ir.block_of(at.expr));
            if found.settled {
                return found.events.into_iter().map(|nth| set[nth].clone()).collect();
            }
            match args_in(FuncRef { file: at.file, func }, &ctx) {
                Some(Args::Of(call, caller)) => (at, ctx) = (call, caller),
                _ => return Vec::new(),
            }
        }
        Vec::new()
    }

    /// A call that sets an ambient credential, as the rules see it.
    pub fn ambient_site(&mut self, node: Node) -> Site {
        for called in self.callees(node, &None) {
            if let Value::Api(api) = &called.value {
                return Site::of(node, &None, api);
            }
        }
        Site::new(node, &None)
    }

    /// The functions that a hook's slot of the call at `node` means: those it holds, or a member of what they make or of
    /// the service they name.
    pub fn hook_functions(
        &mut self,
        value: &Traced,
        member: Option<&str>,
        node: Node,
    ) -> Vec<std::rc::Rc<super::value::Closure>> {
        let functions = self.functions_in(value);
        let Some(member) = member else { return functions };
        let mut objects = Vec::new();
        if let Value::Str(pattern) = &value.value
            && let Some(name) = pattern.text()
        {
            objects.extend(self.injected(&name.into(), node.file));
        }
        for closure in functions {
            objects.extend(self.free_result(&closure));
        }
        if matches!(value.value, Value::Object(_)) {
            objects.push(value.clone());
        }
        if matches!(value.value, Value::Instance(_)) {
            objects.push(value.clone());
        }
        let key = PlaceKey::Name(member.into());
        let mut found = Vec::new();
        for object in objects {
            if let Value::Object(object) = &object.value {
                for value in self.object_member(object, &key, node) {
                    if let Value::Func(closure) = value.value {
                        found.push(closure);
                    }
                }
            } else if let Value::Instance(class) = &object.value {
                for value in self.class_member(*class, &key, None, node, 0) {
                    if let Value::Func(closure) = value.value {
                        found.push(closure);
                    }
                }
            }
        }
        found
    }
}

/// Everything that is said about requests apart from them, in the order of files and places.
fn all_ambient<'a>(shared: &'a Shared<'_>) -> &'a [Ambient] {
    shared.ambient.get_or_init(|| {
        let rules = shared.rules;
        let mut words: Vec<&str> = rules.ambient_members.iter().map(String::as_str).collect();
        for fact in &rules.ambient {
            words.extend(fact.paths.iter().filter_map(|path| path.first()).map(String::as_str));
            words.extend(fact.method.as_deref());
        }
        words.sort_unstable();
        words.dedup();
        let mut files: Vec<FileId> = Vec::new();
        for word in words {
            files.extend(shared.project.files_with(word, FILES).0);
        }
        files.sort();
        files.dedup();
        let mut all = Vec::new();
        for file in files {
            // each file has a budget of its own: the result does not depend on who asks first
            Eval::new(shared).ambient_in(file, &mut all);
        }
        all
    })
}
