//! The calls: each with its code, what is to be done, and its token's way.

use super::code;
use super::markup::Html;
use super::{filters, pages, place, section, way};
use crate::check::model::{Call, Finding, Fix, Location, Report, Suppression};
use crate::report::excerpt::Sources;
use crate::rules::docs::About;
use std::io;

/// Up to so many calls, the ways of those that send an ID token are open.
const FEW: usize = 12;

/// A call with what is said about it.
pub(super) struct Card<'a> {
    pub(super) call: &'a Call,
    /// Index into [`Report::calls`].
    nth: usize,
    /// Its findings, and why some of them do not count.
    findings: Vec<(&'a Finding, Option<&'a Suppression>)>,
}

impl Card<'_> {
    /// The rules that say something about it, sorted.
    pub(super) fn rules(&self) -> Vec<&str> {
        let mut rules: Vec<&str> = self.findings.iter().map(|(finding, _)| finding.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let cards = cards(report);
    section("calls", "Calls to affected endpoints", html, |html| {
        if cards.is_empty() {
            return html.words("p", &[], "There is none.");
        }
        filters::write(report, &cards, html)?;
        let mut sources = Sources::new(report);
        for card in &cards {
            article(card, cards.len() <= FEW, &mut sources, html)?;
            html.line()?;
        }
        Ok(())
    })
}

/// By what a call is found on the page.
pub(super) fn anchor(nth: usize) -> String {
    format!("call-{}", nth + 1)
}

/// The place of a call, which leads to where it is shown.
pub(super) fn link(nth: usize, at: &Location, html: &mut Html<'_>) -> io::Result<()> {
    html.element("a", &[("href", &format!("#{}", anchor(nth)))], |html| {
        html.path("span", &[("class", "place")], &place(at))
    })
}

/// The worst first, in the order of their places.
fn cards(report: &Report) -> Vec<Card<'_>> {
    let mut cards: Vec<Card<'_>> =
        report.calls.iter().enumerate().map(|(nth, call)| Card { call, nth, findings: Vec::new() }).collect();
    let counting = report.findings.iter().map(|finding| (finding, None));
    let others = report.suppressed.iter().map(|suppressed| (&suppressed.finding, Some(&suppressed.suppression)));
    for (finding, suppression) in counting.chain(others) {
        if let Some(card) = finding.call.and_then(|nth| cards.get_mut(nth)) {
            card.findings.push((finding, suppression));
        }
    }
    cards.sort_by_key(|card| card.call.verdict);
    cards
}

fn article<'a>(card: &Card<'a>, few: bool, sources: &mut Sources<'a>, html: &mut Html<'_>) -> io::Result<()> {
    let call = card.call;
    let id = anchor(card.nth);
    let heading = format!("{id}-heading");
    let rules = card.rules().join(" ");
    let verdict = call.verdict.as_str();
    let attributes = [
        ("class", "call"),
        ("id", &*id),
        ("aria-labelledby", &*heading),
        ("data-verdict", verdict),
        ("data-endpoint", &*call.endpoint),
        ("data-path", &*call.at.path),
        ("data-rules", &*rules),
    ];
    html.element("article", &attributes, |html| {
        html.line()?;
        html.element("h3", &[("id", &heading)], |html| {
            html.words("span", &[("class", verdict)], verdict)?;
            html.text(" ")?;
            pages::link(About::Endpoint, &call.endpoint, html, |html| html.path("code", &[], &call.endpoint))
        })?;
        html.line()?;
        html.path("p", &[("class", "place")], &place(&call.at))?;
        for (finding, suppression) in &card.findings {
            said(finding, *suppression, sources, html)?;
        }
        code::write(sources, &call.at, html)?;
        facts(call, html)?;
        if !call.trace.is_empty() {
            way::write(call, sources, few && verdict_is_worst(call), html)?;
        }
        Ok(())
    })
}

fn verdict_is_worst(call: &Call) -> bool {
    call.verdict == crate::check::model::Verdict::IdToken
}

/// One finding: what is wrong, and what to do or why nothing has to be done.
pub(super) fn said<'a>(
    finding: &'a Finding,
    suppression: Option<&Suppression>,
    sources: &mut Sources<'a>,
    html: &mut Html<'_>,
) -> io::Result<()> {
    html.line()?;
    html.element("div", &[("class", "finding")], |html| {
        html.element("p", &[], |html| {
            let target = format!("#{}", pages::rule_anchor(&finding.rule));
            html.words("span", &[("class", finding.severity.as_str())], finding.severity.as_str())?;
            html.text(" ")?;
            html.words("a", &[("href", &target)], &finding.rule)?;
            html.text(": ")?;
            html.marked("span", &[], &finding.message)
        })?;
        if let Some(suppression) = suppression {
            let why = format!("Does not count ({}): {}", suppression.by.as_str(), suppression.reason);
            return html.words("p", &[("class", "suppression")], &why);
        }
        if !finding.help.is_empty() {
            html.marked("p", &[("class", "help")], &finding.help)?;
        }
        for related in &finding.related {
            html.element("p", &[("class", "related")], |html| {
                html.text(&related.note)?;
                html.text(": ")?;
                html.path("span", &[("class", "place")], &place(&related.at))
            })?;
            code::write(sources, &related.at, html)?;
        }
        match (&finding.fix, &finding.no_fix) {
            (Some(fix), _) => edits(fix, html),
            (None, Some(why)) => html.marked("p", &[("class", "no-edit")], &format!("No edit is certain: {why}")),
            (None, None) => Ok(()),
        }
    })
}

/// The edits that a fix would make, place by place.
fn edits(fix: &Fix, html: &mut Html<'_>) -> io::Result<()> {
    html.words("p", &[], &format!("An edit that does it ({}): {}", fix.applicability.as_str(), fix.description))?;
    html.element("ul", &[("class", "edits")], |html| {
        for edit in &fix.edits {
            html.element("li", &[], |html| {
                html.path("span", &[("class", "place")], &place(&edit.at))?;
                html.text(if edit.at.span.range().is_empty() { ": insert " } else { ": write " })?;
                html.words("code", &[], edit.replacement.trim())
            })?;
        }
        Ok(())
    })
}

/// What is known of the call beside its verdict.
fn facts(call: &Call, html: &mut Html<'_>) -> io::Result<()> {
    html.element("dl", &[], |html| {
        if let Some(reason) = &call.reason {
            html.element("div", &[], |html| {
                html.words("dt", &[], "Unknown because")?;
                html.element("dd", &[], |html| {
                    pages::link(About::Reason, reason.id, html, |html| html.words("code", &[], reason.id))?;
                    html.marked("span", &[], &format!(": {}", reason.text))
                })
            })?;
        }
        let mut fact = |name: &str, text: &str| {
            html.element("div", &[], |html| {
                html.words("dt", &[], name)?;
                html.marked("dd", &[], text)
            })
        };
        fact("Sent with", &call.client)?;
        fact("Whose user", call.subject.as_str())?;
        fact("Confidence", call.confidence.as_str())?;
        if !call.suggested_scopes.is_empty() {
            fact("Scope to ask for", &call.suggested_scopes.join(" or "))?;
        }
        if let Some(because) = &call.scope_reason {
            fact("Because", because)?;
        }
        if let Some(runs) = &call.runs {
            fact("Runs on the", &format!("{}: {}", runs.side.as_str(), runs.why))?;
        }
        if let Some(because) = &call.accepted {
            fact("Accepted", because)?;
        }
        for note in &call.notes {
            fact("Note", note)?;
        }
        Ok(())
    })
}
