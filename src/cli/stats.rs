//! `--stats`: what a run looked at, in numbers.

use super::output;
use idtoken_lint::check::model::{Call, Report, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

/// A time as a whole, and the times of its parts.
type Times = (Duration, Vec<(&'static str, Duration)>);

/// Say on standard error what `report` is made of, and how long it took.
pub(super) fn write(report: &Report, (whole, parts): &Times) {
    let files = &report.files;
    output::remark(&format!(
        "files: {} seen, {} parsed, {} skipped, {} excluded",
        files.seen, files.parsed, files.skipped, files.excluded
    ));
    let verdicts = [Verdict::IdToken, Verdict::Unknown, Verdict::AccessToken];
    let verdicts: Vec<String> =
        verdicts.iter().map(|verdict| format!("{} {}", report.count(*verdict), verdict.as_str())).collect();
    output::remark(&format!("calls: {}", verdicts.join(", ")));
    for (title, of) in [("clients", client as fn(&Call) -> Option<&str>), ("unknown because of", reason)] {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for name in report.calls.iter().filter_map(of) {
            *counts.entry(name).or_default() += 1;
        }
        let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let counts: Vec<String> = counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        if !counts.is_empty() {
            output::remark(&format!("{title}: {}", counts.join(", ")));
        }
    }
    let parts: Vec<String> = parts.iter().map(|(name, time)| format!("{name} {:.2}", time.as_secs_f64())).collect();
    output::remark(&format!("time: {:.2} s ({})", whole.as_secs_f64(), parts.join(", ")));
}

fn client(call: &Call) -> Option<&str> {
    Some(&call.client)
}

fn reason(call: &Call) -> Option<&str> {
    call.reason.as_ref().map(|reason| reason.id)
}
