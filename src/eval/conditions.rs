//! Conditions: whether a value is the one that a branch is about.

use super::engine::Eval;
use super::value::{Ctx, Node, Object, Vals, Value};
use crate::ir::{Expr, Key, Name};

impl<'s> Eval<'s> {
    /// Whether one of `values` equals the string at `is`, or was made by the variant that `is` names. `None`: perhaps.
    pub(super) fn holds(&mut self, values: &Vals, is: Node, ctx: &Ctx) -> Option<bool> {
        let wanted = self.eval(is, ctx);
        let text = wanted.iter().find_map(|value| match &value.value {
            Value::Str(pattern) => pattern.text().map(str::to_owned),
            _ => None,
        });
        let variant = self.lowered(is.file).and_then(|lowered| super::callers::last_name(&lowered.ir, is.expr));
        let mut all_differ = !values.is_empty();
        for value in values {
            let same = match &value.value {
                Value::Str(pattern) => match (pattern.text(), &text) {
                    (Some(left), Some(right)) => Some(left.eq_ignore_ascii_case(right)),
                    _ => None,
                },
                Value::Object(object) => match (self.variant_of(object), &variant) {
                    // an alias of a variant is another name for it
                    (Some(left), Some(right)) if self.has_variant(object, right) => Some(left == *right),
                    _ => None,
                },
                Value::Null => Some(false),
                other => wanted.iter().find_map(|wanted| same_constant(other, &wanted.value)),
            };
            match same {
                Some(true) => return Some(true),
                Some(false) => {}
                None => all_differ = false,
            }
        }
        if all_differ { Some(false) } else { None }
    }

    /// Whether the object's class has a variant of this name, or is called so.
    fn has_variant(&self, object: &Object, name: &Name) -> bool {
        let Some(class) = object.class else { return false };
        let Some(lowered) = self.lowered(class.file) else { return false };
        let declared = lowered.ir.class(class.class);
        let is_variant = |field: &crate::ir::ClassField| matches!(&field.key, Key::Name(key) if key == name);
        declared.name.as_ref() == Some(name) || declared.fields.iter().any(is_variant)
    }

    /// The name of the variant or constructor that made an object.
    fn variant_of(&self, object: &Object) -> Option<Name> {
        let lowered = self.lowered(object.node.file)?;
        match lowered.ir.expr(object.node.expr) {
            Expr::Call { callee, .. } => super::callers::last_name(&lowered.ir, *callee),
            Expr::Object { ty: Some(ty), .. } => super::callers::last_name(&lowered.ir, *ty),
            _ => super::callers::last_name(&lowered.ir, object.node.expr),
        }
    }
}

/// Whether a library's value is the constant `wanted`, where both are constants of one type: `Method::GET`.
fn same_constant(value: &Value, wanted: &Value) -> Option<bool> {
    let wanted = wanted.names();
    let [.., ty, name] = wanted.as_slice() else { return None };
    let names = value.names();
    // behind the constant come the names of what held it
    names.windows(2).find(|pair| pair[0] == *ty).map(|pair| pair[1] == *name)
}
