//! Cells: objects that hold a value which changes, and contexts that hand values down.
//!
//! A cell's value is the first one, joined with everything that is ever set.

use super::calls::Site;
use super::engine::{Eval, drop_null};
use super::value::{Api, Node, Traced, Vals, Value};
use crate::ir::{Expr, Key};
use crate::project::{EffectKind, PlaceKey};
use crate::rules::{CellFact, ContextFact, Fact};
use std::rc::Rc;

/// Files that are looked through for the components of a context.
const FILES: usize = 64;

impl<'s> Eval<'s> {
    /// What is known of a cell.
    pub(crate) fn cell_fact(&self, api: &Api) -> Option<&'s CellFact> {
        let rules = self.rules;
        rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Cell(cell) => Some(cell),
            _ => None,
        })
    }

    /// Everything a cell may hold.
    pub(crate) fn cell_value(&mut self, api: &Rc<Api>, cell: &CellFact) -> Vals {
        let key = (api.node, usize::MAX);
        if !self.enter_cell(key) {
            return Vals::new();
        }
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
                let EffectKind::Method(call) = effect.kind else { continue };
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let name = super::callers::last_name(&lowered.ir, *callee);
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
        self.leave_cell(key);
        drop_null(values)
    }

    /// What the setter of a pair made at `node` is called with.
    fn setter_calls(&mut self, node: Node, setter: u32) -> Vals {
        let Some(lowered) = self.lowered(node.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let mut values = Vals::new();
        for (at, binding) in (0u32..).map(crate::ir::BindingId).zip(&ir.bindings) {
            let is_setter = binding.defs.iter().any(|def| match ir.expr(ir.strip(def.value)) {
                Expr::Field { base, key: Key::Index(index) } => *index == setter && ir.strip(*base) == node.expr,
                _ => false,
            });
            if !is_setter {
                continue;
            }
            for &call in lowered.index.calls_by_name.get(&binding.name).into_iter().flatten() {
                if let Expr::Call { callee, .. } = ir.expr(call)
                    && matches!(ir.expr(ir.strip(*callee)), Expr::Local(called) if *called == at)
                {
                    values.extend(self.set_to(Node { file: node.file, expr: call }));
                }
            }
            // handed to a library that calls it: `.then(setUser)`
            for (index, expr) in (0u32..).map(crate::ir::ExprId).zip(&ir.exprs) {
                if !matches!(expr, Expr::Local(read) if *read == at) {
                    continue;
                }
                if let Some(parent) = ir.parents[index.index()]
                    && let Expr::Call { args, .. } = ir.expr(parent)
                    && args.iter().any(|arg| arg.expr == index)
                {
                    let call = Node { file: node.file, expr: parent };
                    values.extend(self.given_to(call, index));
                }
            }
        }
        values
    }

    /// What a setting call sets: its argument, or what an updating function returns.
    fn set_to(&mut self, call: Node) -> Vals {
        let mut values = Vals::new();
        for value in self.arg(call, 0, &None) {
            match &value.value {
                Value::Func(closure) => values.extend(self.free_result(closure)),
                _ => values.push(value),
            }
        }
        let span = self.lowered(call.file).map(|lowered| lowered.ir.span(call.expr)).unwrap_or_default();
        values.into_iter().map(|value| value.step(call.file, span, || "set here".to_owned())).collect()
    }

    /// The value that a context hands down.
    pub(crate) fn handed_down(&mut self, context: &ContextFact, site: &Site) -> Vals {
        let slot = crate::rules::slot::Slot { base: crate::rules::slot::Base::Arg(0), path: Vec::new() };
        let made: Vec<Node> = self
            .slot(&slot, site)
            .iter()
            .filter_map(|value| match &value.value {
                Value::Api(api) => Some(api.node),
                _ => None,
            })
            .collect();
        let mut values = Vals::new();
        for file in self.project.files_with(&context.component, FILES).0 {
            let Some(lowered) = self.lowered(file) else { continue };
            let calls = lowered.index.calls_by_name.get(&*context.component).cloned().unwrap_or_default();
            for call in calls {
                let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                let Expr::Field { base, .. } = lowered.ir.expr(lowered.ir.strip(*callee)) else { continue };
                let of_this = self.eval(Node { file, expr: *base }, &None).iter().any(|base| match &base.value {
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
