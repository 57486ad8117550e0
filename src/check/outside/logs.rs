//! What a tenant's log says about deprecated requests, counted by client and endpoint.

use super::address;
use super::model::Deprecation;
use super::{File, Refusal};
use crate::check::model::{Call, Verdict};
use crate::lower::Refused;
use crate::lower::traffic::logs::{self, Entry};
use crate::rules::Rules;
use std::collections::BTreeMap;

/// The deprecations of a log, and the first line that could not be read.
pub(super) fn of_file(file: &File, rules: &Rules) -> Result<(Vec<Deprecation>, Option<Refusal>), Refusal> {
    let known = &rules.outside.recorded.log;
    let log = logs::parse(&file.text, &known.kind)?;
    let mut by_client: BTreeMap<(usize, Option<&str>, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in &log.entries {
        if let Some(endpoint) = address::of_path(rules, &entry.method, &entry.path) {
            by_client.entry((endpoint, entry.client.as_deref(), &entry.feature)).or_default().push(entry);
        }
    }
    let deprecations = by_client.into_iter().filter_map(|((endpoint, client, feature), entries)| {
        let first = entries.iter().min_by_key(|entry| entry.span.start)?;
        let dates = entries.iter().filter_map(|entry| entry.date.as_deref());
        let lower = feature.to_lowercase();
        Some(Deprecation {
            at: file.at(first.span),
            endpoint: rules.endpoints[endpoint].name.clone(),
            client_id: client.map(str::to_owned),
            client_name: entries.iter().find_map(|entry| entry.client_name.clone()),
            count: entries.len(),
            feature: feature.to_owned(),
            about_id_tokens: known.words.iter().any(|word| lower.contains(word)),
            dates: dates.clone().min().zip(dates.max()).map(|(first, last)| (first.to_owned(), last.to_owned())),
            calls: Vec::new(),
        })
    });
    let deprecations = deprecations.collect();
    let broken = log.broken.map(|line| {
        let reason = "an entry of the log does not parse; the others were read".to_owned();
        Refusal::from(Refused { line: Some(line), reason })
    });
    Ok((deprecations, broken))
}

/// Say which calls may be meant.
pub(super) fn match_calls(deprecations: &mut [Deprecation], calls: &[&Call]) {
    for deprecation in deprecations {
        let may = |call: &Call| call.endpoint == deprecation.endpoint && call.verdict != Verdict::AccessToken;
        deprecation.calls = (0..calls.len()).filter(|nth| may(calls[*nth])).collect();
    }
}
