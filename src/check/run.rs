//! One run: from a project to a report.

use super::body::Body;
use super::fingerprint::Fingerprints;
use super::login::{self, Login, Outcome, Sent};
use super::model::{Call, FileCounts, Finding, Fix, Location, Plan, Reason, Related, Report, Skipped, TraceStep};
use super::origin;
use super::sites::{Batch, Record, batches, of_batch};
use super::unite::{self, Found, Origin, Part, Shard};
use super::watch::{Stage, Watch};
use super::{advice, outside, runtime};
use crate::eval::value::{Node, Trail};
use crate::eval::{Elsewhere, Shared};
use crate::project::{Project, Region};
use crate::rules::Rules;
use crate::text::paths::{is_inside, is_under};
use crate::text::{FileId, LineIndex, Span};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is to be reported.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The project, as given.
    pub root: String,
    /// Files and folders.
    pub paths: Vec<String>,
    /// The folder that findings' places are seen from.
    pub base: String,
    /// Which part of the requests is looked at; without it, all.
    pub part: Option<Part>,
}

/// Analyse a project; report what has its call or a step of its trace in `paths`.
pub fn run(project: &Project<'_>, rules: &Rules, scope: Scope, watch: &dyn Watch) -> Report {
    let Scope { root, paths, base, part } = scope;
    let All { calls, sent, outcome, brief, skipped: unread } =
        if project.has_evidence() { all_calls(project, rules, part, watch) } else { All::default() };
    let here = |path: &str| paths.iter().any(|folder| is_inside(path, folder));
    let reported = |call: &Call| here(&call.at.path) || call.trace.iter().any(|step| here(&step.at.path));
    // where each call stands among those that are reported
    let mut numbers: Vec<Option<usize>> = Vec::with_capacity(calls.len());
    let all_places: Vec<Location> = calls.iter().map(|found| found.call.at.clone()).collect();
    let mut kept: Vec<Found<Asked>> = Vec::new();
    for found in calls {
        let is_reported = reported(&found.call);
        numbers.push(is_reported.then_some(kept.len()));
        if is_reported {
            kept.push(found);
        }
    }
    let calls = kept;
    let mut fixes: BTreeMap<usize, Fix> =
        outcome.fixes.into_iter().filter_map(|(nth, fix)| Some((numbers[nth]?, fix))).collect();
    let mut left: BTreeMap<usize, String> =
        outcome.left.into_iter().filter_map(|(nth, why)| Some((numbers[nth]?, why))).collect();
    let mut sources: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let mut keep = |path: &str| {
        if !sources.contains_key(path)
            && let Some(text) =
                project.by_path(path).map(|file| project.text(file)).or_else(|| outside::text(project, path))
        {
            sources.insert(path.to_owned(), text);
        }
    };
    let mut findings = Vec::new();
    let mut fingerprints = Fingerprints::new(project);
    for (nth, Found { call, endpoint, .. }) in calls.iter().enumerate() {
        keep(&call.at.path);
        call.trace.iter().for_each(|step| keep(&step.at.path));
        let Some((rule, message, help)) = advice::finding(call, &rules.endpoints[*endpoint], rules.prefix()) else {
            continue;
        };
        let place = seen_from(project, &call.at.path, &base);
        let (fingerprint, content) = fingerprints.of(&rule, &place, &call.endpoint, &call.at);
        let at = call.at.clone();
        findings.push(Finding {
            severity: advice::severity(&rule),
            rule,
            message,
            help,
            at,
            fingerprint,
            content,
            place,
            call: Some(nth),
            related: Vec::new(),
            fix: fixes.remove(&nth),
            no_fix: left.remove(&nth),
        });
    }
    let is_wanted = |at: &Location, calls: &[usize]| here(&at.path) || calls.iter().any(|nth| numbers[*nth].is_some());
    for draft in outcome.drafts.into_iter().filter(|draft| is_wanted(&draft.at, &draft.calls)) {
        let place = seen_from(project, &draft.at.path, &base);
        let (fingerprint, content) = fingerprints.of(draft.rule, &place, "", &draft.at);
        let call = draft.calls.first().filter(|_| draft.about_call).and_then(|nth| numbers[*nth]);
        let others = draft.calls.iter().filter(|_| !draft.about_call);
        let related: Vec<Related> =
            others.map(|nth| Related { at: all_places[*nth].clone(), note: draft.related.to_owned() }).collect();
        let edited = draft.fix.iter().flat_map(|fix| &fix.edits).map(|edit| &edit.at);
        edited.chain(related.iter().map(|related| &related.at)).chain([&draft.at]).for_each(|at| keep(&at.path));
        findings.push(Finding {
            rule: draft.rule.to_owned(),
            severity: advice::severity(draft.rule),
            message: draft.message,
            help: draft.help,
            at: draft.at,
            fingerprint,
            content,
            place,
            call,
            related,
            fix: draft.fix,
            no_fix: draft.no_fix,
        });
    }
    let mut plans: Vec<Plan> = outcome.plans.into_iter().filter(|plan| is_wanted(&plan.at, &plan.calls)).collect();
    for plan in &mut plans {
        plan.calls = plan.calls.iter().filter_map(|nth| numbers[*nth]).collect();
        keep(&plan.at.path);
    }
    plans.sort_by(|left, right| left.at.cmp(&right.at));
    let shown: Vec<&Call> = calls.iter().map(|found| &found.call).collect();
    let mut told = outside::look(project, rules, &here, part, &shown);
    findings.extend(outside::findings(&told.outside, rules, &shown, &|path| seen_from(project, path, &base)));
    findings.sort_by(|left, right| left.at.cmp(&right.at));
    sources.extend(told.sources.drain(..));
    let skipped = project.skipped().into_iter().map(|(path, reason)| Skipped { path, reason });
    let briefly = brief.into_iter().map(|file| Skipped {
        path: project.path(file).to_owned(),
        reason: "very many calls: of some, whose client is not known, it was not made out whether they are requests"
            .to_owned(),
    });
    let mut skipped: Vec<Skipped> = skipped.chain(told.skipped).chain(unread).chain(briefly).collect();
    skipped.sort();
    skipped.dedup();
    let origins: Vec<(bool, Asked)> = calls.iter().map(|found| (found.sent, found.request)).collect();
    let mut report = Report {
        root,
        files: FileCounts { seen: project.len(), parsed: project.parsed(), skipped: skipped.len(), excluded: 0 },
        calls: calls.into_iter().map(|found| found.call).collect(),
        findings,
        plans,
        outside: told.outside,
        suppressed: Vec::new(),
        notices: Vec::new(),
        skipped,
        endpoints: rules.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect(),
        sources,
        paths,
        base,
        shard: None,
    };
    if let Some(part) = part {
        let named = |(node, endpoint): Asked| format!("{}#{}#{endpoint}", project.path(node.file), node.expr.index());
        let mut sent: Vec<String> = sent.into_iter().map(named).collect();
        sent.sort();
        let origin = |(sent, request): (bool, Asked)| Origin { sent, request: named(request) };
        let calls = origins.into_iter().map(origin).collect();
        let paths: Vec<&str> = project.ids().map(|id| project.path(id)).chain([report.root.as_str()]).collect();
        report.shard =
            Some(Shard { part, project: advice::fingerprint(&paths), sent, calls, keys: fingerprints.into_keys() });
    }
    report
}

/// A request, and the endpoint that it is for: one that is built for several may go out for some of them only.
type Asked = (Node, usize);

/// What was found in a run or in a part of one.
#[derive(Default)]
struct All {
    calls: Vec<Found<Asked>>,
    /// The requests that were seen going out.
    sent: FxHashSet<Asked>,
    /// What is said about the logins behind the calls.
    outcome: Outcome,
    /// The files whose calls were looked at too briefly to tell whether all of them are requests.
    brief: BTreeSet<FileId>,
    /// Settings that could not be read.
    skipped: Vec<Skipped>,
}

/// A path from `base` on; where it does not lie there, as it is.
fn seen_from(project: &Project<'_>, path: &str, base: &str) -> String {
    let (absolute, base) = (project.absolute(path), project.absolute(base));
    let inside = if is_under(&absolute, &base) { absolute[base.len()..].trim_start_matches('/') } else { "" };
    if inside.is_empty() { path.to_owned() } else { inside.to_owned() }
}

/// Every call of the project, sorted by place: of a part, all that were found; of all, one for each place.
fn all_calls(project: &Project<'_>, rules: &Rules, part: Option<Part>, watch: &dyn Watch) -> All {
    watch.begins(Stage::Reach);
    let with_roots = project.regions().map(|region| (region.roots(), region));
    let regions: Vec<(Vec<FileId>, Region<'_>)> = with_roots.filter(|(telling, _)| !telling.is_empty()).collect();
    if regions.is_empty() {
        return All::default();
    }
    project.learn_words();
    let elsewhere = Arc::new(Elsewhere::default());
    let programs: Vec<Program<'_>> =
        regions.par_iter().map(|(telling, region)| Program::new(region, rules, telling, &elsewhere)).collect();
    watch.begins(Stage::Judge);
    let files = programs.iter().map(|program| program.roots.len()).sum();
    let batches_of = |Program { shared, roots }: &Program<'_>| -> Vec<Batch> {
        roots.par_iter().flat_map_iter(|&file| batches(shared, file, files)).collect()
    };
    let work = programs.iter().flat_map(|program| batches_of(program).into_iter().map(move |batch| (program, batch)));
    let work = work.enumerate().filter(|(nth, _)| part.is_none_or(|part| part.has(*nth)));
    let work: Vec<(&Program<'_>, Batch)> = work.map(|(_, work)| work).collect();
    let done = AtomicUsize::new(0);
    let (found, brief): (Vec<Vec<Found<Asked>>>, Vec<Option<FileId>>) = work
        .par_iter()
        .map(|(Program { shared, .. }, batch)| {
            watch.went(done.fetch_add(1, Ordering::Relaxed), work.len());
            let mut places = Places { project, lines: FxHashMap::default() };
            let found = |record: &Record| {
                let (call, endpoint) = as_call(shared, record, &mut places);
                let origin = |way: Option<&Rc<Trail>>| origin::Origin {
                    request: Some(record.request),
                    base: record.base.clone(),
                    ..origin::Origin::of(shared, way, record.parts.clone())
                };
                let others = record.judged.others.iter().map(|way| origin(Some(way))).collect();
                let token = origin::Origin { others, ..origin(record.judged.trail.as_ref()) };
                let needs_key = match &record.body {
                    Body::Needs(key) => Some(key.to_string()),
                    Body::Fits | Body::Unread => None,
                };
                Found { call, endpoint, sent: record.sent, request: (record.request, endpoint), token, needs_key }
            };
            let judgement = of_batch(shared, batch);
            (judgement.records.iter().map(found).collect::<Vec<_>>(), judgement.brief)
        })
        .unzip();
    let found: Vec<Found<Asked>> = found.into_iter().flatten().collect();
    let brief = brief.into_iter().flatten().collect();
    // a request that was seen going out is not looked at where it is only built
    let sent: FxHashSet<Asked> = found.iter().filter(|found| found.sent).map(|found| found.request).collect();
    let mut calls = unite::without_sent(found, &sent);
    unite::sort(&mut calls);
    if part.is_none() {
        unite::dedup(&mut calls);
    }
    if calls.is_empty() {
        return All { calls, sent, brief, ..All::default() };
    }
    let links = calls.iter().any(|found| login::links_by_token(rules, &as_sent(found)));
    let (clients, skipped) = if links { outside::clients(project, rules) } else { Default::default() };
    let mut places = Places { project, lines: FxHashMap::default() };
    let mut outcome = Outcome::default();
    for Program { shared, roots } in &programs {
        let own: Vec<usize> = (0..calls.len()).filter(|nth| shared.project.holds(calls[*nth].request.0.file)).collect();
        if own.is_empty() {
            continue;
        }
        let logins: Vec<Login> = roots.par_iter().flat_map_iter(|&file| login::of_file(shared, file)).collect();
        let with_tokens: Vec<Sent<'_>> = own.iter().map(|nth| as_sent(&calls[*nth])).collect();
        let of_own = login::judge(shared, &logins, &with_tokens, &clients, &mut |node| places.node(node));
        outcome.add(of_own, &own);
    }
    All { calls, sent, outcome, brief, skipped }
}

/// A region of the project with the files in which requests are looked for.
struct Program<'p> {
    shared: Shared<'p>,
    roots: Vec<FileId>,
}

impl<'p> Program<'p> {
    fn new(region: &'p Region<'p>, rules: &'p Rules, telling: &[FileId], elsewhere: &Arc<Elsewhere>) -> Program<'p> {
        let roots = super::roots::reached_from(region, rules, telling.to_vec());
        let shared = Shared::around(region, rules, &roots, elsewhere.clone());
        shared.prepare();
        Program { shared, roots }
    }
}

/// What the login behind a call has to be known by.
fn as_sent(found: &Found<Asked>) -> Sent<'_> {
    Sent { call: &found.call, endpoint: found.endpoint, origin: &found.token, needs_key: found.needs_key.as_deref() }
}

/// A record as the report shows it, with its endpoint's place.
fn as_call(shared: &Shared<'_>, record: &Record, places: &mut Places<'_>) -> (Call, usize) {
    let endpoint = &shared.rules.endpoints[record.endpoint];
    let at = places.node(record.site);
    let judged = &record.judged;
    let mut trace = places.trail(judged.trail.as_ref());
    if let Some(reason) = &judged.reason
        && let Some(first) = trace.first_mut()
    {
        first.note = format!("{}; not known further: {}", first.note, reason.1);
    }
    if let Some(library) = judged.library {
        trace.insert(
            0,
            TraceStep { at: places.node(library), note: "the library asks for its own access token".into() },
        );
    }
    if record.request != record.site {
        let at = places.node(record.request);
        if trace.last().is_none_or(|step| step.at != at) {
            trace.push(TraceStep { at, note: "the request itself".into() });
        }
    }
    let some = if judged.mixed { format!(", {}", advice::ON_SOME_PATHS) } else { String::new() };
    let note = if judged.given {
        format!("sent as the Bearer of {}{some}", endpoint.name)
    } else {
        format!("{} without an Authorization header", endpoint.name)
    };
    if trace.last().is_some_and(|step| step.at == at) {
        trace.pop();
    }
    trace.push(TraceStep { at: at.clone(), note });
    let owned = |scopes: Vec<&str>| scopes.into_iter().map(str::to_owned).collect();
    let mut call = Call {
        at,
        endpoint: endpoint.name.clone(),
        client: record.client.clone(),
        verdict: judged.verdict,
        confidence: record.confidence,
        reason: judged.reason.as_ref().map(|(id, text)| Reason { id, text: text.clone() }),
        subject: record.whose.subject,
        current_user_scopes: owned(endpoint.current_user_scopes()),
        any_user_scopes: owned(endpoint.any_user_scopes()),
        suggested_scopes: Vec::new(),
        scope_reason: None,
        runs: None,
        trace,
        notes: endpoint.notes.clone(),
        accepted: None,
    };
    if record.is_one_of_several {
        call.notes.push("which endpoint it is cannot be told: this is the first that it may be".to_owned());
    }
    if record.for_others {
        call.notes.push("stands for further callers too: there are more than are judged one by one".to_owned());
    }
    let steps = std::iter::successors(judged.trail.as_deref(), |step| step.before.as_deref());
    call.runs = runtime::of_call(shared, record.request, record.site, steps.map(|step| step.file));
    advice::suggest(&mut call, endpoint, &record.whose.why, &record.body, judged.is_own);
    (call, record.endpoint)
}

/// Locations, with each file's line index made once for many.
struct Places<'a> {
    project: &'a Project<'a>,
    lines: FxHashMap<FileId, (Arc<str>, LineIndex)>,
}

impl Places<'_> {
    fn node(&mut self, node: Node) -> Location {
        let span = self.project.lowered(node.file).map(|lowered| lowered.ir.span(node.expr)).unwrap_or_default();
        self.span(node.file, span)
    }

    fn span(&mut self, file: FileId, span: Span) -> Location {
        let (text, lines) = self.lines.entry(file).or_insert_with(|| {
            let text = self.project.text(file);
            let lines = LineIndex::new(&text);
            (text, lines)
        });
        let (start, end) = lines.range(text, span);
        Location { path: self.project.path(file).to_owned(), start, end, span }
    }

    /// A trail from its origin on. Steps that say no more than the one before are left out.
    fn trail(&mut self, trail: Option<&Rc<Trail>>) -> Vec<TraceStep> {
        const LONGEST: usize = 32;
        let mut steps: Vec<TraceStep> = Vec::new();
        let mut at = trail;
        while let Some(step) = at {
            steps.push(TraceStep { at: self.span(step.file, step.span), note: step.note.clone() });
            at = step.before.as_ref();
        }
        steps.reverse();
        if steps.len() > LONGEST {
            // the origin and the end tell most
            steps.drain(LONGEST / 2..steps.len() - LONGEST / 2);
        }
        steps
    }
}
