//! Parameters: from the context, from a library's callback, from every caller.

use super::calls::Site;
use super::engine::{ALTERNATIVES, Eval};
use super::slots::args_in;
use super::value::{ApiStep, Args, Ctx, FuncRef, Node, Open, Reason, Traced, Unknown, Vals, Value};
use crate::ir::{Expr, ExprId, Name};
use crate::rules::path::{Root as ApiRoot, Step};
use crate::rules::slot::Base;
use crate::rules::{Fact, PassFact};
use std::rc::Rc;

/// Callers whose arguments are looked at.
const CALLERS: usize = 32;

/// A function's place in the arguments of a call.
struct Callback {
    /// The call it is given to.
    call: ExprId,
    /// Which argument.
    arg: u32,
    /// Under which members of the argument, where it is inside an object.
    members: Vec<Name>,
}

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
        if let Some(args) = args_in(func, ctx) {
            let values = match &args {
                Args::Of(call, caller) => self.passed(*call, index, caller, name.as_ref()),
                Args::Given(values) => values.get(index as usize).cloned().unwrap_or_default(),
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
            && let Some(values) = self.accessor_param(func, node)
        {
            return values;
        }
        let callback = self.callback(func);
        if let Some(callback) = &callback {
            let found = self.callback_param(func, callback, index, node, ctx);
            if !found.is_empty() {
                return found;
            }
        }
        let ty = param.and_then(|param| param.ty);
        let typed = ty.map(|ty| self.typed(Node { file: func.file, expr: ty }, node)).unwrap_or_default();
        // a client is one like the other; a request under construction is not
        let is_client = |value: &Traced| match &value.value {
            Value::Api(api) => !self.rules.is_builder(&api.states),
            _ => false,
        };
        if typed.iter().any(is_client) {
            return typed;
        }
        let of_type = || ty.and_then(|ty| type_name(&lowered.ir, ty));
        let names: Vec<Name> = name.clone().or_else(of_type).into_iter().collect();
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
        if cut {
            values.push(Traced::new(Value::unknown(Reason::TooManyCallers, names.clone())));
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
            let injected = self.injected(name);
            if !injected.is_empty() {
                return injected;
            }
            let states = self.rules.automaton.root(&ApiRoot::Name(name.to_string()));
            if !states.is_empty() {
                return vec![Traced::new(self.api_root(states, name.clone(), node))];
            }
        }
        if !values.is_empty() && !values.iter().all(|value| matches!(value.value, Value::Null)) {
            return values;
        }
        vec![Traced::new(Value::unknown(Reason::NoCallers, names))]
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
        let callback = Callback { call: call.expr, arg: u32::try_from(arg).unwrap_or(u32::MAX), members: Vec::new() };
        self.callback_param(FuncRef { file: call.file, func: crate::ir::FuncId::MODULE }, &callback, 0, call, &None)
    }

    /// Where a function is given to a call, directly or inside an object literal.
    fn callback(&self, func: FuncRef) -> Option<Callback> {
        let lowered = self.lowered(func.file)?;
        let ir = &lowered.ir;
        let mut child = ir.func(func.func).expr;
        let mut parent = ir.parents[child.index()]?;
        while let Expr::Through(..) = ir.expr(parent) {
            child = parent;
            parent = ir.parents[child.index()]?;
        }
        let mut members = Vec::new();
        while let Expr::Object { .. } = ir.expr(parent) {
            let (name, _) = ir.held_under(child)?;
            members.push(name.clone());
            child = parent;
            parent = ir.parents[child.index()]?;
        }
        members.reverse();
        match ir.expr(parent) {
            Expr::Call { args, .. } => {
                let arg = args.iter().position(|arg| arg.expr == child)?;
                Some(Callback { call: parent, arg: u32::try_from(arg).ok()?, members })
            }
            _ => None,
        }
    }

    /// What the one who takes a callback calls it with.
    fn callback_param(&mut self, func: FuncRef, callback: &Callback, index: u32, node: Node, ctx: &Ctx) -> Vals {
        let call = Node { file: func.file, expr: callback.call };
        let rules = self.rules;
        let params = self.lowered(func.file).map_or(0, |lowered| lowered.ir.func(func.func).params.len());
        let count = u32::try_from(params).unwrap_or(u32::MAX);
        let mut values = Vals::new();
        for called in self.callees(call, ctx) {
            match &called.value {
                Value::Func(taker) if callback.members.is_empty() => {
                    let taker_ctx = self.call_frame(taker, Args::Of(call, ctx.clone()), None);
                    values.extend(self.called_with(taker.func, callback.arg, index, &taker_ctx));
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
                        let value = self.api_step(&called, given, ApiStep::Given, node, ctx);
                        let span = self.lowered(node.file).map(|l| l.ir.span(node.expr)).unwrap_or_default();
                        values.push(self.as_token(value, node.file, span));
                        continue;
                    }
                    if !callback.members.is_empty() {
                        continue;
                    }
                    let site = Site::of(call, ctx, api);
                    let result = rules.automaton.step(&api.states, &Step::Call);
                    for fact in rules.facts(&result) {
                        if let Fact::Pass(pass) = fact
                            && let PassFact { calls: Some(function), with, .. } = &**pass
                        {
                            let is_this = match function.base {
                                Base::Arg(arg) => arg == callback.arg,
                                Base::FnArg | Base::LastArg => true,
                                _ => false,
                            };
                            if is_this && let Some(slot) = with.get(index as usize) {
                                rules.answered(&**pass);
                                values.extend(self.slot(slot, &site));
                            }
                        }
                    }
                }
                _ => {}
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
            let name = lowered.ir.binding(binding).name.clone();
            for call in lowered.index.calls_by_name.get(&name).cloned().unwrap_or_default() {
                if let Expr::Call { callee, .. } = lowered.ir.expr(call)
                    && matches!(lowered.ir.expr(lowered.ir.strip(*callee)), Expr::Local(b) if *b == binding)
                {
                    values.extend(self.passed(Node { file: taker.file, expr: call }, index, ctx, None));
                }
            }
        }
        values
    }
}

/// The last name of a type hint, of the outermost type.
fn type_name(ir: &crate::ir::FileIr, ty: ExprId) -> Option<Name> {
    match ir.expr(ty) {
        Expr::Either(options) => options.first().and_then(|first| type_name(ir, *first)),
        _ => super::callers::last_name(ir, ty),
    }
}
