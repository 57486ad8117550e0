//! Slots of rules, evaluated at a call.

use super::calls::Site;
use super::engine::Eval;
use super::value::{
    ApiStep, Args, ClassRef, Ctx, FrameKind, FuncRef, Node, Object, Pattern, Reason, Traced, Vals, Value,
};
use crate::ir::{Expr, ExprId, Name, ThisOf};
use crate::project::{PlaceKey, Root};
use crate::rules::Fact;
use crate::rules::path::Step;
use crate::rules::slot::{Base, Into, Slot};
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// What a slot holds at a call. Empty where the call has no such argument.
    pub fn slot(&mut self, slot: &Slot, site: &Site) -> Vals {
        let mut values = match &slot.base {
            Base::Literal(text) => vec![Traced::new(Value::Str(Pattern::lit(text)))],
            Base::Receiver => site.receiver.iter().cloned().collect(),
            Base::Args => self.all_args(site).into_iter().flatten().collect(),
            Base::Arg(index) => self.site_arg(site, *index),
            Base::LastArg => match self.arity(site).checked_sub(1) {
                Some(last) => self.site_arg(site, last),
                None => Vals::new(),
            },
            Base::FnArg => {
                let mut found = Vals::new();
                for index in 0..self.arity(site) {
                    found = self.site_arg(site, index);
                    if found.iter().any(|value| matches!(value.value, Value::Func(_))) {
                        break;
                    }
                    found.clear();
                }
                found
            }
            Base::Piped => self.piped_into(site),
            Base::State => self.root_state(site.node),
            Base::Holder => self.holder_of(site).into_iter().collect(),
            Base::Function => site.function.iter().map(|made| Traced::new(Value::Api(made.clone()))).collect(),
            Base::Name => {
                let name = self.called_name(site);
                name.map(|name| Traced::new(Value::Str(Pattern::lit(&name)))).into_iter().collect()
            }
        };
        for step in &slot.path {
            values = match step {
                Into::Element => self.elements(values, &site.ctx),
                Into::Member(name) => self.slot_member(&values, &name.as_str().into(), site),
                Into::Called => match self.called_name(site) {
                    Some(name) => self.slot_member(&values, &name, site),
                    None => Vals::new(),
                },
                Into::Result => {
                    let functions: Vec<_> = values.iter().flat_map(|value| self.functions_in(value)).collect();
                    functions.iter().flat_map(|closure| self.free_result(closure)).collect()
                }
                Into::From => {
                    let from = |value: &Traced| match &value.value {
                        Value::Api(api) => api.from.clone(),
                        _ => None,
                    };
                    values.iter().filter_map(from).collect()
                }
                Into::Given(index) => {
                    let sites = self.givers(&values);
                    sites.iter().flat_map(|site| self.site_arg(site, *index)).collect()
                }
                Into::Made(index) => {
                    values = self.behind_wrappers(values);
                    let made: Vec<Site> = values
                        .iter()
                        .filter_map(|value| match &value.value {
                            Value::Api(api) if api.step == ApiStep::Call || api.step == ApiStep::New => {
                                Some(Site::new(api.node, &api.ctx))
                            }
                            _ => None,
                        })
                        .collect();
                    made.iter().flat_map(|made| self.site_arg(made, *index)).collect()
                }
            };
        }
        values
    }

    /// The object literal that has what a call makes as a member.
    fn holder_of(&self, site: &Site) -> Option<Traced> {
        let (_, literal) = self.lowered(site.node.file)?.ir.held_under(site.node.expr)?;
        let node = Node { file: site.node.file, expr: literal };
        let (ctx, owners, class, parts) = (site.ctx.clone(), Vec::new(), None, Vec::new());
        Some(Traced::new(Value::Object(Rc::new(Object { node, ctx, owners, class, parts }))))
    }

    /// Functions of the project as the library's functions that they call in their place: `(args) => baseQuery(args)`.
    fn behind_wrappers(&mut self, values: Vals) -> Vals {
        /// Calls in one function that are looked at.
        const CALLS: usize = 32;
        let mut all = Vals::new();
        for value in values {
            let Value::Func(closure) = &value.value else {
                all.push(value);
                continue;
            };
            let Some(lowered) = self.lowered(closure.func.file) else { continue };
            let ir = &lowered.ir;
            let mut made: Vals = Vals::new();
            for call in ir.calls_within(ir.func(closure.func.func).span).take(CALLS) {
                let call = Node { file: closure.func.file, expr: call };
                for called in self.callees(call, &closure.ctx) {
                    let Value::Api(api) = &called.value else { continue };
                    let is_new = |known: &Traced| !matches!(&known.value, Value::Api(known) if known.node == api.node);
                    if api.step == ApiStep::Call && made.iter().all(is_new) {
                        made.push(called);
                    }
                }
            }
            all.extend(made);
        }
        all
    }

    /// The calls that were given the functions whose parameters values are.
    fn givers(&mut self, values: &Vals) -> Vec<Site> {
        let mut sites = Vec::new();
        for value in values {
            let Value::Api(api) = &value.value else { continue };
            let Some(lowered) = self.lowered(api.node.file) else { continue };
            if api.step == ApiStep::Given
                && let Expr::Param { func, .. } = lowered.ir.expr(api.node.expr)
            {
                let func = FuncRef { file: api.node.file, func: *func };
                sites.extend(self.calls_given(func).into_iter().map(|call| Site::new(call, &None)));
            }
        }
        sites
    }

    /// The members of values that slots lead through: of what is made in the project, and of what it writes to the rest.
    fn slot_member(&mut self, values: &Vals, name: &Name, site: &Site) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let mut found = Vals::new();
        for value in values {
            match &value.value {
                Value::Object(object) => {
                    // the field of a struct, whose methods alone a call at the site would mean
                    let mut members = match self.is_struct(object) {
                        true => self.own_member(object, &key, false, site.node),
                        false => Vals::new(),
                    };
                    if members.is_empty() {
                        members = self.object_member(object, &key, site.node);
                    }
                    // a list of what has the value is a list of values
                    if members.is_empty() && self.is_list(object) && self.is_value_itself(name) {
                        found.push(value.clone());
                    }
                    found.extend(members);
                }
                Value::Instance(_) | Value::Unknown(_) => {
                    found.extend(self.members(&vec![value.clone()], &key, site.node, &site.ctx));
                }
                Value::Api(api)
                    if self.cell_fact(api).is_some_and(|cell| cell.read.iter().any(|read| **read == **name)) =>
                {
                    found.extend(self.members(&vec![value.clone()], &key, site.node, &site.ctx));
                }
                Value::Api(api) => {
                    let mut written = self.written(&api.owners, &key, false, site.node).values;
                    // what the class that continues the library's declares itself
                    for owner in api.owners.iter().filter(|owner| owner.path.is_empty()) {
                        if let Root::This(ThisOf::Class(class)) = owner.root {
                            let class = ClassRef { file: owner.file, class };
                            let asked = (site.node, usize::MAX, name.clone());
                            let own = self.deeper(asked, |eval| eval.class_member(class, &key, None, site.node, 1));
                            written.extend(own.unwrap_or_default());
                        }
                    }
                    let states = self.rules.automaton.step(&api.states, &Step::Member(name.to_string()));
                    // a member that the library makes, and that may be changed where it is
                    if written.is_empty() && !states.is_empty() {
                        found.extend(self.members(&vec![value.clone()], &key, site.node, &site.ctx));
                    }
                    found.extend(written);
                }
                Value::Str(_) | Value::Token(..) if self.is_value_itself(name) => found.push(value.clone()),
                _ => {}
            }
        }
        found
    }

    /// Whether the rules take the member of this name for the value itself, whatever it is a member of.
    fn is_value_itself(&self, name: &Name) -> bool {
        let states = self.any_states(name);
        let is_receiver = |slot: &Slot| slot.base == Base::Receiver && slot.path.is_empty();
        let rules = self.rules;
        rules.facts(&states).any(|fact| match fact {
            Fact::Pass(pass) if pass.value.iter().any(is_receiver) => {
                rules.answered(&**pass);
                true
            }
            _ => false,
        })
    }

    /// What flows into an operator: the call at the site is an argument of the one that hands values on.
    fn piped_into(&mut self, site: &Site) -> Vals {
        let Some(lowered) = self.lowered(site.node.file) else { return Vals::new() };
        let mut child = site.node.expr;
        while let Some(parent) = lowered.ir.parents[child.index()] {
            match lowered.ir.expr(parent) {
                Expr::Through(..) => child = parent,
                Expr::Call { args, .. } => {
                    let Some(nth) = args.iter().position(|arg| arg.expr == child) else { break };
                    return self.piped(Node { file: site.node.file, expr: parent }, nth, &site.ctx);
                }
                _ => break,
            }
        }
        Vals::new()
    }

    /// The receiver of `call` behind its first `count` arguments. What is not known of an operator is that it changes
    /// the value, so the value stays what it was.
    pub(crate) fn piped(&mut self, call: Node, count: usize, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(call.file) else { return Vals::new() };
        let Expr::Call { callee, args, .. } = lowered.ir.expr(call.expr) else { return Vals::new() };
        for arg in args.iter().take(count).rev().filter(|arg| !arg.spread) {
            let operator = Node { file: call.file, expr: lowered.ir.strip(arg.expr) };
            if self.hands_on(operator, ctx) {
                return self.eval(operator, ctx);
            }
        }
        match lowered.ir.expr(lowered.ir.strip(*callee)) {
            Expr::Field { base, .. } => self.eval(Node { file: call.file, expr: *base }, ctx),
            _ => Vals::new(),
        }
    }

    /// Whether the rules know what a call makes of what it gets.
    fn hands_on(&mut self, call: Node, ctx: &Ctx) -> bool {
        let rules = self.rules;
        self.callees(call, ctx).iter().any(|called| match &called.value {
            Value::Api(api) => {
                let states = rules.automaton.step(&api.states, &Step::Call);
                rules.facts(&states).any(|fact| matches!(fact, Fact::Pass(_)))
            }
            _ => false,
        })
    }

    /// The name of the member that is called, as the library knows it.
    fn called_name(&self, site: &Site) -> Option<Name> {
        site.called.clone().or_else(|| {
            let lowered = self.lowered(site.node.file)?;
            match lowered.ir.expr(site.node.expr) {
                Expr::Call { callee, .. } => super::known_as::last_name(&lowered.ir, *callee),
                _ => None,
            }
        })
    }

    pub(crate) fn arity(&self, site: &Site) -> u32 {
        let count = match &site.given {
            Some(given) => given.len(),
            None => match self.lowered(site.node.file).map(|lowered| lowered.ir.expr(site.node.expr)) {
                Some(Expr::Call { args, .. }) => args.len(),
                _ => 0,
            },
        };
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    fn site_arg(&mut self, site: &Site, index: u32) -> Vals {
        match &site.given {
            Some(given) => given.get(index as usize).cloned().unwrap_or_default(),
            None => self.arg(site.node, index, &site.ctx),
        }
    }

    /// The argument at a place of a call, spreads followed. Empty where there is none.
    pub(crate) fn arg(&mut self, call: Node, index: u32, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(call.file) else { return Vals::new() };
        let args = match lowered.ir.expr(call.expr) {
            Expr::Call { args, .. } => args,
            // a struct literal is made of itself
            Expr::Object { ty: Some(_), .. } if index == 0 => {
                let (ctx, class) = (ctx.clone(), None);
                let object = Object { node: call, ctx, owners: Vec::new(), class, parts: Vec::new() };
                return vec![Traced::new(Value::Object(Rc::new(object)))];
            }
            _ => return Vals::new(),
        };
        for (nth, arg) in (0u32..).zip(args.iter()) {
            if arg.spread {
                return self.spread_arg(Node { file: call.file, expr: arg.expr }, index - nth, ctx);
            }
            if nth == index {
                return self.eval(Node { file: call.file, expr: arg.expr }, ctx);
            }
        }
        Vals::new()
    }

    /// The expression of an argument, where it is one.
    pub(crate) fn arg_expr(&self, call: Node, index: u32) -> Option<ExprId> {
        match self.lowered(call.file)?.ir.expr(call.expr) {
            Expr::Call { args, .. } => args.get(index as usize).filter(|arg| !arg.spread).map(|arg| arg.expr),
            _ => None,
        }
    }

    /// Element `index` of the list that is spread into a call.
    fn spread_arg(&mut self, list: Node, index: u32, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(list.file) else { return Vals::new() };
        let expr = lowered.ir.behind_variable(list.expr);
        // the arguments of the function around it, handed on
        let handed = match lowered.ir.expr(expr) {
            Expr::Param { func, index: from, rest: true } => Some((*func, *from)),
            Expr::Arguments(func) => Some((*func, 0)),
            _ => None,
        };
        if let Some((func, from)) = handed {
            let func = FuncRef { file: list.file, func };
            if let Some(args) = args_in(func, ctx) {
                return match args {
                    Args::Handed(handed) => {
                        let at = from + index;
                        handed.iter().filter(|(nth, _)| *nth == at).map(|(_, value)| value.clone()).collect()
                    }
                    Args::Of(call, caller) => self.arg(call, from + index, &caller),
                    Args::Given(values) => values.get((from + index) as usize).cloned().unwrap_or_default(),
                };
            }
            // arguments that are handed on round in a circle come from nowhere
            let node = Node { file: list.file, expr };
            let handed_on = (node, from as usize + index as usize, crate::ir::Name::from("..."));
            return self.deeper(handed_on, |eval| eval.param_value(func, from + index, node, ctx)).unwrap_or_default();
        }
        let lists = self.eval(list, ctx);
        let mut values = Vals::new();
        for found in lists {
            match &found.value {
                Value::Object(object) => {
                    let key = PlaceKey::Index(index);
                    values.extend(self.own_member(object, &key, false, list));
                }
                other => {
                    let mut unknown = Traced::new(Value::unknown(Reason::DynamicKey, other.names()));
                    unknown.trail = found.trail.clone();
                    values.push(unknown);
                }
            }
        }
        values
    }
}

/// The arguments under which the context says `func` was called.
pub(crate) fn args_in(func: FuncRef, ctx: &Ctx) -> Option<Args> {
    let mut frame = ctx.as_ref();
    while let Some(current) = frame {
        if let FrameKind::Call { func: called, args, .. } = &current.kind
            && *called == func
        {
            return Some(args.clone());
        }
        frame = current.up.as_ref();
    }
    None
}
