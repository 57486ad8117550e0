//! Parameters: from the context, from a library's callback, from every caller.

use super::calls::Site;
use super::engine::{ALTERNATIVES, Eval};
use super::slots::args_in;
use super::value::{
    Api, ApiStep, Args, Closure, Ctx, FuncRef, Handed, Node, Open, Reason, Traced, Unknown, Vals, Value, texts,
};
use crate::ir::{BindingId, BindingKind, Expr, ExprId, Name};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::path::{Root as ApiRoot, Step};
use crate::rules::slot::{Base, Into};
use crate::rules::{Fact, PassFact};
use crate::text::FileId;
use crate::text::files::is_test;
use std::rc::Rc;

/// Callers whose arguments are looked at.
const CALLERS: usize = 32;

/// Whether a value is an object as it is written, or nothing is known of it.
fn is_written_out(value: &Traced) -> bool {
    match &value.value {
        Value::Object(object) => object.class.is_none(),
        Value::Unknown(_) | Value::Null => true,
        _ => false,
    }
}

/// A function's place in the arguments of a call.
pub(super) struct Callback {
    /// The call it is given to.
    call: Node,
    /// Which argument.
    pub(super) arg: u32,
    /// Under which members of the argument, where it is inside an object or a list.
    pub(super) members: Vec<Name>,
    /// Whether the function itself is written there.
    inline: bool,
}

/// The member of an element's attributes that holds what stands between its tags.
const CHILDREN: &str = "children";
/// Steps to tell whether a name holds a function.
const GLANCES: u32 = 200;

impl<'s> Eval<'s> {
    pub(crate) fn param(&mut self, func: FuncRef, index: u32, rest: bool, node: Node, ctx: &Ctx) -> Vals {
        if rest {
            return vec![Traced::new(Value::unknown(Reason::DynamicKey, Vec::new()))];
        }
        self.param_value(func, index, node, ctx)
    }

    /// The value of a function's parameter.
    pub(crate) fn param_value(&mut self, func: FuncRef, index: u32, node: Node, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(func.file) else { return Vals::new() };
        let declared = lowered.ir.func(func.func);
        let param = declared.params.get(index as usize);
        let name = param.and_then(|param| param.name.clone());
        let args = args_in(func, ctx);
        if let Some(Args::Handed(handed)) = &args
            && let Some((_, value)) = handed.iter().find(|(nth, _)| *nth == index)
        {
            return vec![value.clone()];
        }
        if let Some(args) = args.filter(|args| !matches!(args, Args::Handed(_))) {
            let values = match &args {
                Args::Of(call, caller) => self.passed(*call, index, caller, name.as_ref()),
                Args::Given(values) => values.get(index as usize).cloned().unwrap_or_default(),
                Args::Handed(_) => Vals::new(),
            };
            return if values.is_empty() { vec![Traced::new(Value::Null)] } else { values };
        }
        if let Some(call) = self.called_in_place(func) {
            let values = self.arg(call, index, ctx);
            if !values.is_empty() {
                return values;
            }
        }
        if let Some(values) = self.handler_param(func, index, name.as_ref(), node) {
            return values;
        }
        if index == 0
            && let Some(values) = self.accessor_param(func, node).or_else(|| self.setter_param(func, node))
        {
            return values;
        }
        let mut by_name = Vals::new();
        for callback in self.callbacks(func) {
            // whoever gives it to a library decides what it is called with
            if !callback.inline && self.is_open(func) && self.callers_of(func).by_library.contains(&callback.call) {
                continue;
            }
            // where it is given from another place, nothing is known of the calls around it
            let around = if callback.inline { ctx } else { &None };
            let mut found = self.callback_param(func, &callback, index, node, around);
            if found.is_empty() {
                found = self.emitted(&callback, index, name.as_ref());
            }
            if !callback.inline {
                by_name.extend(found);
            } else if !found.is_empty() {
                return found;
            }
        }
        if !by_name.is_empty() {
            return by_name;
        }
        let ty = param.and_then(|param| param.ty);
        let mut typed = ty.map(|ty| self.typed(Node { file: func.file, expr: ty }, node)).unwrap_or_default();
        if typed.is_empty() {
            typed = self.constructed_with(func, index, node);
        }
        // what is done to the parameter is done to the value
        let owners = self.param_owners(func, index);
        let typed: Vals = typed.into_iter().map(|value| super::engine::own_all(value, &owners)).collect();
        // a client is one like the other; a request under construction is not
        let is_client = |value: &Traced| match &value.value {
            Value::Api(api) => !self.rules.is_builder(&api.states),
            _ => false,
        };
        if typed.iter().any(is_client) {
            return typed;
        }
        let of_type = || ty.and_then(|ty| type_name(&lowered.ir, ty));
        let mut names: Vec<Name> = name.clone().or_else(of_type).into_iter().collect();
        // what a framework takes from the request's path is no login's
        let says_whose = |ty: &Name| self.rules.subject_name(std::slice::from_ref(ty), false).is_some();
        let is_extractor = |ty: &Name| self.shared.extractors.get(ty, || says_whose(ty));
        if name.is_some()
            && let Some(extractor) = of_type().filter(is_extractor)
        {
            names.insert(0, extractor);
        }
        if self.is_open(func) {
            let open = Some(Open::Param(func));
            let unknown = Unknown { reason: Reason::NoCallers, names, open };
            return vec![Traced::new(Value::Unknown(Rc::new(unknown)))];
        }
        let callers = self.callers_of(func);
        let mut values = Vals::new();
        let cut = callers.calls.len() > CALLERS || callers.cut;
        for call in callers.calls.iter().take(CALLERS) {
            values.extend(self.passed(*call, index, &None, name.as_ref()));
            if values.len() > ALTERNATIVES * 4 {
                break;
            }
        }
        if index == 0 {
            values.extend(self.injected_into(&Traced::new(Value::Func(Rc::new(Closure {
                func,
                ctx: None,
                this: None,
            })))));
        }
        if values.is_empty() {
            // given to libraries by name
            for call in callers.by_library.iter().take(CALLERS) {
                let given = self.library_args(*call, func, &None).unwrap_or_default();
                values.extend(given.into_iter().nth(index as usize).unwrap_or_default());
            }
        }
        if index == 0 && values.is_empty() {
            values.extend(self.dispatched_values(func));
        }
        // what a decorator takes from somewhere else
        if values.is_empty()
            && let Some(decorator) = param.and_then(|param| param.decorator)
        {
            let told = self.eval(Node { file: func.file, expr: decorator }, &None);
            values.extend(
                told.into_iter().filter(|value| !matches!(value.value, Value::Api(_)) && !value.value.is_unknown()),
            );
        }
        if cut {
            values.push(Traced::new(Value::unknown(Reason::TooManyCallers, names.clone())));
        }
        // what a library or a platform calls, tests call, too, with objects that they make up
        if self.only_tests_call(func.file, &callers.calls)
            && values.iter().all(is_written_out)
            && let Some(known) = self.known_by_name(name.as_ref(), node)
        {
            return vec![known];
        }
        let values = super::engine::drop_null(values);
        let useful = |value: &Traced| !value.value.is_unknown() && !matches!(value.value, Value::Null);
        if values.iter().any(useful) {
            return values;
        }
        if !typed.is_empty() {
            return typed;
        }
        if let Some(name) = &name
            && !self.is_open(func)
        {
            let injected = self.injected(name, func.file);
            if !injected.is_empty() {
                return injected;
            }
            if let Some(known) = self.known_by_name(Some(name), node) {
                return vec![known];
            }
        }
        if !values.is_empty() && !values.iter().all(|value| matches!(value.value, Value::Null)) {
            return values;
        }
        let unknown = Traced::new(Value::unknown(Reason::NoCallers, names));
        vec![match param.and_then(|param| Some((param.key.as_ref()?, param.span))) {
            Some((key, span)) => self.by_name(unknown, key, func.file, span),
            None => unknown,
        }]
    }

    /// What a parameter of this name is by convention.
    fn known_by_name(&self, name: Option<&Name>, node: Node) -> Option<Traced> {
        let name = name?;
        let root = |root: fn(String) -> ApiRoot| self.rules.automaton.root(&root(name.to_string()));
        let states = Some(root(ApiRoot::Name)).filter(|states| !states.is_empty());
        let states = states.unwrap_or_else(|| root(ApiRoot::Param));
        (!states.is_empty()).then(|| Traced::new(self.api_root(states, name.clone(), node)))
    }

    /// Whether these are calls, in tests alone, of code that is no test.
    fn only_tests_call(&self, file: FileId, calls: &[Node]) -> bool {
        let in_test = |file: FileId| is_test(self.project.path(file));
        !calls.is_empty() && !in_test(file) && calls.iter().all(|call| in_test(call.file))
    }

    /// An argument at a caller, with the step in its trail.
    pub(crate) fn passed(&mut self, call: Node, index: u32, caller: &Ctx, name: Option<&Name>) -> Vals {
        let values = self.arg(call, index, caller);
        let Some(lowered) = self.lowered(call.file) else { return values };
        let span = self.arg_expr(call, index).map_or(lowered.ir.span(call.expr), |arg| lowered.ir.span(arg));
        values
            .into_iter()
            .map(|value| {
                value.step(call.file, span, || match name {
                    Some(name) => format!("passed as `{name}`"),
                    None => "passed on".to_owned(),
                })
            })
            .collect()
    }

    /// What the functions that listen to an event are called with: what is given to whoever emits it.
    fn emitted(&mut self, callback: &Callback, index: u32, name: Option<&Name>) -> Vals {
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

    /// The call of a function expression where it stands: `(function ($) { … })(jQuery)`.
    fn called_in_place(&self, func: FuncRef) -> Option<Node> {
        let lowered = self.lowered(func.file)?;
        let expr = lowered.ir.func(func.func).expr;
        let parent = lowered.ir.parents[expr.index()]?;
        match lowered.ir.expr(parent) {
            Expr::Call { callee, .. } if *callee == expr => Some(Node { file: func.file, expr: parent }),
            _ => None,
        }
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
    fn callbacks(&mut self, func: FuncRef) -> Vec<Callback> {
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
    fn callback_param(&mut self, func: FuncRef, callback: &Callback, index: u32, node: Node, ctx: &Ctx) -> Vals {
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

/// The last name of a type hint, of the outermost type.
fn type_name(ir: &crate::ir::FileIr, ty: ExprId) -> Option<Name> {
    match ir.expr(ty) {
        Expr::Either(options) => options.first().and_then(|first| type_name(ir, *first)),
        _ => super::known_as::last_name(ir, ty),
    }
}
