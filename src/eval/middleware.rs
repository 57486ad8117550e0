//! Middleware: functions that get every action that is dispatched, on its way to the state.
//!
//! Recognised by its form alone, `store => next => action => { … next(action) … }`, whichever library applies it. What
//! comes to it are the actions of the project that have what it reads of them: those with a member under a symbol or name
//! of its own, else those that name their kind.

use super::actions::actions_in;
use super::engine::Eval;
use super::store_keys::made_key;
use super::value::{Api, ApiStep, FuncRef, Node, Traced, Vals, Value};
use crate::ir::{Expr, ExprId, Key, Lang, Name, Prop};
use crate::project::Lowered;
use crate::rules::KIND;
use std::rc::Rc;
use std::sync::Arc;

/// Files that are looked through for one member of actions.
const FILES: usize = 200;
/// Actions that come to one middleware.
const ACTIONS: usize = 64;

/// What comes to a function.
#[derive(Debug, Default)]
pub(crate) struct Dispatched {
    /// Literals of actions, and calls that make one, in the order of files and places.
    pub(crate) actions: Vec<Node>,
    /// Whether there are more.
    pub(crate) cut: bool,
}

impl<'s> Eval<'s> {
    /// The actions that come to a function as its first argument, where it is a middleware's innermost, and whether there
    /// are more of them.
    pub fn actions_to(&mut self, func: FuncRef) -> (Vec<Node>, bool) {
        let dispatched = self.dispatched(func);
        (dispatched.actions.clone(), dispatched.cut)
    }

    fn dispatched(&mut self, func: FuncRef) -> Arc<Dispatched> {
        // not while actions are collected
        if !self.ask_stores || !self.is_middleware(func) {
            return Arc::default();
        }
        let shared = self.shared;
        shared.dispatched.get(&func, || {
            let mut eval = super::Eval::new(shared);
            eval.ask_stores = false;
            Arc::new(eval.find_dispatched(func))
        })
    }

    /// Whether a function is the innermost of three, each returned by the one around it, and hands its argument on to
    /// the function that the one around it is given.
    fn is_middleware(&self, func: FuncRef) -> bool {
        let Some(lowered) = self.lowered(func.file) else { return false };
        let (ir, index) = (&lowered.ir, &lowered.index);
        if ir.lang != Lang::Js || ir.func(func.func).params.is_empty() {
            return false;
        }
        let around = |expr: ExprId| index.returned_by.get(&expr).copied();
        let Some(next) = around(ir.func(func.func).expr) else { return false };
        let is_applied = around(ir.func(next).expr).is_some();
        let span = ir.func(func.func).span;
        is_applied
            && index.param_bindings.get(&(next, 0)).into_iter().flatten().any(|&binding| {
                let mut calls = index.calls_of(ir, binding);
                calls.any(|call| span.contains(ir.span(call)))
            })
    }

    fn find_dispatched(&mut self, func: FuncRef) -> Dispatched {
        let Some(lowered) = self.lowered(func.file) else { return Dispatched::default() };
        let (mut of_kind, mut marked) = (false, Vec::new());
        for key in members_read(lowered, func) {
            match &key {
                Key::Name(name) if &**name == KIND => of_kind = true,
                Key::Name(name) => marked.push((name.clone(), PlaceOf::Name(name.clone()))),
                Key::Computed(computed) => {
                    let node = Node { file: func.file, expr: *computed };
                    let Some(word) = super::known_as::last_name(&lowered.ir, *computed) else { continue };
                    for value in self.eval(node, &None) {
                        marked.extend(key_of(&value).map(|key| (word.clone(), PlaceOf::Made(key))));
                    }
                }
                Key::Index(_) => {}
            }
        }
        // what is kept under a symbol is meant for whoever has the symbol
        let is_made = |(_, key): &(Name, PlaceOf)| matches!(key, PlaceOf::Made(_));
        if marked.iter().any(is_made) {
            marked.retain(is_made);
            of_kind = false;
        }
        let mut actions = Vec::new();
        if of_kind {
            actions.extend(self.actions_by_kind());
        } else {
            for (word, key) in &marked {
                self.literals_with(word, key, &mut actions);
            }
        }
        actions.sort();
        actions.dedup();
        let near = self.near(actions, func.file);
        let cut = near.len() > ACTIONS;
        Dispatched { actions: near.into_iter().take(ACTIONS).collect(), cut }
    }

    /// All actions that name their kind: literals, and calls of what a library makes for one kind.
    fn actions_by_kind(&mut self) -> Vec<Node> {
        let all = actions_in(self.shared);
        let mut nodes: Vec<Node> = all.literals.values().flatten().copied().collect();
        let mut makers: Vec<Node> = all.makers.values().flatten().copied().collect();
        makers.sort();
        makers.dedup();
        for maker in makers {
            for made in self.eval(maker, &None) {
                if let Value::Api(api) = &made.value {
                    nodes.extend(self.calls_of_made(api).iter().copied());
                }
            }
        }
        nodes
    }

    /// The literals that have a member under a key, in the files that hold its word.
    fn literals_with(&mut self, word: &Name, key: &PlaceOf, into: &mut Vec<Node>) {
        for file in self.project.files_with(word, FILES).0 {
            let Some(lowered) = self.lowered(file).filter(|lowered| lowered.ir.lang == Lang::Js) else { continue };
            let ir = &lowered.ir;
            for (at, expr) in (0u32..).map(ExprId).zip(&ir.exprs) {
                let Expr::Object { props, .. } = expr else { continue };
                let has = props.iter().any(|prop| match (prop, key) {
                    (Prop::Field(Key::Name(name), _), PlaceOf::Name(wanted)) => name == wanted,
                    (Prop::Field(Key::Computed(computed), _), PlaceOf::Made(wanted)) => {
                        self.glance();
                        let keys = self.eval(Node { file, expr: *computed }, &None);
                        keys.iter().any(|key| key_of(key).as_ref() == Some(wanted))
                    }
                    (Prop::Field(Key::Name(name), _), PlaceOf::Made(wanted)) => name == wanted,
                    _ => false,
                });
                // an action is returned by what makes it, or handed to whoever dispatches it
                let is_made = || lowered.index.returned_by.contains_key(&at) || is_argument(lowered, at);
                if has && is_made() {
                    into.push(Node { file, expr: at });
                }
            }
        }
    }

    /// The actions that come to a function's first parameter, by themselves.
    pub(crate) fn dispatched_values(&mut self, func: FuncRef) -> Vals {
        let dispatched = self.dispatched(func);
        dispatched.actions.iter().flat_map(|node| self.eval(*node, &None)).collect()
    }
}

/// A member of actions.
enum PlaceOf {
    /// By its name.
    Name(Name),
    /// By a key that was computed: a text, or what stands for a symbol.
    Made(Name),
}

/// What stands for a computed key: its text, or the call that made a value that is equal to itself alone.
pub(crate) fn key_of(value: &Traced) -> Option<Name> {
    match &value.value {
        Value::Str(pattern) => pattern.text().map(Name::from),
        Value::Api(api) if is_made(api) => Some(made_key(api.node)),
        _ => None,
    }
}

fn is_made(api: &Rc<Api>) -> bool {
    matches!(api.step, ApiStep::Call | ApiStep::New)
}

/// The members of its first parameter that a function reads.
fn members_read(lowered: &Lowered, func: FuncRef) -> Vec<Key> {
    let ir = &lowered.ir;
    let held = lowered.index.param_bindings.get(&(func.func, 0));
    let is_param = |base: ExprId| match ir.expr(ir.strip(base)) {
        Expr::Param { func: of, index: 0, .. } => *of == func.func,
        Expr::Local(binding) => held.is_some_and(|held| held.contains(binding)),
        _ => false,
    };
    let member = |expr: &Expr| match expr {
        Expr::Field { base, key } if is_param(*base) => Some(key.clone()),
        _ => None,
    };
    ir.exprs.iter().filter_map(member).collect()
}

/// Whether a literal is an argument of a call.
fn is_argument(lowered: &Lowered, literal: ExprId) -> bool {
    let ir = &lowered.ir;
    ir.parents[literal.index()].is_some_and(|parent| match ir.expr(parent) {
        Expr::Call { args, .. } => args.iter().any(|arg| arg.expr == literal),
        _ => false,
    })
}
