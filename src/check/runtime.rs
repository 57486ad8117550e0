//! Where a call runs: in a browser or on a device, or on a server. By what the files on its token's way show; where they
//! show nothing, by the packages around them.

use super::model::Runs;
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::{Expr, FileIr, Lang};
use crate::rules::Side;
use crate::rules::runtimes::{Signs, Weight};
use crate::rules::schema::ExampleLang;
use crate::text::FileId;
use semver::VersionReq;
use std::collections::BTreeSet;

/// Where a call runs, as far as that can be told: of the signs that count most, all must say the same.
pub(super) fn of_call(
    shared: &Shared<'_>,
    request: Node,
    site: Node,
    on_the_way: impl Iterator<Item = FileId>,
) -> Option<Runs> {
    let mut files: BTreeSet<FileId> = on_the_way.collect();
    files.extend([request.file, site.file]);
    let mut found: Vec<(Weight, Side, String)> = Vec::new();
    for file in &files {
        let Some(lowered) = shared.project.lowered(*file) else { continue };
        let ir = &lowered.ir;
        let text = shared.project.text(*file);
        let around = [request, site].into_iter().filter(|node| node.file == *file);
        let signs = Signs {
            modules: ir.imports.iter().map(|import| &*import.specifier).collect(),
            globals: globals(ir),
            within: around.flat_map(|node| functions_around(ir, node)).collect(),
            path: shared.project.path(*file),
            text: &text,
            has_markup: ir.calls.iter().any(|call| ir.is_element(*call)),
            language: (ir.lang == Lang::Rust).then_some(ExampleLang::Rust),
        };
        found.extend(shared.rules.sides(&signs));
    }
    found.sort();
    for weight in [Weight::Said, Weight::Place, Weight::Use] {
        let of_weight: Vec<&(Weight, Side, String)> = found.iter().filter(|sign| sign.0 == weight).collect();
        if let Some(told) = agreed(&of_weight) {
            return told;
        }
    }
    let of_packages = packages(shared, request.file);
    if let Some(told) = agreed(&of_packages.iter().collect::<Vec<_>>()) {
        return told;
    }
    agreed(&found.iter().collect::<Vec<_>>()).flatten()
}

/// What signs say: nothing where there are none, and nothing certain where they contradict each other.
fn agreed(signs: &[&(Weight, Side, String)]) -> Option<Option<Runs>> {
    let (_, side, why) = signs.first()?;
    let same = signs.iter().all(|(_, other, _)| other == side);
    Some(same.then(|| Runs { side: *side, why: why.clone() }))
}

/// What the packages that a file may use tell.
fn packages(shared: &Shared<'_>, file: FileId) -> Vec<(Weight, Side, String)> {
    let uses = |name: &str| shared.project.may_use(file, name, &VersionReq::STAR);
    let told = shared.rules.telling_packages().filter(|(name, _)| uses(name));
    told.map(|(name, side)| (Weight::Use, side, format!("its package depends on `{name}`"))).collect()
}

fn globals(ir: &FileIr) -> Vec<&str> {
    let names: BTreeSet<&str> = ir
        .exprs
        .iter()
        .filter_map(|expr| match expr {
            Expr::Global(name) => Some(&**name),
            _ => None,
        })
        .collect();
    names.into_iter().collect()
}

/// The names of the functions around a node.
fn functions_around(ir: &FileIr, node: Node) -> impl Iterator<Item = &str> {
    ir.functions_around(node.expr).filter_map(|func| ir.func(func).name.as_deref())
}
