//! How settings files are written and read, and the placeholders in them.

use super::{File, Refusal};
use crate::lower::data::{self, Data, Format, Step};
use crate::rules::{Outside, SettingsFormat, SettingsTable};
use regex::{Captures, Regex};
use std::borrow::Cow;

/// Hand on what the ways of a table lead to in a file; where it has none, the whole.
pub(super) fn find(
    file: &File,
    known: &Outside,
    table: &SettingsTable,
    each: &mut dyn FnMut(&Data<'_>),
) -> Result<(), Refusal> {
    let format = match table.format {
        SettingsFormat::Json => Format::Json,
        SettingsFormat::Yaml => Format::Yaml,
        SettingsFormat::Hcl => Format::Hcl,
    };
    let text = plain(&file.text, &known.toggle.placeholders, format);
    let documents = data::parse(format, &text)?;
    let mut found: Vec<&Data<'_>> = Vec::new();
    if table.paths.is_empty() {
        found.extend(&documents);
    }
    for way in &table.paths {
        let way = Step::path(way);
        documents.iter().for_each(|data| data.find(&way, &mut found));
    }
    found.into_iter().for_each(each);
    Ok(())
}

/// How a file with settings is written, by its name's end.
pub(super) fn format_of(path: &str) -> Format {
    match path.rsplit('.').next() {
        Some("json") => Format::Json,
        Some("yaml" | "yml") => Format::Yaml,
        _ => Format::Hcl,
    }
}

/// A text with `@@NAME@@` and the like made harmless, byte for byte, so that places stay what they are: to YAML, `##` is a
/// comment, and to JSON both are nothing that it knows.
fn plain<'t>(text: &'t str, marks: &[String], format: Format) -> Cow<'t, str> {
    let marks = marks.iter().map(|mark| regex::escape(mark)).map(|mark| format!("{mark}[A-Za-z0-9_.-]+{mark}"));
    let pattern = marks.collect::<Vec<_>>().join("|");
    // JSON wants quotes around it where it is the whole value
    let Ok(search) = Regex::new(&format!(r"(?P<before>[:,\[]\s*)?(?P<mark>{pattern})(?P<after>\s*[,}}\]\n])?")) else {
        return Cow::Borrowed(text);
    };
    search.replace_all(text, |found: &Captures<'_>| {
        let part = |name: &str| found.name(name).map_or("", |part| part.as_str());
        let (before, mark, after) = (part("before"), part("mark"), part("after"));
        let alone = found.name("before").is_some() && found.name("after").is_some();
        let inside = "_".repeat(mark.len().saturating_sub(2));
        let quote = if alone && format == Format::Json { '"' } else { '_' };
        format!("{before}{quote}{inside}{quote}{after}")
    })
}
