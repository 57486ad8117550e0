//! How the tenant's clients sign ID tokens: in settings files, and in calls that write a client's settings.
//!
//! Only what says an algorithm is told; which client a login is of is not known here.

use super::code::{Given, Sought, written};
use super::variables::{self, Beside};
use super::{File, Folders, Refusal, SETTINGS_BYTES, folders, settings, text};
use crate::check::login::told_at;
use crate::check::model::{Location, Skipped};
use crate::eval::value::{Node, Traced, Value, texts};
use crate::eval::{Eval, Shared};
use crate::ir::Expr;
use crate::lower::data::{Data, Step};
use crate::project::{Project, Region};
use crate::rules::slot::{Into, Slot};
use crate::rules::{ClientsTable, OutsideKind, Rules, VariableTable};
use crate::text::FileId;
use crate::text::paths::{is_test, parent};
use rayon::prelude::*;
use std::collections::BTreeSet;

/// A client that users log in with, as far as its settings say how it signs their ID tokens.
#[derive(Clone, Debug)]
pub(in crate::check) struct Client {
    /// The algorithm.
    pub at: Location,
    /// What it is.
    pub algorithm: String,
    /// The client's name.
    pub name: Option<String>,
    /// Its id; with tools that make clients it has none before.
    pub id: Option<String>,
}

/// The clients of a project, by the places that say how they sign, and the files that could not be read.
pub(in crate::check) fn of_project(project: &Project<'_>, rules: &Rules) -> (Vec<Client>, Vec<Skipped>) {
    let wanted = |path: &&String| {
        let kinds = || rules.outside.kinds(path).into_iter();
        !is_test(path) && kinds().any(|kind| matches!(kind, OutsideKind::Clients(_)))
    };
    let paths: Vec<&String> = project.beside().iter().filter(wanted).collect();
    let folders = folders(project);
    let read: Vec<(&String, Result<Vec<Client>, Refusal>)> =
        paths.into_par_iter().map(|path| (path, of_path(project, rules, &folders, path))).collect();
    let (mut clients, mut skipped) = (Vec::new(), Vec::new());
    for (path, result) in read {
        match result {
            Ok(found) => clients.extend(found),
            Err(Refusal(reason)) => skipped.push(Skipped { path: path.clone(), reason }),
        }
    }
    clients.extend(project.regions().flat_map(|region| in_code(&region, rules)));
    clients.sort_by(|left, right| left.at.cmp(&right.at));
    (clients, skipped)
}

fn of_path(project: &Project<'_>, rules: &Rules, folders: &Folders<'_>, path: &str) -> Result<Vec<Client>, Refusal> {
    let file = File::new(path, project.beside_text(path, SETTINGS_BYTES)?);
    let known = &rules.outside.clients;
    if !known.keys.iter().any(|key| file.holds(key)) {
        return Ok(Vec::new());
    }
    let read = |path: &str| Some(File::new(path, text(project, path)?));
    let beside = Beside { paths: folders.get(parent(path)).map_or(&[], Vec::as_slice), read: &read };
    let kinds = rules.outside.kinds(path);
    // the variables are those of all settings in such a file
    let variables = kinds.iter().flat_map(|kind| match kind {
        OutsideKind::Settings(nth) => rules.outside.toggle.file[*nth].variable.as_slice(),
        OutsideKind::Clients(nth) => known.file[*nth].variable.as_slice(),
        OutsideKind::Recorded(..) | OutsideKind::Values => &[],
    });
    let variables: Vec<VariableTable> = variables.cloned().collect();
    let mut clients = Vec::new();
    for kind in &kinds {
        let OutsideKind::Clients(nth) = kind else { continue };
        settings::find(&file, &rules.outside, &known.file[*nth], &mut |object| {
            let settings = Settings { file: &file, variables: &variables, beside: &beside, object };
            clients.extend(settings.clients(known));
        })?;
    }
    Ok(clients)
}

/// The settings of one client.
struct Settings<'a, 'd> {
    file: &'a File,
    variables: &'a [VariableTable],
    beside: &'a Beside<'a>,
    object: &'a Data<'d>,
}

impl Settings<'_, '_> {
    /// What they say.
    fn clients(&self, known: &ClientsTable) -> Vec<Client> {
        let first = |ways: &[String]| self.texts(ways).into_iter().next().map(|(_, text)| text);
        let kinds = self.texts(&known.kind);
        if !kinds.is_empty() && kinds.iter().all(|(_, kind)| known.without_users.contains(kind)) {
            return Vec::new();
        }
        let (name, id) = (first(&known.name), first(&known.id));
        let client = |(at, algorithm)| Client { at, algorithm, name: name.clone(), id: id.clone() };
        self.texts(&known.algorithm).into_iter().map(client).collect()
    }

    /// The texts at the end of the first of these ways that leads to some: where a variable stands there, what it is given.
    fn texts(&self, ways: &[String]) -> Vec<(Location, String)> {
        let mut found = ways.iter().map(|way| {
            let mut values = Vec::new();
            self.object.find(&Step::path(way), &mut values);
            let written = |value: &&Data<'_>| self.file.text.get(value.span.range()).unwrap_or_default();
            let of_value = |value: &Data<'_>| -> Vec<(Location, String)> {
                match variables::resolved(written(&value), self.variables, self.beside) {
                    Some(places) => places.into_iter().filter_map(|place| Some((place.at, place.text?))).collect(),
                    None => value.text().map(|text| (self.file.at(value.span), text.to_owned())).into_iter().collect(),
                }
            };
            values.into_iter().flat_map(of_value).collect::<Vec<_>>()
        });
        found.find(|texts| !texts.is_empty()).unwrap_or_default()
    }
}

/// The clients whose settings code writes.
fn in_code(region: &Region<'_>, rules: &Rules) -> Vec<Client> {
    let known = &rules.outside.clients;
    let named: BTreeSet<FileId> = known.keys.iter().flat_map(|key| region.files_with(key, usize::MAX).0).collect();
    if named.is_empty() {
        return Vec::new();
    }
    // what holds the settings may be imported where they are written
    let importers = named.iter().flat_map(|file| region.importers_of(*file));
    let files: BTreeSet<FileId> = importers.chain(&named).copied().collect();
    let files: Vec<FileId> = files.into_iter().filter(|file| !is_test(region.path(*file))).collect();
    let shared = Shared::new(region, rules);
    let sought = Sought {
        members: &rules.registering_members,
        slots: |fact| &fact.registers,
        path: &known.path,
        methods: &known.methods,
        within: None,
    };
    files.into_par_iter().flat_map_iter(|file| of_code(&shared, file, &sought, known)).collect()
}

fn of_code(shared: &Shared<'_>, file: FileId, sought: &Sought<'_>, known: &ClientsTable) -> Vec<Client> {
    let mut found = Vec::new();
    written(shared, file, sought, &mut |eval, slots| {
        let text = |eval: &mut Eval<'_>, ways: &[String]| {
            values(eval, slots, ways).iter().flat_map(|value| texts(std::slice::from_ref(value))).next()
        };
        let algorithms = values(eval, slots, &known.algorithm);
        let [algorithm] = algorithms.as_slice() else { return };
        let Some(said) = algorithm_of(algorithm) else { return };
        let (kind, name, id) = (text(eval, &known.kind), text(eval, &known.name), text(eval, &known.id));
        if kind.is_some_and(|kind| known.without_users.iter().any(|other| **other == *kind)) {
            return;
        }
        let Some((_, site)) = slots.first() else { return };
        let at = place(eval, slots, known).unwrap_or(site.node);
        let Some(lowered) = shared.project.lowered(at.file) else { return };
        let file = File::new(shared.project.path(at.file), shared.project.text(at.file));
        found.push(Client {
            at: file.at(lowered.ir.span(at.expr)),
            algorithm: said,
            name: name.map(|name| name.to_string()),
            id: id.map(|id| id.to_string()),
        });
    });
    found
}

/// An algorithm as a text, or as a library's name for it.
fn algorithm_of(value: &Traced) -> Option<String> {
    match &value.value {
        Value::Str(pattern) => pattern.text().map(str::to_owned),
        other => other.names().last().map(|name| name.to_uppercase()),
    }
}

/// What stands at the end of the first of these ways that leads to something.
fn values(eval: &mut Eval<'_>, slots: &[Given], ways: &[String]) -> Vec<Traced> {
    for (slot, site) in slots {
        for way in ways {
            let path = slot.path.iter().cloned().chain(way.split('.').map(|name| Into::Member(name.to_owned())));
            let found = eval.slot(&Slot { base: slot.base.clone(), path: path.collect() }, site);
            if !found.is_empty() {
                return found.to_vec();
            }
        }
    }
    Vec::new()
}

/// Where the algorithm is written, if in a literal or in one that is spread into it.
fn place(eval: &mut Eval<'_>, slots: &[Given], known: &ClientsTable) -> Option<Node> {
    let at = slots.iter().find_map(|(slot, site)| {
        let objects = eval.slot(slot, site);
        let way = |way: &String| way.split('.').map(str::to_owned).collect::<Vec<_>>();
        known.algorithm.iter().find_map(|text| told_at(eval, &objects, &way(text)))
    })?;
    // what a function is given is told where it is called
    let ir = &eval.shared().project.lowered(at.file)?.ir;
    let is_given = match ir.expr(at.expr) {
        Expr::Local(binding) => {
            ir.binding(*binding).defs.iter().any(|def| matches!(ir.expr(ir.strip(def.value)), Expr::Param { .. }))
        }
        _ => false,
    };
    (!is_given).then_some(at)
}
