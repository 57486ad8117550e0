//! By which names code knows a function or a class, as far as syntax tells: variables, members, exports, modules.
//!
//! Must not evaluate anything.

use super::value::{ClassRef, FuncRef};
use crate::ir::{BindingId, Expr, ExprId, FileIr, Func, FuncId, Key, Lang, Name};
use crate::project::Lowered;
use crate::text::FileId;

/// A variable's name of so many letters tells nothing: minified code gives it to most.
const SHORT: usize = 2;

/// The variable of a function that is all by which another function, declared in it, is known: it is only called, or
/// given to calls under a name that tells nothing.
pub(super) fn bound_alone(lowered: &Lowered, declared: &Func) -> Option<BindingId> {
    let (ir, index) = (&lowered.ir, &lowered.index);
    let id = *index.binding_of.get(&declared.expr)?;
    let binding = ir.binding(id);
    let is_local = ir.lang == Lang::Js && binding.func != FuncId::MODULE && declared.class.is_none();
    let stands_alone = ir.parents[declared.expr.index()].is_none() && !index.returned_by.contains_key(&declared.expr);
    if !is_local || !stands_alone || index.write_of.contains_key(&declared.expr) {
        return None;
    }
    let is_given = |read: ExprId| binding.name.len() <= SHORT && ir.argument_of(read).is_some();
    let reads = index.reads.get(&id).map_or(0, Vec::len);
    let called = index.calls_of(ir, id).count();
    let given = index.reads.get(&id).into_iter().flatten().filter(|read| is_given(**read)).count();
    (called + given == reads).then_some(id)
}

/// The names under which a value is known: variables, properties and exports that hold it.
pub(crate) fn names_of(lowered: &Lowered, expr: ExprId) -> Vec<Name> {
    let ir = &lowered.ir;
    let mut names = Vec::new();
    let mut holders = vec![expr];
    let mut top = expr;
    while let Some(parent) = ir.parents[top.index()] {
        match ir.expr(parent) {
            Expr::Through(..) | Expr::Either(_) => top = parent,
            _ => break,
        }
    }
    names.extend(ir.held_under(top).map(|(name, _)| name.clone()));
    holders.push(top);
    for holder in holders {
        if let Some(nth) = lowered.index.write_of.get(&holder)
            && let Key::Name(name) = &ir.writes[*nth].key
        {
            names.push(name.clone());
        }
        if let Some(binding) = lowered.index.binding_of.get(&holder) {
            let binding = *binding;
            names.push(ir.binding(binding).name.clone());
            // handed out under another name: `{ save: saveUser }`, `export { a as b }`
            for &at in lowered.index.reads.get(&binding).into_iter().flatten() {
                names.extend(ir.held_under(at).map(|(name, _)| name.clone()));
                if let Some(nth) = lowered.index.write_of.get(&at)
                    && let Key::Name(name) = &ir.writes[*nth].key
                {
                    names.push(name.clone());
                }
                names.extend(lowered.index.exported_as.get(&at).into_iter().flatten().cloned());
            }
        }
    }
    names.retain(|name| &**name != "default" && &**name != "exports");
    names
}

/// Whether a call in `file` may call `func` or construct `class`, by syntax alone: not where a variable is called that
/// only holds other functions, or that is a parameter under a name that tells nothing.
pub(super) fn may_call(lowered: &Lowered, file: FileId, call: ExprId, func: FuncRef, class: Option<ClassRef>) -> bool {
    let ir = &lowered.ir;
    let Expr::Call { callee, .. } = ir.expr(call) else { return false };
    let Expr::Local(binding) = ir.expr(ir.strip(*callee)) else { return true };
    let binding = ir.binding(*binding);
    let is_other = |value: ExprId| match ir.expr(ir.strip(value)) {
        Expr::Func(held) => FuncRef { file, func: *held } != func,
        Expr::Class(held) => Some(ClassRef { file, class: *held }) != class,
        Expr::Param { .. } => binding.name.len() <= SHORT,
        _ => false,
    };
    binding.defs.is_empty() || !binding.defs.iter().all(|def| is_other(def.value))
}

/// The calls to which a variable of one of these names is given, and as which argument; looked for as they are asked for.
pub(super) fn given_as_argument(lowered: &Lowered, names: &[Name]) -> impl Iterator<Item = (ExprId, u32)> {
    let ir = &lowered.ir;
    let mut declared: Vec<_> =
        names.iter().filter_map(|name| lowered.index.declared.get(name)).flatten().copied().collect();
    declared.sort_unstable();
    declared.dedup();
    let reads = declared.into_iter().flat_map(|at| lowered.index.reads.get(&at).into_iter().flatten());
    reads.filter_map(|&read| ir.argument_of(read))
}

/// What an import of this file is called after: the file's stem, or its folder's name for an index file.
pub(crate) fn module_stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.split('.').next().unwrap_or(file);
    if stem == "index" {
        let folder = crate::text::paths::parent(path);
        return folder.rsplit('/').next().unwrap_or(folder);
    }
    stem
}

/// The last name of an expression: `b` of `a.b`, `a` of `a`.
pub(crate) fn last_name(ir: &FileIr, id: ExprId) -> Option<Name> {
    crate::project::last_name(ir, id)
}

/// The text of a literal.
pub(crate) fn text_of(lowered: &Lowered, id: ExprId) -> Option<Name> {
    match lowered.ir.expr(lowered.ir.strip(id)) {
        Expr::Lit(crate::ir::Lit::Str(text)) => Some(text.clone()),
        _ => None,
    }
}
