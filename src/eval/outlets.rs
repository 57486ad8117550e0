//! Components that are shown by an element which does not name them, and are given what that element is given.
//!
//! A router's outlet, a copy of `children`: what is shown is what stands between the tags of the component around, or the
//! components of the routes below its own.

use super::calls::Site;
use super::engine::{Eval, Shared};
use super::injected::Component;
use super::known_as::{module_stem, names_of};
use super::value::{ClassRef, FuncRef, Handed, Node, Traced, Vals, Value};
use crate::ir::{Expr, ExprId, FileIr, FuncId, Key, Name, Prop};
use crate::project::Lowered;
use crate::rules::slot::{Base, Into};
use crate::rules::{Fact, OutletFact};
use crate::text::FileId;
use rustc_hash::FxHashSet;
use std::rc::Rc;

/// Files that are looked through for outlets of one name.
const FILES: usize = 200;
/// Components that one outlet is taken to show.
const COMPONENTS: usize = 64;
/// Steps to tell what component a name stands for.
const LOOK: u32 = 400;
/// The member of an element's attributes that holds what stands between its tags.
const CHILDREN: &str = "children";

/// A component that an outlet shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Shown {
    component: Component,
    /// The outlet.
    by: Node,
    /// Which of the rules' outlets.
    number: usize,
}

impl<'s> Eval<'s> {
    /// The objects whose members outlets give to a component.
    pub(super) fn given_by_outlets(&mut self, component: Component) -> Vals {
        let rules = self.rules;
        let mut values = Vals::new();
        for shown in shown(self.shared).iter().filter(|shown| shown.component == component) {
            let outlet = &rules.outlets[shown.number];
            let span = self.span_of(shown.by);
            let mut given = self.slot(&outlet.gives, &Site::new(shown.by, &None));
            if let Some(under) = &outlet.under {
                let known = vec![(vec![Into::Member(under.to_string())], Rc::new(given))];
                let otherwise = Traced::new(Value::Null);
                given = vec![Traced::new(Value::Handed(Rc::new(Handed { known, otherwise })))];
            }
            let passed = |value: Traced| {
                value.step(shown.by.file, span, || "given to the component that is shown here".to_owned())
            };
            values.extend(given.into_iter().map(passed));
        }
        values
    }

    fn collect_shown(&mut self, all: &mut Vec<Shown>) {
        let rules = self.rules;
        for (number, outlet) in rules.outlets.iter().enumerate() {
            for name in &outlet.named {
                for file in self.project.files_with(name, FILES).0 {
                    let Some(lowered) = self.lowered(file) else { continue };
                    let renamed = lowered.index.renamed.get(name.as_str()).into_iter().flatten();
                    let names = renamed.map(|name| &**name).chain([name.as_str()]);
                    let calls = names.filter_map(|name| lowered.index.calls_by_name.get(name)).flatten();
                    for &call in calls {
                        self.glance();
                        let by = Node { file, expr: call };
                        let is_it =
                            self.is_known_as(by, &|fact| matches!(fact, Fact::Outlet(known) if *known == number));
                        if is_it {
                            let shown = self.shown_by(by, outlet);
                            all.extend(shown.into_iter().map(|component| Shown { component, by, number }));
                        }
                    }
                }
            }
        }
    }

    /// The components that an outlet shows.
    fn shown_by(&mut self, by: Node, outlet: &OutletFact) -> Vec<Component> {
        let Some(lowered) = self.lowered(by.file) else { return Vec::new() };
        if let Some(shows) = &outlet.shows {
            if let Base::Arg(nth) = &shows.base
                && let Some(arg) = self.arg_expr(by, *nth)
                && let element = lowered.ir.behind_variable(arg)
                && lowered.ir.is_element(element)
            {
                return self.components_of(Node { file: by.file, expr: element });
            }
            let values = self.within(LOOK, |eval| eval.slot(shows, &Site::new(by, &None)));
            let shown = self.components_in(values, by);
            if !shown.is_empty() || outlet.routes.is_empty() {
                return shown;
            }
        }
        let mut shown = Vec::new();
        for around in components_around(lowered, by) {
            self.between_tags(around, &mut shown);
            self.routed_below(around, outlet, &mut shown);
        }
        shown.truncate(COMPONENTS);
        shown
    }

    /// The components that an element may be one of.
    fn components_of(&mut self, element: Node) -> Vec<Component> {
        let called = self.within(LOOK, |eval| eval.callees(element, &None));
        self.components_in(called, element)
    }

    fn components_in(&mut self, values: Vals, node: Node) -> Vec<Component> {
        let mut found = Vec::new();
        for value in values {
            match &value.value {
                // a module that is the component
                Value::Module(file) => {
                    let whole = self.within(LOOK, |eval| eval.export(*file, &"default".into(), node, 0));
                    found.extend(whole.iter().filter_map(|value| Component::of(&value.value)));
                }
                other => found.extend(Component::of(other)),
            }
        }
        found
    }

    /// The components of the elements that stand between the tags of a component's own elements.
    fn between_tags(&mut self, around: Component, shown: &mut Vec<Component>) {
        // elements are callers, for which this evaluator must not ask
        let shared = self.shared;
        let mut asking = Eval::new(shared);
        asking.ask_stores = false;
        let elements = match around {
            Component::Class(class) => asking.callers_of_class(class).calls.clone(),
            Component::Func(func) => asking.callers_of(func).calls.clone(),
            Component::Options(options) => asking.elements_of(options),
        };
        for element in elements {
            let Some(there) = self.lowered(element.file) else { continue };
            if !there.ir.is_element(element.expr) {
                continue;
            }
            let Some(attributes) = self.arg_expr(element, 0) else { continue };
            let Some(children) = there.ir.member_of(attributes, CHILDREN) else { continue };
            let Expr::List(items) = there.ir.expr(children) else { continue };
            for item in items {
                let item = there.ir.behind_variable(item.expr);
                if there.ir.is_element(item) && shown.len() < COMPONENTS {
                    shown.extend(self.components_of(Node { file: element.file, expr: item }));
                }
            }
        }
    }

    /// The components of the routes that are written inside the routes of a component.
    fn routed_below(&mut self, around: Component, outlet: &OutletFact, shown: &mut Vec<Component>) {
        for file in self.files_that_name(around) {
            let Some(lowered) = self.lowered(file) else { continue };
            let ir = &lowered.ir;
            for (at, expr) in (0u32..).map(ExprId).zip(&ir.exprs) {
                let Some(component) = route_component(ir, expr, outlet) else { continue };
                let Some(above) = route_above(ir, at, outlet) else { continue };
                let mut is_one = |of: ExprId| {
                    let node = Node { file, expr: of };
                    let values = self.within(LOOK, |eval| eval.eval(node, &None));
                    self.components_in(values, node)
                };
                if is_one(above).contains(&around) && shown.len() < COMPONENTS {
                    shown.extend(is_one(component));
                }
            }
        }
    }

    /// The files that may name a component.
    fn files_that_name(&self, component: Component) -> Vec<FileId> {
        let (file, expr, own) = match component {
            Component::Class(ClassRef { file, class }) => {
                let Some(lowered) = self.lowered(file) else { return Vec::new() };
                let class = lowered.ir.class(class);
                (file, Some(class.expr), class.name.clone())
            }
            Component::Func(FuncRef { file, func }) => {
                let Some(lowered) = self.lowered(file) else { return Vec::new() };
                let func = lowered.ir.func(func);
                (file, Some(func.expr), func.name.clone())
            }
            Component::Options(node) => {
                let made = self.lowered(node.file).and_then(|lowered| lowered.ir.parents[node.expr.index()]);
                (node.file, made, None)
            }
        };
        let Some(lowered) = self.lowered(file) else { return Vec::new() };
        let mut names: Vec<Name> = expr.map(|expr| names_of(lowered, expr)).unwrap_or_default();
        names.extend(own);
        names.push(module_stem(self.project.path(file)).into());
        names.sort();
        names.dedup();
        let (mut files, _) = self.files_naming(names.iter().map(|name| &**name));
        files.push(file);
        files.sort();
        files.dedup();
        files
    }
}

/// The components inside which a node is written, the innermost first.
fn components_around(lowered: &Lowered, node: Node) -> Vec<Component> {
    let ir = &lowered.ir;
    let file = node.file;
    let mut around = Vec::new();
    for func in ir.functions_around(node.expr).take_while(|func| *func != FuncId::MODULE) {
        let declared = ir.func(func);
        around.push(Component::Func(FuncRef { file, func }));
        around.extend(declared.class.map(|class| Component::Class(ClassRef { file, class })));
        let options = ir.held_under(declared.expr).map(|(_, expr)| Component::Options(Node { file, expr }));
        around.extend(options);
    }
    around
}

/// The component of a route, if an expression is one.
fn route_component(ir: &FileIr, expr: &Expr, outlet: &OutletFact) -> Option<ExprId> {
    let Expr::Object { props, .. } = expr else { return None };
    props.iter().find_map(|prop| match prop {
        Prop::Field(Key::Name(key), value) if outlet.routes.iter().any(|name| **name == **key) => {
            Some(ir.behind_variable(*value))
        }
        _ => None,
    })
}

/// The component of the route inside which another one is written.
fn route_above(ir: &FileIr, route: ExprId, outlet: &OutletFact) -> Option<ExprId> {
    let mut at = route;
    while let Some(parent) = ir.parents[at.index()] {
        if let Some(component) = route_component(ir, ir.expr(parent), outlet) {
            return Some(component);
        }
        at = parent;
    }
    None
}

/// All components that outlets show, looked for once per run.
fn shown<'a>(shared: &'a Shared<'_>) -> &'a [Shown] {
    shared.shown.get_or_init(|| {
        let mut eval = Eval::new(shared);
        eval.ask_stores = false;
        eval.ask_callers = false;
        let mut all: Vec<Shown> = Vec::new();
        eval.collect_shown(&mut all);
        // one may be found in two ways
        let mut seen = FxHashSet::default();
        all.retain(|shown| seen.insert(*shown));
        all
    })
}
