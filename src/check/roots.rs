//! The files in which requests are looked for: those with evidence, and those through which they may send.

use crate::ir::{Expr, ExprId, FileIr, Key, Lang, Name, Prop};
use crate::project::{Lowered, Region};
use crate::rules::Rules;
use crate::rules::path::Root;
use crate::text::FileId;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// The files in `queue`, which hold evidence, those they import, and the scripts on their pages whose functions they call:
/// a helper may send what they ask for. In order.
pub(super) fn reached_from(project: &Region<'_>, rules: &Rules, mut queue: Vec<FileId>) -> Vec<FileId> {
    let mut known = vec![false; project.len()];
    for file in &queue {
        known[file.0 as usize] = true;
    }
    while !queue.is_empty() {
        while !queue.is_empty() {
            let found: Vec<Vec<FileId>> = queue.par_iter().map(|&file| led_to(project, rules, file)).collect();
            queue = found.into_iter().flatten().filter(|file| !mark(&mut known, *file)).collect();
        }
        for page in project.pages() {
            let helpers = helpers(project, rules, page, &known);
            queue.extend(helpers.into_iter().filter(|file| !mark(&mut known, *file)));
        }
    }
    project.ids().filter(|file| known[file.0 as usize]).collect()
}

/// Mark a file; whether it was marked already.
fn mark(known: &mut [bool], file: FileId) -> bool {
    std::mem::replace(&mut known[file.0 as usize], true)
}

/// The files that a file imports, and those that may send what it hands over under a name that no import tells.
fn led_to(project: &Region<'_>, rules: &Rules, file: FileId) -> Vec<FileId> {
    let Some(lowered) = project.lowered(file) else { return Vec::new() };
    let ir = &lowered.ir;
    let imported = ir.imports.iter().filter_map(|import| project.resolve(file, ir.lang, import));
    // data sends nothing
    let imported = imported.filter(|file| !project.is_data(*file));
    imported.chain(handed_to(project, rules, file, lowered)).collect()
}

/// The files that may define the methods to which a script hands a path of the API.
fn handed_to(project: &Region<'_>, rules: &Rules, file: FileId, lowered: &Lowered) -> Vec<FileId> {
    /// Files that are looked at for one name.
    const FILES: usize = 32;
    let ir = &lowered.ir;
    if ir.lang != Lang::Js {
        return Vec::new();
    }
    // modules import the functions that make their paths
    let makes_path = |id: ExprId| ir.imports.is_empty() && matches!(ir.expr(ir.strip(id)), Expr::Call { .. });
    let is_text = |id: ExprId| ir.is_path_text(id) || makes_path(id);
    let mut names: Vec<&Name> = Vec::new();
    for &call in &ir.calls {
        let Expr::Call { callee, args, .. } = ir.expr(call) else { continue };
        let Expr::Field { key: Key::Name(name), .. } = ir.expr(ir.strip(*callee)) else { continue };
        let in_options = |id: ExprId| match ir.expr(ir.strip(id)) {
            Expr::Object { props, .. } => {
                props.iter().any(|prop| matches!(prop, Prop::Field(_, value) if is_text(*value)))
            }
            _ => false,
        };
        if args.iter().any(|arg| is_text(arg.expr) || in_options(arg.expr)) {
            names.push(name);
        }
    }
    names.sort();
    names.dedup();
    let named = names.into_iter().flat_map(|name| project.files_with(name, FILES).0);
    let may_take =
        |other: &FileId| project.in_one_application(file, *other) && project.may_hold(*other, &rules.sender_words);
    named.filter(may_take).collect()
}

/// The scripts of a page that define a global name whose functions a known script of the page calls.
fn helpers(project: &Region<'_>, rules: &Rules, page: &[FileId], known: &[bool]) -> Vec<FileId> {
    let (callers, others): (Vec<FileId>, Vec<FileId>) = page.iter().partition(|file| known[file.0 as usize]);
    if callers.is_empty() || others.is_empty() {
        return Vec::new();
    }
    let mut called: FxHashSet<Name> = FxHashSet::default();
    for lowered in callers.iter().filter_map(|file| project.lowered(*file)) {
        called.extend(lowered.ir.calls.iter().filter_map(|call| called_global(&lowered.ir, *call)));
    }
    // what the rules know of needs no definition
    called.retain(|name| rules.automaton.root(&Root::Global(name.to_string())).is_empty());
    let defines = |file: &FileId| {
        let text = project.text(*file);
        let holds = |name: &Name| memchr::memmem::find(text.as_bytes(), name.as_bytes()).is_some();
        if !called.iter().any(holds) {
            return false;
        }
        project.lowered(*file).is_some_and(|lowered| {
            let ir = &lowered.ir;
            let writes_global = |name: &Name| {
                let writes = lowered.index.writes_by_key.get(name).into_iter().flatten();
                writes.map(|nth| &ir.writes[*nth]).any(|write| matches!(ir.expr(write.base), Expr::Global(_)))
            };
            ir.top_level.iter().any(|(name, _)| called.contains(name)) || called.iter().any(writes_global)
        })
    };
    others.into_iter().filter(defines).collect()
}

/// The undeclared name that a call begins with: `a` of `a()`, `a.b.c()`.
fn called_global(ir: &FileIr, call: crate::ir::ExprId) -> Option<Name> {
    let Expr::Call { callee, .. } = ir.expr(call) else { return None };
    let mut at = *callee;
    loop {
        match ir.expr(at) {
            Expr::Global(name) => return Some(name.clone()),
            Expr::Field { base, .. } => at = *base,
            Expr::Through(inner, _) => at = *inner,
            _ => return None,
        }
    }
}
