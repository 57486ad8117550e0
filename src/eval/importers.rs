//! Other files that hold a value which a module exports: what they do to it counts as well.

use super::engine::Eval;
use super::known_as::module_stem;
use super::value::Owner;
use crate::ir::{BindingId, BindingKind, Expr, ExprId, FileIr, FuncId, Key, Name};
use crate::project::{PlaceKey, Root};
use crate::text::FileId;
use std::sync::Arc;

/// Files that are looked through for imports of one name.
const FILES: usize = 64;

/// How many modules may stand between a value and who imports it.
const BARRELS: u8 = 4;

/// The name of what a module is, where it is one value.
const WHOLE: &str = "default";

/// A variable that holds what another file exports.
#[derive(Debug)]
pub(crate) struct Holder {
    file: FileId,
    binding: BindingId,
    /// Where it holds the whole module: the name of what is meant.
    under: Option<Name>,
}

impl<'s> Eval<'s> {
    /// The variables of other files that import what `owners` hold, as far as their texts have the word `with`.
    pub(crate) fn importers(&mut self, owners: &[Owner], with: Option<&Name>) -> Vec<Owner> {
        let mut found = Vec::new();
        for owner in owners {
            let Root::Local(binding) = owner.root else { continue };
            for holder in self.holders_elsewhere(owner.file, binding).iter() {
                if with.is_none_or(|word| self.project.has_word(holder.file, word)) {
                    let prefix = holder.under.clone().map(PlaceKey::Name);
                    let path = prefix.into_iter().chain(owner.path.iter().cloned()).collect();
                    found.push(Owner { path, ..Owner::new(holder.file, Root::Local(holder.binding)) });
                }
            }
        }
        found
    }

    /// The variables of other files that hold what a variable of a module holds; looked for once per run.
    fn holders_elsewhere(&self, file: FileId, binding: BindingId) -> Arc<Vec<Holder>> {
        self.shared.holders.get(&(file, binding), || {
            let mut holders = Vec::new();
            let Some(lowered) = self.lowered(file) else { return Arc::default() };
            let declared = lowered.ir.binding(binding);
            if declared.func != FuncId::MODULE || declared.kind == BindingKind::Import {
                return Arc::default();
            }
            for name in exported_as(&lowered.ir, binding) {
                let word = if &*name == WHOLE { module_stem(self.project.path(file)) } else { &*name };
                for other in self.project.files_with(word, FILES).0.into_iter().filter(|other| *other != file) {
                    self.imports_in(other, (file, &name), &mut holders);
                }
            }
            Arc::new(holders)
        })
    }

    /// The variables of a file that hold what another exports under a name.
    fn imports_in(&self, file: FileId, exported: (FileId, &Name), into: &mut Vec<Holder>) {
        let (_, name) = exported;
        let Some(lowered) = self.lowered(file) else { return };
        for (at, binding) in (0u32..).map(BindingId).zip(&lowered.ir.bindings) {
            let [def] = binding.defs.as_slice() else { continue };
            let (leads, prefix) = match lowered.ir.expr(lowered.ir.strip(def.value)) {
                Expr::Field { base, key: Key::Name(key) } => (self.leads_to(file, *base, key, exported, BARRELS), None),
                Expr::Import(_) if &**name == WHOLE => (self.leads_to(file, def.value, name, exported, BARRELS), None),
                // the whole namespace
                Expr::Import(_) => (self.leads_to(file, def.value, name, exported, BARRELS), Some(name)),
                _ => continue,
            };
            if leads {
                into.push(Holder { file, binding: at, under: prefix.cloned() });
            }
        }
    }

    /// Whether `key` of the module that `import` names is what another file exports under a name.
    fn leads_to(&self, from: FileId, import: ExprId, key: &Name, to: (FileId, &Name), depth: u8) -> bool {
        let Some(lowered) = self.lowered(from) else { return false };
        let ir = &lowered.ir;
        let Expr::Import(import) = ir.expr(ir.strip(import)) else { return false };
        let Some(module) = self.project.resolve(from, ir.lang, &ir.imports[import.index()]) else { return false };
        if module == to.0 {
            return key == to.1;
        }
        let Some(barrel) = self.lowered(module).filter(|_| depth > 0) else { return false };
        let exports = &barrel.ir.exports;
        let handed_on = exports.names.iter().any(|(name, value)| {
            name == key
                && match barrel.ir.expr(barrel.ir.strip(*value)) {
                    Expr::Field { base, key: Key::Name(inner) } => self.leads_to(module, *base, inner, to, depth - 1),
                    _ => false,
                }
        });
        handed_on || exports.stars.iter().any(|star| self.leads_to(module, *star, key, to, depth - 1))
    }
}

/// Under which names a variable of a module is exported.
fn exported_as(ir: &FileIr, binding: BindingId) -> Vec<Name> {
    let is_it = |value: ExprId| match ir.expr(ir.strip(value)) {
        Expr::Local(read) => *read == binding,
        _ => ir.binding(binding).defs.iter().any(|def| ir.strip(def.value) == ir.strip(value)),
    };
    let mut names: Vec<Name> =
        ir.exports.names.iter().filter(|(_, value)| is_it(*value)).map(|(name, _)| name.clone()).collect();
    if ir.exports.whole.iter().any(|whole| is_it(*whole)) {
        names.push(WHOLE.into());
    }
    names.sort();
    names.dedup();
    names
}
