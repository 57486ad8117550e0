//! Functions that are given to calls: where, and what those call them with.
//!
//! Must not know what a parameter is besides: from the context, by its type, from callers.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Api, ApiStep, Args, Closure, Ctx, FuncRef, Handed, Node, Reason, Traced, Vals, Value, texts};
use crate::ir::{BindingId, BindingKind, Expr, ExprId, Name};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::path::Step;
use crate::rules::slot::{Base, Into};
use crate::rules::{Fact, PassFact};
use std::rc::Rc;

/// A function's place in the arguments of a call.
pub(super) struct Callback {
    /// The call it is given to.
    pub(super) call: Node,
    /// Which argument.
    pub(super) arg: u32,
    /// Under which members of the argument, where it is inside an object or a list.
    pub(super) members: Vec<Name>,
    /// Whether the function itself is written there.
    pub(super) inline: bool,
}

/// The member of an element's attributes that holds what stands between its tags.
const CHILDREN: &str = "children";
/// Steps to tell whether a name holds a function.
const GLANCES: u32 = 200;

impl<'s> Eval<'s> {
    /// What the functions that listen to an event are called with: what is given to whoever emits it.
    pub(super) fn emitted(&mut self, callback: &Callback, index: u32, name: Option<&Name>) -> Vals {
        /// Files that are looked through for one method.
        const FILES: usize = 64;
        let rules = self.rules;
        let Some(lowered) = self.lowered(callback.call.file) else { return Vals::new() };
        let Expr::Call { callee, .. } = lowered.ir.expr(callback.call.expr) else { return Vals::new() };
        if callback.arg != 1 || !matches!(lowered.ir.expr(lowered.ir.strip(*callee)), Expr::Field { .. }) {
            return Vals::new();
        }
        let Some(method) = super::known_as::last_name(&lowered.ir, *callee) else { return Vals::new() };
        let mut values = Vals::new();
        for event in rules.events.iter().filter(|event| event.listen.iter().any(|listen| **listen == *method)) {
            let listened = texts(&self.arg(callback.call, 0, &None));
            if listened.is_empty() {
                continue;
            }
            for emit in &event.emit {
                for file in self.project.files_with(emit, FILES).0 {
                    let Some(other) = self.lowered(file) else { continue };
                    for &call in other.index.calls_by_name.get(emit.as_str()).into_iter().flatten() {
                        let call = Node { file, expr: call };
                        let emitted = texts(&self.within(GLANCES, |eval| eval.arg(call, 0, &None)));
                        if emitted.iter().any(|name| listened.contains(name)) {
                            values.extend(self.passed(call, index + 1, &None, name));
                        }
                    }
                }
            }
        }
        super::engine::drop_null(values)
    }

    /// What a call gives to the function that is its argument at `function`, as its first parameter.
    pub(crate) fn given_to(&mut self, call: Node, function: ExprId) -> Vals {
        let Some(lowered) = self.lowered(call.file) else { return Vals::new() };
        let Expr::Call { args, .. } = lowered.ir.expr(call.expr) else { return Vals::new() };
        let Some(arg) = args.iter().position(|arg| arg.expr == function) else { return Vals::new() };
        self.given_to_param(call, u32::try_from(arg).unwrap_or(u32::MAX), 0, &None)
    }

    /// What a call gives, as parameter `index`, to a function that is its argument at `arg`, whichever that is.
    pub(super) fn given_to_param(&mut self, call: Node, arg: u32, index: u32, ctx: &Ctx) -> Vals {
        let callback = Callback { call, arg, members: Vec::new(), inline: false };
        self.callback_param(FuncRef { file: call.file, func: crate::ir::FuncId::MODULE }, &callback, index, call, ctx)
    }

    /// Where a function is given to calls: directly, inside an object literal, or by a name that holds it or the literal.
    pub(super) fn callbacks(&mut self, func: FuncRef) -> Vec<Callback> {
        let Some(lowered) = self.lowered(func.file) else { return Vec::new() };
        let held = Node { file: func.file, expr: lowered.ir.func(func.func).expr };
        let mut all = Vec::new();
        self.add_callbacks(held, held, &[], true, &mut all);
        if all.is_empty() {
            self.add_methods_given(func, held, &mut all);
        }
        all
    }

    /// The calls of libraries that are given a member of its name that is the function: `on('done', this.done.bind(this))`,
    /// `on('done', handlers.done)`.
    fn add_methods_given(&mut self, func: FuncRef, held: Node, all: &mut Vec<Callback>) {
        /// Files in which the method's name is looked for.
        const FILES: usize = 32;
        /// Places where one method is given to a call.
        const PLACES: usize = 8;
        let Some(name) = self.lowered(func.file).and_then(|lowered| lowered.ir.func(func.func).name.clone()) else {
            return;
        };
        for file in self.project.files_with(&name, FILES).0 {
            let Some(other) = self.lowered(file) else { continue };
            for &(call, arg) in other.index.given_members.get(&name).into_iter().flatten() {
                let call = Node { file, expr: call };
                let Some(given) = self.arg_expr(call, arg) else { continue };
                if all.len() < PLACES && self.is_it(Node { file, expr: other.ir.strip(given) }, held) {
                    all.push(Callback { call, arg, members: Vec::new(), inline: false });
                }
            }
        }
    }

    /// The calls that are given a function, by itself or inside an object.
    pub(crate) fn calls_given(&mut self, func: FuncRef) -> Vec<Node> {
        self.callbacks(func).into_iter().map(|callback| callback.call).collect()
    }

    fn add_callbacks(&mut self, held: Node, whole: Node, members: &[Name], inline: bool, all: &mut Vec<Callback>) {
        /// Files in which a name that is handed out is looked for.
        const FILES: usize = 32;
        /// Places where one function is given to a call.
        const PLACES: usize = 8;
        let Some(lowered) = self.lowered(held.file) else { return };
        let ir = &lowered.ir;
        let mut child = held.expr;
        let (mut whole, mut members) = (whole, members.to_vec());
        while let Some(parent) = ir.parents[child.index()] {
            match ir.expr(parent) {
                Expr::Through(..) => child = parent,
                Expr::Object { .. } => {
                    let Some((name, _)) = ir.held_under(child) else { return };
                    members.insert(0, name.clone());
                    child = parent;
                    whole = Node { file: held.file, expr: parent };
                }
                // what stands alone between the tags of an element
                Expr::List(items)
                    if items.len() == 1 && ir.held_under(parent).is_some_and(|(name, _)| &**name == CHILDREN) =>
                {
                    child = parent;
                }
                Expr::List(items) => {
                    let Some(nth) = items.iter().position(|item| item.expr == child && !item.spread) else { return };
                    members.insert(0, nth.to_string().into());
                    child = parent;
                    whole = Node { file: held.file, expr: parent };
                }
                Expr::Call { args, .. } => {
                    if let Some(arg) = args.iter().position(|arg| arg.expr == child && !arg.spread) {
                        let arg = u32::try_from(arg).unwrap_or(u32::MAX);
                        all.push(Callback { call: Node { file: held.file, expr: parent }, arg, members, inline });
                    }
                    return;
                }
                _ => break,
            }
        }
        let Some(&binding) = lowered.index.binding_of.get(&ir.strip(child)) else { return };
        if !inline {
            return;
        }
        for &read in lowered.index.reads.get(&binding).into_iter().flatten() {
            if all.len() < PLACES && is_handed(lowered, read) {
                self.add_callbacks(Node { file: held.file, expr: read }, whole, &members, false, all);
            }
        }
        let name = ir.binding(binding).name.clone();
        if !lowered.index.exported.contains(&binding) {
            return;
        }
        for file in self.project.files_with(&name, FILES).0 {
            if file == held.file || all.len() >= PLACES {
                continue;
            }
            let Some(other) = self.lowered(file) else { continue };
            let imported = (0u32..).map(BindingId).zip(&other.ir.bindings);
            let imported = imported.filter(|(_, there)| there.kind == BindingKind::Import && there.name == name);
            for (there, _) in imported {
                for &read in other.index.reads.get(&there).into_iter().flatten() {
                    let at = Node { file, expr: read };
                    if is_handed(other, read) && self.is_it(at, whole) {
                        self.add_callbacks(at, whole, &members, false, all);
                    }
                }
            }
        }
    }

    /// Whether what is read is the function or literal at `whole`.
    fn is_it(&mut self, read: Node, whole: Node) -> bool {
        self.within(GLANCES, |eval| eval.eval(read, &None)).iter().any(|value| match &value.value {
            Value::Object(object) => object.node == whole,
            Value::Func(closure) => {
                closure.func.file == whole.file
                    && self
                        .lowered(whole.file)
                        .is_some_and(|lowered| lowered.ir.func(closure.func.func).expr == whole.expr)
            }
            _ => false,
        })
    }

    /// What the one who takes a callback calls it with.
    pub(super) fn callback_param(
        &mut self,
        func: FuncRef,
        callback: &Callback,
        index: u32,
        node: Node,
        ctx: &Ctx,
    ) -> Vals {
        let call = callback.call;
        let rules = self.rules;
        let params = self.lowered(func.file).map_or(0, |lowered| lowered.ir.func(func.func).params.len());
        let count = u32::try_from(params).unwrap_or(u32::MAX);
        let mut values = Vals::new();
        for called in self.callees(call, ctx) {
            match &called.value {
                Value::Func(taker) => {
                    let taker_ctx = self.call_frame(taker, Args::Of(call, ctx.clone()), None);
                    match callback.members.as_slice() {
                        [] => values.extend(self.called_with(taker.func, callback.arg, index, &taker_ctx)),
                        [member] => {
                            values.extend(self.member_called_with(taker.func, callback.arg, member, index, &taker_ctx));
                        }
                        _ => {}
                    }
                }
                Value::Class(class) => {
                    if let ([member], Some(given)) = (callback.members.as_slice(), self.rules.component.given.clone()) {
                        values.extend(self.given_called_with(*class, &given, member, index));
                    }
                }
                Value::Api(api) => {
                    let mut states = rules.automaton.step(&api.states, &Step::Arg(callback.arg));
                    for member in &callback.members {
                        states = rules.automaton.step(&states, &Step::Member(member.to_string()));
                    }
                    let mut given = rules.automaton.step(&states, &Step::Param(index));
                    given.extend(rules.automaton.step(&states, &Step::ParamOf(index, count)));
                    given.sort_unstable();
                    given.dedup();
                    if !given.is_empty() {
                        let facts: Vec<&'s Fact> = rules.facts(&given).collect();
                        let site = Site::of(call, ctx, api);
                        let mut kept = Vals::new();
                        for fact in facts {
                            match fact {
                                Fact::Read(read) => kept.extend(self.read_store(read, &site)),
                                Fact::Context(context) => kept.extend(self.handed_down_to(context, api)),
                                _ => {}
                            }
                        }
                        if !kept.is_empty() {
                            values.extend(kept);
                            continue;
                        }
                        let value = self.api_step(&called, given, ApiStep::Given, node, ctx);
                        let span = self.span_of(node);
                        values.push(self.as_token(value, node.file, span));
                        continue;
                    }
                    let site = Site::of(call, ctx, api);
                    let result = rules.automaton.step(&api.states, &Step::Call);
                    for fact in rules.facts(&result) {
                        // a function that gives what this one makes
                        if let Fact::Pass(pass) = fact
                            && pass.gets == Some(index)
                        {
                            let closure = Closure { func, ctx: None, this: None };
                            values.push(Traced::new(Value::Func(Rc::new(closure))));
                        }
                        if let Fact::Flow(flow) = fact {
                            values.extend(self.flow_param(flow, &site, func, callback, index));
                        }
                        if let Fact::Pass(pass) = fact
                            && let PassFact { calls: Some(function), .. } = &**pass
                        {
                            let is_this = match function.base {
                                Base::Arg(arg) => arg == callback.arg,
                                Base::FnArg | Base::LastArg => true,
                                _ => false,
                            };
                            let members = function.path.iter().map(|step| match step {
                                Into::Member(name) => Some(name.as_str()),
                                _ => None,
                            });
                            let is_this = is_this && members.eq(callback.members.iter().map(|name| Some(&**name)));
                            if is_this {
                                values.extend(self.called_by_library(pass, &site, index, count));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        values
    }

    /// Whether a call of a library's function calls the function that is its argument at a place, with something.
    pub(crate) fn library_calls(&self, api: &Api, nth: u32) -> bool {
        let states = self.rules.automaton.step(&api.states, &Step::Call);
        let rules = self.rules;
        rules.facts(&states).any(|fact| match fact {
            Fact::Pass(pass) if !pass.with.is_empty() => {
                pass.calls.as_ref().is_some_and(|function| match function.base {
                    Base::Arg(arg) => arg == nth && function.path.is_empty(),
                    Base::FnArg | Base::LastArg => function.path.is_empty(),
                    _ => false,
                })
            }
            _ => false,
        })
    }

    /// What the library's function that a call calls calls `func` with; `None` where the project itself is called.
    pub fn library_args(&mut self, call: Node, func: FuncRef, ctx: &Ctx) -> Option<Vec<Vals>> {
        let count = u32::try_from(self.lowered(func.file)?.ir.func(func.func).params.len()).ok()?;
        let rules = self.rules;
        for called in self.callees(call, ctx) {
            let Value::Api(api) = &called.value else { continue };
            let site = Site::of(call, ctx, api);
            let states = rules.automaton.step(&api.states, &Step::Call);
            for fact in rules.facts(&states) {
                if let Fact::Pass(pass) = fact
                    && pass.calls.is_some()
                    && !pass.with.is_empty()
                {
                    // what has no name is in the rest
                    let all = count.max(u32::try_from(pass.with.len()).unwrap_or(u32::MAX));
                    return Some((0..all).map(|nth| self.called_by_library(pass, &site, nth, count)).collect());
                }
            }
        }
        None
    }

    /// What a library calls a function with that has `count` parameters, as a rule says.
    fn called_by_library(&mut self, pass: &PassFact, site: &Site, index: u32, count: u32) -> Vals {
        let nth = index as usize;
        if pass.spreads
            && count > 1
            && let Some(first) = pass.with.first()
        {
            let lists = self.slot(first, site);
            let is_list = |value: &Traced| matches!(&value.value, Value::Object(object) if self.is_list(object));
            if lists.iter().any(is_list) {
                self.rules.answered(pass);
                return self.members(&lists, &PlaceKey::Index(index), site.node, &site.ctx);
            }
        }
        if let Some(slot) = pass.with.get(nth) {
            self.rules.answered(pass);
            return self.slot(slot, site);
        }
        let Some(behind) = nth.checked_sub(pass.with.len()) else { return Vals::new() };
        let behind = u32::try_from(behind).unwrap_or(u32::MAX);
        let mut values = Vals::new();
        for member in &pass.by {
            for call in self.calls_of_member(site.node, &member.as_str().into()).iter() {
                self.rules.answered(pass);
                values.extend(self.passed(*call, behind, &None, None));
            }
        }
        if let Some(under) = &pass.by_under {
            let way = vec![Into::Member(under.to_string())];
            let otherwise = Traced::new(Value::unknown(Reason::Member(under.clone()), Vec::new()));
            let handed = Handed { known: vec![(way, Rc::new(values))], otherwise };
            return vec![Traced::new(Value::Handed(Rc::new(handed)))];
        }
        values
    }

    /// What a function calls the member `member` of its parameter with.
    fn member_called_with(&mut self, taker: FuncRef, taken: u32, member: &Name, index: u32, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(taker.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let of_param = |base: ExprId| match ir.expr(ir.strip(base)) {
            Expr::Param { func, index, .. } => *func == taker.func && *index == taken,
            Expr::Local(binding) => {
                lowered.index.param_bindings.get(&(taker.func, taken)).is_some_and(|held| held.contains(binding))
            }
            _ => false,
        };
        let is_member = |value: ExprId| match ir.expr(ir.strip(value)) {
            Expr::Field { base, key: crate::ir::Key::Name(name) } => name == member && of_param(*base),
            _ => false,
        };
        let mut names = vec![member];
        for name in lowered.index.renamed.get(member).into_iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut values = Vals::new();
        for name in names {
            for &call in lowered.index.calls_by_name.get(name).into_iter().flatten() {
                let Expr::Call { callee, .. } = ir.expr(call) else { continue };
                let is_it = match ir.expr(ir.strip(*callee)) {
                    Expr::Local(binding) => ir.binding(*binding).defs.iter().any(|def| is_member(def.value)),
                    _ => is_member(*callee),
                };
                if is_it {
                    values.extend(self.passed(Node { file: taker.file, expr: call }, index, ctx, None));
                }
            }
        }
        values
    }

    /// What the methods of a class call the member `member` of what it is given with.
    fn given_called_with(&mut self, class: super::value::ClassRef, given: &str, member: &Name, index: u32) -> Vals {
        let Some(lowered) = self.lowered(class.file) else { return Vals::new() };
        let root = crate::project::Root::This(crate::ir::ThisOf::Class(class.class));
        let path = [PlaceKey::Name(given.into())];
        let mut values = Vals::new();
        for effect in lowered.index.effects(&root) {
            let EffectKind::Method(call) = effect.kind else { continue };
            let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
            if effect.path == path && super::known_as::last_name(&lowered.ir, *callee).as_ref() == Some(member) {
                values.extend(self.passed(Node { file: class.file, expr: call }, index, &None, None));
            }
        }
        values
    }

    /// What a function of the project calls its parameter `taken` with.
    pub(crate) fn called_with(&mut self, taker: FuncRef, taken: u32, index: u32, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(taker.file) else { return Vals::new() };
        let bindings = lowered.index.param_bindings.get(&(taker.func, taken)).cloned().unwrap_or_default();
        let mut values = Vals::new();
        for binding in bindings {
            for call in lowered.index.calls_of(&lowered.ir, binding) {
                values.extend(self.passed(Node { file: taker.file, expr: call }, index, ctx, None));
            }
        }
        values
    }
}

/// Whether what is read is handed on: to a call, or inside an object literal.
fn is_handed(lowered: &crate::project::Lowered, read: ExprId) -> bool {
    let ir = &lowered.ir;
    let mut child = read;
    while let Some(parent) = ir.parents[child.index()] {
        match ir.expr(parent) {
            Expr::Through(..) => child = parent,
            Expr::Object { .. } | Expr::List(_) => return true,
            Expr::Call { args, .. } => return args.iter().any(|arg| arg.expr == child),
            _ => return false,
        }
    }
    false
}
