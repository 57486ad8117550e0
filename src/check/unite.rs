//! From records to calls: one for each place, whoever found it, and whichever part of a run.
//!
//! A run may be done in parts, each on some of the requests. What one part cannot know of the others' is written down
//! beside its report, so that all parts together say what one run would have said.

use super::model::Call;
use super::verdict;
use crate::text::paths::is_test;
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::hash::Hash;

/// Which part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Part {
    /// From 1 on.
    pub index: u32,
    /// Of how many.
    pub count: u32,
}

impl Part {
    /// `2/4`; `None` where that names no part.
    pub fn parse(text: &str) -> Option<Part> {
        let (index, count) = text.split_once('/')?;
        let part = Part { index: index.trim().parse().ok()?, count: count.trim().parse().ok()? };
        (1..=part.count).contains(&part.index).then_some(part)
    }

    /// Whether the `nth` piece of work is this part's.
    pub(super) fn has(self, nth: usize) -> bool {
        nth as u64 % u64::from(self.count) == u64::from(self.index) - 1
    }
}

/// What a part of a run knows that the others need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part.
    pub part: Part,
    /// The same for all parts of a run over one project, and for no other project.
    pub project: String,
    /// The requests that were seen going out, sorted.
    pub sent: Vec<String>,
    /// For each call of the report, where it comes from.
    pub calls: Vec<Origin>,
    /// For each fingerprint what it is made of but for the number, and what the number counts.
    pub keys: BTreeMap<String, [String; 2]>,
}

/// Where a call comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whether the request was seen going out.
    pub sent: bool,
    /// The request.
    pub request: String,
}

/// A call that was found, and what tells which of several at one place counts.
pub(super) struct Found<R> {
    pub(super) call: Call,
    /// The endpoint's place in the migration table.
    pub(super) endpoint: usize,
    pub(super) sent: bool,
    /// The request, in whichever way it is named.
    pub(super) request: R,
    /// Where its token came into being.
    pub(super) token: super::origin::Origin,
    /// The key of its body that takes a token for any user.
    pub(super) needs_key: Option<String>,
}

/// What was only built, without the requests that were seen going out elsewhere.
pub(super) fn without_sent<R: Eq + Hash>(found: Vec<Found<R>>, sent: &FxHashSet<R>) -> Vec<Found<R>> {
    found.into_iter().filter(|one| one.sent || !sent.contains(&one.request)).collect()
}

/// Sort by place.
pub(super) fn sort<R>(found: &mut [Found<R>]) {
    // what was seen going out counts more than what was only built, then the worst verdict
    found.sort_by(|left, right| {
        (&left.call.at, left.endpoint)
            .cmp(&(&right.call.at, right.endpoint))
            .then(right.sent.cmp(&left.sent))
            .then(is_made_up(&left.call).cmp(&is_made_up(&right.call)))
            .then(left.call.verdict.cmp(&right.call.verdict))
            .then(right.call.confidence.cmp(&left.call.confidence))
            .then(left.call.trace.len().cmp(&right.call.trace.len()))
            .then_with(|| told(&left.call).cmp(&told(&right.call)))
    });
}

/// Whether a call's token is a text that a test has written for it: where other code hands in something else, that counts.
fn is_made_up(call: &Call) -> bool {
    let is_literal = call.reason.as_ref().is_some_and(|reason| reason.id == verdict::LITERAL_TOKEN);
    is_literal && call.trace.first().is_some_and(|step| is_test(&step.at.path)) && !is_test(&call.at.path)
}

/// A trace without the bytes of its places, which a report does not have.
fn told(call: &Call) -> String {
    let steps: Vec<_> = call.trace.iter().map(|step| (&step.at.path, step.at.start, step.at.end, &step.note)).collect();
    format!("{steps:?}")
}

/// One place, one record: of those that are sorted, the first counts.
pub(super) fn dedup<R>(found: &mut Vec<Found<R>>) {
    found.dedup_by(|later, kept| {
        let (at, of) = (&later.call.at, &kept.call.at);
        let same = at.path == of.path && at.start == of.start && later.endpoint == kept.endpoint;
        if same {
            super::advice::join_subjects(&mut kept.call, &later.call);
            if later.call.verdict == super::model::Verdict::IdToken {
                let mut token = std::mem::take(&mut later.token);
                let mut others = std::mem::take(&mut token.others);
                kept.token.others.push(token);
                kept.token.others.append(&mut others);
            }
        }
        same
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_and_share_the_work() {
        let part = |text| Part::parse(text);
        assert_eq!(part("2/4"), Some(Part { index: 2, count: 4 }));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0", "-1/2", ""] {
            assert_eq!(part(wrong), None, "{wrong}");
        }
        for nth in 0..20 {
            let of = (1..=3).filter(|index| Part { index: *index, count: 3 }.has(nth)).count();
            assert_eq!(of, 1);
        }
    }
}
