//! The tenant's toggle in code: calls that write the tenant's settings.
//!
//! Looked for only where the flag's name stands in some file; then the calls that write settings are asked what they send.

use super::model::{Toggle, ToggleState};
use super::variables::{Beside, Place, given};
use super::{File, Folders, text};
use crate::check::request::Request;
use crate::eval::value::{Ctx, Node, Object, Piece, Traced, Value, texts};
use crate::eval::{Eval, Shared, Site};
use crate::ir::{Expr, ExprId, FileIr, Key, Prop};
use crate::project::{Project, Region};
use crate::rules::slot::{Into, Slot};
use crate::rules::{CallFact, Fact, Rules};
use crate::text::FileId;
use crate::text::paths::parent;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The member of the settings that holds the flag.
const FLAGS: &str = "flags";
/// Objects within objects, each spread into the next.
const SPREADS: u32 = 8;

/// The places that set the toggle by code, each with the file that it lies in.
pub(super) fn toggles(project: &Project<'_>, rules: &Rules, folders: &Folders<'_>) -> Vec<(Toggle, File)> {
    project.regions().flat_map(|region| toggles_in(&region, rules, folders)).collect()
}

fn toggles_in(region: &Region<'_>, rules: &Rules, folders: &Folders<'_>) -> Vec<(Toggle, File)> {
    let toggle = &rules.outside.toggle;
    let named = |word: &String| region.files_with(word, usize::MAX).0;
    if toggle.keys.iter().all(|key| named(key).is_empty()) {
        return Default::default();
    }
    let mut files: BTreeSet<FileId> = rules.settings_members.iter().flat_map(named).collect();
    let path = path_in(&toggle.path, rules.prefix());
    let holds_path = |file: &FileId| memchr::memmem::find(region.text(*file).as_bytes(), path.as_bytes()).is_some();
    files.extend(region.ids().filter(holds_path));
    let shared = Shared::new(region, rules);
    let files: Vec<FileId> = files.into_iter().collect();
    let sought = Sought {
        members: &rules.settings_members,
        slots: |fact| &fact.settings,
        path: &toggle.path,
        methods: std::slice::from_ref(&toggle.method),
        within: Some(FLAGS),
    };
    let of_file = |file: &FileId| {
        let mut found = Vec::new();
        written(&shared, *file, &sought, &mut |eval, slots| {
            let flags: Vec<Traced> = slots.iter().flat_map(|(slot, site)| eval.slot(slot, site)).collect();
            for value in &flags {
                if let Value::Object(object) = &value.value {
                    flag_of(eval, folders, object, SPREADS, &mut found);
                }
            }
        });
        found
    };
    files.par_iter().flat_map_iter(of_file).collect()
}

/// Settings that calls write.
pub(super) struct Sought<'a> {
    /// The names of the calls that do nothing else.
    pub members: &'a [String],
    /// Where these are given the settings.
    pub slots: fn(&CallFact) -> &[Slot],
    /// The path of requests that write them, in their body.
    pub path: &'a str,
    /// Their methods.
    pub methods: &'a [String],
    /// The member of the body.
    pub within: Option<&'a str>,
}

/// A place of a call that is given settings.
pub(super) type Given = (Slot, Site);

/// Hand on where the calls of a file are given such settings, call by call.
pub(super) fn written(
    shared: &Shared<'_>,
    file: FileId,
    sought: &Sought<'_>,
    each: &mut dyn FnMut(&mut Eval<'_>, &[Given]),
) {
    let Some(lowered) = shared.project.lowered(file) else { return };
    let mut looking = Eval::new(shared);
    for &call in &lowered.ir.calls {
        if !may_write(shared.rules, sought, &lowered.ir, call) {
            continue;
        }
        let node = Node { file, expr: call };
        // most write none: a first look tells, what is written is followed with a budget of its own
        looking.glance();
        for request in Request::of_call(&mut looking, node, &None) {
            let is_to_settings = is_written_by(&mut looking, &request, sought);
            let mut slots: Vec<Given> = Vec::new();
            for part in &request.parts {
                slots.extend((sought.slots)(part.fact).iter().map(|slot| (slot.clone(), part.site.clone())));
                for slot in part.fact.body.iter().filter(|_| is_to_settings) {
                    let within = sought.within.map(|name| Into::Member(name.to_owned()));
                    let path = slot.path.iter().cloned().chain(within).collect();
                    slots.push((Slot { base: slot.base.clone(), path }, part.site.clone()));
                }
            }
            if !slots.is_empty() {
                each(&mut Eval::new(shared), &slots);
            }
        }
    }
}

/// Whether a call may write settings, by syntax alone.
fn may_write(rules: &Rules, sought: &Sought<'_>, ir: &FileIr, call: ExprId) -> bool {
    let Expr::Call { callee, args, .. } = ir.expr(call) else { return false };
    match ir.expr(ir.strip(*callee)) {
        Expr::Field { key: Key::Name(name), .. } => {
            sought.members.iter().any(|member| **member == **name) || rules.request_members.contains(&**name)
        }
        _ => !args.is_empty(),
    }
}

/// Whether a request goes to the settings, and changes them.
fn is_written_by<'r>(eval: &mut Eval<'r>, request: &Request<'r>, sought: &Sought<'_>) -> bool {
    if request.target().is_none() {
        return false;
    }
    let prefix = eval.rules().prefix();
    let urls = request.urls(eval);
    let leads = |piece: &Piece| matches!(piece, Piece::Lit(text) if leads_to(text, path_in(sought.path, prefix)));
    urls.iter().any(|url| url.pieces.iter().any(leads))
        && request.methods(eval).iter().any(|method| {
            let is_wanted = |name: &str| sought.methods.iter().any(|wanted| wanted.eq_ignore_ascii_case(name));
            match &method.value {
                Value::Str(text) => text.text().is_some_and(is_wanted),
                other => other.names().last().is_some_and(|name| is_wanted(name)),
            }
        })
}

/// A path of the API without what all begin with.
fn path_in<'p>(path: &'p str, prefix: &str) -> &'p str {
    path.trim_start_matches('/').strip_prefix(prefix.trim_start_matches('/')).unwrap_or(path)
}

/// Whether a piece of a URL holds a path, as a whole.
fn leads_to(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let (before, behind) = (text[..at].chars().next_back(), text[at + path.len()..].chars().next());
        before.is_none_or(|c| c == '/') && behind.is_none_or(|c| matches!(c, '/' | '?' | '#'))
    })
}

/// Where an object, or what is spread into it, sets the flag.
fn flag_of(eval: &mut Eval<'_>, folders: &Folders<'_>, object: &Object, spreads: u32, into: &mut Vec<(Toggle, File)>) {
    let file = object.node.file;
    let Some(lowered) = eval.shared().project.lowered(file) else { return };
    let ir = &lowered.ir;
    let keys = &eval.rules().outside.toggle.keys;
    let is_flag = |key: &Key| matches!(key, Key::Name(name) if keys.iter().any(|key| **key == **name));
    // what is written to it later counts more, but may be written only sometimes
    for write in ir.writes.iter().filter(|write| is_flag(&write.key)) {
        let bases = eval.value(Node { file, expr: write.base }, &None);
        if bases.iter().any(|base| matches!(&base.value, Value::Object(base) if base.node == object.node)) {
            into.extend(said(eval, folders, Node { file, expr: write.value }, &None));
        }
    }
    let Expr::Object { props, .. } = ir.expr(object.node.expr) else { return };
    for prop in props.iter().rev() {
        match prop {
            Prop::Field(key, value) if is_flag(key) => {
                return into.extend(said(eval, folders, Node { file, expr: *value }, &object.ctx));
            }
            Prop::Spread(spread) if spreads > 0 => {
                for value in eval.value(Node { file, expr: *spread }, &object.ctx) {
                    if let Value::Object(inner) = &value.value {
                        flag_of(eval, folders, inner, spreads - 1, into);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What an expression says of the flag: where it is a setting of the program, what the files say that give it.
fn said(eval: &mut Eval<'_>, folders: &Folders<'_>, node: Node, ctx: &Ctx) -> Vec<(Toggle, File)> {
    let project = eval.shared().project;
    let values = eval.value(node, ctx);
    let given: Vec<Place> = values.iter().flat_map(|value| setting(eval, folders, value, node.file)).collect();
    if !given.is_empty() {
        let toggle = |place: Place| (Toggle { at: place.at, state: place.state }, place.file);
        return given.into_iter().map(toggle).collect();
    }
    let truths: BTreeSet<Option<bool>> = values
        .iter()
        .map(|value| match &value.value {
            Value::Bool(holds) => Some(*holds),
            _ => None,
        })
        .collect();
    let state = match truths.into_iter().collect::<Vec<_>>().as_slice() {
        [Some(true)] => ToggleState::On,
        [Some(false)] => ToggleState::Off,
        _ => ToggleState::Undecided,
    };
    let Some(lowered) = project.lowered(node.file) else { return Vec::new() };
    let file = File::new(project.path(node.file), project.text(node.file));
    vec![(Toggle { at: file.at(lowered.ir.span(node.expr)), state }, file)]
}

/// What the files say that give a setting which the program reads: those of its folder, or of the nearest one around it.
fn setting(eval: &mut Eval<'_>, folders: &Folders<'_>, value: &Traced, from: FileId) -> Vec<Place> {
    let rules = eval.rules();
    let project = eval.shared().project;
    let Value::Api(api) = &value.value else { return Vec::new() };
    for fact in rules.facts(&api.states) {
        let Fact::Setting(number) = fact else { continue };
        let (slot, table) = &rules.settings[*number];
        let site = Site::of(api.node, &api.ctx, api);
        let names = texts(&eval.slot(slot, &site));
        let [name] = names.as_slice() else { continue };
        let read = |path: &str| Some(File::new(path, text(project, path)?));
        let around = std::iter::successors(Some(parent(project.path(from))), |folder| {
            (!folder.is_empty()).then(|| parent(folder))
        });
        for folder in around {
            let beside = Beside { paths: folders.get(folder).map_or(&[], Vec::as_slice), read: &read };
            if table.values.iter().any(|pattern| beside.named(pattern).next().is_some()) {
                let places = given(name, table, &table.values, &beside);
                return places.into_iter().filter(|place| place.state != ToggleState::Undecided).collect();
            }
        }
    }
    Vec::new()
}
