//! What is not a call: findings elsewhere, what does not count, what to tidy up, and what was not looked at.

use super::code;
use super::markup::Html;
use super::{calls, place, section};
use crate::check::model::{Finding, Report, Suppressed};
use crate::report::excerpt::Sources;
use std::io;

/// Findings that belong to no call: a login, a setting, a recorded call.
pub(super) fn write_other_findings(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let others: Vec<&Finding> = report.findings.iter().filter(|finding| finding.call.is_none()).collect();
    if others.is_empty() {
        return Ok(());
    }
    section("findings", "Findings elsewhere", html, |html| {
        let mut sources = Sources::new(report);
        for finding in others {
            html.element("article", &[("class", "call")], |html| {
                html.path("h3", &[("class", "place")], &place(&finding.at))?;
                code::write(&mut sources, &finding.at, html)?;
                calls::said(finding, None, &mut sources, html)
            })?;
            html.line()?;
        }
        Ok(())
    })
}

/// Findings that do not count and belong to no call; the others stand with their calls.
pub(super) fn write_suppressed(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let others: Vec<&Suppressed> = report.suppressed.iter().filter(|it| it.finding.call.is_none()).collect();
    if others.is_empty() {
        return Ok(());
    }
    section("suppressed", "Findings that do not count", html, |html| {
        let mut sources = Sources::new(report);
        html.element("ul", &[], |html| {
            for Suppressed { finding, suppression } in others {
                html.element("li", &[], |html| {
                    html.path("span", &[("class", "place")], &place(&finding.at))?;
                    calls::said(finding, Some(suppression), &mut sources, html)
                })?;
            }
            Ok(())
        })
    })
}

pub(super) fn write_notices(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    if report.notices.is_empty() {
        return Ok(());
    }
    section("notices", "To tidy up", html, |html| {
        html.element("ul", &[], |html| {
            for notice in &report.notices {
                html.element("li", &[], |html| {
                    html.path("span", &[("class", "place")], &format!("{}:{}", notice.path, notice.line))?;
                    html.text(&format!(": {} [{}]", notice.message, notice.id))
                })?;
            }
            Ok(())
        })
    })
}

pub(super) fn write_skipped(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    if report.skipped.is_empty() {
        return Ok(());
    }
    section("skipped", "Not analysed", html, |html| {
        html.element("ul", &[], |html| {
            for skipped in &report.skipped {
                html.element("li", &[], |html| {
                    html.path("span", &[("class", "place")], &skipped.path)?;
                    html.text(&format!(": {}", skipped.reason))
                })?;
            }
            Ok(())
        })
    })
}
