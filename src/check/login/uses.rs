//! Where a value goes, read forward by syntax: an edit of a token is certain only where all that is made of it goes into
//! calls that are mended too. Must not know tokens or logins.

use super::Sent;
use crate::check::model::Call;
use crate::eval::value::{FuncRef, Node, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, FuncId, Key, Name};
use crate::project::Lowered;
use crate::text::LineIndex;
use std::collections::BTreeSet;

/// Variables, functions and members that are gone through one after another.
const DEPTH: u32 = 8;
/// Files that are searched for the reads of a member or for the mentions of a function.
const FILES: usize = 60;

/// Where values go.
pub(super) struct Uses<'a> {
    shared: &'a Shared<'a>,
    sent: &'a [Sent<'a>],
    group: &'a [usize],
}

/// The calls of the group that a value goes into; else a place where it goes elsewhere.
pub(super) type Goes = Result<BTreeSet<usize>, Node>;

impl<'a> Uses<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, sent: &'a [Sent<'a>], group: &'a [usize]) -> Self {
        Uses { shared, sent, group }
    }

    /// The calls of the group that a value goes into, where it goes nowhere else.
    pub(super) fn of(&self, node: Node) -> Goes {
        self.follow(node, DEPTH)
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
        let path = self.shared.project.path(node.file);
        let Some(lowered) = self.shared.project.lowered(node.file) else { return path.to_owned() };
        let text = self.shared.project.text(node.file);
        let (start, _) = LineIndex::new(&text).range(&text, lowered.ir.span(node.expr));
        format!("{path}:{}", start.line)
    }

    fn follow(&self, node: Node, depth: u32) -> Goes {
        let lowered = self.shared.project.lowered(node.file).filter(|_| depth > 0).ok_or(node)?;
        let (ir, file) = (&lowered.ir, node.file);
        let mut at = node.expr;
        loop {
            let here = Node { file, expr: at };
            let hit: BTreeSet<usize> =
                self.group.iter().copied().filter(|nth| self.sent[*nth].origin.sent_by.contains(&here)).collect();
            if !hit.is_empty() {
                return self.through_part(lowered, here, hit, depth);
            }
            if ir.blocks.iter().any(|block| block.guard.is_some_and(|guard| guard.test == at)) {
                // whether there is a token at all
                return Ok(BTreeSet::new());
            }
            if let Some(binding) = lowered.index.binding_of.get(&at).filter(|_| !matches!(ir.expr(at), Expr::Local(_)))
            {
                let reads = lowered.index.reads.get(binding).map(Vec::as_slice).unwrap_or_default();
                if ir.binding(*binding).defs.len() != 1 {
                    return Err(here);
                }
                return self.all(reads.iter().map(|read| Node { file, expr: *read }), depth);
            }
            if let Some(func) = lowered.index.returned_by.get(&at) {
                let calls = self.callers(FuncRef { file, func: *func }).ok_or(here)?;
                return self.all(calls.into_iter(), depth);
            }
            if let Some(nth) = lowered.index.write_of.get(&at) {
                let Key::Name(key) = &ir.writes[*nth].key else { return Err(here) };
                let reads = self.member_reads(key).filter(|reads| !reads.is_empty()).ok_or(here)?;
                return self.all(reads.into_iter(), depth);
            }
            if super::exchange::is_dependency(ir, at) {
                return Ok(BTreeSet::new());
            }
            let Some(parent) = ir.parents[at.index()] else { return Err(node) };
            if let Some(param) = self.handed_on(lowered, here, parent) {
                let reads = lowered_reads(self.shared, param).ok_or(here)?;
                return self.all(reads.into_iter(), depth);
            }
            at = parent;
        }
    }

    fn all(&self, nodes: impl Iterator<Item = Node>, depth: u32) -> Goes {
        let mut calls = BTreeSet::new();
        for node in nodes {
            calls.extend(self.follow(node, depth - 1)?);
        }
        Ok(calls)
    }

    /// What is made of a part of a request: where it is a client of its own, other calls may be made with it.
    fn through_part(&self, lowered: &Lowered, part: Node, hit: BTreeSet<usize>, depth: u32) -> Goes {
        if hit.iter().any(|nth| self.sent[*nth].origin.request == Some(part)) {
            return Ok(hit);
        }
        let reads: Vec<Node> = if let Some(binding) = lowered.index.binding_of.get(&part.expr) {
            let reads = lowered.index.reads.get(binding).map(Vec::as_slice).unwrap_or_default();
            reads.iter().map(|read| Node { file: part.file, expr: *read }).collect()
        } else if let Some(nth) = lowered.index.write_of.get(&part.expr) {
            let Key::Name(key) = &lowered.ir.writes[*nth].key else { return Err(part) };
            self.member_reads(key).ok_or(part)?
        } else {
            Vec::new()
        };
        let mut calls = self.all(reads.into_iter(), depth)?;
        calls.extend(hit);
        Ok(calls)
    }

    /// The parameter that an argument becomes, where a call of the group was followed through just this argument.
    fn handed_on(&self, lowered: &Lowered, arg: Node, parent: ExprId) -> Option<(FuncRef, u32)> {
        let Expr::Call { args, .. } = lowered.ir.expr(parent) else { return None };
        let nth = args.iter().position(|it| it.expr == arg.expr && !it.spread)?;
        let span = lowered.ir.span(lowered.ir.strip(arg.expr));
        let path = self.shared.project.path(arg.file);
        let is_step = |call: &Call| call.trace.iter().any(|step| step.at.span == span && step.at.path == path);
        if !self.group.iter().any(|nth| is_step(self.sent[*nth].call)) {
            return None;
        }
        let mut eval = Eval::new(self.shared);
        let called = eval.callees(Node { file: arg.file, expr: parent }, &None);
        match called.as_slice() {
            [only] => match &only.value {
                Value::Func(closure) => Some((closure.func, u32::try_from(nth).ok()?)),
                _ => None,
            },
            _ => None,
        }
    }

    /// All calls of a function, where nothing else is done with it.
    fn callers(&self, func: FuncRef) -> Option<Vec<Node>> {
        let name = self.shared.project.lowered(func.file)?.ir.func(func.func).name.clone()?;
        if func.func == FuncId::MODULE {
            return None;
        }
        let callers = Eval::new(self.shared).callers_of(func);
        if callers.cut || !callers.perhaps.is_empty() || !callers.by_library.is_empty() {
            return None;
        }
        let (files, cut) = self.shared.project.files_with(&name, FILES);
        let is_known = |node: Node, ir: &FileIr| {
            let called =
                callers.calls.iter().filter(|call| call.file == node.file).any(
                    |call| matches!(ir.expr(call.expr), Expr::Call { callee, .. } if ir.strip(*callee) == node.expr),
                );
            called || is_plumbing(ir, node.expr)
        };
        let all_known = files.iter().all(|file| {
            let Some(lowered) = self.shared.project.lowered(*file) else { return false };
            mentions(&lowered.ir, &name).all(|expr| is_known(Node { file: *file, expr }, &lowered.ir))
        });
        (!cut && all_known && !callers.calls.is_empty()).then(|| callers.calls.clone())
    }

    /// All reads of a member of this name, whatever it is a member of.
    fn member_reads(&self, name: &Name) -> Option<Vec<Node>> {
        let (files, cut) = self.shared.project.files_with(name, FILES);
        let mut reads = Vec::new();
        for file in files {
            let ir = &self.shared.project.lowered(file)?.ir;
            let is_read = |id: &ExprId| matches!(ir.expr(*id), Expr::Field { key: Key::Name(key), .. } if key == name);
            reads.extend(ir.ids().filter(is_read).map(|expr| Node { file, expr }));
        }
        (!cut).then_some(reads)
    }
}

/// The reads of a parameter.
fn lowered_reads(shared: &Shared<'_>, (func, nth): (FuncRef, u32)) -> Option<Vec<Node>> {
    let lowered = shared.project.lowered(func.file)?;
    let [binding] = lowered.index.param_bindings.get(&(func.func, nth))?.as_slice() else { return None };
    if lowered.ir.binding(*binding).defs.len() != 1 {
        return None;
    }
    let reads = lowered.index.reads.get(binding).map(Vec::as_slice).unwrap_or_default();
    Some(reads.iter().map(|read| Node { file: func.file, expr: *read }).collect())
}

/// The expressions that name something by its last name.
fn mentions<'i>(ir: &'i FileIr, name: &'i Name) -> impl Iterator<Item = ExprId> + use<'i> {
    ir.ids().filter(move |id| match ir.expr(*id) {
        Expr::Field { key: Key::Name(key), .. } => key == name,
        Expr::Local(binding) => ir.binding(*binding).name == *name,
        Expr::Global(global) => global == name,
        _ => false,
    })
}

/// Whether a mention only hands a function on to who imports it.
fn is_plumbing(ir: &FileIr, id: ExprId) -> bool {
    let is_import = |base: ExprId| matches!(ir.expr(ir.strip(base)), Expr::Import(_));
    let taken_out = matches!(ir.expr(id), Expr::Field { base, .. } if is_import(*base));
    let whole = ir.exports.whole.iter();
    let exported = ir.exports.names.iter().map(|(_, value)| value).chain(whole).any(|value| ir.strip(*value) == id);
    taken_out || exported || ir.held_under(id).is_some_and(|(name, _)| names(ir, id) == Some(name))
}

fn names(ir: &FileIr, id: ExprId) -> Option<&Name> {
    match ir.expr(id) {
        Expr::Local(binding) => Some(&ir.binding(*binding).name),
        _ => None,
    }
}
