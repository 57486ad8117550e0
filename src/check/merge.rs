//! Several reports as one: of the parts of a run, and of several projects.
//!
//! The parts of one run come out as what the run would have said. Reports of different projects are put side by side,
//! with one answer for all.

use super::advice;
use super::model::{Call, FileCounts, Finding, Location, Notice, Report};
use super::unite::{self, Found, Shard};
use crate::rules::Rules;
use crate::text::paths::join;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Notices about what applies to nothing: a part only knows of itself.
const UNUSED: &str = "unused-";

/// The parts of one run, each with the name that it came with.
type Parts = Vec<(String, Report, Shard)>;

/// A finding, why it does not count if it does not, and what tells it from others: its key and what is counted of it.
type Kept = (Finding, Option<super::model::Suppression>, [String; 2]);

/// Make one report of all. Each comes with a name that stands before its paths where roots are the same.
///
/// Fails where a part of a run is missing, or there twice.
pub fn merge(reports: Vec<(String, Report)>, outline: &Rules) -> Result<Report, String> {
    let mut whole: Vec<(String, Report)> = Vec::new();
    let mut parted: BTreeMap<(String, u32), Parts> = BTreeMap::new();
    for (name, mut report) in reports {
        match report.shard.take() {
            None => whole.push((name, report)),
            Some(shard) => {
                let run = (shard.project.clone(), shard.part.count);
                parted.entry(run).or_default().push((name, report, shard));
            }
        }
    }
    for ((_, count), mut parts) in parted {
        parts.sort_by_key(|(_, _, shard)| shard.part);
        let indexes: Vec<u32> = parts.iter().map(|(_, _, shard)| shard.part.index).collect();
        let (name, root) =
            parts.first().map(|(name, report, _)| (name.clone(), report.root.clone())).unwrap_or_default();
        if let Some(missing) = (1..=count).find(|index| !indexes.contains(index)) {
            return Err(format!("part {missing} of {count} of {root:?} is missing"));
        }
        if let Some(twice) = indexes.windows(2).find(|two| two[0] == two[1]) {
            return Err(format!("part {} of {count} of {root:?} is there twice", twice[0]));
        }
        whole.push((name, of_parts(parts.into_iter().map(|(_, report, shard)| (report, shard)).collect(), outline)));
    }
    whole.sort_by(|(left, _), (right, _)| left.cmp(right));
    if whole.len() == 1 {
        return Ok(whole.pop().map(|(_, report)| report).unwrap_or_default());
    }
    Ok(side_by_side(whole))
}

/// The report of a run of which these are all parts.
fn of_parts(parts: Vec<(Report, Shard)>, outline: &Rules) -> Report {
    let mut all = Report { endpoints: endpoint_names(outline), ..Report::default() };
    let mut sent: FxHashSet<String> = FxHashSet::default();
    // a call with what tells it from others, and where its findings are
    let mut found: Vec<Found<String>> = Vec::new();
    let mut findings: FxHashMap<String, Vec<Kept>> = FxHashMap::default();
    let mut alone: Vec<Finding> = Vec::new();
    let mut notices: BTreeMap<Notice, usize> = BTreeMap::new();
    let count = parts.len();
    for (nth, (report, shard)) in parts.into_iter().enumerate() {
        all.root = report.root;
        all.files = FileCounts {
            seen: all.files.seen.max(report.files.seen),
            parsed: all.files.parsed.max(report.files.parsed),
            skipped: 0,
            excluded: all.files.excluded.max(report.files.excluded),
        };
        sent.extend(shard.sent);
        all.skipped.extend(report.skipped);
        all.outside.add(report.outside, 0);
        all.plans.extend(report.plans.into_iter().map(|plan| super::model::Plan { calls: Vec::new(), ..plan }));
        report.notices.into_iter().for_each(|notice| *notices.entry(notice).or_insert(0) += 1);
        let counted = report.findings.into_iter().map(|finding| (finding, None));
        let not = report.suppressed.into_iter().map(|one| (one.finding, Some(one.suppression)));
        for (finding, suppression) in counted.chain(not) {
            match (finding.call, shard.keys.get(&finding.fingerprint)) {
                (Some(call), Some(key)) => {
                    let of = findings.entry(format!("{nth} {call}")).or_default();
                    of.push((finding, suppression, key.clone()));
                }
                _ => alone.push(finding),
            }
        }
        for (place, (call, origin)) in report.calls.into_iter().zip(shard.calls).enumerate() {
            let endpoint = all.endpoints.iter().position(|name| *name == call.endpoint).unwrap_or(usize::MAX);
            let request = origin.request;
            // which call it is goes along with the request, to be found again
            let request = format!("{request}\n{nth} {place}");
            found.push(Found {
                call,
                endpoint,
                sent: origin.sent,
                request,
                token: super::origin::Origin::default(),
                needs_key: None,
            });
        }
    }
    found.retain(|one| one.sent || !one.request.split('\n').next().is_some_and(|request| sent.contains(request)));
    unite::sort(&mut found);
    let subjects: FxHashMap<String, super::model::Subject> =
        found.iter().map(|one| (one.request.clone(), one.call.subject)).collect();
    unite::dedup(&mut found);
    let mut times: FxHashMap<String, usize> = FxHashMap::default();
    for (nth, one) in found.iter().enumerate() {
        let own = one.request.split('\n').nth(1).unwrap_or_default();
        for (mut finding, suppression, [key, counted]) in findings.remove(own).into_iter().flatten() {
            let number = times.entry(counted).or_insert(0);
            finding.fingerprint = advice::longer_fingerprint(&key, &[&number.to_string()]);
            *number += 1;
            finding.call = Some(nth);
            let changed = subjects.get(&one.request) != Some(&one.call.subject);
            if changed
                && let Some(endpoint) = outline.endpoints.get(one.endpoint)
                && let Some((_, message, help)) = advice::finding(&one.call, endpoint, outline.prefix())
            {
                (finding.message, finding.help) = (message, help);
            }
            match suppression {
                None => all.findings.push(finding),
                Some(suppression) => all.suppressed.push(super::model::Suppressed { finding, suppression }),
            }
        }
    }
    alone.sort_by(|left, right| (&left.at, &left.rule).cmp(&(&right.at, &right.rule)));
    alone.dedup_by(|left, right| left.fingerprint == right.fingerprint);
    all.findings.extend(alone.into_iter().map(|finding| Finding { call: None, ..finding }));
    all.calls = found.into_iter().map(|one| one.call).collect();
    super::outside::match_calls(&mut all.outside, &all.calls.iter().collect::<Vec<_>>());
    all.plans.sort_by(|left, right| (&left.at, &left.sdk).cmp(&(&right.at, &right.sdk)));
    all.plans.dedup_by(|later, kept| {
        let same = later.at == kept.at && later.sdk == kept.sdk;
        if same {
            let new: Vec<String> = later.scopes.iter().filter(|scope| !kept.scopes.contains(scope)).cloned().collect();
            kept.scopes.extend(new);
        }
        same
    });
    let everywhere = |(notice, times): &(Notice, usize)| !notice.id.starts_with(UNUSED) || *times == count;
    all.notices = notices.into_iter().filter(everywhere).map(|(notice, _)| notice).collect();
    all.skipped.sort();
    all.skipped.dedup();
    all.files.skipped = all.skipped.len();
    all.sort();
    all
}

/// The reports of several projects, one behind the other.
fn side_by_side(reports: Vec<(String, Report)>) -> Report {
    let mut roots: Vec<&str> = reports.iter().map(|(_, report)| report.root.as_str()).collect();
    roots.sort_unstable();
    let tells = roots.windows(2).all(|two| two[0] != two[1]);
    let mut all = Report::default();
    let mut names = Vec::new();
    for (name, mut report) in reports {
        if !tells {
            report = below(&name, report);
        }
        names.push(if tells { report.root.clone() } else { name });
        let before = all.calls.len();
        let moved = |finding: Finding| Finding { call: finding.call.map(|call| call + before), ..finding };
        all.files.seen += report.files.seen;
        all.files.parsed += report.files.parsed;
        all.files.skipped += report.files.skipped;
        all.files.excluded += report.files.excluded;
        all.calls.extend(report.calls);
        all.outside.add(report.outside, before);
        all.findings.extend(report.findings.into_iter().map(moved));
        all.plans.extend(report.plans.into_iter().map(|mut plan| {
            plan.calls.iter_mut().for_each(|call| *call += before);
            plan
        }));
        all.suppressed.extend(report.suppressed.into_iter().map(|mut one| {
            one.finding = moved(one.finding);
            one
        }));
        all.notices.extend(report.notices);
        all.skipped.extend(report.skipped);
        all.endpoints = report.endpoints;
    }
    all.root = names.join(", ");
    all
}

/// A report whose paths begin with `folder`.
fn below(folder: &str, mut report: Report) -> Report {
    let path = |path: &mut String| *path = join(folder, path);
    let at = |at: &mut Location| path(&mut at.path);
    let finding = |finding: &mut Finding| {
        at(&mut finding.at);
        path(&mut finding.place);
        finding.related.iter_mut().for_each(|related| at(&mut related.at));
        finding.fix.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| at(&mut edit.at));
    };
    let call = |call: &mut Call| {
        at(&mut call.at);
        call.trace.iter_mut().for_each(|step| at(&mut step.at));
    };
    report.calls.iter_mut().for_each(call);
    report.findings.iter_mut().for_each(finding);
    for suppressed in &mut report.suppressed {
        finding(&mut suppressed.finding);
        suppressed.suppression.at.iter_mut().for_each(at);
    }
    report.plans.iter_mut().for_each(|plan| at(&mut plan.at));
    report.outside.places_mut().for_each(at);
    report.notices.iter_mut().for_each(|notice| path(&mut notice.path));
    report.skipped.iter_mut().for_each(|skipped| path(&mut skipped.path));
    report
}

fn endpoint_names(rules: &Rules) -> Vec<String> {
    rules.endpoints.iter().map(|endpoint| endpoint.name.clone()).collect()
}
