//! Files that are no code but tell about calls: settings of tenants, recorded requests, logs.
//!
//! Owns which of them are read, what of them is reported, and what becomes a finding. A file is read only if its name
//! says that it may tell something, and parsed only if it holds a literal without which it tells nothing. What cannot be
//! parsed is skipped by name.

mod address;
mod carried;
mod clients;
mod code;
mod logs;
pub mod model;
mod recorded;
mod settings;
mod toggle;
mod token;
mod variables;
mod words;

pub(super) use clients::{Client, of_project as clients};

use super::advice;
use super::model::{Call, Finding, Location, Related, Skipped, Verdict};
use super::unite::Part;
use crate::lower::Refused;
use crate::lower::traffic::{Variables, postman};
use crate::project::{AT_ONCE, Project};
use crate::rules::{Form, OutsideKind, Rules};
use crate::text::files::{ReadError, with_buffer};
use crate::text::paths::{join, parent};
use crate::text::{LineIndex, Span};
use model::{Deprecation, Outside, Recorded, Toggle, ToggleState};
use rayon::prelude::*;
use recorded::Around;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use variables::Beside;
use words::Words;

/// Recordings are larger than code: they hold what was answered. In bytes.
const RECORDING_BYTES: u64 = 64 * 1024 * 1024;
/// Settings are small. In bytes.
const SETTINGS_BYTES: u64 = 4 * 1024 * 1024;

/// A file's text.
pub(super) struct File {
    path: String,
    text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl File {
    fn new(path: &str, text: Arc<str>) -> File {
        File { path: path.to_owned(), text, lines: OnceLock::new() }
    }

    fn holds(&self, word: &str) -> bool {
        memchr::memmem::find(self.text.as_bytes(), word.as_bytes()).is_some()
    }

    fn at(&self, span: Span) -> Location {
        let lines = self.lines.get_or_init(|| LineIndex::new(&self.text));
        let (start, end) = lines.range(&self.text, span);
        Location { path: self.path.clone(), start, end, span }
    }
}

/// Why a file was not read, or not wholly.
#[derive(Debug)]
pub(super) struct Refusal(String);

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        let line = refused.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        Refusal(format!("does not parse: {line}{}", refused.reason))
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Refusal {
        Refusal(error.to_string())
    }
}

/// What one file tells.
#[derive(Default)]
struct Told {
    toggles: Vec<Toggle>,
    recorded: Vec<Recorded>,
    deprecations: Vec<Deprecation>,
    refused: Option<Refusal>,
    /// Its text, where a toggle is to be shown. Recordings are not: they hold more than the tool should show.
    text: Option<Arc<str>>,
    /// Those of other files, likewise.
    others: Vec<File>,
}

/// What the files of a project tell that are no code.
pub(super) struct Found {
    /// What they tell.
    pub(super) outside: Outside,
    /// The texts of those that are to be shown.
    pub(super) sources: Vec<(String, Arc<str>)>,
    /// Those that could not be read.
    pub(super) skipped: Vec<Skipped>,
}

/// Look into the files that are to be reported and may tell something, by their names.
/// Of a run in parts, the first one looks.
pub(super) fn look(
    project: &Project<'_>,
    rules: &Rules,
    reported: &(dyn Fn(&str) -> bool + Sync),
    part: Option<Part>,
    calls: &[&Call],
) -> Found {
    if part.is_some_and(|part| part.index > 1) {
        return Found { outside: Outside::default(), sources: Vec::new(), skipped: Vec::new() };
    }
    // settings of clients are looked at where a call makes them matter
    let tells = |path: &str| rules.outside.kinds(path).iter().any(|kind| !matches!(kind, OutsideKind::Clients(_)));
    let paths: Vec<&String> = project.beside().iter().filter(|path| reported(path) && tells(path)).collect();
    let folders = folders(project);
    let words = Words::new(rules);
    let told: Vec<(&String, Told)> = paths
        .par_iter()
        .with_max_len(AT_ONCE)
        .filter_map(|path| {
            let told = with_buffer(|buffer| tell(project, rules, (&words, buffer), &folders, path));
            Some((*path, told?))
        })
        .collect();
    let mut found = Found { outside: Outside::default(), sources: Vec::new(), skipped: Vec::new() };
    found.outside.files = paths.len();
    let in_code = code::toggles(project, rules, &folders);
    for (toggle, file) in in_code.into_iter().filter(|(toggle, _)| reported(&toggle.at.path)) {
        found.outside.toggles.push(toggle);
        found.sources.push((file.path, file.text));
    }
    for (path, told) in told {
        found.outside.toggles.extend(told.toggles);
        found.outside.recorded.extend(told.recorded);
        found.outside.deprecations.extend(told.deprecations);
        found.sources.extend(told.others.into_iter().map(|file| (file.path, file.text)));
        found.sources.extend(told.text.map(|text| (path.clone(), text)));
        found.skipped.extend(told.refused.map(|Refusal(reason)| Skipped { path: path.clone(), reason }));
    }
    found.outside.toggles.sort_by(|left, right| left.at.cmp(&right.at));
    found.outside.toggles.dedup();
    found.outside.deprecations.sort_by(|left, right| (&left.at, &left.feature).cmp(&(&right.at, &right.feature)));
    match_calls(&mut found.outside, calls);
    found
}

/// The text of a settings file of the project.
pub(super) fn text(project: &Project<'_>, path: &str) -> Option<Arc<str>> {
    project.beside_text(path, SETTINGS_BYTES).ok()
}

/// Say which calls a log may mean.
pub(super) fn match_calls(outside: &mut Outside, calls: &[&Call]) {
    logs::match_calls(&mut outside.deprecations, calls);
}

/// The files that are no code, by their folders; those of one in order.
type Folders<'a> = FxHashMap<&'a str, Vec<&'a str>>;

fn folders<'a>(project: &'a Project<'_>) -> Folders<'a> {
    let mut folders: Folders<'a> = FxHashMap::default();
    for path in project.beside() {
        folders.entry(parent(path)).or_default().push(path);
    }
    folders
}

/// What the file at `path` tells, if it may tell anything.
fn tell(
    project: &Project<'_>,
    rules: &Rules,
    (words, buffer): (&Words<'_>, &mut Vec<u8>),
    folders: &Folders<'_>,
    path: &str,
) -> Option<Told> {
    if project.told_nothing(path) {
        return None;
    }
    let mut kinds = rules.outside.kinds(path);
    let is_settings = |kind: &OutsideKind| matches!(kind, OutsideKind::Settings(_) | OutsideKind::Clients(_));
    let limit = if kinds.iter().all(is_settings) { SETTINGS_BYTES } else { RECORDING_BYTES };
    let mut told = Told::default();
    let stamp = match project.beside_bytes(path, limit, buffer) {
        Ok(stamp) => stamp,
        Err(error) => return Some(Told { refused: Some(error.into()), ..told }),
    };
    // most tell nothing
    kinds.retain(|kind| words.may_tell(*kind, buffer));
    if kinds.is_empty() {
        project.tells_nothing(path, stamp);
        return None;
    }
    let file = match crate::text::files::text_of(buffer.clone()) {
        Ok(text) => File::new(path, text),
        Err(error) => return Some(Told { refused: Some(error.into()), ..told }),
    };
    let read = |path: &str| Some(File::new(path, text(project, path)?));
    let beside = Beside { paths: folders.get(parent(path)).map_or(&[], Vec::as_slice), read: &read };
    for kind in kinds {
        let result = match kind {
            OutsideKind::Settings(nth) => {
                toggle::of_file(&file, &rules.outside, &rules.outside.toggle.file[nth], &beside).map(
                    |(toggles, others)| {
                        told.toggles.extend(toggles);
                        told.others.extend(others);
                    },
                )
            }
            OutsideKind::Clients(_) | OutsideKind::Values => Ok(()),
            OutsideKind::Recorded(Form::Log, _) => logs::of_file(&file, rules).map(|(deprecations, broken)| {
                told.deprecations.extend(deprecations);
                told.refused = broken;
            }),
            OutsideKind::Recorded(form, certain) => {
                let named = |name: &str| read(&inside(parent(path), name)?);
                let around = Around { environments: &environments(rules, form, &beside), read: &named };
                recorded::of_file(&file, rules, (form, certain), &around).map(|recorded| told.recorded.extend(recorded))
            }
        };
        if let Err(refusal) = result {
            told.refused.get_or_insert(refusal);
        }
    }
    if !told.toggles.is_empty() {
        told.text = Some(file.text.clone());
    }
    Some(told)
}

/// The path of a file that another names, if it lies in that one's folder or below.
fn inside(folder: &str, name: &str) -> Option<String> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_plain = |part: &str| !part.is_empty() && part != ".." && !part.contains(['\\', ':', '$']);
    name.split('/').all(is_plain).then(|| join(folder, name))
}

/// What the files beside a recording give its variables for values: those that hold a token.
fn environments(rules: &Rules, form: Form, beside: &Beside<'_>) -> Vec<Variables> {
    let known = &rules.outside.recorded;
    let names: BTreeSet<&String> =
        known.form.iter().filter(|table| table.form == form).flat_map(|table| &table.environments).collect();
    let files = names.iter().flat_map(|pattern| beside.named(pattern)).filter_map(|path| (beside.read)(path));
    let telling = files.filter(|file| file.holds(&known.token_prefix));
    telling.flat_map(|file| postman::environments(&file.text)).collect()
}

/// What there is to do about what was found. `place` names a file from where findings are seen.
pub(super) fn findings(
    outside: &Outside,
    rules: &Rules,
    calls: &[&Call],
    place: &dyn Fn(&str) -> String,
) -> Vec<Finding> {
    let mut repeated: FxHashMap<(String, String), usize> = FxHashMap::default();
    let mut finding = |rule: &str, about: &str, at: &Location, message: String, help: String| {
        let place = place(&at.path);
        let times = repeated.entry((place.clone(), about.to_owned())).or_insert(0);
        let number = times.to_string();
        *times += 1;
        Finding {
            rule: rule.to_owned(),
            severity: advice::severity(rule),
            message,
            help,
            at: at.clone(),
            fingerprint: advice::fingerprint(&[rule, &place, about, &number]),
            content: advice::fingerprint(&[rule, about]),
            place,
            call: None,
            related: Vec::new(),
            fix: None,
            no_fix: None,
        }
    };
    let mut findings = Vec::new();
    let toggle = &rules.outside.toggle;
    let open = calls.iter().filter(|call| call.verdict != Verdict::AccessToken && !call.is_accepted()).count();
    for at in outside.toggles.iter().filter(|toggle| toggle.state == ToggleState::On).map(|toggle| &toggle.at) {
        let message = format!("the toggle \"{}\" is turned on: `{}` is true", toggle.label, toggle.flag);
        let help = match open {
            0 => format!("Set `{}` to false: no call is known to need it.", toggle.flag),
            1 => format!("Set `{}` to false when the call that may send an ID token is migrated.", toggle.flag),
            open => {
                format!("Set `{}` to false when the {open} calls that may send an ID token are migrated.", toggle.flag)
            }
        };
        findings.push(finding(&toggle.rule, &toggle.flag, at, message, help));
    }
    let known = &rules.outside.recorded;
    for recorded in &outside.recorded {
        match recorded.verdict {
            Verdict::IdToken => {
                let message =
                    format!("a recorded {} sent an ID token as the Bearer: {}", recorded.endpoint, recorded.why);
                let suspects: Vec<&&Call> = calls
                    .iter()
                    .filter(|call| call.endpoint == recorded.endpoint && call.verdict != Verdict::AccessToken)
                    .collect();
                let help = if suspects.is_empty() {
                    "No call found in this code sends it: another program does, or the recording is older than the code. \
                     Migrate what sends it, then record anew with an access token or delete the recording."
                } else {
                    "Migrate the call that sends it, then record anew with an access token or delete the recording."
                };
                let scopes = scopes_of(rules, recorded);
                let notes: Vec<&str> = recorded.notes.iter().map(|note| note.text.as_str()).collect();
                let mind =
                    if notes.is_empty() { String::new() } else { format!(" Mind the body: {}.", notes.join("; ")) };
                let help = format!("{help}{scopes}{mind}");
                let mut finding = finding(&known.rule, &recorded.endpoint, &recorded.at, message, help);
                let related =
                    |call: &&&Call| Related { at: call.at.clone(), note: "this call may have sent it".to_owned() };
                finding.related = suspects.iter().map(related).collect();
                findings.push(finding);
            }
            Verdict::AccessToken if recorded.audiences > 1 => {
                let message = format!(
                    "a recorded {} sent an access token with {} audiences",
                    recorded.endpoint, recorded.audiences
                );
                let help = "Ask for the Management API as the only audience, and get another token for another API.";
                let rule = &known.rule_several_audiences;
                findings.push(finding(rule, &recorded.endpoint, &recorded.at, message, help.to_owned()));
            }
            Verdict::AccessToken | Verdict::Unknown => {}
        }
        for note in &recorded.notes {
            if let Some((rule, help)) = &note.finding {
                let message = format!("a recorded {}: {}", recorded.endpoint, note.text);
                findings.push(finding(rule, &recorded.endpoint, &recorded.at, message, help.clone()));
            }
        }
    }
    findings
}

/// The scopes that an access token for a recorded request needs, as a sentence.
fn scopes_of(rules: &Rules, recorded: &Recorded) -> String {
    let Some(endpoint) = rules.endpoints.iter().find(|endpoint| endpoint.name == recorded.endpoint) else {
        return String::new();
    };
    // of several, the first row of the table is the one that today's API knows
    let Some((current_user, any_user)) = endpoint.scopes.first() else { return String::new() };
    format!(" The user's own token takes {current_user}; one for any user, on a server, {any_user}.")
}
