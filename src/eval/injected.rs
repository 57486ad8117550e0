//! Components that are given values by what wraps them.

use super::calls::Site;
use super::engine::{Eval, drop_null};
use super::value::{FuncRef, Node, Traced, Vals, Value};
use crate::ir::{Expr, ExprId, Key, Lang, MethodKind};
use crate::project::PlaceKey;
use crate::rules::path::Step;
use crate::rules::{ContextFact, Fact};

/// Files that are looked through for the calls that wrap components.
const FILES: usize = 200;

/// A component that is wrapped.
#[derive(Clone, Debug)]
pub(crate) struct Injection {
    /// The component, as it is given to the wrapper.
    component: Component,
    /// The call that made the wrapper.
    by: Node,
    /// Which of the rules' injectors.
    number: usize,
}

/// A component of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Component {
    Class(super::value::ClassRef),
    Func(super::value::FuncRef),
    /// The literal of an options object.
    Options(Node),
}

impl Component {
    pub(super) fn of(value: &Value) -> Option<Component> {
        match value {
            Value::Class(class) => Some(Component::Class(*class)),
            Value::Func(closure) => Some(Component::Func(closure.func)),
            Value::Object(object) => Some(Component::Options(object.node)),
            _ => None,
        }
    }
}

impl<'s> Eval<'s> {
    /// What a constructor is given by a container, as a decorator of its class or a static member lists it.
    pub(crate) fn constructed_with(&mut self, func: FuncRef, index: u32, node: Node) -> Vals {
        let Some(lowered) = self.lowered(func.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let Some(class) = ir.func(func.func).class.filter(|_| ir.lang == Lang::Js) else { return Vals::new() };
        let class = ir.class(class);
        let is_it = |method: &crate::ir::Method| method.func == func.func && method.kind == MethodKind::Constructor;
        if !class.methods.iter().any(is_it) {
            return Vals::new();
        }
        let rules = self.rules;
        let mut named = Vals::new();
        for decorator in &class.decorators {
            let call = Node { file: func.file, expr: *decorator };
            if !matches!(ir.expr(*decorator), Expr::Call { .. }) {
                continue;
            }
            for called in self.callees(call, &None) {
                let Value::Api(api) = &called.value else { continue };
                let states = rules.automaton.step(&api.states, &Step::Call);
                let injects = rules.facts(&states).find_map(|fact| match fact {
                    Fact::Pass(pass) if pass.injects => Some(pass),
                    _ => None,
                });
                if let Some(pass) = injects {
                    rules.answered(&**pass);
                    named.extend(self.arg(call, index, &None));
                }
            }
        }
        let listed = class.fields.iter().find(|field| match (&field.key, &rules.component.injects) {
            (Key::Name(name), Some(injects)) => field.is_static && **name == **injects,
            _ => false,
        });
        if let Some(list) = listed.and_then(|field| field.value) {
            let lists = self.eval(Node { file: func.file, expr: list }, &None);
            named.extend(self.members(&lists, &PlaceKey::Index(index), node, &None));
        }
        named.iter().flat_map(|named| self.instance_of(named, node)).collect()
    }

    /// The objects whose members wrappers give to a component, and elements that show it without naming it.
    pub(crate) fn injected_into(&mut self, component: &Traced) -> Vals {
        if !self.ask_stores {
            return Vals::new();
        }
        let Some(component) = Component::of(&component.value) else { return Vals::new() };
        let rules = self.rules;
        let mut values = Vals::new();
        for injection in injections(self.shared).iter().filter(|injection| injection.component == component) {
            let injector = &rules.injectors[injection.number];
            let site = Site::new(injection.by, &None);
            let with: Vec<Vals> = injector.with.iter().map(|slot| self.slot(slot, &site)).collect();
            let functions = self.slot(&injector.calls, &site);
            let mut made = self.applied_to(&functions, &with, &site);
            // a function that makes the function
            let inner: Vals = made.iter().filter(|value| matches!(value.value, Value::Func(_))).cloned().collect();
            if !inner.is_empty() {
                made = self.applied_to(&inner, &with, &site);
            }
            values.extend(made.into_iter().filter(|value| matches!(value.value, Value::Object(_) | Value::Api(_))));
        }
        values.extend(self.given_by_outlets(component));
        drop_null(values)
    }

    /// What an instance of a class is given where it is made, as an element or by what wraps the class.
    pub(crate) fn given_to_instances(&mut self, class: super::value::ClassRef) -> Vals {
        let mut values = Vals::new();
        for call in self.callers_of_class(class).calls.clone() {
            if self.lowered(call.file).is_some_and(|lowered| lowered.ir.is_element(call.expr)) {
                values.extend(self.passed(call, 0, &None, None));
            }
        }
        values.extend(self.injected_into(&Traced::new(Value::Class(class))));
        drop_null(values)
    }

    /// What the context that a class names hands down to its instances under a member.
    pub(crate) fn context_member(&mut self, class: super::value::ClassRef, name: &str, node: Node) -> Vals {
        let rules = self.rules;
        let named = rules.class_contexts.iter().filter(|context| context.member.as_deref() == Some(name));
        let mut values = Vals::new();
        for context in named.collect::<Vec<&ContextFact>>() {
            let Some(key) = &context.named_by else { continue };
            let contexts = self.static_member(class, &key.as_ref().into(), node);
            values.extend(self.handed_down_by(context, &contexts));
        }
        values
    }

    fn collect_injections(&mut self, all: &mut Vec<Injection>) {
        let rules = self.rules;
        for (number, injector) in rules.injectors.iter().enumerate() {
            for name in &injector.made_by {
                for file in self.project.files_with(name, FILES).0 {
                    let Some(lowered) = self.lowered(file) else { continue };
                    for &call in lowered.index.calls_by_name.get(name.as_str()).into_iter().flatten() {
                        self.glance();
                        let by = Node { file, expr: call };
                        let is_it =
                            self.is_known_as(by, &|fact| matches!(fact, Fact::Injector(known) if *known == number));
                        if !is_it {
                            continue;
                        }
                        for component in self.wrapped_by(by) {
                            all.push(Injection { component, by, number });
                        }
                    }
                }
            }
        }
    }

    /// Whether the rules know a call by such a fact.
    pub(super) fn is_known_as(&mut self, call: Node, is_it: &dyn Fn(&Fact) -> bool) -> bool {
        let rules = self.rules;
        self.callees(call, &None).iter().any(|called| match &called.value {
            Value::Api(api) => rules.facts(&rules.automaton.step(&api.states, &Step::Call)).any(is_it),
            _ => false,
        })
    }

    /// The components to which what a call makes is applied: at once, as one of several that are put together, by a name
    /// that holds it, or as a decorator.
    fn wrapped_by(&mut self, by: Node) -> Vec<Component> {
        let Some(lowered) = self.lowered(by.file) else { return Vec::new() };
        let ir = &lowered.ir;
        let mut found = Vec::new();
        let mut holders = vec![by.expr];
        if let Some(binding) = lowered.index.binding_of.get(&by.expr) {
            holders.extend(lowered.index.reads.get(binding).into_iter().flatten().copied());
        }
        for holder in holders {
            for class in &ir.classes {
                if class.decorators.iter().any(|decorator| ir.strip(*decorator) == holder) {
                    let values = self.eval(Node { file: by.file, expr: class.expr }, &None);
                    found.extend(values.iter().filter_map(|value| Component::of(&value.value)));
                }
            }
            let Some(application) = applied_at(ir, holder) else { continue };
            for value in self.arg(Node { file: by.file, expr: application }, 0, &None) {
                found.extend(Component::of(&value.value));
            }
        }
        found
    }
}

/// The call whose callee is `function`, or is made by a call that is given it.
fn applied_at(ir: &crate::ir::FileIr, function: ExprId) -> Option<ExprId> {
    let parent = ir.parents[function.index()]?;
    let Expr::Call { callee, .. } = ir.expr(parent) else { return None };
    if *callee == function {
        return Some(parent);
    }
    let around = ir.parents[parent.index()]?;
    match ir.expr(around) {
        Expr::Call { callee, .. } if *callee == parent => Some(around),
        _ => None,
    }
}

/// All components that are wrapped, looked for once per run.
fn injections<'a>(shared: &'a super::engine::Shared<'_>) -> &'a [Injection] {
    shared.injections.get_or_init(|| {
        let mut eval = Eval::new(shared);
        eval.ask_stores = false;
        eval.ask_callers = false;
        let mut all = Vec::new();
        eval.collect_injections(&mut all);
        all
    })
}
