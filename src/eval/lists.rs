//! Lists: their elements, and which of them a loop is at.

use super::engine::Eval;
use super::slots::args_in;
use super::value::{Args, Ctx, FrameKind, FuncRef, Node, Object, Open, Reason, Traced, Unknown, Vals, Value};
use crate::ir::{Arg, Expr};
use std::rc::Rc;

/// Lists that are spread into each other.
const SPREADS: u8 = 4;
/// Items and spreads of all lists that are spread into one, again for each time that one is.
const SPREAD_ITEMS: u32 = 10_000;

/// An item of a list.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// The expression.
    pub(crate) node: Node,
    /// Under which calls.
    pub(crate) ctx: Ctx,
}

impl<'s> Eval<'s> {
    /// The elements of lists. A literal list of an open function stays open; a context may have chosen one.
    pub(crate) fn elements(&mut self, lists: Vals, ctx: &Ctx) -> Vals {
        let mut elements = Vals::new();
        for list in self.whole_exports(lists) {
            if matches!(list.value, Value::Token(..) | Value::Str(_) | Value::Api(_) | Value::Null) {
                // not a list: something that is mapped as a whole, an Option or a stream
                elements.push(list);
                continue;
            }
            let Value::Object(object) = &list.value else {
                let open = list.value.open();
                let names = list.value.names();
                let reason = match &list.value {
                    Value::Unknown(unknown) => unknown.reason.clone(),
                    _ => Reason::DynamicKey,
                };
                let value = Value::Unknown(Rc::new(Unknown { reason, names, open }));
                elements.push(Traced { value, trail: list.trail });
                continue;
            };
            let Some(items) = self.items(object) else {
                elements.push(list);
                continue;
            };
            if let Some(index) = chosen(ctx, object.node) {
                if let Some(item) = items.get(index) {
                    elements.extend(self.item(item));
                }
            } else if self.leaves_open() && items.len() > 1 {
                let open = Some(Open::Element(object.node, items.len()));
                let unknown = Unknown { reason: Reason::DynamicKey, names: Vec::new(), open };
                elements.push(Traced::new(Value::Unknown(Rc::new(unknown))));
            } else {
                for item in &items {
                    elements.extend(self.item(item));
                }
            }
        }
        elements
    }

    /// Modules as the one value that they export, where they export one: a list may be a module's, `module.exports = […]`.
    pub(crate) fn whole_exports(&mut self, values: Vals) -> Vals {
        let mut wholes = Vals::new();
        for value in values {
            let Value::Module(file) = value.value else {
                wholes.push(value);
                continue;
            };
            let exported = self.lowered(file).map_or(&[][..], |lowered| &lowered.ir.exports.whole);
            if exported.is_empty() {
                wholes.push(value);
            }
            for whole in exported {
                wholes.extend(self.eval(Node { file, expr: *whole }, &None));
            }
        }
        wholes
    }

    /// The values of the items of a literal list, those of the lists that are spread into it among them; of one that is not
    /// known, a value that stands for all of its items.
    pub(crate) fn spread_items(&mut self, object: &Object) -> Option<Vec<Vals>> {
        let mut left = SPREAD_ITEMS;
        self.spread_items_within(object, 0, &mut left)
    }

    fn spread_items_within(&mut self, object: &Object, depth: u8, left: &mut u32) -> Option<Vec<Vals>> {
        let file = object.node.file;
        let mut all = Vec::new();
        for item in self.written_items(object)? {
            let at = Node { file, expr: item.expr };
            if item.spread || depth > 0 {
                *left = left.checked_sub(1)?;
            }
            if !item.spread {
                all.push(self.eval(at, &object.ctx));
                continue;
            }
            if let Some(handed) = self.handed_on_args(at, &object.ctx) {
                all.extend(handed);
                continue;
            }
            let lists = self.eval(at, &object.ctx);
            let inner = match lists.as_slice() {
                [Traced { value: Value::Object(inner), .. }] if depth < SPREADS => {
                    self.spread_items_within(inner, depth + 1, left)
                }
                _ => None,
            };
            match inner {
                Some(inner) => all.extend(inner),
                None => all.push(lists),
            }
        }
        Some(all)
    }

    /// The arguments that a function's rest parameter holds, where the context says how it was called.
    fn handed_on_args(&mut self, list: Node, ctx: &Ctx) -> Option<Vec<Vals>> {
        let ir = &self.lowered(list.file)?.ir;
        let Expr::Param { func, index, rest: true } = *ir.expr(ir.behind_variable(list.expr)) else { return None };
        let func = FuncRef { file: list.file, func };
        let Some(args) = args_in(func, ctx) else {
            let open = self.is_open(func).then_some(Open::Param(func));
            let unknown = Unknown { reason: Reason::DynamicKey, names: Vec::new(), open };
            return Some(vec![vec![Traced::new(Value::Unknown(Rc::new(unknown)))]]);
        };
        match args {
            Args::Of(call, caller) => {
                let Expr::Call { args, .. } = self.lowered(call.file)?.ir.expr(call.expr) else { return None };
                let count = u32::try_from(args.len()).ok()?;
                Some((index..count).map(|nth| self.arg(call, nth, &caller)).collect())
            }
            Args::Given(values) => Some(values.into_iter().skip(index as usize).collect()),
            Args::Handed(_) => None,
        }
    }

    /// The items of a literal list, those of the literal lists that are spread into it among them; `None` where one of
    /// these is not known, or they have too many.
    pub(crate) fn items(&mut self, object: &Object) -> Option<Vec<Item>> {
        let mut left = SPREAD_ITEMS;
        self.items_within(object, 0, &mut left)
    }

    fn items_within(&mut self, object: &Object, depth: u8, left: &mut u32) -> Option<Vec<Item>> {
        let file = object.node.file;
        let items = self.written_items(object)?;
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let node = Node { file, expr: item.expr };
            if item.spread || depth > 0 {
                *left = left.checked_sub(1)?;
            }
            if !item.spread {
                all.push(Item { node, ctx: object.ctx.clone() });
                continue;
            }
            match self.eval(node, &object.ctx).as_slice() {
                [Traced { value: Value::Object(inner), .. }] if depth < SPREADS => {
                    all.extend(self.items_within(inner, depth + 1, left)?);
                }
                _ => return None,
            }
        }
        Some(all)
    }

    /// What an item may be.
    pub(crate) fn item(&mut self, item: &Item) -> Vals {
        self.eval(item.node, &item.ctx)
    }

    /// Whether an object is a literal list.
    pub(crate) fn is_list(&self, object: &Object) -> bool {
        self.written_items(object).is_some()
    }

    /// What a literal list has in it, as it is written.
    fn written_items(&self, object: &Object) -> Option<&'s [Arg]> {
        match self.lowered(object.node.file)?.ir.expr(object.node.expr) {
            Expr::List(items) => Some(items),
            _ => None,
        }
    }
}

/// Whether a context has chosen an element of some loop.
pub(crate) fn has_element(ctx: &Ctx) -> bool {
    let mut frame = ctx.as_ref();
    while let Some(current) = frame {
        match &current.kind {
            FrameKind::Element { .. } => return true,
            FrameKind::Call { args: Args::Of(_, caller), .. } if has_element(caller) => return true,
            FrameKind::Call { .. } => {}
        }
        frame = current.up.as_ref();
    }
    false
}

/// The element that the context has chosen for a loop over `list`.
fn chosen(ctx: &Ctx, list: Node) -> Option<usize> {
    let mut frame = ctx.as_ref();
    while let Some(current) = frame {
        match &current.kind {
            FrameKind::Element { list: chosen, index } if *chosen == list => return Some(*index),
            FrameKind::Call { args: Args::Of(_, caller), .. } => {
                if let Some(index) = chosen(caller, list) {
                    return Some(index);
                }
            }
            _ => {}
        }
        frame = current.up.as_ref();
    }
    None
}
