//! A report between runs of the same build: no format that anybody else reads.
//!
//! Everything of it comes back but the texts of the sources, of which only the paths are kept. A report that holds a secret
//! is not kept at all: what is redacted wherever it is shown must not lie in a folder for caches either.

use super::read::NOTICES;
use super::redact::redact;
use crate::check::REASONS;
use crate::check::model::{
    Applicability, Call, Confidence, Edit, FileCounts, Finding, Fix, Location, Notice, Plan, PlanOption, Reason,
    Related, Report, Runs, Severity, Skipped, Subject, Suppressed, SuppressedBy, Suppression, TraceStep, Verdict,
};
use crate::check::outside::model::{Deprecation, Note, Outside, Recorded, Toggle, ToggleState};
use crate::rules::Side;
use crate::text::keep::{Packed, packed_members};
use crate::text::{LineCol, Span};
use std::borrow::Cow;
use std::sync::Arc;

/// The bytes of a report; `None` where it must not be kept.
pub fn pack(report: &Report) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    report.pack(&mut bytes);
    let holds_secret = matches!(redact(&String::from_utf8_lossy(&bytes)), Cow::Owned(_));
    // a part of a run is one of many, and done once
    (report.shard.is_none() && !holds_secret).then_some(bytes)
}

/// The report, with the texts that `read` finds at the paths of its sources; `None` where one cannot be read.
pub fn unpack(bytes: &[u8], read: impl Fn(&str) -> Option<Arc<str>>) -> Option<Report> {
    let mut report = Report::unpack(&mut &*bytes)?;
    for (path, text) in &mut report.sources {
        *text = read(path)?;
    }
    Some(report)
}

/// One of several, by its place among them.
macro_rules! one_of {
    ($($of:ident { $($one:ident),* })*) => {$(
        impl Packed for $of {
            fn pack(&self, into: &mut Vec<u8>) {
                (*self as u8).pack(into);
            }
            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let nth = u8::unpack(from)?;
                [$($of::$one),*].into_iter().find(|one| *one as u8 == nth)
            }
        }
    )*};
}

one_of! {
    Applicability { Safe, Unsafe }
    Confidence { Low, Medium, High }
    Severity { Error, Warning }
    Side { Client, Server }
    Subject { CurrentUser, AnyUser, Unclear }
    SuppressedBy { Comment, Configuration, Baseline }
    ToggleState { On, Off, Undecided }
    Verdict { IdToken, Unknown, AccessToken }
}

packed_members! {
    Call {
        at, endpoint, client, verdict, confidence, reason, subject, current_user_scopes, any_user_scopes,
        suggested_scopes, scope_reason, trace, runs, notes, accepted
    }
    Deprecation { at, endpoint, client_id, client_name, count, feature, about_id_tokens, dates, calls }
    Edit { at, replacement }
    FileCounts { seen, parsed, skipped, excluded }
    Finding { rule, severity, message, help, at, fingerprint, content, place, call, related, fix, no_fix }
    Fix { description, edits, applicability }
    LineCol { line, column }
    Location { path, start, end, span }
    Note { text, finding }
    Outside { files, toggles, recorded, deprecations }
    Plan { at, sdk, audience, scopes, options, calls, confidence }
    PlanOption { name, value }
    Recorded { at, endpoint, verdict, why, audiences, notes }
    Related { at, note }
    Runs { side, why }
    Skipped { path, reason }
    Span { start, end }
    Suppressed { finding, suppression }
    Suppression { by, reason, at }
    Toggle { at, state }
    TraceStep { at, note }
}

/// The one of `known` that a text is.
fn known(text: &str, known: &[&'static str]) -> Option<&'static str> {
    known.iter().copied().find(|known| *known == text)
}

impl Packed for Reason {
    fn pack(&self, into: &mut Vec<u8>) {
        let Reason { id, text } = self;
        (*id).to_owned().pack(into);
        text.pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        Some(Reason { id: known(&String::unpack(from)?, REASONS)?, text: Packed::unpack(from)? })
    }
}

impl Packed for Notice {
    fn pack(&self, into: &mut Vec<u8>) {
        let Notice { path, line, id, message } = self;
        path.pack(into);
        line.pack(into);
        (*id).to_owned().pack(into);
        message.pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let (path, line) = (Packed::unpack(from)?, Packed::unpack(from)?);
        Some(Notice { path, line, id: known(&String::unpack(from)?, NOTICES)?, message: Packed::unpack(from)? })
    }
}

impl Packed for Report {
    fn pack(&self, into: &mut Vec<u8>) {
        let Report {
            root,
            paths,
            base,
            files,
            calls,
            findings,
            plans,
            outside,
            suppressed,
            notices,
            skipped,
            endpoints,
            sources,
            shard: _,
        } = self;
        [root, base].iter().for_each(|text| text.pack(into));
        [paths, endpoints].iter().for_each(|texts| texts.pack(into));
        files.pack(into);
        calls.pack(into);
        findings.pack(into);
        plans.pack(into);
        outside.pack(into);
        suppressed.pack(into);
        notices.pack(into);
        skipped.pack(into);
        sources.keys().cloned().collect::<Vec<String>>().pack(into);
    }
    fn unpack(from: &mut &[u8]) -> Option<Self> {
        let (root, base) = (Packed::unpack(from)?, Packed::unpack(from)?);
        let (paths, endpoints) = (Packed::unpack(from)?, Packed::unpack(from)?);
        Some(Report {
            root,
            paths,
            base,
            endpoints,
            files: Packed::unpack(from)?,
            calls: Packed::unpack(from)?,
            findings: Packed::unpack(from)?,
            plans: Packed::unpack(from)?,
            outside: Packed::unpack(from)?,
            suppressed: Packed::unpack(from)?,
            notices: Packed::unpack(from)?,
            skipped: Packed::unpack(from)?,
            sources: Vec::unpack(from)?.into_iter().map(|path: String| (path, Arc::from(""))).collect(),
            shard: None,
        })
    }
}
