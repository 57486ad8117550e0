//! What the terminal can do: colour, width, box characters.
//!
//! Decided by pure functions of the environment, so that every combination is a line in a test.

use idtoken_lint::report::text::TextOptions;
use std::io::IsTerminal;

/// `--color`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless the environment says otherwise (NO_COLOR, CLICOLOR_FORCE, FORCE_COLOR)
    #[default]
    Auto,
    /// Also into files and pipes
    Always,
    /// Plain text
    Never,
}

/// Reads a variable of the environment.
type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// For the report.
pub(super) fn for_stdout(color: Color) -> TextOptions {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    options(color, std::io::stdout().is_terminal(), size, &|name| std::env::var(name).ok())
}

/// For messages.
pub(super) fn for_stderr(color: Color) -> TextOptions {
    let size = terminal_size::terminal_size_of(std::io::stderr());
    options(color, std::io::stderr().is_terminal(), size, &|name| std::env::var(name).ok())
}

fn options(
    color: Color,
    is_terminal: bool,
    size: Option<(terminal_size::Width, terminal_size::Height)>,
    variables: Variables<'_>,
) -> TextOptions {
    let defaults = TextOptions::default();
    let measured = size.map(|(width, _)| usize::from(width.0)).filter(|_| is_terminal);
    let colour = colour(color, is_terminal, variables);
    TextOptions {
        width: width(measured, variables).unwrap_or(defaults.width),
        colour,
        links: colour && links(is_terminal, variables),
        unicode: unicode(is_terminal, variables),
        ..defaults
    }
}

fn colour(color: Color, is_terminal: bool, variables: Variables<'_>) -> bool {
    let set = |name: &str| variables(name).is_some_and(|value| !value.is_empty());
    let off = |name: &str| variables(name).as_deref() == Some("0");
    let forced = |name: &str| set(name) && !off(name);
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") => true,
        Color::Auto if off("FORCE_COLOR") || off("CLICOLOR") => false,
        Color::Auto => is_terminal && variables("TERM").as_deref() != Some("dumb"),
    }
}

/// No terminal says of itself that it shows links; these are known to. A terminal that does not shows the text alone, but
/// some old ones show the address too.
fn links(is_terminal: bool, variables: Variables<'_>) -> bool {
    let value = |name: &str| variables(name).filter(|value| !value.is_empty());
    if let Some(forced) = value("FORCE_HYPERLINK") {
        return forced != "0";
    }
    if !is_terminal || value("CI").is_some() {
        return false;
    }
    let program = value("TERM_PROGRAM").unwrap_or_default();
    let term = value("TERM").unwrap_or_default();
    let vte = value("VTE_VERSION").and_then(|version| version.parse::<u32>().ok()).unwrap_or(0);
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio", "zed"].contains(&program.as_str())
        || ["kitty", "alacritty", "foot", "ghostty", "wezterm"].iter().any(|known| term.contains(known))
        || vte >= 5000
        || ["WT_SESSION", "KONSOLE_VERSION", "DOMTERM"].iter().any(|name| value(name).is_some())
}

fn width(measured: Option<usize>, variables: Variables<'_>) -> Option<usize> {
    let stated = variables("COLUMNS").and_then(|columns| columns.trim().parse().ok());
    // narrower output is unreadable, wider lines are hard to follow
    stated.or(measured).filter(|&width| width > 0).map(|width: usize| width.clamp(40, 200))
}

/// Files and CI logs are read as UTF-8 whatever the locale; a terminal is asked.
fn unicode(is_terminal: bool, variables: Variables<'_>) -> bool {
    if !is_terminal {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variables).find(|value| !value.is_empty());
    let utf8 = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    utf8 && !matches!(variables("TERM").as_deref(), Some("linux" | "dumb"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NAME=value NAME=value`
    fn variables(text: &'static str) -> impl Fn(&str) -> Option<String> {
        move |name| {
            let pairs = text.split(' ').filter_map(|pair| pair.split_once('='));
            pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        }
    }

    #[test]
    fn colour_follows_the_flag_then_the_environment_then_the_terminal() {
        for (color, is_terminal, environment, expected) in [
            (Color::Auto, true, "", true),
            (Color::Auto, false, "", false),
            (Color::Auto, true, "TERM=dumb", false),
            (Color::Auto, true, "NO_COLOR=1", false),
            (Color::Auto, true, "NO_COLOR=", true),
            (Color::Auto, false, "CLICOLOR_FORCE=1", true),
            (Color::Auto, false, "FORCE_COLOR=1", true),
            (Color::Auto, false, "FORCE_COLOR=0", false),
            (Color::Auto, true, "FORCE_COLOR=0", false),
            (Color::Auto, true, "FORCE_COLOR=0 CLICOLOR_FORCE=1", true),
            (Color::Auto, true, "CLICOLOR=0", false),
            (Color::Auto, true, "CLICOLOR=1", true),
            (Color::Auto, false, "CLICOLOR=0 FORCE_COLOR=1", true),
            (Color::Auto, false, "FORCE_COLOR=1 NO_COLOR=1", false),
            (Color::Always, false, "NO_COLOR=1", true),
            (Color::Never, true, "FORCE_COLOR=1", false),
        ] {
            assert_eq!(colour(color, is_terminal, &variables(environment)), expected, "{color:?} {environment}");
        }
    }

    #[test]
    fn links_are_for_terminals_that_show_them() {
        for (is_terminal, environment, expected) in [
            (true, "", false),
            (true, "TERM=xterm-256color", false),
            (true, "TERM=xterm-kitty", true),
            (true, "TERM_PROGRAM=WezTerm", true),
            (true, "TERM_PROGRAM=WezTerm CI=true", false),
            (false, "TERM_PROGRAM=WezTerm", false),
            (true, "VTE_VERSION=4205", false),
            (true, "VTE_VERSION=7600", true),
            (true, "VTE_VERSION=7600 FORCE_HYPERLINK=0", false),
            (false, "FORCE_HYPERLINK=1", true),
        ] {
            assert_eq!(links(is_terminal, &variables(environment)), expected, "{environment}");
        }
    }

    #[test]
    fn width_is_stated_or_measured_and_bounded() {
        for (measured, environment, expected) in [
            (None, "", None),
            (Some(120), "", Some(120)),
            (Some(120), "COLUMNS=80", Some(80)),
            (None, "COLUMNS=wide", None),
            (Some(3), "", Some(40)),
            (None, "COLUMNS=0", None),
            (None, "COLUMNS=5000", Some(200)),
        ] {
            assert_eq!(width(measured, &variables(environment)), expected, "{measured:?} {environment}");
        }
    }

    #[test]
    fn box_characters_need_a_terminal_that_shows_them() {
        for (is_terminal, environment, expected) in [
            (false, "LANG=C", true),
            (true, "LANG=C", false),
            (true, "LANG=de_DE.UTF-8", true),
            (true, "LC_ALL= LANG=en_US.utf8", true),
            (true, "LC_ALL=C LANG=en_US.utf8", false),
            (true, "LANG=C.UTF-8 TERM=linux", false),
            (true, "", true),
        ] {
            assert_eq!(unicode(is_terminal, &variables(environment)), expected, "{environment}");
        }
    }
}
