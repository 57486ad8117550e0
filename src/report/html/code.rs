//! Lines of source on the page, with what they are about marked.

use super::markup::Html;
use crate::check::model::Location;
use crate::report::excerpt::{Label, Room, Sources};
use std::io;

/// A page can be scrolled: a request is shown with its options, of which one is the header that it is about.
const ROOM: Room = Room { width: 160, lines: 30 };

/// Write the lines around `at`, if the text of its file is known and still has this region.
pub(super) fn write<'a>(sources: &mut Sources<'a>, at: &'a Location, html: &mut Html<'_>) -> io::Result<()> {
    let Some(source) = sources.of(at) else { return Ok(()) };
    let label = Label { span: at.span, text: String::new(), primary: true };
    let excerpt = source.excerpt(vec![label], ROOM);
    let marked = excerpt.labels.first().map(|label| label.range.clone()).unwrap_or_default();
    html.element("pre", &[], |html| {
        html.element("code", &[], |html| {
            for (nth, (start, line)) in excerpt.rows.iter().enumerate() {
                let end = excerpt.rows.get(nth + 1).map_or(excerpt.text.len(), |(next, _)| *next);
                // without the line feed
                let row = *start..end - 1;
                // white space in front of a marked line is not what is meant
                let text = &excerpt.text[row.clone()];
                let indent = text.len() - text.trim_start().len();
                let from = marked.start.max(row.start + indent).min(row.end);
                let to = marked.end.clamp(from, row.end);
                let number = (line + 1).to_string();
                html.element("span", &[("class", "row"), ("data-line", &number)], |html| {
                    html.shown(&excerpt.text[row.start..from])?;
                    if from < to {
                        html.element("mark", &[], |html| html.shown(&excerpt.text[from..to]))?;
                    }
                    html.shown(&excerpt.text[to..row.end])?;
                    html.line()
                })?;
            }
            Ok(())
        })
    })
}
