//! Where a call runs: in a browser or on a device, or on a server. By what the files on its token's way show; where they
//! show nothing, by what imports them, and then by the packages around them.

use super::model::Runs;
use crate::eval::Shared;
use crate::eval::value::Node;
use crate::ir::{Expr, FileIr, Lang};
use crate::rules::runtimes::{Sign, Signs, Weight};
use crate::rules::schema::ExampleLang;
use crate::text::FileId;
use crate::text::paths::is_test;
use semver::VersionReq;
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many imports away a file is asked for signs.
const LEVELS: usize = 4;
/// How many files are.
const IMPORTERS: usize = 64;

/// Where a call runs, as far as that can be told: of the signs that count most, all must say the same. Where the files on
/// its token's way show none, those that import it do; then the packages around it.
pub(super) fn of_call(
    shared: &Shared<'_>,
    request: Node,
    site: Node,
    on_the_way: impl Iterator<Item = FileId>,
) -> Option<Runs> {
    let mut files: BTreeSet<FileId> = on_the_way.collect();
    files.extend([request.file, site.file]);
    let found: Vec<Sign> = files.iter().flat_map(|file| signs_of(shared, *file, &[request, site])).collect();
    if let Some(told) = told(&found).or_else(|| of_importers(shared, site.file)) {
        return told;
    }
    let of_packages = packages(shared, request.file);
    if let Some(told) = agreed(&of_packages.iter().collect::<Vec<_>>()) {
        return told;
    }
    agreed(&found.iter().collect::<Vec<_>>()).flatten()
}

/// What a file shows of where it runs, and the functions in it around these places.
fn signs_of(shared: &Shared<'_>, file: FileId, places: &[Node]) -> Vec<Sign> {
    let Some(lowered) = shared.project.lowered(file) else { return Vec::new() };
    let ir = &lowered.ir;
    let of_file = shared.signs.get(&file, || {
        let text = shared.project.text(file);
        let signs = Signs {
            modules: ir.imports.iter().map(|import| &*import.specifier).collect(),
            globals: globals(ir),
            path: shared.project.path(file),
            text: &text,
            has_markup: ir.calls.iter().any(|call| ir.is_element(*call)),
            language: (ir.lang == Lang::Rust).then_some(ExampleLang::Rust),
        };
        Arc::new(shared.rules.sides(&signs))
    });
    let around = places.iter().filter(|node| node.file == file);
    let of_functions =
        around.flat_map(|node| functions_around(ir, *node)).flat_map(|name| shared.rules.sides_within(name));
    let mut found: Vec<Sign> = of_functions.chain(of_file.iter().cloned()).collect();
    found.sort();
    found
}

/// What the signs that count most say; the weak ones are not among them.
fn told(found: &[Sign]) -> Option<Option<Runs>> {
    [Weight::Said, Weight::Place, Weight::Use].into_iter().find_map(|weight| {
        let of_weight: Vec<&Sign> = found.iter().filter(|sign| sign.0 == weight).collect();
        agreed(&of_weight)
    })
}

/// What the files say that import the one whose call it is: of each way, the nearest that says something. Tests run
/// anywhere.
fn of_importers(shared: &Shared<'_>, called: FileId) -> Option<Option<Runs>> {
    let project = shared.project;
    let mut seen = BTreeSet::from([called]);
    let mut level = vec![called];
    let mut found: Vec<Sign> = Vec::new();
    for _ in 0..LEVELS {
        let importers: BTreeSet<FileId> = level.iter().flat_map(|file| project.importers_of(*file)).copied().collect();
        level.clear();
        for file in importers {
            if is_test(project.path(file)) || seen.len() > IMPORTERS || !seen.insert(file) {
                continue;
            }
            match told(&signs_of(shared, file, &[])) {
                Some(Some(runs)) => {
                    let why = format!("{}, in {}, which imports it", runs.why, project.path(file));
                    found.push((Weight::Use, runs.side, why));
                }
                Some(None) => return Some(None),
                None => level.push(file),
            }
        }
    }
    agreed(&found.iter().collect::<Vec<_>>())
}

/// What signs say: nothing where there are none, and nothing certain where they contradict each other.
fn agreed(signs: &[&Sign]) -> Option<Option<Runs>> {
    let (_, side, why) = signs.first()?;
    let same = signs.iter().all(|(_, other, _)| other == side);
    Some(same.then(|| Runs { side: *side, why: why.clone() }))
}

/// What the packages that a file may use tell.
fn packages(shared: &Shared<'_>, file: FileId) -> Vec<Sign> {
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
