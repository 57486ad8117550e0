//! Parameters: from the context, from the calls that the function is given to, from every caller.

use super::engine::{ALTERNATIVES, Eval};
use super::slots::args_in;
use super::value::{Args, Closure, Ctx, FuncRef, Node, Open, Reason, Traced, Unknown, Vals, Value};
use crate::ir::{Expr, ExprId, Name};
use crate::rules::path::Root as ApiRoot;
use crate::text::FileId;
use crate::text::paths::is_test;
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
}

/// The last name of a type hint, of the outermost type.
fn type_name(ir: &crate::ir::FileIr, ty: ExprId) -> Option<Name> {
    match ir.expr(ty) {
        Expr::Either(options) => options.first().and_then(|first| type_name(ir, *first)),
        _ => super::known_as::last_name(ir, ty),
    }
}
