//! What is left to do, and what files that are no code tell of it.

use super::calls::link;
use super::markup::Html;
use super::{place, section, standing};
use crate::check::model::{Location, Report};
use crate::check::readiness::left_to_do;
use crate::report::told::told;
use std::collections::BTreeMap;
use std::io;

/// The shortest list, in the order in which to do it.
pub(super) fn write(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let tasks = left_to_do(report);
    if tasks.is_empty() {
        return Ok(());
    }
    section("left", "Left to do", html, |html| {
        html.element("ol", &[], |html| {
            for task in &tasks {
                html.line()?;
                html.element("li", &[], |html| {
                    html.marked("span", &[], &task.text)?;
                    // of several calls at one place the first
                    let mut calls: BTreeMap<&Location, usize> = BTreeMap::new();
                    for (nth, call) in task.calls.iter().filter_map(|nth| Some((*nth, report.calls.get(*nth)?))) {
                        calls.entry(&call.at).or_insert(nth);
                    }
                    html.element("ul", &[("class", "places")], |html| {
                        for at in &task.places {
                            html.element("li", &[], |html| match calls.get(at) {
                                Some(nth) => link(*nth, at, html),
                                None => html.path("span", &[("class", "place")], &place(at)),
                            })?;
                        }
                        Ok(())
                    })
                })?;
            }
            Ok(())
        })
    })
}

/// The toggle in settings, recorded requests, notices of a log.
pub(super) fn write_told(report: &Report, html: &mut Html<'_>) -> io::Result<()> {
    let kinds = told(report);
    if kinds.is_empty() {
        return Ok(());
    }
    section("told", "Beside the code", html, |html| {
        for kind in kinds {
            html.element("table", &[("class", "told")], |html| {
                html.words("caption", &[], kind.heading)?;
                html.element("tbody", &[], |html| {
                    for row in &kind.rows {
                        html.line()?;
                        html.element("tr", &[], |html| {
                            html.element("th", &[("scope", "row")], |html| {
                                html.path("span", &[("class", "place")], &place(row.at))
                            })?;
                            html.words("td", &[("class", standing(row.style))], &row.state)?;
                            html.words("td", &[], &row.rest)
                        })?;
                    }
                    Ok(())
                })
            })?;
        }
        Ok(())
    })
}
