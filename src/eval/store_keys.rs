//! Keys of stores: what stands for those that are no texts, and the keys of lists of pairs.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Api, ApiStep, Node, Traced, Value, texts};
use crate::ir::{Expr, FuncId, Name};
use crate::project::PlaceKey;
use crate::rules::slot::{Base, Slot};

/// Entries that are written by one call.
const ENTRIES: usize = 32;

impl<'s> Eval<'s> {
    /// What stands for a key that is no text, but is held by a module's variable which is assigned once: wherever that is
    /// used, it is the same.
    pub(super) fn key_of_variable(&self, key: &Slot, site: &Site) -> Option<Name> {
        let Base::Arg(nth) = key.base else { return None };
        let expr = self.arg_expr(site.node, nth).filter(|_| key.path.is_empty())?;
        let ir = &self.lowered(site.node.file)?.ir;
        let Expr::Local(binding) = ir.expr(ir.strip(expr)) else { return None };
        match ir.binding(*binding).defs.as_slice() {
            [def] if ir.func_of(def.value) == FuncId::MODULE && !matches!(ir.expr(def.value), Expr::Import(_)) => {
                Some(made_key(Node { file: site.node.file, expr: def.value }))
            }
            _ => None,
        }
    }

    /// The keys of a list of pairs: `[['name', value]]`.
    pub(super) fn keys_of_pairs(&mut self, list: &Traced) -> Vec<Name> {
        let Value::Object(object) = &list.value else { return Vec::new() };
        let items = self.items(object).unwrap_or_default();
        let mut keys = Vec::new();
        for item in items.iter().take(ENTRIES) {
            let pair = self.item(item);
            keys.extend(texts(&self.members(&pair, &PlaceKey::Index(0), item.node, &None)));
        }
        keys
    }
}

/// Whether a library's value was made by a call of its own: a key that is equal to itself alone.
pub(super) fn is_made(api: &Api) -> bool {
    matches!(api.step, ApiStep::Call | ApiStep::New)
}

/// A key as a trace shows it.
pub(super) fn shown_key(key: &str) -> &str {
    key.rsplit('\u{0}').next().filter(|key| !key.is_empty()).unwrap_or("…")
}

/// What stands for a key of an object that has entries of its own: all keys that are no texts are one.
pub(super) fn own_key(made: Node, key: &Traced) -> Name {
    let text = match &key.value {
        Value::Str(pattern) => pattern.text().unwrap_or_default(),
        _ => "",
    };
    format!("{}\u{0}{text}", made_key(made)).into()
}

/// What stands for a key that is no text.
pub(super) fn made_key(node: Node) -> Name {
    format!("\u{0}{}:{}", node.file.0, node.expr.0).into()
}

/// Whether a key stands for one that is no text.
pub(super) fn is_made_key(key: &str) -> bool {
    key.starts_with('\u{0}')
}
