//! Drawing with miette: the only file that knows it.
//!
//! A hand-written `Diagnostic` (no derive) over an [`Excerpt`], which is a `SourceCode` by its table of rows: miette asks
//! for the lines of every label several times, and each answer is a look-up, not a scan of the file.

use super::{TextOptions, wrap};
use crate::check::model;
use crate::report::excerpt::Excerpt;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents,
};
use std::fmt;
use std::io;

/// Text wrapped narrower than this cannot be read.
const LEAST_WIDTH: usize = 40;

/// One block of the output: a heading, a message, perhaps lines of source, perhaps help.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    /// How the block is marked; none: as additional information.
    pub(super) severity: Option<model::Severity>,
    /// The rule id.
    pub(super) heading: Option<&'a str>,
    /// Where more is said about it.
    pub(super) link: Option<String>,
    pub(super) message: String,
    pub(super) excerpt: Option<Excerpt>,
    pub(super) help: Option<String>,
}

/// Draw `block`.
pub(super) fn draw(mut block: Block<'_>, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let width = options.width.max(LEAST_WIDTH);
    let theme = match (options.unicode, options.colour) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false);
    // miette would also break lines inside URLs; it indents messages by 4 and help by 8, and keeps 2 free
    block.message = wrap(&block.message, width - 6);
    block.help = block.help.map(|help| wrap(&help, width - 10));
    let mut text = String::new();
    // formatting fails where an excerpt cannot be read; then the message must not be lost with it
    if handler.render_report(&mut text, &block).is_err() {
        text = format!("{}\n", block.message);
    }
    out.write_all(text.as_bytes())
}

impl fmt::Display for Block<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Block<'_> {}

impl Diagnostic for Block<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let heading = self.heading?;
        let word = self.severity.map_or("note", model::Severity::as_str);
        Some(match &self.link {
            // an escape sequence of its own (OSC 8), which terminals without links leave out
            Some(link) => Box::new(format!("{word}[\u{1b}]8;;{link}\u{1b}\\{heading}\u{1b}]8;;\u{1b}\\]")),
            None => Box::new(format!("{word}[{heading}]")),
        })
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.severity {
            Some(model::Severity::Error) => Severity::Error,
            Some(model::Severity::Warning) => Severity::Warning,
            None => Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(excerpt.labels.iter().map(|label| {
            let text = Some(label.text.clone());
            let span = label.range.clone();
            if label.primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })))
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let row = |offset: usize| self.rows.partition_point(|&(start, _)| start <= offset).saturating_sub(1);
        let mut first = row(span.offset());
        let mut last = row((span.offset() + span.len()).saturating_sub(1).max(span.offset()));
        let follows =
            |next: usize| self.rows.get(next).is_some_and(|&(_, line)| next > 0 && self.rows[next - 1].1 + 1 == line);
        // rows with a gap between them are not one snippet
        if !(first + 1..=last).all(follows) || span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        for _ in 0..before {
            first -= usize::from(follows(first));
        }
        for _ in 0..after {
            last += usize::from(follows(last + 1));
        }
        let (row_start, line) = self.rows[first];
        let end = self.rows.get(last + 1).map_or(self.text.len(), |&(start, _)| start);
        // without context the contents begin with the span, and its place in the file is what the heading shows
        let (start, column) = if before > 0 { (row_start, 0) } else { (span.offset(), self.column(span.offset())) };
        let contents = MietteSpanContents::new_named(
            self.name.clone(),
            &self.text.as_bytes()[start..end],
            SourceSpan::from(start..end),
            line as usize,
            column,
            last - first + 1,
        );
        Ok(Box::new(contents))
    }
}

impl Excerpt {
    /// The column in the file of a label that begins at `offset`.
    fn column(&self, offset: usize) -> usize {
        self.labels.iter().find(|label| label.range.start == offset).map_or(0, |label| label.column)
    }
}
