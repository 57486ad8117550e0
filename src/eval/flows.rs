//! Functions that a library runs in turn, each of which calls back with what it found: what they are called with, and
//! what comes of all.
//!
//! Which libraries do this is the rules' to say, see [`FlowTable`](crate::rules::schema::FlowTable).

use super::callbacks::Callback;
use super::calls::Site;
use super::engine::Eval;
use super::value::{Closure, FuncRef, Handed, Node, Reason, Traced, Vals, Value, texts};
use crate::ir::{Arg, Expr, ExprId, FuncId, Lang, Name};
use crate::project::{Lowered, PlaceKey};
use crate::rules::slot::{Base, Into};
use crate::rules::{FlowFact, Hands};
use std::rc::Rc;

impl Eval<'_> {
    /// What parameter `index` of a function gets that is given to a call as `callback`: of a function that is run, what
    /// others found; of the last argument, the whole.
    pub(super) fn flow_param(
        &mut self,
        flow: &FlowFact,
        site: &Site,
        func: FuncRef,
        callback: &Callback,
        index: u32,
    ) -> Vals {
        let is_task = flow.tasks.base == Base::Arg(callback.arg);
        match (is_task, callback.members.as_slice(), flow.hands) {
            (true, [key], Hands::Next) => {
                let tasks = self.tasks(flow, site);
                let before = tasks.iter().position(|(name, _)| name == key).and_then(|nth| nth.checked_sub(1));
                before.map(|nth| self.found(&tasks[nth].1, index)).unwrap_or_default()
            }
            (true, [key, _], Hands::Named) if self.called_back(func) != Some(index) => {
                self.named_before(flow, site, key)
            }
            (false, [], _) if callback.arg + 1 == self.arity(site) => match index.checked_sub(1) {
                Some(nth) => self.flow_whole(flow, site, nth),
                None => vec![Traced::new(Value::Null)],
            },
            _ => Vals::new(),
        }
    }

    /// What comes together in the end: the `nth` thing that the last one found, or what each found.
    pub(super) fn flow_whole(&mut self, flow: &FlowFact, site: &Site, nth: u32) -> Vals {
        let tasks = self.tasks(flow, site);
        if tasks.is_empty() {
            // one function, run for each of several things: an element is any of what it found
            let functions = self.slot(&flow.tasks, site);
            return self.found(&functions, nth);
        }
        match flow.hands {
            Hands::Next => tasks.last().map(|(_, last)| self.found(last, nth)).unwrap_or_default(),
            Hands::Nothing | Hands::Named if nth == 0 => self.together(&tasks),
            Hands::Nothing | Hands::Named => Vals::new(),
        }
    }

    /// The functions of a list or an object, under their places or names.
    fn tasks(&mut self, flow: &FlowFact, site: &Site) -> Vec<(Name, Vals)> {
        let mut tasks = Vec::new();
        for whole in self.slot(&flow.tasks, site) {
            let Value::Object(object) = &whole.value else { continue };
            let values = vec![whole.clone()];
            match self.spread_items(object) {
                Some(items) => {
                    let named = items.into_iter().enumerate().map(|(nth, item)| (nth.to_string().into(), item));
                    tasks.extend(named);
                }
                None => {
                    for name in self.keys(&values).names {
                        let of_name = PlaceKey::Name(name.clone());
                        tasks.push((name, self.members(&values, &of_name, site.node, &site.ctx)));
                    }
                }
            }
        }
        tasks
    }

    /// What those tasks found whose names stand before a task in its list.
    fn named_before(&mut self, flow: &FlowFact, site: &Site, task: &Name) -> Vals {
        let tasks = self.tasks(flow, site);
        let Some((_, listed)) = tasks.iter().find(|(name, _)| name == task) else { return Vals::new() };
        let mut names = Vec::new();
        for list in listed {
            let Value::Object(object) = &list.value else { continue };
            names.extend(self.spread_items(object).into_iter().flatten().flat_map(|item| texts(&item)));
        }
        let before: Vec<_> = tasks.into_iter().filter(|(name, _)| names.contains(name)).collect();
        self.together(&before)
    }

    /// An object or list of what each task found.
    fn together(&mut self, tasks: &[(Name, Vals)]) -> Vals {
        let mut known = Vec::new();
        for (name, task) in tasks {
            let found = self.found(task, 0);
            if !found.is_empty() {
                known.push((vec![Into::Member(name.to_string())], Rc::new(found)));
            }
        }
        if known.is_empty() {
            return Vals::new();
        }
        let otherwise = Traced::new(Value::unknown(Reason::Call, Vec::new()));
        vec![Traced::new(Value::Handed(Rc::new(Handed { known, otherwise })))]
    }

    /// The `nth` thing that a task found: what it calls back with behind the error, or returns. A list ends with the
    /// function, behind the names of those that it waits for.
    fn found(&mut self, task: &Vals, nth: u32) -> Vals {
        let functions: Vec<_> = task.iter().flat_map(|value| self.functions_in(value)).collect();
        functions.iter().flat_map(|closure| self.found_by(closure, nth)).collect()
    }

    fn found_by(&mut self, closure: &Closure, nth: u32) -> Vals {
        match self.called_back(closure.func) {
            Some(callback) => self.called_back_with(closure, callback, nth + 1),
            None if nth == 0 => self.free_result(closure),
            None => Vals::new(),
        }
    }

    /// What a function calls back with behind the error, where a call does not give it the callback: it was wrapped by
    /// something that makes a promise of it.
    pub(super) fn called_back_without(&mut self, closure: &Closure, call: Node) -> Vals {
        let func = closure.func;
        let lacks_last = |lowered: &Lowered, caller: &Lowered| {
            let params = &lowered.ir.func(func.func).params;
            let is_last = |args: &[Arg]| args.len() + 1 == params.len() && args.iter().all(|arg| !arg.spread);
            let has_default = params.last().is_none_or(|param| param.default.is_some() || param.rest);
            lowered.ir.lang == Lang::Js
                && !has_default
                && matches!(caller.ir.expr(call.expr), Expr::Call { args, .. } if is_last(args))
        };
        let (Some(lowered), Some(caller)) = (self.lowered(func.file), self.lowered(call.file)) else {
            return Vals::new();
        };
        if !lacks_last(lowered, caller) {
            return Vals::new();
        }
        let last = u32::try_from(lowered.ir.func(func.func).params.len() - 1).unwrap_or(u32::MAX);
        self.called_with(func, last, 1, &closure.ctx)
    }

    /// Which of a function's parameters it calls, or hands on to be called: the last of them.
    fn called_back(&self, func: FuncRef) -> Option<u32> {
        let lowered = self.lowered(func.file)?;
        let count = u32::try_from(lowered.ir.func(func.func).params.len()).ok()?;
        let is_called = |nth: &u32| {
            let bindings = lowered.index.param_bindings.get(&(func.func, *nth)).into_iter().flatten();
            bindings.copied().any(|binding| lowered.index.calls_of(&lowered.ir, binding).next().is_some())
        };
        // one that is only handed on may be a value like any other: where it stands tells
        let last = count.checked_sub(1)?;
        let is_handed_on = handed_on(lowered, func.func, last).next().is_some();
        (0..count).rev().find(is_called).or(is_handed_on.then_some(last))
    }

    /// What a function calls one of its parameters with at `index`, or whoever it hands the parameter on to.
    fn called_back_with(&mut self, closure: &Closure, callback: u32, index: u32) -> Vals {
        let func = closure.func;
        let mut values = self.called_with(func, callback, index, &closure.ctx);
        let Some(lowered) = self.lowered(func.file) else { return values };
        for (call, arg) in handed_on(lowered, func.func, callback) {
            let call = Node { file: func.file, expr: call };
            values.extend(self.given_to_param(call, arg, index, &closure.ctx));
        }
        values
    }
}

/// The calls that a function hands one of its parameters on to, and as which argument.
fn handed_on(lowered: &Lowered, func: FuncId, param: u32) -> impl Iterator<Item = (ExprId, u32)> {
    let bindings = lowered.index.param_bindings.get(&(func, param)).into_iter().flatten();
    let reads = bindings.flat_map(|binding| lowered.index.reads.get(binding).into_iter().flatten());
    reads.filter_map(|read| lowered.ir.argument_of(*read))
}
