//! The pages about what the report speaks of: its rules, the endpoints called, the reasons why calls are unknown.
//!
//! What stands elsewhere on the page under one of these names leads here. The pages are the program's own, in Markdown;
//! they are written as any other text is, so that nothing in them can become markup.

use super::markup::{Attributes, Html};
use super::section;
use crate::check::model::Report;
use crate::rules::docs::{self, About, Doc};
use pulldown_cmark::{Event, Options, Parser, Tag};
use std::collections::BTreeSet;
use std::io;

/// By what the page of a rule is found, whether it has one or not.
pub(super) fn rule_anchor(id: &str) -> String {
    format!("rule-{id}")
}

/// The name of an endpoint or a reason, which leads to its page if it has one.
pub(super) fn link(
    about: About,
    name: &str,
    html: &mut Html<'_>,
    inside: impl FnOnce(&mut Html<'_>) -> io::Result<()>,
) -> io::Result<()> {
    match of(about, name) {
        Some(doc) => html.element("a", &[("href", &format!("#{}", anchor(doc)))], inside),
        None => inside(html),
    }
}

fn of(about: About, name: &str) -> Option<&'static Doc> {
    docs::find(name).filter(|doc| doc.about == about)
}

fn anchor(doc: &Doc) -> String {
    match doc.about {
        About::Rule => rule_anchor(doc.id),
        About::Endpoint => format!("endpoint-{}", doc.id),
        About::Reason => format!("reason-{}", doc.id),
        About::Symptom => format!("symptom-{}", doc.id),
    }
}

/// What each of them means: in short, and the whole page behind it.
pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let all = report.findings.iter().chain(report.suppressed.iter().map(|it| &it.finding));
    let rules: BTreeSet<&str> = all.map(|finding| finding.rule.as_str()).collect();
    let reasons: BTreeSet<&str> = report.calls.iter().filter_map(|call| Some(call.reason.as_ref()?.id)).collect();
    let is_called = |endpoint: &&String| report.calls.iter().any(|call| call.endpoint == **endpoint);
    let endpoints = report.endpoints.iter().filter(is_called).map(String::as_str);
    kind(About::Rule, "rules", "The rules", rules.into_iter().collect(), html)?;
    kind(About::Endpoint, "endpoint-pages", "The endpoints", endpoints.collect(), html)?;
    kind(About::Reason, "reasons", "Why calls are unknown", reasons.into_iter().collect(), html)
}

fn kind(about: About, id: &'static str, heading: &str, names: Vec<&str>, html: &mut Html<'_>) -> io::Result<()> {
    // rules of a team's own have no page, but a finding leads to where it would be
    let names: Vec<&str> = names.into_iter().filter(|name| about == About::Rule || of(about, name).is_some()).collect();
    if names.is_empty() {
        return Ok(());
    }
    section(id, heading, html, |html| {
        for name in names {
            match of(about, name) {
                Some(doc) => entry(doc, name, html)?,
                None => html.words("h3", &[("id", &rule_anchor(name))], name)?,
            }
            html.line()?;
        }
        Ok(())
    })
}

fn entry(doc: &Doc, name: &str, html: &mut Html<'_>) -> io::Result<()> {
    html.element("h3", &[("id", &anchor(doc))], |html| html.path("code", &[], name))?;
    html.marked("p", &[], &doc.summary().replace('*', ""))?;
    if doc.rest().is_empty() {
        return Ok(());
    }
    html.element("details", &[("class", "page")], |html| {
        html.element("summary", &[], |html| {
            html.text("More about ")?;
            html.path("code", &[], name)
        })?;
        html.line()?;
        inside(&mut Parser::new_ext(doc.rest(), Options::ENABLE_TABLES), false, html)
    })
}

/// What stands up to the end of the element that is open.
fn inside(events: &mut Parser<'_>, in_head: bool, html: &mut Html<'_>) -> io::Result<()> {
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::TableHead) => {
                html.element("thead", &[], |html| html.element("tr", &[], |html| inside(events, true, html)))?;
            }
            Event::Start(tag) => match element(&tag, in_head) {
                Some((name, attributes)) => html.element(name, attributes, |html| inside(events, in_head, html))?,
                None => inside(events, in_head, html)?,
            },
            Event::End(_) => return Ok(()),
            Event::Text(text) => html.text(&text)?,
            Event::Code(code) => html.words("code", &[], &code)?,
            Event::SoftBreak | Event::HardBreak => html.text(" ")?,
            // the pages have no markup of their own
            _ => {}
        }
    }
    Ok(())
}

/// How a part of a page is written; what has no element of its own is its text alone.
fn element(tag: &Tag<'_>, in_head: bool) -> Option<(&'static str, Attributes<'static>)> {
    Some(match tag {
        Tag::Paragraph => ("p", &[]),
        // below the heading that names the page
        Tag::Heading { .. } => ("h4", &[]),
        Tag::List(None) => ("ul", &[]),
        Tag::List(Some(_)) => ("ol", &[]),
        Tag::Item => ("li", &[]),
        Tag::CodeBlock(_) => ("pre", &[]),
        Tag::Table(_) => ("table", &[]),
        Tag::TableRow => ("tr", &[]),
        Tag::TableCell if in_head => ("th", &[("scope", "col")]),
        Tag::TableCell => ("td", &[]),
        Tag::Emphasis => ("em", &[]),
        Tag::Strong => ("strong", &[]),
        _ => return None,
    })
}
