//! What lies in a store under a key: who writes it, who reads it, and what else names the key. Must not know tokens or logins.

use super::uses::{is_plumbing, mentions};
use crate::eval::value::{Node, Traced, Value, texts};
use crate::eval::{Eval, Shared, Site};
use crate::ir::{Expr, ExprId, FileIr, Key, Lit, Name};
use crate::rules::path::Step;
use crate::rules::slot::Base;
use crate::rules::{Fact, StoreFact};
use std::sync::Arc;

/// Files that are searched for mentions of a key.
pub(super) const FILES: usize = 100;

/// Looks at stores.
pub(super) struct Stores<'a> {
    pub shared: &'a Shared<'a>,
}

/// What an expression that is a key stands for.
pub(super) enum Mention {
    /// The key of a known write.
    Written,
    /// The key of this read.
    Read(ExprId),
    /// The only argument of a call that stands alone: it takes out what lies there.
    Removed(ExprId),
    /// Something that has nothing to do with the store.
    Elsewhere,
    /// It cannot be told.
    Unclear,
}

impl<'a> Stores<'a> {
    /// The store and the key that a call reads.
    pub(super) fn read_by(&self, node: Node) -> Option<(Arc<str>, Name)> {
        self.key_of(node, |fact| match fact {
            Fact::Read(read) if !read.own => Some(read),
            _ => None,
        })
    }

    /// The store and the key under which a call writes its argument `nth`.
    pub(super) fn written_by(&self, node: Node, nth: usize) -> Option<(Arc<str>, Name)> {
        self.key_of(node, |fact| match fact {
            Fact::Write(write) if !write.own && write.made.is_none() && write.entries.is_none() => {
                let is_value = matches!(write.value.base, Base::Arg(of) if of as usize == nth);
                (is_value && write.value.path.is_empty()).then_some(write)
            }
            _ => None,
        })
    }

    /// All calls that read a key, where nothing names it in another way than to read, write or remove what lies there.
    /// `known` writes it.
    pub(super) fn all_reads(&self, store: &Arc<str>, key: &Name, known: Node) -> Option<Vec<Node>> {
        let project = self.shared.project;
        let (files, cut) = project.files_with(key, FILES);
        let mut named: Vec<Node> = Vec::new();
        for file in files.into_iter().filter(|file| project.in_one_application(known.file, *file)) {
            let Some(lowered) = project.lowered(file) else { continue };
            let ir = &lowered.ir;
            for literal in ir.ids().filter(|id| matches!(ir.expr(*id), Expr::Lit(Lit::Str(text)) if text == key)) {
                // a constant's name stands for the key
                let constant = lowered.index.binding_of.get(&literal).map(|binding| ir.binding(*binding).name.clone());
                let held = ir.held_under(literal).map(|(name, _)| name.clone());
                let mut fields = ir.classes.iter().flat_map(|class| &class.fields);
                let field = fields.find_map(|field| match &field.key {
                    Key::Name(name) if field.value == Some(literal) => Some(name.clone()),
                    _ => None,
                });
                let Some(name) = constant.or(held).or(field) else {
                    named.push(Node { file, expr: literal });
                    continue;
                };
                let (users, cut) = project.files_with(&name, FILES);
                if cut {
                    return None;
                }
                for user in users {
                    let Some(other) = project.lowered(user) else { continue };
                    let mentions = mentions(&other.ir, &name).filter(|id| !is_plumbing(&other.ir, *id));
                    let unbound = mentions.filter(|id| !other.index.binding_of.contains_key(id));
                    named.extend(unbound.map(|expr| Node { file: user, expr }));
                }
            }
        }
        let mut reads = Vec::new();
        for node in named {
            let ir = &project.lowered(node.file)?.ir;
            match self.mention(ir, node, store, &[known]) {
                Mention::Read(call) => reads.push(Node { file: node.file, expr: call }),
                Mention::Written | Mention::Removed(_) | Mention::Elsewhere => {}
                Mention::Unclear => return None,
            }
        }
        (!cut && !reads.is_empty()).then_some(reads)
    }

    /// What an expression is there for that is the key of a store, or has its text. `known` are calls that write the key.
    pub(super) fn mention(&self, ir: &FileIr, key: Node, store: &Arc<str>, known: &[Node]) -> Mention {
        let Some((call, nth)) = ir.argument_of(key.expr) else {
            // a member's value, a comparison: not a key that something is done with
            let is_member = ir.held_under(key.expr).is_some();
            let is_compared = ir.parents[key.expr.index()].is_some_and(|up| matches!(ir.expr(up), Expr::Test { .. }));
            return if is_member || is_compared { Mention::Elsewhere } else { Mention::Unclear };
        };
        let node = Node { file: key.file, expr: call };
        if known.contains(&node) && nth == 0 {
            return Mention::Written;
        }
        let mut eval = Eval::new(self.shared);
        let Some(receiver) = ir.receiver(call) else { return Mention::Unclear };
        if self.read_by(node).is_some() {
            return Mention::Read(call);
        }
        let values = eval.value(Node { file: key.file, expr: receiver }, &None);
        let is_store = |value: &Traced| known.iter().any(|write| self.may_write(value, *write, store));
        let stands_alone = ir.parents[call.index()].is_none();
        let Expr::Call { args, .. } = ir.expr(call) else { return Mention::Unclear };
        if values.iter().any(is_store) {
            return if stands_alone && args.len() == 1 { Mention::Removed(call) } else { Mention::Unclear };
        }
        if values.is_empty() || values.iter().any(|value| value.value.is_unknown()) {
            Mention::Unclear
        } else {
            Mention::Elsewhere
        }
    }

    /// Whether the call of a write could be made on a value, too, and would write the same store.
    fn may_write(&self, value: &Traced, write: Node, store: &Arc<str>) -> bool {
        let rules = self.shared.rules;
        let Value::Api(api) = &value.value else { return false };
        let name = self.shared.project.lowered(write.file).and_then(|lowered| callee_name(&lowered.ir, write.expr));
        let Some(name) = name else { return false };
        let method = rules.automaton.step(&api.states, &Step::Member(name.to_string()));
        let called = rules.automaton.step(&method, &Step::Call);
        rules.facts(&called).any(|fact| matches!(fact, Fact::Write(write) if write.store == *store))
    }

    /// The store and the key of a call that does with it what `told` asks for.
    fn key_of(&self, node: Node, told: impl Fn(&'a Fact) -> Option<&'a StoreFact>) -> Option<(Arc<str>, Name)> {
        let ir = &self.shared.project.lowered(node.file)?.ir;
        ir.receiver(node.expr)?;
        let mut eval = Eval::new(self.shared);
        eval.glance();
        let called = eval.callees(node, &None);
        let [Traced { value: Value::Api(api), .. }] = called.as_slice() else { return None };
        let states = self.shared.rules.automaton.step(&api.states, &Step::Call);
        let fact = self.shared.rules.facts(&states).find_map(told)?;
        let keys = texts(&eval.slot(&fact.key, &Site::of(node, &None, api)));
        match keys.as_slice() {
            [key] => Some((fact.store.clone(), key.clone())),
            _ => None,
        }
    }
}

/// The name of the method that is called.
pub(super) fn callee_name(ir: &FileIr, call: ExprId) -> Option<&Name> {
    match ir.expr(call) {
        Expr::Call { callee, .. } => match ir.expr(ir.strip(*callee)) {
            Expr::Field { key: Key::Name(name), .. } => Some(name),
            _ => None,
        },
        _ => None,
    }
}
