//! Where a value goes, read forward by syntax: through variables, members, functions of the project and what keeps values.
//! The evaluator is asked only what is called, and what surely holds something else. Must not know tokens or logins.

use super::uses::{Goes, Uses, mentions};
use crate::check::request::AUTHORIZATION;
use crate::eval::Eval;
use crate::eval::value::{FuncRef, Node, Piece, Traced, Value};
use crate::ir::{BindingId, Expr, ExprId, FileIr, FuncId, Key, Lit, MethodKind, Name, Prop};
use crate::project::Lowered;
use crate::rules::Fact;
use crate::rules::path::Step;
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// Files that are searched for the mentions of what keeps a value.
const FILES: usize = 60;

/// Where a value is on its way.
#[derive(Clone)]
pub(super) struct At {
    pub(super) node: Node,
    /// The members that lead to it from there, the next one first.
    pub(super) way: Vec<Name>,
    /// The functions that it was handed to, by which calls, and as what: it comes out of them there.
    within: Vec<(FuncRef, Node, Node)>,
    /// Whether a library made something of it.
    made_of: bool,
}

impl At {
    /// The value itself.
    pub(super) fn the(node: Node) -> At {
        At { node, way: Vec::new(), within: Vec::new(), made_of: false }
    }

    pub(super) fn to(&self, node: Node) -> At {
        At { node, ..self.clone() }
    }
}

/// What an expression holds, as far as the value that is followed goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    It,
    Other,
    Perhaps,
}

/// Follows one value.
pub(super) struct Flow<'u, 'a> {
    pub(super) uses: &'u Uses<'a>,
    /// Where the value came into being.
    begins: Vec<(FileId, Span)>,
    seen: BTreeSet<(Node, usize, Option<Node>)>,
}

impl<'u, 'a> Flow<'u, 'a> {
    pub(super) fn new(uses: &'u Uses<'a>, node: Node) -> Self {
        let mut begins = Vec::new();
        for value in Eval::new(uses.shared).value(node, &None) {
            first_steps(&value, &mut begins);
        }
        if let Some(lowered) = uses.shared.project.lowered(node.file) {
            begins.push((node.file, lowered.ir.span(node.expr)));
        }
        Flow { uses, begins, seen: BTreeSet::new() }
    }

    pub(super) fn lowered(&self, file: FileId) -> Option<&'a Lowered> {
        self.uses.shared.project.lowered(file)
    }

    fn eval(&self) -> Eval<'a> {
        let mut eval = Eval::new(self.uses.shared);
        eval.glance();
        eval
    }

    /// Whether an expression holds the value.
    pub(super) fn holds(&self, node: Node) -> Holds {
        let mut eval = self.eval();
        let mut values = eval.value(node, &None);
        let held: Vec<Traced> = values.iter().flat_map(|value| eval.held(value)).collect();
        values.extend(held);
        let begins_there = |value: &Traced| {
            let mut steps = Vec::new();
            first_steps(value, &mut steps);
            steps.iter().any(|step| self.begins.contains(step))
        };
        if values.iter().any(begins_there) {
            return Holds::It;
        }
        let is_known = |value: &Traced| !value.value.is_unknown();
        if !values.is_empty() && values.iter().all(is_known) { Holds::Other } else { Holds::Perhaps }
    }

    /// The calls of the group that the value goes into from there; else where it goes elsewhere.
    pub(super) fn follow(&mut self, from: &At, depth: u32) -> Goes {
        let file = from.node.file;
        let lowered = self.lowered(file).filter(|_| depth > 0).ok_or(from.node)?;
        let ir = &lowered.ir;
        let mut at = from.clone();
        loop {
            let here = at.node;
            if !self.seen.insert((here, at.way.len(), at.within.last().map(|(_, call, _)| *call))) {
                return Ok(BTreeSet::new());
            }
            let all = self.uses.sent_by(here);
            if !all.is_empty() {
                let hit: BTreeSet<usize> = all.into_iter().filter(|nth| self.is_way_of(*nth, lowered, &at)).collect();
                if hit.is_empty() {
                    return Err(at.within.last().map_or(here, |(_, call, _)| *call));
                }
                return self.through_part(lowered, &at, hit, depth);
            }
            if ir.blocks.iter().any(|block| block.guard.is_some_and(|guard| guard.test == here.expr)) {
                // whether there is one at all; what a library says about it is another matter
                return if at.made_of { Err(here) } else { Ok(BTreeSet::new()) };
            }
            if let Some(goes) = self.named(lowered, &at, depth) {
                return goes;
            }
            if super::exchange::is_dependency(ir, here.expr) {
                return Ok(BTreeSet::new());
            }
            let Some(parent) = ir.parents[here.expr.index()] else { return self.unused(ir, &at, depth) };
            let up = Node { file, expr: parent };
            match ir.expr(parent) {
                Expr::Field { base, key } if *base == here.expr => match (key, at.way.first()) {
                    (Key::Name(key), Some(next)) if key == next => {
                        at.way.remove(0);
                    }
                    (Key::Name(_), Some(_)) if !is_callee(ir, parent) => return Ok(BTreeSet::new()),
                    (_, None) if is_callee(ir, parent) => return self.method(lowered, &at, parent, depth),
                    _ => return Err(here),
                },
                Expr::Object { props, .. } => {
                    let held = props.iter().find_map(|prop| match prop {
                        Prop::Field(key, value) if *value == here.expr => Some(Some(key)),
                        Prop::Spread(value) if *value == here.expr => Some(None),
                        _ => None,
                    });
                    match held {
                        Some(Some(Key::Name(name))) if name.eq_ignore_ascii_case(AUTHORIZATION) => {
                            if let Some(goes) = self.uses.shared_by(here) {
                                return goes;
                            }
                            at.way.insert(0, name.clone());
                        }
                        Some(Some(Key::Name(name))) if !self.uses.keeps_name(name) => at.way.insert(0, name.clone()),
                        Some(None) if !at.way.is_empty() => {}
                        _ => return Err(here),
                    }
                }
                Expr::Call { args, .. } => {
                    if args.iter().any(|arg| is_header_name(ir, arg.expr))
                        && let Some(goes) = self.uses.shared_by(here)
                    {
                        return goes;
                    }
                    if let Some(nth) = args.iter().position(|arg| arg.expr == here.expr && !arg.spread)
                        && let Some(goes) = self.handed_to(&at, up, nth, depth)
                    {
                        return goes;
                    }
                    at.made_of = true;
                }
                Expr::Not(_) | Expr::Test { .. } if at.way.is_empty() && !at.made_of => return Ok(BTreeSet::new()),
                _ => {}
            }
            at.node = up;
        }
    }

    /// Whether a helper that makes the request of a call was handed the value for this very call.
    fn is_way_of(&self, nth: usize, lowered: &Lowered, at: &At) -> bool {
        let ir = &lowered.ir;
        let around: Vec<FuncId> = ir.functions_around(at.node.expr).collect();
        let helps = |func: &FuncRef| func.file == at.node.file && around.contains(&func.func);
        at.within.iter().filter(|(func, ..)| helps(func)).all(|(_, call, arg)| {
            let Some(lowered) = self.lowered(arg.file) else { return false };
            let ir = &lowered.ir;
            self.uses.passes(nth, arg.file, ir.span(ir.strip(arg.expr)))
                || self.uses.passes(nth, call.file, ir.span(call.expr))
        })
    }

    pub(super) fn all(&mut self, nodes: impl IntoIterator<Item = Node>, at: &At, depth: u32) -> Goes {
        let mut calls = BTreeSet::new();
        for node in nodes {
            calls.extend(self.follow(&at.to(node), depth - 1)?);
        }
        Ok(calls)
    }

    /// What holds the value under a name of its own: a variable, a function's result, a member.
    fn named(&mut self, lowered: &'a Lowered, at: &At, depth: u32) -> Option<Goes> {
        let (ir, file, expr) = (&lowered.ir, at.node.file, at.node.expr);
        if let Some(binding) = lowered.index.binding_of.get(&expr)
            && ir.binding(*binding).defs.iter().any(|def| ir.strip(def.value) == expr)
        {
            return Some(self.variable(lowered, *binding, at, depth));
        }
        if let Some(func) = lowered.index.returned_by.get(&expr) {
            return Some(self.returned(ir, FuncRef { file, func: *func }, at, depth));
        }
        let nth = lowered.index.write_of.get(&expr)?;
        let Key::Name(key) = &ir.writes[*nth].key else { return Some(Err(at.node)) };
        if key.eq_ignore_ascii_case(AUTHORIZATION)
            && let Some(goes) = self.uses.shared_by(at.node)
        {
            return Some(goes);
        }
        if at.way.is_empty() && self.uses.keeps_name(key) {
            return Some(Err(at.node));
        }
        let key = key.clone();
        Some(self.set(&key, at, depth).and_then(|mut set| {
            set.extend(self.members(&key, at, depth)?);
            Ok(set)
        }))
    }

    /// What the setters of this name do with the value.
    fn set(&mut self, name: &Name, at: &At, depth: u32) -> Goes {
        let project = self.uses.shared.project;
        let mut calls = BTreeSet::new();
        for file in project.files_with(name, FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            let methods = lowered.ir.classes.iter().flat_map(|class| &class.methods);
            let setters = methods.filter(|method| method.kind == MethodKind::Setter);
            for method in setters.filter(|method| matches!(&method.key, Key::Name(key) if key == name)) {
                let bindings = lowered.index.param_bindings.get(&(method.func, 0)).into_iter().flatten();
                for binding in bindings {
                    calls.extend(self.variable(lowered, *binding, &at.to(Node { file, ..at.node }), depth)?);
                }
            }
        }
        Ok(calls)
    }

    /// All that reads a variable, here and where it is imported.
    fn variable(&mut self, lowered: &'a Lowered, binding: BindingId, at: &At, depth: u32) -> Goes {
        let file = at.node.file;
        let reads = lowered.index.reads.get(&binding).map(Vec::as_slice).unwrap_or_default();
        self.all(reads.iter().map(|read| Node { file, expr: *read }), at, depth)
    }

    /// What a function returns comes out of its calls.
    fn returned(&mut self, ir: &'a FileIr, func: FuncRef, at: &At, depth: u32) -> Goes {
        if let Some((_, call, _)) = at.within.last().filter(|(within, ..)| *within == func) {
            let mut out = at.to(*call);
            out.within.pop();
            return self.follow(&out, depth - 1);
        }
        if let Some(name) = getter_name(ir, func.func) {
            if at.way.is_empty() && self.uses.keeps_name(&name) {
                return Err(at.node);
            }
            return self.members(&name, at, depth);
        }
        if ir.func(func.func).name.as_ref().is_some_and(|name| self.uses.keeps_function(name)) {
            return Err(at.node);
        }
        if let Some(calls) = self.uses.callers(func) {
            return self.all(calls, at, depth);
        }
        // `.then((claims) => claims.token)`
        let handed = ir.argument_of(ir.func(func.func).expr).map(|(call, _)| Node { file: func.file, expr: call });
        match handed.filter(|call| at.way.is_empty() && self.holds(*call) == Holds::It) {
            Some(call) => self.follow(&at.to(call), depth - 1),
            None => self.uses.shared_by(at.node).unwrap_or(Err(at.node)),
        }
    }

    /// All reads of a member of this name, but for those that surely hold something else.
    fn members(&mut self, name: &Name, at: &At, depth: u32) -> Goes {
        let reads = self.uses.member_reads(name).ok_or(at.node)?;
        let is_plain = at.way.is_empty();
        let may_be = |read: &Node| !is_plain || self.holds(*read) != Holds::Other;
        let reads: Vec<Node> = reads.into_iter().filter(may_be).collect();
        if reads.is_empty() {
            return Err(at.node);
        }
        self.all(reads, at, depth)
    }

    /// What stands alone: it is exported, or nothing is done with it.
    fn unused(&mut self, ir: &'a FileIr, at: &At, depth: u32) -> Goes {
        let mut names = ir.exports.names.iter().filter(|(_, value)| ir.strip(*value) == at.node.expr);
        let Some((name, _)) = names.next().filter(|(name, _)| &**name != "default") else { return Err(at.node) };
        let (files, cut) = self.uses.shared.project.files_with(name, FILES);
        if cut {
            return Err(at.node);
        }
        let mut reads = Vec::new();
        for file in files.into_iter().filter(|file| *file != at.node.file) {
            let Some(other) = self.lowered(file) else { continue };
            let imported = mentions(&other.ir, name).filter(|id| is_imported(&other.ir, *id));
            reads.extend(imported.map(|expr| Node { file, expr }));
        }
        reads.retain(|read| !at.way.is_empty() || self.holds(*read) != Holds::Other);
        self.all(reads, at, depth)
    }

    /// A method of the value is called: what calls back with it, or makes the same of it.
    fn method(&mut self, lowered: &'a Lowered, at: &At, callee: ExprId, depth: u32) -> Goes {
        let ir = &lowered.ir;
        let call = above_callee(ir, callee).map(|expr| Node { file: at.node.file, expr }).ok_or(at.node)?;
        if !self.uses.sent_by(call).is_empty() {
            return self.follow(&at.to(call), depth - 1);
        }
        let told = self.called_back(lowered, call, at, depth)?;
        let goes_on = self.holds(call) == Holds::It;
        match told {
            Some(calls) if !goes_on => Ok(calls),
            Some(mut calls) => {
                calls.extend(self.follow(&at.to(call), depth - 1)?);
                Ok(calls)
            }
            None if goes_on => self.follow(&at.to(call), depth - 1),
            None => Err(at.node),
        }
    }

    /// What the functions do with the value that a call is given and that are called back with it.
    pub(super) fn called_back(
        &mut self,
        lowered: &'a Lowered,
        call: Node,
        at: &At,
        depth: u32,
    ) -> Result<Option<BTreeSet<usize>>, Node> {
        let ir = &lowered.ir;
        let Expr::Call { args, .. } = ir.expr(call.expr) else { return Ok(None) };
        let Some(from) = args.iter().map(|arg| ir.span(arg.expr).start).min() else { return Ok(None) };
        let region = Span::new(from as usize, ir.span(call.expr).end as usize);
        let mut told = None;
        let within = |func: &crate::ir::Func| region.contains(func.span);
        for nth in (0..ir.funcs.len()).filter(|nth| within(&ir.funcs[*nth])) {
            let func = FuncId(u32::try_from(nth).unwrap_or_default());
            for index in 0..ir.func(func).params.len() {
                let key = (func, u32::try_from(index).unwrap_or_default());
                for binding in lowered.index.param_bindings.get(&key).into_iter().flatten() {
                    let reads = lowered.index.reads.get(binding).map(Vec::as_slice).unwrap_or_default();
                    let reads = reads.iter().map(|read| Node { file: call.file, expr: *read });
                    let held: Vec<Node> = reads.filter(|read| self.holds(*read) == Holds::It).collect();
                    if !held.is_empty() {
                        told.get_or_insert_with(BTreeSet::new).extend(self.all(held, at, depth)?);
                    }
                }
            }
        }
        Ok(told)
    }

    /// What becomes of an argument: a parameter of functions of the project, or what a library keeps and gives back.
    /// `None`: a library makes something of it.
    fn handed_to(&mut self, at: &At, call: Node, nth: usize, depth: u32) -> Option<Goes> {
        let called = self.eval().callees(call, &None);
        let functions: Vec<FuncRef> = called
            .iter()
            .filter_map(|value| match &value.value {
                Value::Func(closure) => Some(closure.func),
                _ => None,
            })
            .collect();
        if !functions.is_empty() {
            if functions.len() != called.len() {
                return Some(Err(at.node));
            }
            let nth = u32::try_from(nth).unwrap_or(u32::MAX);
            return Some(self.through_functions(&functions, nth, at, call, depth));
        }
        let [Traced { value: Value::Api(api), .. }] = called.as_slice() else { return None };
        let rules = self.uses.shared.rules;
        let states = rules.automaton.step(&api.states, &Step::Call);
        if rules.facts(&states).any(|fact| matches!(fact, Fact::Write(_))) {
            return Some(self.stored(at, call, nth, depth));
        }
        let (cell, fact) = self.cell_set_by(api)?;
        (nth == 0).then(|| self.kept(&cell, fact, at, depth))
    }

    /// The value is a parameter of functions that this call calls.
    fn through_functions(&mut self, functions: &[FuncRef], nth: u32, at: &At, call: Node, depth: u32) -> Goes {
        let mut calls = BTreeSet::new();
        for func in functions {
            let lowered = self.lowered(func.file).ok_or(at.node)?;
            let ir = &lowered.ir;
            let mut inner = at.clone();
            inner.within.push((*func, call, at.node));
            let is_it = |id: &ExprId| matches!(ir.expr(*id), Expr::Param { func: of, index, rest: false } if *of == func.func && *index == nth);
            // a name for it, or a pattern
            let params: Vec<Node> = ir.ids().filter(is_it).map(|expr| Node { file: func.file, expr }).collect();
            for param in params {
                let parents = parts_of(lowered, param.expr);
                match lowered.index.binding_of.contains_key(&param.expr) {
                    true => calls.extend(self.follow(&inner.to(param), depth - 1)?),
                    false if parents.is_empty() => return Err(at.node),
                    false => {
                        for part in parents {
                            let Expr::Field { key: Key::Name(key), .. } = ir.expr(part) else { return Err(at.node) };
                            if inner.way.first() == Some(key) {
                                let mut taken = inner.to(Node { file: func.file, expr: part });
                                taken.way.remove(0);
                                calls.extend(self.follow(&taken, depth - 1)?);
                            }
                        }
                    }
                }
            }
        }
        Ok(calls)
    }

    /// What is made of a part of a request: where it is a client of its own, other calls may be made with it.
    fn through_part(&mut self, lowered: &'a Lowered, part: &At, hit: BTreeSet<usize>, depth: u32) -> Goes {
        if self.uses.is_request(part.node, &hit) {
            return Ok(hit);
        }
        let part = At { way: Vec::new(), made_of: false, ..part.clone() };
        let file = part.node.file;
        let mut calls = if let Some(binding) = lowered.index.binding_of.get(&part.node.expr) {
            let reads = lowered.index.reads.get(binding).map(Vec::as_slice).unwrap_or_default();
            self.all(reads.iter().map(|read| Node { file, expr: *read }), &part, depth)?
        } else if let Some(nth) = lowered.index.write_of.get(&part.node.expr) {
            let Key::Name(key) = &lowered.ir.writes[*nth].key else { return Err(part.node) };
            let reads = self.uses.member_reads(key).ok_or(part.node)?;
            self.all(reads, &part, depth)?
        } else {
            BTreeSet::new()
        };
        calls.extend(hit);
        Ok(calls)
    }
}

/// Where the ways begin by which a value came, and what is in it.
fn first_steps(value: &Traced, into: &mut Vec<(FileId, Span)>) {
    if let Value::Str(pattern) = &value.value {
        for piece in &pattern.pieces {
            if let Piece::Hole(hole) = piece {
                first_steps(hole, into);
            }
        }
    }
    into.extend(value.trail.as_ref().map(|trail| trail.first()).map(|step| (step.file, step.span)));
}

/// Whether an expression names the header of the credential.
fn is_header_name(ir: &FileIr, name: ExprId) -> bool {
    matches!(ir.expr(ir.strip(name)), Expr::Lit(Lit::Str(text)) if text.eq_ignore_ascii_case(AUTHORIZATION))
}

/// The members that are read off an expression.
pub(super) fn parts_of(lowered: &Lowered, of: ExprId) -> Vec<ExprId> {
    let ir = &lowered.ir;
    let is_part = |id: &ExprId| matches!(ir.expr(*id), Expr::Field { base, .. } if ir.strip(*base) == of);
    ir.ids().filter(is_part).collect()
}

/// Whether a member is called.
pub(super) fn is_callee(ir: &FileIr, member: ExprId) -> bool {
    above_callee(ir, member).is_some()
}

/// The call of a member.
pub(super) fn above_callee(ir: &FileIr, member: ExprId) -> Option<ExprId> {
    let mut at = member;
    loop {
        let parent = ir.parents[at.index()]?;
        match ir.expr(parent) {
            Expr::Through(..) => at = parent,
            Expr::Call { callee, .. } => return (*callee == at).then_some(parent),
            _ => return None,
        }
    }
}

/// Whether an expression takes something out of an imported module.
fn is_imported(ir: &FileIr, id: ExprId) -> bool {
    matches!(ir.expr(id), Expr::Field { base, .. } if matches!(ir.expr(ir.strip(*base)), Expr::Import(_)))
}

/// The member that a function computes when it is read.
fn getter_name(ir: &FileIr, func: FuncId) -> Option<Name> {
    for class in &ir.classes {
        let mut methods = class.methods.iter();
        if let Some(method) = methods.find(|method| method.func == func && method.kind == MethodKind::Getter)
            && let Key::Name(name) = &method.key
        {
            return Some(name.clone());
        }
    }
    ir.exprs.iter().find_map(|expr| match expr {
        Expr::Object { props, .. } => props.iter().find_map(|prop| match prop {
            Prop::Getter(Key::Name(name), getter) if *getter == func => Some(name.clone()),
            _ => None,
        }),
        _ => None,
    })
}
