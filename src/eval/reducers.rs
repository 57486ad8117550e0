//! States that functions make of the state before and an action: what a member of such a state may be.
//!
//! A state is not held anywhere: it is what its first value and the results of its reducer are. So it is a library's value
//! that is looked into member by member, and a reducer is run for the actions of those kinds alone that it handles.

use super::calls::Site;
use super::engine::{Eval, drop_null, own_all};
use super::value::{Api, ApiStep, Args, Closure, Ctx, FuncRef, Node, Owner, Reason, Traced, Vals, Value};
use crate::ir::{BlockKind, Expr, ExprId, Key, Name, Op, Prop};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::automaton::States;
use crate::rules::path::Step;
use crate::rules::{Fact, KIND, ReducedFact, ReducerFact};
use std::rc::Rc;

/// Files that are looked through for the calls that make states.
const FILES: usize = 64;
/// Actions of which a function is asked what it makes.
const ACTIONS: usize = 32;
/// Values of a state that is no object.
const VALUES: usize = 16;

/// A kind of actions.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// Those of this name.
    Text(Name),
    /// Those that this function of a library makes.
    Made(Traced),
    /// This one.
    Given(Traced),
}

/// One way from a state to the next.
struct Transition {
    /// A function of state and action.
    closure: Rc<Closure>,
    /// The kinds of actions that it is for; `None`: any.
    kinds: Option<Vec<Kind>>,
    /// What it makes; `None`: whatever it returns, and what it writes to the state.
    value: Option<ExprId>,
}

impl<'s> Eval<'s> {
    /// The application's state, where something in the project has one.
    pub(crate) fn root_state(&mut self, node: Node) -> Vals {
        if !self.ask_stores || self.root_stores().is_empty() { Vals::new() } else { vec![self.state_value(None, node)] }
    }

    /// The state of what a library's value was reached from.
    pub(crate) fn state_read(&mut self, number: usize, site: &Site) -> Vals {
        let of = match &site.receiver {
            Some(receiver) => receiver.clone(),
            None => return self.root_state(site.node),
        };
        let rules = self.rules;
        let fact = &rules.reduced[number];
        // more than an object of reducers: the value may be no object at all
        let Value::Api(made) = &of.value else { return Vals::new() };
        let made_at = Site::of_api(made);
        let reducers = fact.of.as_ref().map(|of| self.slot(of, &made_at)).unwrap_or_default();
        let initial = self.initial_of(fact, made);
        if !initial.iter().any(is_object) && !initial.is_empty() && !reducers.iter().any(is_object) {
            let mut values = initial.clone();
            for reducer in &reducers {
                values.extend(self.state_from(reducer, &initial, site.node));
            }
            return drop_null(values);
        }
        vec![self.state_value(Some(&of), site.node)]
    }

    /// What a reducer makes: the values themselves where they are no objects, else something to look into.
    pub(crate) fn state_of(&mut self, reducer: &Traced, node: Node) -> Vals {
        self.state_from(reducer, &Vals::new(), node)
    }

    /// [`state_of`](Eval::state_of) where the state may also begin as one of `first`.
    fn state_from(&mut self, reducer: &Traced, first: &Vals, node: Node) -> Vals {
        let place = self.state_value(Some(reducer), node);
        let Some(key) = key_of(reducer) else { return Vals::new() };
        if matches!(reducer.value, Value::Object(_)) {
            return vec![place];
        }
        let mut initial = self.first_values(reducer);
        // what a library makes a reducer of has a state of its own
        if matches!(reducer.value, Value::Func(_)) {
            initial.extend(first.iter().cloned());
        }
        if initial.is_empty() || initial.iter().any(|value| is_object(value) || value.value.is_unknown()) {
            return vec![place];
        }
        let looked_for = (key.0, key.1, Name::from(""));
        let made = self.deeper(looked_for, |eval| eval.all_values(reducer, &place)).unwrap_or_default();
        let mut values = initial;
        if made.iter().any(is_object) {
            values.insert(0, place);
        }
        values.extend(made.into_iter().filter(|value| !is_object(value)));
        drop_null(values)
    }

    /// Everything that a reducer makes of actions.
    fn all_values(&mut self, reducer: &Traced, place: &Traced) -> Vals {
        let mut values = Vals::new();
        for transition in self.transitions(reducer) {
            for action in self.actions_of(transition.kinds.as_deref(), reducer).into_iter().take(ACTIONS) {
                let ctx = self.reducing(&transition, place, action);
                for made in self.makes(&transition, &ctx) {
                    if !matches!(&made.value, Value::Api(api) if api.step == ApiStep::State) {
                        values.push(made);
                    }
                }
                if values.len() > VALUES {
                    return values;
                }
            }
        }
        values
    }

    /// A member of a state.
    pub(crate) fn reduced_state_member(&mut self, base: &Traced, api: &Rc<Api>, name: &Name, node: Node) -> Vals {
        let sources = match &api.from {
            Some(source) => vec![source.clone()],
            None if !self.ask_stores => return Vals::new(),
            None => {
                let stores = self.near(self.root_stores().to_vec(), node.file);
                stores.into_iter().flat_map(|call| self.eval(call, &None)).collect()
            }
        };
        let (mut values, mut running) = (Vals::new(), false);
        for source in &sources {
            let Some((at, ctx)) = key_of(source) else { continue };
            match self.deeper((at, ctx, name.clone()), |eval| eval.source_member(source, base, name, node)) {
                Some(found) => values.extend(found),
                None => running = true,
            }
        }
        if !values.is_empty() || running {
            return if values.is_empty() { values } else { drop_null(values) };
        }
        if self.passes_on(name) {
            return self.any_member(base, name, node, &None);
        }
        vec![Traced::new(Value::unknown(Reason::Member(name.clone()), vec!["state".into(), name.clone()]))]
    }

    /// A member of the state that `source` makes: a reducer, an object of reducers, or what has a state.
    fn source_member(&mut self, source: &Traced, place: &Traced, name: &Name, node: Node) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let rules = self.rules;
        let mut values = Vals::new();
        match &source.value {
            Value::Object(parts) => {
                for reducer in self.own_member(parts, &key, false, node) {
                    values.extend(self.state_of(&reducer, node));
                }
            }
            Value::Func(_) => values.extend(self.reduced_member(source, place, name, node)),
            Value::Module(_) => {
                let exported = self.members(&vec![source.clone()], &key, node, &None);
                for reducer in exported.iter().filter(|reducer| !reducer.value.is_unknown()) {
                    values.extend(self.state_of(reducer, node));
                }
            }
            Value::Api(api) => {
                for fact in rules.facts(&api.states) {
                    match fact {
                        Fact::Reducer(fact) => match &fact.parts {
                            Some(parts) => {
                                for parts in self.slot(parts, &site_of(api)) {
                                    values.extend(self.source_member(&parts, place, name, node));
                                }
                            }
                            None => values.extend(self.reduced_member(source, place, name, node)),
                        },
                        Fact::Reduced(number) => {
                            let fact = &rules.reduced[*number];
                            let made_at = Site::of_api(api);
                            let reducers = fact.of.as_ref().map(|of| self.slot(of, &made_at)).unwrap_or_default();
                            if let Some(under) = &fact.under {
                                let names = self.slot(under, &made_at);
                                let is_name = |value: &Traced| matches!(&value.value, Value::Str(text) if text.text() == Some(name));
                                if names.iter().any(is_name) {
                                    for reducer in &reducers {
                                        values.extend(self.state_of(reducer, node));
                                    }
                                }
                                continue;
                            }
                            let first = self.initial_of(fact, api);
                            values.extend(self.members_there(&first, &key, node));
                            for reducer in reducers {
                                // what is given to this store alone counts for its reducer
                                let found = match &reducer.value {
                                    Value::Func(_) => self.reduced_by(&reducer, source, place, name, node),
                                    _ => self.source_member(&reducer, place, name, node),
                                };
                                values.extend(found);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        values
    }

    fn reduced_member(&mut self, reducer: &Traced, place: &Traced, name: &Name, node: Node) -> Vals {
        self.reduced_by(reducer, reducer, place, name, node)
    }

    /// A member of what a reducer makes of what is dispatched to `store`.
    fn reduced_by(&mut self, reducer: &Traced, store: &Traced, place: &Traced, name: &Name, node: Node) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let first = self.first_values(reducer);
        let transitions = self.transitions(reducer);
        let mut held: Vec<Owner> = Vec::new();
        let mut values = Vals::new();
        for transition in &transitions {
            let unknown = vec![Traced::new(Value::unknown(Reason::NoCallers, vec!["action".into()]))];
            let ctx = self.reducing(transition, place, unknown);
            let (found, deep, vague) = self.made_member(transition, &ctx, &key, node);
            // what does not depend on the action is known without one
            if !deep && !vague && !found.iter().any(depends) {
                values.extend(found);
                continue;
            }
            let actions = self.actions_of(transition.kinds.as_deref(), store);
            if actions.is_empty() {
                values.extend(found);
                continue;
            }
            for action in actions.into_iter().take(ACTIONS * 4) {
                let ctx = self.reducing(transition, place, action);
                let (found, ..) = self.made_member(transition, &ctx, &key, node);
                values.extend(found);
                if deep {
                    let owners = self.param_owners(transition.closure.func, 0);
                    held.extend(owners.into_iter().map(|owner| Owner {
                        path: vec![key.clone()],
                        ctx: ctx.clone(),
                        ..owner
                    }));
                }
            }
        }
        let mut initial = self.members_there(&first, &key, node);
        initial.extend(values);
        initial.into_iter().map(|value| own_all(value, &held)).collect()
    }

    /// A member of what one function makes, whether it writes below that member, and whether it is not known what it makes.
    fn made_member(&mut self, transition: &Transition, ctx: &Ctx, key: &PlaceKey, node: Node) -> (Vals, bool, bool) {
        let made = self.makes(transition, ctx);
        let vague = made.is_empty() || made.iter().any(|value| value.value.is_unknown());
        let mut values = self.members_there(&made, key, node);
        let mut deep = false;
        if transition.value.is_none() {
            let func = transition.closure.func;
            let owners = self.param_owners(func, 0);
            values.extend(self.written_under(&owners, key, false, node, ctx));
            if let Some(lowered) = self.lowered(func.file) {
                let is_below = |effect: &crate::project::Effect| {
                    matches!(effect.kind, EffectKind::Write(_)) && effect.path.first() == Some(key)
                };
                deep = owners.iter().any(|owner| lowered.index.effects(&owner.root).iter().any(is_below));
            }
        }
        (values, deep, vague)
    }

    /// The member of those values that have it.
    fn members_there(&mut self, values: &Vals, key: &PlaceKey, node: Node) -> Vals {
        let mut found = Vals::new();
        for value in values {
            match &value.value {
                Value::Object(object) => found.extend(self.own_member(object, key, false, node)),
                Value::Unknown(_)
                | Value::Null
                | Value::Plain
                | Value::Bool(_)
                | Value::AtLeast(_)
                | Value::Regex(_)
                | Value::Returned(_)
                | Value::Handed(_)
                | Value::Str(_) => {}
                Value::Api(api) if api.step == ApiStep::State => {
                    let name = super::members::key_name(key);
                    found.extend(self.reduced_state_member(value, api, &name, node));
                }
                _ => found.extend(self.members(&vec![value.clone()], key, node, &None)),
            }
        }
        let absent = |value: &Traced| matches!(&value.value, Value::Unknown(unknown) if matches!(unknown.reason, Reason::Absent(_)));
        found.retain(|value| !absent(value));
        found
    }

    /// The context in which a function handles an action.
    fn reducing(&mut self, transition: &Transition, place: &Traced, action: Vals) -> Ctx {
        self.call_frame(&transition.closure, Args::Given(vec![vec![place.clone()], action]), None)
    }

    fn makes(&mut self, transition: &Transition, ctx: &Ctx) -> Vals {
        let func = transition.closure.func;
        let Some(lowered) = self.lowered(func.file) else { return Vals::new() };
        let returns = match transition.value {
            Some(value) => vec![value],
            None => lowered.ir.func(func.func).returns.clone(),
        };
        returns.into_iter().flat_map(|expr| self.eval(Node { file: func.file, expr }, ctx)).collect()
    }

    /// The first values that a reducer's state has.
    fn first_values(&mut self, reducer: &Traced) -> Vals {
        match &reducer.value {
            Value::Func(closure) => {
                let Some(lowered) = self.lowered(closure.func.file) else { return Vals::new() };
                let param = lowered.ir.func(closure.func.func).params.first();
                let Some(default) = param.and_then(|param| param.default) else { return Vals::new() };
                self.eval(Node { file: closure.func.file, expr: default }, &closure.ctx)
            }
            Value::Api(api) => {
                let rules = self.rules;
                let mut values = Vals::new();
                for fact in rules.facts(&api.states) {
                    if let Fact::Reducer(fact) = fact {
                        for slot in &fact.initial {
                            values.extend(self.made_values(slot, &site_of(api)));
                        }
                    }
                }
                values
            }
            _ => Vals::new(),
        }
    }

    fn initial_of(&mut self, fact: &ReducedFact, made: &Rc<Api>) -> Vals {
        let site = Site::of_api(made);
        let mut values: Vals = fact.initial.iter().flat_map(|slot| self.made_values(slot, &site)).collect();
        // what is no state is something else that may stand there, or was kept from an earlier run
        values
            .retain(|value| is_object(value) || matches!(value.value, Value::Null | Value::Str(_) | Value::Token(..)));
        values
    }

    /// What a slot holds, or what the function in it makes.
    fn made_values(&mut self, slot: &crate::rules::slot::Slot, site: &Site) -> Vals {
        let mut values = Vals::new();
        for value in self.slot(slot, site) {
            match &value.value {
                Value::Func(closure) => values.extend(self.free_result(closure)),
                _ => values.push(value),
            }
        }
        values
    }

    fn transitions(&mut self, reducer: &Traced) -> Vec<Transition> {
        let mut all = Vec::new();
        match &reducer.value {
            Value::Func(closure) => {
                let Some(lowered) = self.lowered(closure.func.file) else { return all };
                let func = lowered.ir.func(closure.func.func);
                for &value in &func.returns {
                    self.add_guarded(closure, value, &mut all);
                }
                // what is written to the state itself
                let owners = self.param_owners(closure.func, 0);
                let writes = |effect: &crate::project::Effect| matches!(effect.kind, EffectKind::Write(_));
                if owners.iter().any(|owner| lowered.index.effects(&owner.root).iter().any(writes)) {
                    all.push(Transition { closure: closure.clone(), kinds: None, value: None });
                }
            }
            Value::Api(api) => {
                let rules = self.rules;
                for fact in rules.facts(&api.states) {
                    if let Fact::Reducer(fact) = fact {
                        self.add_cases(fact, api, &mut all);
                    }
                }
            }
            _ => {}
        }
        all
    }

    /// What a function returns where the action is of some kind: the conditions around a returned value say which.
    fn add_guarded(&mut self, closure: &Rc<Closure>, value: ExprId, all: &mut Vec<Transition>) {
        let Some(lowered) = self.lowered(closure.func.file) else { return };
        let ir = &lowered.ir;
        if let Expr::Either(options) = ir.expr(value) {
            for option in options {
                self.add_guarded(closure, *option, all);
            }
            return;
        }
        let mut kinds = None;
        let mut at = ir.block_of(value);
        while kinds.is_none() {
            let block = ir.blocks[at.index()];
            if let Some(guard) = block.guard.filter(|guard| guard.holds) {
                kinds = self.kinds_tested(closure, guard.test);
            }
            match block.parent {
                Some(parent) if block.kind != BlockKind::Func => at = parent,
                _ => break,
            }
        }
        all.push(Transition { closure: closure.clone(), kinds, value: Some(value) });
    }

    /// The kinds of actions that a condition asks for, if it is about them.
    fn kinds_tested(&mut self, closure: &Rc<Closure>, test: ExprId) -> Option<Vec<Kind>> {
        let file = closure.func.file;
        let lowered = self.lowered(file)?;
        match lowered.ir.expr(test) {
            Expr::Or { first, second, .. } => {
                let mut kinds = self.kinds_tested(closure, *first)?;
                kinds.extend(self.kinds_tested(closure, *second)?);
                Some(kinds)
            }
            Expr::Test { op: Op::Same, left, right } => {
                let is_kind =
                    |side: ExprId| super::known_as::last_name(&lowered.ir, side).is_some_and(|name| &*name == KIND);
                let is = if is_kind(*left) { *right } else { is_kind(*right).then_some(*left)? };
                let values = self.eval(Node { file, expr: is }, &closure.ctx);
                Some(self.kinds_of(&values))
            }
            _ => None,
        }
    }

    /// The kinds of actions that values name.
    fn kinds_of(&mut self, values: &Vals) -> Vec<Kind> {
        let rules = self.rules;
        let mut kinds = Vec::new();
        for value in values {
            match &value.value {
                Value::Str(text) => kinds.extend(text.text().map(|text| Kind::Text(text.into()))),
                Value::Api(api) => {
                    let is_action = |states: &States| rules.facts(states).any(|fact| matches!(fact, Fact::Action(_)));
                    if is_action(&api.states) {
                        kinds.push(Kind::Given(value.clone()));
                    } else if is_action(&rules.automaton.step(&api.states, &Step::Call)) {
                        kinds.push(Kind::Made(value.clone()));
                    } else if let (ApiStep::Member(member), Some(from)) = (&api.step, &api.from)
                        && &**member == KIND
                    {
                        kinds.extend(self.kinds_of(&vec![from.clone()]));
                    }
                }
                _ => {}
            }
        }
        kinds
    }

    fn add_cases(&mut self, fact: &ReducerFact, api: &Rc<Api>, all: &mut Vec<Transition>) {
        let site = site_of(api);
        for slot in &fact.cases {
            for cases in self.slot(slot, &site) {
                match &cases.value {
                    Value::Object(object) => {
                        let Some(lowered) = self.lowered(object.node.file) else { continue };
                        let Expr::Object { props, .. } = lowered.ir.expr(object.node.expr) else { continue };
                        for prop in props {
                            let Prop::Field(key, value) = prop else { continue };
                            let kinds = match key {
                                Key::Name(name) if fact.own => self.own_kind(api, name, object.node),
                                Key::Name(name) => vec![Kind::Text(name.clone())],
                                Key::Computed(computed) => {
                                    let at = Node { file: object.node.file, expr: *computed };
                                    let named = self.eval(at, &object.ctx);
                                    self.kinds_of(&named)
                                }
                                Key::Index(_) => Vec::new(),
                            };
                            let found = self.eval(Node { file: object.node.file, expr: *value }, &object.ctx);
                            self.add_handlers(found, &kinds, object.node, all);
                        }
                    }
                    Value::Func(builder) => {
                        if let Some(method) = &fact.builder {
                            self.add_built(builder, method, all);
                        }
                    }
                    Value::Api(case) => {
                        let rules = self.rules;
                        for fact in rules.facts(&case.states) {
                            let Fact::Case(function) = fact else { continue };
                            let site = Site::of_api(case);
                            let named: Vals = self.all_args(&site).into_iter().flatten().collect();
                            let kinds = self.kinds_of(&named);
                            let found = self.slot(function, &site);
                            self.add_handlers(found, &kinds, case.node, all);
                        }
                    }
                    _ => {}
                }
            }
        }
    }

    fn add_handlers(&mut self, found: Vals, kinds: &[Kind], node: Node, all: &mut Vec<Transition>) {
        for value in found {
            match &value.value {
                Value::Func(closure) => {
                    all.push(Transition { closure: closure.clone(), kinds: Some(kinds.to_vec()), value: None });
                }
                // { reducer, prepare }
                Value::Object(object) => {
                    for inner in self.own_member(object, &PlaceKey::Name("reducer".into()), false, node) {
                        if let Value::Func(closure) = &inner.value {
                            all.push(Transition { closure: closure.clone(), kinds: Some(kinds.to_vec()), value: None });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The maker of the actions that a member of the cases is named after.
    fn own_kind(&mut self, api: &Rc<Api>, name: &Name, node: Node) -> Vec<Kind> {
        let Some(made) = &api.from else { return Vec::new() };
        let makers = self.members(&vec![made.clone()], &PlaceKey::Name("actions".into()), node, &None);
        let makers = self.members(&makers, &PlaceKey::Name(name.clone()), node, &None);
        self.kinds_of(&makers)
    }

    /// What a function tells the builder that it is given.
    fn add_built(&mut self, function: &Rc<Closure>, method: &str, all: &mut Vec<Transition>) {
        let file = function.func.file;
        let Some(lowered) = self.lowered(file) else { return };
        let around = lowered.ir.func(function.func.func).span;
        for &call in lowered.index.calls_by_name.get(method).into_iter().flatten() {
            let span = lowered.ir.span(call);
            if span.start < around.start || span.end > around.end {
                continue;
            }
            let node = Node { file, expr: call };
            let named = self.arg(node, 0, &function.ctx);
            let kinds = self.kinds_of(&named);
            let found = self.arg(node, 1, &function.ctx);
            self.add_handlers(found, &kinds, node, all);
        }
    }

    /// Those of `nodes` that lie in the package of a file; all, where none does.
    pub(crate) fn near(&self, nodes: Vec<Node>, file: crate::text::FileId) -> Vec<Node> {
        let is_near = |node: &&Node| self.project.in_one_application(file, node.file);
        let near: Vec<Node> = nodes.iter().filter(is_near).copied().collect();
        if near.is_empty() { nodes } else { near }
    }

    /// The calls that make what has the application's state.
    fn root_stores(&self) -> &'s [Node] {
        let shared = self.shared;
        shared.root_stores.get_or_init(|| {
            let mut eval = Eval::new(shared);
            eval.ask_stores = false;
            let mut calls = Vec::new();
            for (number, fact) in shared.rules.reduced.iter().enumerate().filter(|(_, fact)| fact.root) {
                for name in &fact.made_by {
                    for file in shared.project.files_with(name, FILES).0 {
                        let Some(lowered) = shared.project.lowered(file) else { continue };
                        for &call in lowered.index.calls_by_name.get(name.as_str()).into_iter().flatten() {
                            eval.glance();
                            let node = Node { file, expr: call };
                            let is_made = eval.eval(node, &None).iter().any(|value| match &value.value {
                                Value::Api(api) => {
                                    let mut facts = shared.rules.facts(&api.states);
                                    api.node == node
                                        && facts.any(|fact| matches!(fact, Fact::Reduced(n) if *n == number))
                                }
                                _ => false,
                            });
                            if is_made {
                                calls.push(node);
                            }
                        }
                    }
                }
            }
            calls.sort();
            calls.dedup();
            calls
        })
    }

    fn state_value(&self, of: Option<&Traced>, node: Node) -> Traced {
        let (states, ctx, owners) = (States::new(), None, Vec::new());
        let api = Api { states, step: ApiStep::State, from: of.cloned(), node, ctx, owners };
        Traced::new(Value::Api(Rc::new(api)))
    }
}

/// The site whose slots a library's value is described by: its own call, with what it was read from.
fn site_of(api: &Api) -> Site {
    Site { receiver: api.from.clone(), ..Site::of_api(api) }
}

fn is_object(value: &Traced) -> bool {
    match &value.value {
        Value::Object(_) | Value::Instance(_) | Value::Module(_) => true,
        Value::Api(api) => api.step == ApiStep::State,
        _ => false,
    }
}

/// Whether a value is only known with the action.
fn depends(value: &Traced) -> bool {
    match &value.value {
        Value::Unknown(_) => true,
        Value::Str(text) => text.text().is_none(),
        Value::Object(_) | Value::Api(_) => true,
        _ => false,
    }
}

/// What tells one source of a state from another.
fn key_of(source: &Traced) -> Option<(Node, usize)> {
    let address = |ctx: &Ctx| ctx.as_ref().map_or(0, |frame| Rc::as_ptr(frame) as usize);
    match &source.value {
        Value::Func(closure) => {
            let FuncRef { file, func } = closure.func;
            // functions have no expression of their own here: their number stands for one, out of the way of others
            Some((Node { file, expr: ExprId(u32::MAX - func.0) }, address(&closure.ctx)))
        }
        Value::Api(api) => Some((api.node, address(&api.ctx))),
        Value::Object(object) => Some((object.node, address(&object.ctx))),
        Value::Module(file) => Some((Node { file: *file, expr: ExprId(0) }, 0)),
        _ => None,
    }
}
