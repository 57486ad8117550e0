//! Colour for what is not drawn by miette: five styles, or none.

use std::fmt::Display;

/// What a text is, which decides its colour.
#[derive(Clone, Copy, Debug)]
pub(in crate::report) enum Style {
    Good,
    Bad,
    Doubtful,
    Heading,
    Dim,
}

/// `text`, styled if `colour`.
pub(super) fn paint(text: impl Display, style: Style, colour: bool) -> String {
    if !colour {
        return text.to_string();
    }
    let code = match style {
        Style::Good => "32",
        Style::Bad => "31",
        Style::Doubtful => "33",
        Style::Heading => "1",
        Style::Dim => "2",
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
