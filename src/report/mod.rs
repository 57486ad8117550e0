//! How a report is written: one module per format.
//!
//! Owns the formats and what must not leave in any of them (secrets). Every format reads the plain data of
//! [`crate::check::model`] and owns its structs, so that a refactoring of the analysis cannot change a contract.
//! Nothing here touches the system: a format writes to the writer it is given.

pub mod baseline;
pub mod diff;
mod excerpt;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod json;
mod json_outside;
pub mod json_text;
pub mod junit;
pub mod kept;
pub mod line;
pub mod read;
pub mod redact;
pub mod sarif;
pub mod text;
mod told;

use crate::check::model::Report;
use std::io;
use text::{Question, TextOptions};

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For scripts: `idtoken-lint/1`.
    Json,
    /// For code-scanning services: SARIF 2.1.0.
    Sarif,
    /// Annotations in GitHub Actions.
    Github,
    /// GitLab's Code Quality.
    Gitlab,
    /// For CI servers: JUnit's XML.
    Junit,
    /// For editors: one line for each finding.
    Line,
    /// For people, in a browser.
    Html,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 8] = [
        Format::Text,
        Format::Json,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
        Format::Junit,
        Format::Line,
        Format::Html,
    ];

    /// As the command line names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Junit => "junit",
            Format::Line => "line",
            Format::Html => "html",
        }
    }
}

/// Write `report` in `format`. Only the text depends on the question and the options.
pub fn write(
    report: &Report,
    format: Format,
    question: Question,
    options: &TextOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::write(report, question, options, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Github => github::write(report, out),
        Format::Gitlab => gitlab::write(report, out),
        Format::Junit => junit::write(report, out),
        Format::Line => line::write(report, out),
        Format::Html => html::write(report, out),
    }
}
