//! Actions: objects that name their kind, and what functions of libraries make, wherever the project has them.
//!
//! Whoever writes `{ type: 'LOGIN', … }` means to dispatch it: which dispatcher it goes through is not asked.

use super::calls::Site;
use super::engine::{Eval, Shared};
use super::reducers::Kind;
use super::value::{Api, ApiStep, Args, FuncRef, Node, Traced, Vals, Value, texts};
use crate::ir::{Expr, ExprId, Lit, Name};
use crate::project::Lowered;
use crate::rules::path::Step;
use crate::rules::{Fact, KIND};
use crate::text::FileId;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Files that are looked through for actions.
const FILES: usize = 400;
/// Actions of one kind.
const OF_KIND: usize = 32;
/// Calls that may make an action and are checked.
const CALLS: usize = 256;

/// The actions of the project, by their kinds' names.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    /// Object literals, and calls of functions that make one of the kind that they are given.
    pub(super) literals: FxHashMap<Name, Vec<Node>>,
    /// Calls that make what makes them.
    pub(super) makers: FxHashMap<Name, Vec<Node>>,
}

impl<'s> Eval<'s> {
    /// The actions of some kinds, each with its alternatives; of all kinds, and what else is dispatched to `store`, where
    /// there are none.
    pub(crate) fn actions_of(&mut self, kinds: Option<&[Kind]>, store: &Traced) -> Vec<Vals> {
        let mut actions = Vec::new();
        if !self.ask_stores {
            return actions;
        }
        let Some(kinds) = kinds else {
            actions.extend(self.dispatched_to(store));
            let all = actions_in(self.shared);
            let mut nodes: Vec<Node> = all.literals.values().flatten().copied().collect();
            nodes.sort();
            nodes.dedup();
            let nodes = self.of_store(nodes, store);
            actions.extend(nodes.into_iter().take(OF_KIND * 4).map(|node| self.eval(node, &None)));
            return actions;
        };
        for kind in kinds {
            match kind {
                Kind::Text(text) => {
                    let all = actions_in(self.shared);
                    let nodes = self.of_store(all.literals.get(text).cloned().unwrap_or_default(), store);
                    for node in nodes.into_iter().take(OF_KIND) {
                        actions.push(self.eval(node, &None));
                    }
                    for &maker in all.makers.get(text).into_iter().flatten().take(OF_KIND) {
                        for maker in self.eval(maker, &None) {
                            actions.extend(self.made_actions(&maker));
                        }
                    }
                }
                Kind::Made(maker) => actions.extend(self.made_actions(maker)),
                Kind::Given(action) => actions.push(vec![action.clone()]),
            }
        }
        actions
    }

    /// Those of the actions that may be meant for a store or reducer: of the same package, if there are any.
    fn of_store(&self, nodes: Vec<Node>, store: &Traced) -> Vec<Node> {
        match &store.value {
            Value::Func(closure) => self.near(nodes, closure.func.file),
            Value::Api(api) => self.near(nodes, api.node.file),
            Value::Object(object) => self.near(nodes, object.node.file),
            _ => nodes,
        }
    }

    /// What the calls of a maker make.
    fn made_actions(&mut self, maker: &Traced) -> Vec<Vals> {
        let Value::Api(api) = &maker.value else { return Vec::new() };
        let states = self.rules.automaton.step(&api.states, &Step::Call);
        let calls = self.calls_of_made(api);
        let made = calls.iter().map(|call| vec![self.api_step(maker, states.clone(), ApiStep::Call, *call, &None)]);
        made.collect()
    }

    /// The calls of the function that the call at a node makes.
    pub(crate) fn calls_of_result(&mut self, made: Node) -> Arc<Vec<Node>> {
        self.calls_of_made(&made_at(made, ApiStep::Call))
    }

    /// The calls of a member of what the call at a node makes.
    pub(crate) fn calls_of_member(&mut self, made: Node, member: &Name) -> Vec<Node> {
        let calls = self.calls_of_made(&made_at(made, ApiStep::Member(member.clone())));
        let mut exact = calls.to_vec();
        exact.retain(|call| {
            self.callees(*call, &None).iter().any(|called| match &called.value {
                Value::Api(called) => maker_of(called) == made,
                // a member that no rule knows
                _ => false,
            })
        });
        exact
    }

    /// The calls of a function that a library made: of a variable that holds it, or of a member of what the library made.
    pub(super) fn calls_of_made(&mut self, api: &Api) -> Arc<Vec<Node>> {
        let member = match &api.step {
            ApiStep::Member(name) => name.clone(),
            _ => "".into(),
        };
        let made = maker_of(api);
        let shared = self.shared;
        shared.made_calls.get(&(made, member.clone()), || {
            let mut eval = Eval::new(shared);
            eval.ask_callers = false;
            eval.ask_stores = false;
            let mut names = vec![member.clone()];
            if member.is_empty() {
                names = eval
                    .lowered(made.file)
                    .map(|lowered| super::known_as::names_of(lowered, made.expr))
                    .unwrap_or_default();
            }
            let (mut calls, mut perhaps) = (Vec::new(), Vec::new());
            let mut checked = 0;
            for name in &names {
                for file in eval.project.files_with(name, FILES).0 {
                    let Some(lowered) = eval.lowered(file) else { continue };
                    for &call in lowered.index.calls_by_name.get(name).into_iter().flatten() {
                        checked += 1;
                        if checked > CALLS {
                            break;
                        }
                        eval.glance();
                        let node = Node { file, expr: call };
                        let callees = eval.callees(node, &None);
                        let is_it = callees.iter().any(|called| match &called.value {
                            Value::Api(called) => match &called.step {
                                ApiStep::Member(name) => *name == member && maker_of(called) == made,
                                _ => member.is_empty() && called.node == made,
                            },
                            _ => false,
                        });
                        if is_it {
                            calls.push(node);
                        } else if callees.iter().all(|called| called.value.is_unknown()) {
                            perhaps.push(node);
                        }
                    }
                }
            }
            let mut calls = if calls.is_empty() { perhaps } else { calls };
            calls.sort();
            calls.dedup();
            calls.truncate(OF_KIND);
            Arc::new(calls)
        })
    }

    /// What is handed to the function of a pair that has a state.
    fn dispatched_to(&mut self, store: &Traced) -> Vec<Vals> {
        let Value::Api(api) = &store.value else { return Vec::new() };
        let rules = self.rules;
        let dispatch = rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Reduced(number) => rules.reduced[*number].dispatch,
            _ => None,
        });
        let Some(dispatch) = dispatch else { return Vec::new() };
        let calls = self.calls_of_element(api.node, dispatch);
        calls.iter().map(|call| self.arg(*call, 0, &None)).collect()
    }

    /// A member of an action that a library makes; `None` where `api` is none.
    pub(crate) fn action_member(&mut self, api: &std::rc::Rc<Api>, name: &Name, node: Node) -> Option<Vals> {
        let rules = self.rules;
        for fact in rules.facts(&api.states) {
            let Fact::Action(action) = fact else { continue };
            let is_other = action.member.as_ref().is_some_and(|member| **member != **name);
            let site = match &api.from {
                Some(Traced { value: Value::Api(function), .. }) => Site::of(api.node, &api.ctx, function),
                _ => Site::of_api(api),
            };
            if let Some(prepare) = &action.prepare {
                let mut made = Vals::new();
                for value in self.slot(prepare, &site) {
                    if let Value::Func(closure) = &value.value {
                        made.extend(self.result(closure, Args::Of(api.node, api.ctx.clone()), None));
                    }
                }
                if !made.is_empty() {
                    let key = crate::project::PlaceKey::Name(name.clone());
                    let found = self.members(&made, &key, node, &None);
                    // what the function leaves out is the library's to say
                    if !is_other || found.iter().any(|value| !value.value.is_unknown()) {
                        return Some(found);
                    }
                }
            }
            if is_other {
                continue;
            }
            for slot in &action.value {
                let values = self.slot(slot, &site);
                if values.is_empty() {
                    continue;
                }
                let key = crate::project::PlaceKey::Name(name.clone());
                return Some(match action.member {
                    Some(_) => values,
                    None => self.members(&values, &key, node, &None),
                });
            }
        }
        None
    }

    fn collect_actions(&mut self, file: FileId, all: &mut Actions) {
        let Some(lowered) = self.lowered(file) else { return };
        let ir = &lowered.ir;
        for (at, expr) in (0u32..).map(ExprId).zip(&ir.exprs) {
            if !matches!(expr, Expr::Object { .. }) {
                continue;
            }
            let Some(kind) = ir.member_of(at, KIND) else { continue };
            if ir.is_of_element(at) {
                continue;
            }
            let node = Node { file, expr: at };
            match param_of(lowered, kind) {
                Some((func, index)) => self.collect_calls_with_kind(FuncRef { file, func }, index, all),
                None => {
                    for text in self.kind_texts(Node { file, expr: kind }) {
                        all.literals.entry(text).or_default().push(node);
                    }
                }
            }
        }
    }

    /// `action(LOGIN, data)`, where the function makes an action of the kind that it is given.
    fn collect_calls_with_kind(&mut self, func: FuncRef, index: u32, all: &mut Actions) {
        let calls = self.callers_of(func);
        for &call in calls.calls.iter().take(OF_KIND * 2) {
            let Some(arg) = self.arg_expr(call, index) else { continue };
            for text in self.kind_texts(Node { file: call.file, expr: arg }) {
                all.literals.entry(text).or_default().push(call);
            }
        }
    }

    fn kind_texts(&mut self, kind: Node) -> Vec<Name> {
        let Some(lowered) = self.lowered(kind.file) else { return Vec::new() };
        match lowered.ir.expr(lowered.ir.strip(kind.expr)) {
            Expr::Lit(Lit::Str(text)) => vec![text.clone()],
            Expr::Local(_) | Expr::Field { .. } | Expr::Concat(_) => {
                self.glance();
                texts(&self.eval(kind, &None))
            }
            _ => Vec::new(),
        }
    }

    /// The calls that make what makes actions of a kind with a name.
    fn collect_makers(&mut self, all: &mut Actions) {
        let rules = self.rules;
        for name in &rules.action_makers {
            for file in self.project.files_with(name, FILES).0 {
                let Some(lowered) = self.lowered(file) else { continue };
                for &call in lowered.index.calls_by_name.get(name.as_str()).into_iter().flatten() {
                    self.glance();
                    let node = Node { file, expr: call };
                    for value in self.eval(node, &None) {
                        let Value::Api(maker) = &value.value else { continue };
                        let states = rules.automaton.step(&maker.states, &Step::Call);
                        for fact in rules.facts(&states) {
                            let Fact::Action(action) = fact else { continue };
                            let Some(kind) = &action.kind else { continue };
                            let site = Site { function: Some(maker.clone()), ..Site::of_api(maker) };
                            for kind in self.slot(kind, &site) {
                                if let Value::Str(text) = &kind.value
                                    && let Some(text) = text.text()
                                {
                                    all.makers.entry(text.into()).or_default().push(node);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The call that made what a function was read from.
fn maker_of(api: &Api) -> Node {
    let mut at = api;
    while let (ApiStep::Member(_), Some(Traced { value: Value::Api(from), .. })) = (&at.step, &at.from) {
        at = from;
    }
    at.node
}

/// The parameter that a value is.
fn param_of(lowered: &Lowered, value: ExprId) -> Option<(crate::ir::FuncId, u32)> {
    let ir = &lowered.ir;
    let Expr::Local(binding) = ir.expr(ir.strip(value)) else { return None };
    match ir.binding(*binding).defs.as_slice() {
        [def] => match ir.expr(def.value) {
            Expr::Param { func, index, rest: false } => Some((*func, *index)),
            _ => None,
        },
        _ => None,
    }
}

/// The actions of the project, looked for once per run.
pub(super) fn actions_in<'a>(shared: &'a Shared<'_>) -> &'a Actions {
    shared.actions.get_or_init(|| {
        let mut eval = Eval::new(shared);
        eval.ask_stores = false;
        let mut all = Actions::default();
        for file in shared.project.files_with(KIND, FILES).0 {
            if shared.project.lowered(file).is_some_and(|lowered| lowered.ir.lang == crate::ir::Lang::Js) {
                eval.collect_actions(file, &mut all);
            }
        }
        eval.collect_makers(&mut all);
        for nodes in all.literals.values_mut().chain(all.makers.values_mut()) {
            nodes.sort();
            nodes.dedup();
        }
        all
    })
}

/// What the call at a node makes, or a member of it, about which no rule has to know anything.
fn made_at(node: Node, step: ApiStep) -> Api {
    Api { states: crate::rules::automaton::States::new(), step, from: None, node, ctx: None, owners: Vec::new() }
}
