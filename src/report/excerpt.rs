//! The lines of a file that a finding shows, cleaned, cropped and ready to be drawn.
//!
//! An excerpt is a small text of its own: only the lines around its labels, without secrets and control characters,
//! long lines cut to a window. It remembers which line each row was, so that the numbers shown are those of the file.
//! Nothing is searched twice: lines and secrets are indexed once per file.

use super::text::wrap;
use crate::check::model::{Location, Report};
use crate::report::redact::{self, Secret, Shown};
use crate::text::{LineIndex, Span};
use std::collections::BTreeMap;
use std::ops::Range;

/// How much of the file an excerpt may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Room {
    /// Longer lines are cut to a window, in code points.
    pub(in crate::report) width: usize,
    /// A call with more lines than this is labelled on its first line only.
    pub(in crate::report) lines: u32,
}

impl Room {
    /// At a terminal, where several excerpts of one finding should be seen at once.
    pub(in crate::report) fn terminal(width: usize) -> Room {
        Room { width, lines: 8 }
    }
}

/// A file that findings point into, indexed once.
#[derive(Debug)]
pub(in crate::report) struct Source<'a> {
    name: String,
    text: &'a str,
    lines: LineIndex,
    secrets: Vec<Secret>,
}

/// The files of a report, each indexed when it is first shown.
pub(in crate::report) struct Sources<'a> {
    report: &'a Report,
    indexed: BTreeMap<&'a str, Option<Source<'a>>>,
}

impl<'a> Sources<'a> {
    pub(in crate::report) fn new(report: &'a Report) -> Self {
        Sources { report, indexed: BTreeMap::new() }
    }

    pub(in crate::report) fn report(&self) -> &'a Report {
        self.report
    }

    /// The file that `at` points into, if its text is known and still has this region.
    pub(in crate::report) fn of(&mut self, at: &'a Location) -> Option<&Source<'a>> {
        let report = self.report;
        let source = self.indexed.entry(&at.path).or_insert_with(|| {
            let text = report.sources.get(&at.path)?;
            Some(Source::new(&at.path, text))
        });
        source.as_ref().filter(|source| source.holds(at.span))
    }
}

/// A region of the file and what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Label {
    pub(in crate::report) span: Span,
    pub(in crate::report) text: String,
    /// Whether this is what the excerpt is about.
    pub(in crate::report) primary: bool,
}

/// A label in an excerpt's text.
#[derive(Debug)]
pub(in crate::report) struct Placed {
    pub(in crate::report) range: Range<usize>,
    pub(in crate::report) text: String,
    pub(in crate::report) primary: bool,
    /// 0-based, in code points, in the file.
    pub(in crate::report) column: usize,
}

/// Some lines of a file, with labels.
#[derive(Debug)]
pub(in crate::report) struct Excerpt {
    /// The file's path.
    pub(in crate::report) name: String,
    /// The rows, each with a line end.
    pub(in crate::report) text: String,
    /// For each row, where it begins in `text` and its 0-based line in the file.
    pub(in crate::report) rows: Vec<(usize, u32)>,
    pub(in crate::report) labels: Vec<Placed>,
}

impl<'a> Source<'a> {
    pub(in crate::report) fn new(path: &str, text: &'a str) -> Self {
        let (lines, secrets) = (LineIndex::new(text), redact::secrets(text));
        Source { name: redact::clean(path), text, lines, secrets }
    }

    /// Whether `span` can be shown: it lies in the text, on character boundaries.
    pub(in crate::report) fn holds(&self, span: Span) -> bool {
        self.text.get(span.range()).is_some()
    }

    /// Whether the two spans begin on one line that is longer than `width`, so that a window may not show both.
    pub(in crate::report) fn crowded(&self, a: Span, b: Span, width: usize) -> bool {
        let line = self.line(a.start);
        line == self.line(b.start) && self.text[self.content(line)].chars().count() > width
    }

    /// The lines around `labels`, as much of them as there is `room` for. The labels must be held.
    pub(in crate::report) fn excerpt(&self, labels: Vec<Label>, room: Room) -> Excerpt {
        let labels = self.untangle(labels, room.lines);
        let mut wanted: Vec<u32> = Vec::new();
        for label in &labels {
            let (first, last) = (self.line(label.span.start), self.last_line(label.span));
            wanted.extend(first.saturating_sub(1).max(1)..=(last + 1).min(self.count()));
        }
        wanted.sort_unstable();
        wanted.dedup();

        let mut excerpt =
            Excerpt { name: self.name.clone(), text: String::new(), rows: Vec::new(), labels: Vec::new() };
        let mut ends: Vec<(usize, usize)> = vec![(0, 0); labels.len()];
        for line in wanted {
            let content = self.content(line);
            let shown = Shown::new(self.text, content.clone(), &self.secrets);
            let on_row = |offset: u32| {
                let offset = offset as usize;
                (content.start <= offset && offset <= content.end).then(|| shown.offset(offset - content.start))
            };
            let focus = labels.iter().filter(|label| self.line(label.span.start) == line);
            let focus = focus.filter_map(|label| on_row(label.span.start)).min().unwrap_or(0);
            let row = crop(&shown.text, focus, room.width);
            let start = excerpt.text.len();
            for (label, ends) in labels.iter().zip(&mut ends) {
                if self.line(label.span.start) == line {
                    ends.0 = start + on_row(label.span.start).map_or(0, |at| row.place(at));
                }
                if self.last_line(label.span) == line {
                    ends.1 = start + on_row(label.span.end).map_or(row.text.len(), |at| row.place(at));
                }
            }
            excerpt.text.push_str(&row.text);
            excerpt.text.push('\n');
            excerpt.rows.push((start, line - 1));
        }
        for (label, (start, end)) in labels.into_iter().zip(ends) {
            let column = self.lines.position(self.text, label.span.start).column as usize - 1;
            let range = start..end.max(start);
            excerpt.labels.push(Placed { range, text: label.text, primary: label.primary, column });
        }
        for at in 0..excerpt.labels.len() {
            let width = excerpt.room_for(at, room.width);
            excerpt.labels[at].text = wrap(&excerpt.labels[at].text, width);
        }
        excerpt
    }

    /// Labels sorted, and none in the way of another on its line: the underline of a call ends where that of its
    /// argument begins, and two labels that begin together become one with both texts.
    fn untangle(&self, mut labels: Vec<Label>, most: u32) -> Vec<Label> {
        for label in &mut labels {
            let first = self.line(label.span.start);
            if self.last_line(label.span) - first >= most {
                label.span = Span::new(label.span.start as usize, self.content(first).end);
            }
        }
        labels.sort_by_key(|label| (label.span, !label.primary));
        let mut apart: Vec<Label> = Vec::new();
        for label in labels {
            let one_line = |span: Span| self.line(span.start) == self.last_line(span);
            match apart.last_mut() {
                Some(last) if last.span == label.span || starts_together(last, &label, one_line) => {
                    last.text = format!("{}\n{}", last.text, label.text);
                    last.primary |= label.primary;
                }
                Some(last) if covers_start(last.span, label.span) && one_line(last.span) => {
                    let head = &self.text[last.span.start as usize..label.span.start as usize];
                    last.span = Span::new(last.span.start as usize, last.span.start as usize + head.trim_end().len());
                    apart.push(label);
                }
                _ => apart.push(label),
            }
        }
        apart
    }

    /// The number of lines, without the empty one behind a final line end.
    fn count(&self) -> u32 {
        let count = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        if count > 1 && self.text.ends_with(['\n', '\r']) { count - 1 } else { count }
    }

    fn line(&self, offset: u32) -> u32 {
        self.lines.position(self.text, offset).line
    }

    /// The line of the last character of `span`.
    fn last_line(&self, span: Span) -> u32 {
        self.line(span.end.saturating_sub(1).max(span.start))
    }

    /// The bytes of a line, without its line end.
    fn content(&self, line: u32) -> Range<usize> {
        let range = self.lines.line_span(self.text, line).range();
        range.start..range.start + self.text[range.clone()].trim_end_matches(['\n', '\r']).len()
    }
}

impl Excerpt {
    /// How wide the text of a label may be. It is drawn to the right of the middle of what it labels.
    fn room_for(&self, label: usize, width: usize) -> usize {
        const LEAST: usize = 36;
        let range = &self.labels[label].range;
        let row = self.rows.partition_point(|&(start, _)| start <= range.start).max(1) - 1;
        let several_rows = self.rows.get(row + 1).is_some_and(|&(start, _)| range.end > start);
        let middle = if several_rows { 4 } else { (range.start + range.end) / 2 - self.rows[row].0 };
        width.saturating_sub(middle + 4).max(LEAST)
    }
}

fn starts_together(a: &Label, b: &Label, one_line: impl Fn(Span) -> bool) -> bool {
    a.span.start == b.span.start && one_line(a.span) && one_line(b.span)
}

/// Whether `a` begins before `b` and goes on into it.
fn covers_start(a: Span, b: Span) -> bool {
    a.start < b.start && b.start < a.end
}

/// A row and which part of it is shown.
struct Row {
    /// What is shown of the row.
    text: String,
    /// Which bytes of the row these are.
    window: Range<usize>,
    /// The length of the mark in front of them.
    lead: usize,
}

impl Row {
    /// Where an offset of the whole row lies in what is shown of it.
    fn place(&self, offset: usize) -> usize {
        offset.clamp(self.window.start, self.window.end) - self.window.start + self.lead
    }
}

/// The part of `text` around the byte `focus` that is at most `width` code points wide.
fn crop(text: &str, focus: usize, width: usize) -> Row {
    const MARK: &str = "…";
    let total = text.chars().count();
    if total <= width {
        return Row { text: text.to_owned(), window: 0..text.len(), lead: 0 };
    }
    let before = text[..focus].chars().count();
    let room = width.saturating_sub(2).max(1);
    // a quarter of the window shows what leads to the focus
    let first = if before < room / 2 { 0 } else { (before - room / 4).min(total - room) };
    let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    let window = byte(first)..byte(first + room);
    let lead = if first > 0 { MARK } else { "" };
    let tail = if window.end < text.len() { MARK } else { "" };
    Row { text: format!("{lead}{}{tail}", &text[window.clone()]), window, lead: lead.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str, part: &str) -> Label {
        let start = text.find(part).unwrap();
        Label { span: Span::new(start, start + part.len()), text: part.to_owned(), primary: false }
    }

    #[test]
    fn labels_mark_what_they_marked_in_the_file() {
        let text = "one\r\n\t\u{1b}zwei 日本 call(arg, 'x')\r\nthree\rfour\n";
        let source = Source::new("a.js", text);
        let excerpt = source.excerpt(vec![label(text, "call(arg, 'x')"), label(text, "arg")], Room::terminal(80));
        let marked: Vec<_> = excerpt.labels.iter().map(|placed| &excerpt.text[placed.range.clone()]).collect();
        assert_eq!(marked, ["call(", "arg"]);
        assert_eq!(excerpt.rows.iter().map(|row| row.1).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(excerpt.text, "one\n\t\\u{1b}zwei 日本 call(arg, 'x')\nthree\n");
        assert_eq!(excerpt.labels[0].column, 10);
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let text = format!("{}call(x);{}", "ä;".repeat(5000), "b;".repeat(5000));
        let source = Source::new("a.js", &text);
        let excerpt = source.excerpt(vec![label(&text, "call(x)")], Room::terminal(60));
        assert_eq!(&excerpt.text[excerpt.labels[0].range.clone()], "call(x)");
        assert!(excerpt.text.starts_with('…') && excerpt.text.ends_with("…\n"));
        assert_eq!(excerpt.text.chars().count(), 61);
        assert_eq!(excerpt.labels[0].column, 10_000);
    }

    #[test]
    fn long_calls_are_marked_on_their_first_line() {
        let text = format!("call({}\n)", "\n  x,".repeat(20));
        let source = Source::new("a.js", &text);
        let excerpt = source.excerpt(vec![label(&text, &text)], Room::terminal(60));
        assert_eq!(&excerpt.text[excerpt.labels[0].range.clone()], "call(");
        let excerpt = source.excerpt(vec![label(&text, &text)], Room { width: 60, lines: 30 });
        assert_eq!(excerpt.text[excerpt.labels[0].range.clone()], text);
    }
}
