//! The HTML report, for people: one file that needs no network, no server and no script to be read.
//!
//! What is in the way of the eye can be filtered away where scripts may run; without them everything is shown. Style and
//! script are the program's own and named by their hashes in the page's content security policy: nothing else runs,
//! whatever is in the sources. Nothing is said by colour alone, and the reading order is the order of the file.

mod calls;
mod chart;
mod code;
mod filters;
mod left;
mod lists;
mod markup;
mod pages;
mod plan;
mod way;

use super::text::audit;
use super::text::paint::Style;
use super::text::summary;
use crate::check::model::Report;
use markup::Html;
use std::io;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Only the page's own style and script count, each by its hash, which a test compares with the files.
const POLICY: &str = "default-src 'none'; \
                      style-src 'sha256-mN6iLESeU0hW8RV04SaarDGADmUZsAAODiRxoG1t4J4='; \
                      script-src 'sha256-E3ksKpMperfE4fBNv9MvVvCOrCE94HsGcPcxxBT3tFQ='; \
                      base-uri 'none'; form-action 'none'";

/// Write `report` as a page.
pub fn write(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let html = &mut Html::new(out);
    html.own("<!DOCTYPE html>\n")?;
    html.element("html", &[("lang", "en")], |html| {
        html.line()?;
        head(html)?;
        html.line()?;
        html.element("body", &[], |html| body(report, html))
    })?;
    html.line()
}

fn head(html: &mut Html<'_>) -> io::Result<()> {
    html.element("head", &[], |html| {
        html.line()?;
        html.void("meta", &[("charset", "utf-8")])?;
        html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)])?;
        html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")])?;
        html.void("meta", &[("name", "color-scheme"), ("content", "light dark")])?;
        html.void("meta", &[("name", "referrer"), ("content", "no-referrer")])?;
        html.void("meta", &[("name", "robots"), ("content", "noindex")])?;
        html.words("title", &[], "ID tokens at the Management API")?;
        html.line()?;
        html.element("style", &[], |html| html.own(STYLE))?;
        html.line()
    })
}

fn body(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    html.line()?;
    if !report.calls.is_empty() {
        html.words("a", &[("class", "skip"), ("href", "#calls")], "Skip to the calls")?;
    }
    html.element("header", &[], |html| {
        html.words("h1", &[], "ID tokens at the Management API")?;
        let (style, answer) = audit::answer(report);
        html.words("p", &[("class", standing(style)), ("id", "answer")], &answer)?;
        let (outcome, files) = summary::sentence(report);
        html.element("p", &[("class", "summary")], |html| {
            html.words("span", &[], &outcome)?;
            if !files.is_empty() {
                html.text(" · ")?;
                html.words("span", &[], &files)?;
            }
            // the working directory is no news
            if report.root != "." && !report.root.is_empty() {
                html.text(" · ")?;
                html.words("span", &[], &format!("project {}", report.root))?;
            }
            Ok(())
        })
    })?;
    html.line()?;
    html.element("main", &[], |html| {
        left::write(report, html)?;
        chart::write(report, html)?;
        plan::write(report, html)?;
        left::write_told(report, html)?;
        lists::write_other_findings(report, html)?;
        calls::write(report, html)?;
        lists::write_suppressed(report, html)?;
        lists::write_notices(report, html)?;
        lists::write_skipped(report, html)?;
        pages::write(report, html)
    })?;
    html.line()?;
    html.element("footer", &[], |html| {
        html.words("p", &[], concat!("Written by ", env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), "."))
    })?;
    html.line()?;
    html.element("script", &[], |html| html.own(SCRIPT))?;
    html.line()
}

fn standing(style: Style) -> &'static str {
    match style {
        Style::Good => "good",
        Style::Bad => "bad",
        Style::Doubtful | Style::Heading | Style::Dim => "doubtful",
    }
}

/// A section of the page with its heading.
fn section(
    id: &'static str,
    heading: &str,
    html: &mut Html<'_>,
    inside: impl FnOnce(&mut Html<'_>) -> io::Result<()>,
) -> io::Result<()> {
    let label = format!("{id}-heading");
    html.element("section", &[("id", id), ("aria-labelledby", &label)], |html| {
        html.line()?;
        html.words("h2", &[("id", &label)], heading)?;
        html.line()?;
        inside(html)
    })?;
    html.line()
}

/// `path:line:column`, as one goes there in an editor.
fn place(at: &crate::check::model::Location) -> String {
    format!("{}:{}:{}", at.path, at.start.line, at.start.column)
}
