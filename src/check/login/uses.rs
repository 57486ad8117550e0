//! Who uses a value: the calls that a token goes into, and what else is done with it. An edit of a token is certain only
//! where all that is made of it goes into calls that are mended too. Must not know tokens or logins.

use super::Sent;
use super::flow::{At, Flow, above_callee};
use crate::eval::value::{FuncRef, Node, Traced, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, FuncId, Key, Name};
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Variables, functions and members that are gone through one after another.
const DEPTH: u32 = 12;
/// Files that are searched for the reads of a member or for the mentions of a function.
const FILES: usize = 60;

/// Where values go.
pub(super) struct Uses<'a> {
    pub(super) shared: &'a Shared<'a>,
    sent: &'a [Sent<'a>],
    group: &'a [usize],
    /// The calls of the group by the expressions that make up their requests.
    by_part: Rc<FxHashMap<Node, BTreeSet<usize>>>,
    /// Whether what is named after an ID token goes on holding one.
    by_name: bool,
}

/// A place as people look for it.
pub(super) fn place_of(shared: &Shared<'_>, node: Node) -> String {
    match shared.project.lowered(node.file) {
        Some(lowered) => shared.project.place(node.file, lowered.ir.span(node.expr)),
        None => shared.project.path(node.file).to_owned(),
    }
}

/// The calls of the group that a value goes into; else a place where it goes elsewhere.
pub(super) type Goes = Result<BTreeSet<usize>, Node>;

impl<'a> Uses<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, sent: &'a [Sent<'a>], group: &'a [usize]) -> Self {
        let mut by_part: FxHashMap<Node, BTreeSet<usize>> = FxHashMap::default();
        for nth in group {
            for part in &sent[*nth].origin.sent_by {
                by_part.entry(*part).or_default().insert(*nth);
            }
        }
        Uses { shared, sent, group, by_part: Rc::new(by_part), by_name: true }
    }

    /// The same, where what is named after an ID token may hold another one.
    pub(super) fn whatever_the_name(&self) -> Self {
        Uses { by_name: false, by_part: self.by_part.clone(), ..*self }
    }

    /// Whether what has this name is to hold an ID token.
    pub(super) fn keeps_name(&self, name: &str) -> bool {
        self.by_name && self.shared.rules.access_member(name).is_some()
    }

    /// The calls of the group that a value goes into, where it goes nowhere else.
    pub(super) fn of(&self, node: Node) -> Goes {
        Flow::new(self, node).follow(&At::the(node), DEPTH)
    }

    /// The calls of the group that an expression adds to.
    pub(super) fn sent_by(&self, node: Node) -> BTreeSet<usize> {
        self.by_part.get(&node).cloned().unwrap_or_default()
    }

    /// Whether what a function of this name returns is to be an ID token.
    pub(super) fn keeps_function(&self, name: &str) -> bool {
        self.by_name && self.shared.rules.access_function(name).is_some()
    }

    /// Whether a place is on the way of one of these calls' tokens, which ends at the call.
    pub(super) fn passes(&self, nth: usize, file: FileId, span: Span) -> bool {
        let path = self.shared.project.path(file);
        self.sent[nth].call.trace.iter().any(|step| step.at.span == span && step.at.path == path)
    }

    /// The requests of the group's calls.
    pub(super) fn requests(&self) -> impl Iterator<Item = (usize, Node)> {
        self.group.iter().filter_map(|nth| Some((*nth, self.sent[*nth].origin.request?)))
    }

    /// Whether an expression is the request itself of one of these calls.
    pub(super) fn is_request(&self, node: Node, of: &BTreeSet<usize>) -> bool {
        of.iter().any(|nth| self.sent[*nth].origin.request == Some(node))
    }

    /// The reads of the variable that holds just this value, or the calls of the function that returns it.
    pub(super) fn of_what_holds(&self, node: Node) -> Option<Vec<Node>> {
        let lowered = self.shared.project.lowered(node.file)?;
        if let Some(binding) = lowered.index.binding_of.get(&node.expr) {
            let [def] = lowered.ir.binding(*binding).defs.as_slice() else { return None };
            let reads = lowered.index.reads.get(binding)?.iter();
            return (def.value == node.expr).then(|| reads.map(|expr| Node { file: node.file, expr: *expr }).collect());
        }
        let func = *lowered.index.returned_by.get(&node.expr)?;
        let is_all = lowered.ir.func(func).returns.as_slice() == [node.expr];
        let callers = Eval::new(self.shared).callers_of(FuncRef { file: node.file, func });
        is_all.then(|| callers.calls.clone())
    }

    /// A place as people look for it.
    pub(super) fn place(&self, node: Node) -> String {
        place_of(self.shared, node)
    }

    /// All calls of a function, where nothing else is done with it.
    pub(super) fn callers(&self, func: FuncRef) -> Option<Vec<Node>> {
        let name = self.shared.project.lowered(func.file)?.ir.func(func.func).name.clone()?;
        if func.func == FuncId::MODULE {
            return None;
        }
        let callers = Eval::new(self.shared).callers_of(func);
        if callers.cut || !callers.perhaps.is_empty() || !callers.by_library.is_empty() {
            return None;
        }
        let mut calls = callers.calls.clone();
        let (files, cut) = self.shared.project.files_with(&name, FILES);
        let mut eval = Eval::new(self.shared);
        for file in files {
            let ir = &self.shared.project.lowered(file)?.ir;
            for mention in mentions(ir, &name) {
                let call = above_callee(ir, mention).map(|expr| Node { file, expr });
                if call.is_some_and(|call| calls.contains(&call)) || is_plumbing(ir, mention) {
                    continue;
                }
                // on an object that is known only there
                eval.glance();
                let is_it = |value: &Traced| matches!(&value.value, Value::Func(closure) if closure.func == func);
                let called = eval.callees(call?, &None);
                if called.iter().any(is_it) {
                    calls.extend(call);
                } else if called.is_empty() || called.iter().any(|value| value.value.is_unknown()) {
                    return None;
                }
            }
        }
        (!cut && !calls.is_empty()).then_some(calls)
    }

    /// All reads of a member of this name, whatever it is a member of.
    pub(super) fn member_reads(&self, name: &Name) -> Option<Vec<Node>> {
        let (files, cut) = self.shared.project.files_with(name, FILES);
        let mut reads = Vec::new();
        for file in files {
            let ir = &self.shared.project.lowered(file)?.ir;
            let is_read = |id: &ExprId| matches!(ir.expr(*id), Expr::Field { key: Key::Name(key), .. } if key == name);
            let is_written = |id: &ExprId| {
                let at = ir.span(*id);
                ir.parents[id.index()].is_none() && ir.writes.iter().any(|write| write.span.start == at.start)
            };
            reads.extend(ir.ids().filter(is_read).filter(|id| !is_written(id)).map(|expr| Node { file, expr }));
        }
        (!cut).then_some(reads)
    }
}

/// The expressions that name something by its last name.
pub(super) fn mentions<'i>(ir: &'i FileIr, name: &'i Name) -> impl Iterator<Item = ExprId> + use<'i> {
    ir.ids().filter(move |id| match ir.expr(*id) {
        Expr::Field { key: Key::Name(key), .. } => key == name,
        Expr::Local(binding) => ir.binding(*binding).name == *name,
        Expr::Global(global) => global == name,
        _ => false,
    })
}

/// Whether a mention only hands a function on to who imports it.
pub(super) fn is_plumbing(ir: &FileIr, id: ExprId) -> bool {
    let is_import = |base: ExprId| matches!(ir.expr(ir.strip(base)), Expr::Import(_));
    let taken_out = matches!(ir.expr(id), Expr::Field { base, .. } if is_import(*base));
    let whole = ir.exports.whole.iter();
    let exported = ir.exports.names.iter().map(|(_, value)| value).chain(whole).any(|value| ir.strip(*value) == id);
    taken_out
        || exported
        || is_bound_anew(ir, id)
        || ir.held_under(id).is_some_and(|(name, _)| names(ir, id) == Some(name))
}

/// Whether a method is only bound to its object, under its own name: `this.f = this.f.bind(this)`.
fn is_bound_anew(ir: &FileIr, id: ExprId) -> bool {
    let Expr::Field { key: Key::Name(name), .. } = ir.expr(id) else { return false };
    let same = |of: ExprId| matches!(ir.expr(of), Expr::Field { key: Key::Name(key), .. } if key == name);
    ir.writes.iter().any(|write| {
        let value = ir.strip(write.value);
        let is_target = ir.parents[id.index()].is_none() && ir.span(id).start == write.span.start;
        matches!(&write.key, Key::Name(key) if key == name) && same(value) && (value == id || is_target)
    })
}

fn names(ir: &FileIr, id: ExprId) -> Option<&Name> {
    match ir.expr(id) {
        Expr::Local(binding) => Some(&ir.binding(*binding).name),
        _ => None,
    }
}
