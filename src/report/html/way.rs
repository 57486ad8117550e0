//! A token's way from where it was obtained to the request, drawn step by step.
//!
//! The steps are an ordered list. Beside it a line runs through one lane for each file, and changes lanes where the way
//! goes on in another file.

use super::code;
use super::markup::Html;
use super::place;
use crate::check::model::Call;
use crate::report::excerpt::Sources;
use crate::report::text::plural;
use std::io;

/// More lanes than this leave no room for the code; what comes later shares the last one.
const MAX_LANES: usize = 6;
/// How wide a lane is, in pixels.
const LANE: usize = 16;
/// How far below the top of a step its dot lies, in pixels.
const DOT: usize = 15;

/// Write the way of `call`.
pub(super) fn write<'a>(call: &'a Call, sources: &mut Sources<'a>, open: bool, html: &mut Html<'_>) -> io::Result<()> {
    let steps = &call.trace;
    let mut files: Vec<&str> = Vec::new();
    for step in steps {
        if !files.contains(&step.at.path.as_str()) {
            files.push(&step.at.path);
        }
    }
    let lane = |path: &str| files.iter().position(|file| *file == path).unwrap_or_default().min(MAX_LANES - 1);
    let lanes = files.len().min(MAX_LANES);
    let size = format!(
        "The token's way: {} {} through {} {}",
        steps.len(),
        plural(steps.len(), "step", "steps"),
        files.len(),
        plural(files.len(), "file", "files")
    );
    let attributes: &[(&str, &str)] = if open { &[("class", "way"), ("open", "")] } else { &[("class", "way")] };
    html.element("details", attributes, |html| {
        html.words("summary", &[], &size)?;
        html.line()?;
        html.element("ol", &[], |html| {
            for (nth, step) in steps.iter().enumerate() {
                let own = lane(&step.at.path);
                let before = nth.checked_sub(1).map(|nth| lane(&steps[nth].at.path));
                let is_last = nth + 1 == steps.len();
                html.element("li", &[], |html| {
                    rail(before, own, is_last, lanes, html)?;
                    html.element("div", &[("class", "step")], |html| {
                        html.element("p", &[], |html| {
                            html.words("span", &[("class", "nth")], &format!("{}.", nth + 1))?;
                            html.text(" ")?;
                            html.marked("span", &[("class", "note")], &step.note)?;
                            html.text(" ")?;
                            html.path("span", &[("class", "place")], &place(&step.at))
                        })?;
                        // a way of one step is the call, whose code is shown above
                        if steps.len() == 1 && step.at == call.at {
                            Ok(())
                        } else {
                            code::write(sources, &step.at, html)
                        }
                    })
                })?;
                html.line()?;
            }
            Ok(())
        })
    })
}

/// The part of the line that belongs to one step: from the lane of the step before to the own one, and on.
fn rail(before: Option<usize>, own: usize, is_last: bool, lanes: usize, html: &mut Html<'_>) -> io::Result<()> {
    let center = |lane: usize| lane * LANE + LANE / 2;
    let width = (lanes * LANE).to_string();
    let attributes = [("class", "rail"), ("width", &*width), ("aria-hidden", "true"), ("focusable", "false")];
    html.element("svg", &attributes, |html| {
        let (x, y) = (center(own), DOT);
        if let Some(before) = before {
            let from = center(before);
            let curve = format!("M{from} 0C{from} {y} {x} 0 {x} {y}");
            html.element("path", &[("d", &curve)], |_| Ok(()))?;
        }
        let (x, y) = (x.to_string(), y.to_string());
        if !is_last {
            html.element("line", &[("x1", &x), ("y1", &y), ("x2", &x), ("y2", "100%")], |_| Ok(()))?;
        }
        let class = match before {
            None => "origin",
            Some(_) if is_last => "end",
            Some(_) => "between",
        };
        html.element("circle", &[("class", class), ("cx", &x), ("cy", &y), ("r", "5")], |_| Ok(()))
    })
}
