//! The text format, for people at a terminal and in CI logs.
//!
//! `check` shows every finding and a summary; `audit` also lists every call and says whether the toggle can be turned
//! off. What the terminal can do is told in [`TextOptions`]: nothing here asks the system.

pub(in crate::report) mod audit;
mod finding;
mod outside;
pub(in crate::report) mod paint;
mod pretty;
pub(in crate::report) mod summary;

use crate::check::model::Report;
use crate::report::excerpt;
use crate::report::redact::clean;
use crate::text::Mistake;
use std::io;

/// How to write for this reader.
#[derive(Clone, Copy, Debug)]
pub struct TextOptions {
    /// Columns.
    pub width: usize,
    /// Whether to use ANSI colours.
    pub colour: bool,
    /// Whether to draw with box characters, or ASCII only.
    pub unicode: bool,
    /// Whether rule ids may be links (OSC 8).
    pub links: bool,
    /// Only the summary line.
    pub quiet: bool,
}

impl Default for TextOptions {
    fn default() -> Self {
        TextOptions { width: 100, colour: false, unicode: true, links: false, quiet: false }
    }
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// What is there to do?
    Check,
    /// Which calls are there, and can the toggle be turned off?
    Audit,
}

/// Write `report` as an answer to `question`.
pub fn write(report: &Report, question: Question, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    if !options.quiet {
        let mut sources = excerpt::Sources::new(report);
        for finding in &report.findings {
            finding::write(finding, &mut sources, options, out)?;
        }
        if question == Question::Audit {
            audit::write(report, options, out)?;
            outside::write(report, options, out)?;
        }
        summary::write_skipped(report, options, out)?;
        summary::write_notices(report, options, out)?;
    }
    match question {
        Question::Check => summary::write_line(report, options, out),
        Question::Audit if options.quiet => audit::write_answer(report, options, out),
        Question::Audit => {
            summary::write_line(report, options, out)?;
            outside::write_left(report, options, out)?;
            audit::write_answer(report, options, out)
        }
    }
}

/// Write why there is no report, in the manner of a finding: what is wrong, then what to do.
pub fn write_problem(problem: &str, help: &str, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let block = pretty::Block {
        severity: Some(crate::check::model::Severity::Error),
        message: clean(problem),
        help: Some(clean(help)),
        ..Default::default()
    };
    pretty::draw(block, options, out)
}

/// Write what is wrong in a file that was written for this program, with its place.
pub fn write_mistake(mistake: &Mistake, options: &TextOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let source = excerpt::Source::new(&mistake.file, &mistake.text);
    let label = excerpt::Label { span: mistake.span, text: clean(&mistake.label), primary: true };
    let width = options.width.saturating_sub(finding::GUTTER).max(finding::LEAST_EXCERPT);
    let excerpt = source.holds(mistake.span).then(|| source.excerpt(vec![label], excerpt::Room::terminal(width)));
    let block = pretty::Block {
        severity: Some(crate::check::model::Severity::Error),
        message: clean(&mistake.message),
        excerpt,
        help: Some(clean(&mistake.help)).filter(|help| !help.is_empty()),
        ..Default::default()
    };
    pretty::draw(block, options, out)
}

/// `one` or `many`, by the number.
pub(in crate::report) fn plural<'a>(number: usize, one: &'a str, many: &'a str) -> &'a str {
    if number == 1 { one } else { many }
}

/// Each line of `text` broken between words so that it is at most `width` wide where that is possible. URLs and scopes
/// stay whole, so that they can be copied.
pub(in crate::report) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split('\n') {
        let mut used = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
        out.push('\n');
    }
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("aa bb cc\ndd", 5), "aa bb\ncc\ndd");
        assert_eq!(wrap("longword x", 3), "longword\nx");
    }
}
