//! The tenant's toggle in code: calls that write the tenant's settings.
//!
//! Looked for only where the flag's name stands in some file; then the calls that write settings are asked what they send.

use super::File;
use super::model::{Toggle, ToggleState};
use crate::check::request::Request;
use crate::eval::value::{Node, Object, Piece, Vals, Value};
use crate::eval::{Eval, Shared};
use crate::ir::{Expr, ExprId, FileIr, Key, Lit, Prop};
use crate::project::Project;
use crate::rules::Rules;
use crate::rules::slot::{Into, Slot};
use crate::text::{FileId, Span};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The member of the settings that holds the flag.
const FLAGS: &str = "flags";
/// Objects within objects, each spread into the next.
const SPREADS: u32 = 8;

/// The places in code that set the toggle, with the texts of their files.
pub(super) fn toggles(project: &Project<'_>, rules: &Rules) -> (Vec<Toggle>, Vec<(String, Arc<str>)>) {
    let toggle = &rules.outside.toggle;
    let named = |word: &String| project.files_with(word, usize::MAX).0;
    if !project.has_evidence() || toggle.keys.iter().all(|key| named(key).is_empty()) {
        return Default::default();
    }
    let mut files: BTreeSet<FileId> = rules.settings_members.iter().flat_map(named).collect();
    let path = toggle.path.trim_start_matches('/').strip_prefix(rules.prefix().trim_start_matches('/'));
    let path = path.unwrap_or(&toggle.path);
    let holds_path = |file: &FileId| memchr::memmem::find(project.text(*file).as_bytes(), path.as_bytes()).is_some();
    files.extend(project.ids().filter(holds_path));
    let shared = Shared::new(project, rules);
    let files: Vec<FileId> = files.into_iter().collect();
    let found: BTreeSet<(FileId, Span, ToggleState)> =
        files.par_iter().flat_map_iter(|file| of_code(&shared, *file, path)).collect();
    let mut toggles = Vec::new();
    let mut sources = Vec::new();
    for group in found.into_iter().collect::<Vec<_>>().chunk_by(|left, right| left.0 == right.0) {
        let file = File::new(project.path(group[0].0), project.text(group[0].0));
        toggles.extend(group.iter().map(|(_, span, state)| Toggle { at: file.at(*span), state: *state }));
        sources.push((file.path, file.text));
    }
    (toggles, sources)
}

/// What the calls of a file that write settings make of the flag.
fn of_code(shared: &Shared<'_>, file: FileId, path: &str) -> Vec<(FileId, Span, ToggleState)> {
    let Some(lowered) = shared.project.lowered(file) else { return Vec::new() };
    let mut found = Vec::new();
    for &call in &lowered.ir.calls {
        if !may_write(shared.rules, &lowered.ir, call) {
            continue;
        }
        let mut eval = Eval::new(shared);
        let node = Node { file, expr: call };
        for request in Request::of_call(&mut eval, node, &None) {
            let mut flags = Vals::new();
            let sends_settings = writes_settings(&mut eval, &request, path);
            for part in &request.parts {
                for slot in &part.fact.settings {
                    flags.extend(eval.slot(slot, &part.site));
                }
                for slot in part.fact.body.iter().filter(|_| sends_settings) {
                    let mut way = slot.path.clone();
                    way.push(Into::Member(FLAGS.to_owned()));
                    flags.extend(eval.slot(&Slot { base: slot.base.clone(), path: way }, &part.site));
                }
            }
            for value in &flags {
                if let Value::Object(object) = &value.value {
                    flag_of(&mut eval, object, SPREADS, &mut found);
                }
            }
        }
    }
    found
}

/// Whether a call may write settings, by syntax alone.
fn may_write(rules: &Rules, ir: &FileIr, call: ExprId) -> bool {
    let Expr::Call { callee, args, .. } = ir.expr(call) else { return false };
    match ir.expr(ir.strip(*callee)) {
        Expr::Field { key: Key::Name(name), .. } => {
            rules.settings_members.iter().any(|member| **member == **name) || rules.request_members.contains(&**name)
        }
        _ => !args.is_empty(),
    }
}

/// Whether a request goes to the tenant's settings, and changes them.
fn writes_settings<'r>(eval: &mut Eval<'r>, request: &Request<'r>, path: &str) -> bool {
    if request.target().is_none() {
        return false;
    }
    let ends_there =
        |text: &str| text.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').ends_with(path);
    let urls = request.urls(eval);
    let to_settings = urls.iter().any(|url| matches!(url.pieces.last(), Some(Piece::Lit(text)) if ends_there(text)));
    let wanted = eval.rules().outside.toggle.method.clone();
    to_settings
        && request.methods(eval).iter().any(|method| match &method.value {
            Value::Str(text) => text.text().is_some_and(|text| text.eq_ignore_ascii_case(&wanted)),
            other => other.names().last().is_some_and(|name| name.eq_ignore_ascii_case(&wanted)),
        })
}

/// Where an object, or what is spread into it, sets the flag.
fn flag_of(eval: &mut Eval<'_>, object: &Object, spreads: u32, into: &mut Vec<(FileId, Span, ToggleState)>) {
    let file = object.node.file;
    let Some(lowered) = eval.shared().project.lowered(file) else { return };
    let ir = &lowered.ir;
    let keys = &eval.rules().outside.toggle.keys;
    let is_flag = |key: &Key| matches!(key, Key::Name(name) if keys.iter().any(|key| **key == **name));
    let said = |value: ExprId| (file, ir.span(value), state(ir, value));
    // what is written to it later counts more, but may be written only sometimes
    for write in ir.writes.iter().filter(|write| is_flag(&write.key)) {
        let bases = eval.value(Node { file, expr: write.base }, &None);
        if bases.iter().any(|base| matches!(&base.value, Value::Object(base) if base.node == object.node)) {
            into.push(said(write.value));
        }
    }
    let Expr::Object { props, .. } = ir.expr(object.node.expr) else { return };
    for prop in props.iter().rev() {
        match prop {
            Prop::Field(key, value) if is_flag(key) => return into.push(said(*value)),
            Prop::Spread(spread) if spreads > 0 => {
                for value in eval.value(Node { file, expr: *spread }, &object.ctx) {
                    if let Value::Object(inner) = &value.value {
                        flag_of(eval, inner, spreads - 1, into);
                    }
                }
            }
            _ => {}
        }
    }
}

/// What an expression says of the flag: a boolean, or a name that is one.
fn state(ir: &FileIr, value: ExprId) -> ToggleState {
    let value = ir.strip(value);
    let literal = match ir.expr(value) {
        Expr::Local(binding) => match ir.binding(*binding).defs.as_slice() {
            [def] => ir.strip(def.value),
            _ => value,
        },
        _ => value,
    };
    match ir.expr(literal) {
        Expr::Lit(Lit::Bool(true)) => ToggleState::On,
        Expr::Lit(Lit::Bool(false)) => ToggleState::Off,
        _ => ToggleState::Undecided,
    }
}
