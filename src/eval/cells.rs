//! Cells: objects that hold a value which changes, and contexts that hand values down.
//!
//! A cell's value is the first one, joined with everything that is ever set.

use super::calls::Site;
use super::engine::{Eval, drop_null};
use super::known_as::names_of;
use super::value::{Api, ApiStep, FuncRef, Node, Owner, Reason, Traced, Vals, Value, texts};
use crate::ir::{BindingId, Expr, ExprId, Key, Name};
use crate::project::{EffectKind, Lowered, PlaceKey, Root};
use crate::rules::{CellFact, ContextFact, Fact};
use std::rc::Rc;
use std::sync::Arc;

/// Files that are looked through for the components of a context.
const FILES: usize = 64;
/// Steps that a look at what may be the same cell may take.
const CELL: u32 = 2_000;
/// Calls of functions that may change a cell and are checked.
const CALLS: usize = 256;

impl<'s> Eval<'s> {
    /// What is known of a cell.
    pub(crate) fn cell_fact(&self, api: &Api) -> Option<&'s CellFact> {
        let rules = self.rules;
        rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Cell(cell) => Some(cell),
            _ => None,
        })
    }

    /// What a value holds that stands for it.
    pub fn held(&mut self, value: &Traced) -> Vals {
        match &value.value {
            Value::Api(api) => match self.cell_fact(api) {
                Some(cell) if cell.transparent => self.cell_value(api, cell),
                _ => Vals::new(),
            },
            _ => Vals::new(),
        }
    }

    /// Everything a cell may hold.
    pub(crate) fn cell_value(&mut self, api: &Rc<Api>, cell: &CellFact) -> Vals {
        self.mark(super::conditions::STATE);
        let entered = (api.node, usize::MAX);
        if !self.enter_cell(entered) {
            return Vals::new();
        }
        let mut values = Vals::new();
        if let Some(key) = self.cell_key(api, cell) {
            for one in self.cells_under(&key, api, cell) {
                values.extend(self.own_value(&one, cell));
            }
            let span = self.span_of(api.node);
            if let Some(store) = cell.store.as_ref().filter(|store| self.stores(store, &key)) {
                values.extend(self.stored(store, &key, api.node.file, span));
            }
            // nothing but its key may tell what it holds
            if values.iter().all(|value| value.value.is_unknown() || matches!(value.value, Value::Null)) {
                let unknown = Value::unknown(Reason::Storage(key.clone()), vec![key.clone()]);
                values.push(Traced::new(unknown));
            }
            values = values.into_iter().map(|value| self.by_name(value, &key, api.node.file, span)).collect();
        } else {
            values = self.own_value(api, cell);
        }
        self.leave_cell(entered);
        drop_null(values)
    }

    /// The text under which a cell is shared.
    fn cell_key(&mut self, api: &Rc<Api>, cell: &CellFact) -> Option<Name> {
        let site = Site::new(api.node, &api.ctx);
        texts(&self.slot(cell.key.as_ref()?, &site)).into_iter().next()
    }

    /// A cell and all others of its application that are made under its key, wherever that is written out.
    fn cells_under(&mut self, key: &Name, api: &Rc<Api>, cell: &CellFact) -> Vec<Rc<Api>> {
        let made_by = |lowered: &Lowered, call: ExprId| match lowered.ir.expr(call) {
            Expr::Call { callee, .. } => super::known_as::last_name(&lowered.ir, *callee),
            _ => None,
        };
        let mut cells = vec![self.held_in(api, api.node)];
        let Some(maker) = self.lowered(api.node.file).and_then(|lowered| made_by(lowered, api.node.expr)) else {
            return cells;
        };
        for file in self.project.files_with(key, FILES).0 {
            if !self.project.in_one_application(api.node.file, file) {
                continue;
            }
            let Some(other) = self.lowered(file) else { continue };
            for &call in other.index.calls_by_name.get(&maker).into_iter().flatten() {
                let made = Node { file, expr: call };
                if made == api.node {
                    continue;
                }
                for found in self.within(CELL, |eval| eval.eval(made, &None)) {
                    if let Value::Api(found) = &found.value
                        && self.cell_fact(found).is_some_and(|known| std::ptr::eq(known, cell))
                        && self.cell_key(found, cell).as_ref() == Some(key)
                    {
                        cells.push(self.held_in(found, made));
                    }
                }
            }
        }
        cells
    }

    /// What is made at a place, with the variables that hold it there, or where the function that returns it is called.
    fn held_in(&mut self, api: &Api, made: Node) -> Rc<Api> {
        let mut places = vec![made];
        if let Some(func) = self.lowered(made.file).and_then(|lowered| lowered.index.returned_by.get(&made.expr)) {
            places.extend(&self.callers_of(FuncRef { file: made.file, func: *func }).calls);
        }
        let mut owners = Vec::new();
        for place in places {
            let Some(lowered) = self.lowered(place.file) else { continue };
            if let Some(binding) = lowered.index.binding_of.get(&place.expr) {
                owners.push(Owner::new(place.file, Root::Local(*binding)));
            }
        }
        Rc::new(Api { owners: super::owners::with_owners(&api.owners, &owners), ..Api::clone(api) })
    }

    /// The first value of a cell, and what is set where it is held.
    fn own_value(&mut self, api: &Rc<Api>, cell: &CellFact) -> Vals {
        let site = Site::new(api.node, &api.ctx);
        let mut values = Vals::new();
        for slot in &cell.initial {
            for value in self.slot(slot, &site) {
                match &value.value {
                    // a lazy first value
                    Value::Func(closure) => values.extend(self.free_result(closure)),
                    _ => values.push(value),
                }
            }
        }
        let mut owners = api.owners.clone();
        owners.extend(self.importers(&api.owners, None));
        for owner in &owners {
            let Some(lowered) = self.lowered(owner.file) else { continue };
            for effect in lowered.index.effects(&owner.root) {
                if let EffectKind::Passed(call, 0) = effect.kind
                    && effect.path == owner.path
                {
                    values.extend(self.set_by_call(Node { file: owner.file, expr: call }, cell));
                }
                let EffectKind::Method(call) = effect.kind else { continue };
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let name = super::known_as::last_name(&lowered.ir, *callee);
                if effect.path == owner.path && name.is_some_and(|name| cell.set.iter().any(|set| **set == *name)) {
                    values.extend(self.set_to(Node { file: owner.file, expr: call }));
                }
            }
            for member in &cell.read {
                let key = PlaceKey::Name(member.as_str().into());
                let written = self.written(std::slice::from_ref(owner), &key, false, api.node);
                values.extend(written.values);
            }
        }
        if let Some(setter) = cell.setter {
            values.extend(self.setter_calls(api.node, setter));
        }
        values.extend(self.written_at_once(api.node, cell));
        values
    }

    /// What is written to a cell where it is made, without a name in between.
    fn written_at_once(&mut self, made: Node, cell: &CellFact) -> Vals {
        let Some(lowered) = self.lowered(made.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let written = cell.read.iter().filter_map(|member| lowered.index.writes_by_key.get(member.as_str())).flatten();
        let writes = written.map(|nth| &ir.writes[*nth]).filter(|write| ir.strip(write.base) == made.expr);
        writes.flat_map(|write| self.eval(Node { file: made.file, expr: write.value }, &None)).collect()
    }

    /// What a call that is given a cell sets it to, or what is set by the function that it makes for it.
    fn set_by_call(&mut self, call: Node, cell: &CellFact) -> Vals {
        let Some(lowered) = self.lowered(call.file) else { return Vals::new() };
        let Expr::Call { callee, .. } = lowered.ir.expr(call.expr) else { return Vals::new() };
        let Some(name) = super::known_as::last_name(&lowered.ir, *callee) else { return Vals::new() };
        let is_in = |names: &[String]| names.iter().any(|known| **known == *name);
        if is_in(&cell.set_by) {
            return self.set_to_arg(call, 1);
        }
        if is_in(&cell.pair_by) {
            return self.setter_calls(call, 1);
        }
        if is_in(&cell.setter_by) {
            let calls = self.calls_of_result(call);
            return calls.iter().flat_map(|call| self.set_to(*call)).collect();
        }
        Vals::new()
    }

    /// What the setter of a pair made at `node` is called with.
    fn setter_calls(&mut self, node: Node, setter: u32) -> Vals {
        let Some(lowered) = self.lowered(node.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let mut values = Vals::new();
        for call in self.calls_of_element(node, setter).iter() {
            values.extend(self.set_to(*call));
        }
        // handed to a library that calls it: `.then(setUser)`
        for at in element_bindings(lowered, node.expr, setter) {
            for &read in lowered.index.reads.get(&at).into_iter().flatten() {
                if let Some(parent) = ir.parents[read.index()]
                    && let Expr::Call { args, .. } = ir.expr(parent)
                    && args.iter().any(|arg| arg.expr == read)
                {
                    let call = Node { file: node.file, expr: parent };
                    values.extend(self.given_to(call, read));
                }
            }
        }
        values
    }

    /// The calls of the function that is an element of what the call at `made` makes, wherever it is handed to.
    pub(crate) fn calls_of_element(&mut self, made: Node, element: u32) -> Arc<Vec<Node>> {
        let shared = self.shared;
        shared.element_calls.get(&(made, element), || {
            let mut eval = Eval::new(shared);
            eval.ask_stores = false;
            Arc::new(eval.find_calls_of_element(made, element))
        })
    }

    fn find_calls_of_element(&mut self, made: Node, element: u32) -> Vec<Node> {
        let Some(lowered) = self.lowered(made.file) else { return Vec::new() };
        let ir = &lowered.ir;
        let mut calls = Vec::new();
        let mut names: Vec<Name> = Vec::new();
        for at in element_bindings(lowered, made.expr, element) {
            let name = &ir.binding(at).name;
            for &call in lowered.index.calls_by_name.get(name).into_iter().flatten() {
                if let Expr::Call { callee, .. } = ir.expr(call)
                    && matches!(ir.expr(ir.strip(*callee)), Expr::Local(called) if *called == at)
                {
                    calls.push(Node { file: made.file, expr: call });
                }
            }
            // handed on under a name, or as part of a list
            for &read in lowered.index.reads.get(&at).into_iter().flatten() {
                match (ir.held_under(read), ir.parents[read.index()].map(|parent| ir.expr(parent))) {
                    (Some((held_as, _)), _) => names.push(held_as.clone()),
                    (None, Some(Expr::List(_))) => names.push(name.clone()),
                    _ => {}
                }
            }
        }
        let of_pair = Name::from(element.to_string());
        names.sort();
        names.dedup();
        let mut checked = 0;
        for name in names {
            for file in self.project.files_with(&name, FILES).0 {
                let Some(other) = self.lowered(file) else { continue };
                for &call in other.index.calls_by_name.get(&name).into_iter().flatten() {
                    checked += 1;
                    if checked > CALLS {
                        break;
                    }
                    self.glance();
                    let node = Node { file, expr: call };
                    let is_it = self.callees(node, &None).iter().any(|called| match &called.value {
                        Value::Api(api) => {
                            api.step == ApiStep::Member(of_pair.clone())
                                && matches!(&api.from, Some(Traced { value: Value::Api(from), .. }) if from.node == made)
                        }
                        _ => false,
                    });
                    if is_it {
                        calls.push(node);
                    }
                }
            }
        }
        calls.sort();
        calls.dedup();
        calls
    }

    /// What a setting call sets: its argument, or what an updating function returns.
    fn set_to(&mut self, call: Node) -> Vals {
        self.set_to_arg(call, 0)
    }

    fn set_to_arg(&mut self, call: Node, nth: u32) -> Vals {
        let mut values = Vals::new();
        for value in self.arg(call, nth, &None) {
            match &value.value {
                Value::Func(closure) => values.extend(self.free_result(closure)),
                _ => values.push(value),
            }
        }
        let span = self.span_of(call);
        values.into_iter().map(|value| value.step(call.file, span, || "set here".to_owned())).collect()
    }

    /// The value that a context hands down to the call at a site.
    pub(crate) fn handed_down(&mut self, context: &ContextFact, site: &Site) -> Vals {
        let slot = crate::rules::slot::Slot { base: crate::rules::slot::Base::Arg(0), path: Vec::new() };
        let contexts = self.slot(&slot, site);
        self.handed_down_by(context, &contexts)
    }

    /// The value that a context hands down to what was read from it.
    pub(crate) fn handed_down_to(&mut self, context: &ContextFact, read: &Rc<Api>) -> Vals {
        let mut at = read;
        while let (ApiStep::Member(_), Some(Traced { value: Value::Api(from), .. })) = (&at.step, &at.from) {
            at = from;
        }
        self.handed_down_by(context, &vec![Traced::new(Value::Api(at.clone()))])
    }

    /// What a member that a module exports under its own name is a member of.
    fn exported_of(&mut self, module: crate::text::FileId, member: &str, depth: u32) -> Vals {
        /// Modules that hand on what others export.
        const BARRELS: u32 = 4;
        let Some(lowered) = self.lowered(module) else { return Vals::new() };
        let exports = lowered.ir.exports.names.iter().filter(|(name, _)| **name == *member);
        let of: Vec<ExprId> = exports.filter_map(|(_, value)| member_of(&lowered.ir, *value, member)).collect();
        if of.is_empty() && depth < BARRELS {
            let stars = lowered.ir.exports.stars.iter();
            let handed: Vals = stars.flat_map(|star| self.eval(Node { file: module, expr: *star }, &None)).collect();
            let behind = handed.iter().filter_map(|value| match value.value {
                Value::Module(file) => Some(file),
                _ => None,
            });
            return behind.flat_map(|file| self.exported_of(file, member, depth + 1)).collect();
        }
        of.into_iter().flat_map(|of| self.eval(Node { file: module, expr: of }, &None)).collect()
    }

    /// The value that contexts hand down: what their components are given.
    pub(crate) fn handed_down_by(&mut self, context: &ContextFact, contexts: &Vals) -> Vals {
        let made: Vec<Node> = contexts
            .iter()
            .filter_map(|value| match &value.value {
                Value::Api(api) => Some(api.node),
                _ => None,
            })
            .collect();
        let mut values = Vals::new();
        // the context itself as the component
        let mut names: Vec<Name> = Vec::new();
        for node in &made {
            names.extend(self.lowered(node.file).map(|lowered| names_of(lowered, node.expr)).unwrap_or_default());
        }
        names.sort();
        names.dedup();
        for name in names {
            for file in self.project.files_with(&name, FILES).0 {
                let Some(lowered) = self.lowered(file) else { continue };
                for &call in lowered.index.calls_by_name.get(&name).into_iter().flatten() {
                    let node = Node { file, expr: call };
                    let is_element = lowered.ir.is_element(call);
                    let is_it = is_element
                        && self.callees(node, &None).iter().any(|called| match &called.value {
                            Value::Api(api) => made.contains(&api.node),
                            _ => false,
                        });
                    if is_it {
                        let properties = self.arg(node, 0, &None);
                        let key = PlaceKey::Name(context.property.clone());
                        values.extend(self.members(&properties, &key, node, &None));
                    }
                }
            }
        }
        for file in self.project.files_with(&context.component, FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            let mut names = vec![Name::from(&*context.component)];
            names.extend(lowered.index.renamed.get(&*context.component).into_iter().flatten().cloned());
            let calls: Vec<_> =
                names.iter().filter_map(|name| lowered.index.calls_by_name.get(name)).flatten().copied().collect();
            for call in calls {
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let Some(of) = member_of(&lowered.ir, *callee, &context.component) else { continue };
                let mut of = self.eval(Node { file, expr: of }, &None);
                // one that was taken out of its context elsewhere
                if let [Traced { value: Value::Module(exporter), .. }] = of.as_slice() {
                    of = self.exported_of(*exporter, &context.component, 0);
                }
                let of_this = of.iter().any(|of| match &of.value {
                    Value::Api(api) => made.contains(&api.node),
                    _ => false,
                });
                if of_this {
                    let call = Node { file, expr: call };
                    let properties: Vec<Traced> = self.arg(call, 0, &None);
                    let key = PlaceKey::Name(context.property.clone());
                    values.extend(self.members(&properties, &key, call, &None));
                }
            }
        }
        values
    }
}

/// What the component that a name or member stands for is a member of.
fn member_of(ir: &crate::ir::FileIr, component: ExprId, member: &str) -> Option<ExprId> {
    let of = |value: ExprId| match ir.expr(ir.strip(value)) {
        Expr::Field { base, key: Key::Name(name) } if **name == *member => Some(*base),
        _ => None,
    };
    match ir.expr(ir.strip(component)) {
        Expr::Local(binding) => {
            let defs = &ir.binding(*binding).defs;
            // an exported one is taken out of its module, which is read as a whole
            defs.iter().find_map(|def| of(def.value))
        }
        _ => of(component),
    }
}

/// The bindings that hold an element of what an expression makes.
fn element_bindings(lowered: &Lowered, made: ExprId, element: u32) -> Vec<BindingId> {
    let ir = &lowered.ir;
    let is_element = |value: ExprId| match ir.expr(ir.strip(value)) {
        Expr::Field { base, key: Key::Index(index) } => {
            *index == element
                && match ir.expr(ir.strip(*base)) {
                    // the pair may be kept first
                    Expr::Local(pair) => ir.binding(*pair).defs.iter().any(|def| ir.strip(def.value) == made),
                    _ => ir.strip(*base) == made,
                }
        }
        _ => false,
    };
    let all = (0u32..).map(BindingId).zip(&ir.bindings);
    all.filter(|(_, binding)| binding.defs.iter().any(|def| is_element(def.value))).map(|(at, _)| at).collect()
}
