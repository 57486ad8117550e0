//! What stands beside a file that tells something: other files of its folder, which give its variables values.

use super::File;
use super::model::ToggleState;
use super::settings::format_of;
use super::toggle::state;
use crate::check::model::Location;
use crate::lower::data::{self, Data, Step};
use crate::rules::VariableTable;

/// The files beside one with settings: those of its folder, by name, and their texts.
pub(super) struct Beside<'a> {
    /// Their paths.
    pub paths: &'a [&'a str],
    /// What is in one of them.
    pub read: &'a dyn Fn(&str) -> Option<File>,
}

impl<'a> Beside<'a> {
    /// Those whose names match a pattern.
    pub(super) fn named(&self, pattern: &str) -> impl Iterator<Item = &'a str> + use<'_, 'a> {
        // a pattern that cannot be read means no file
        let glob = globset::Glob::new(pattern).ok().map(|glob| glob.compile_matcher());
        let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
        self.paths.iter().copied().filter(move |path| glob.as_ref().is_some_and(|glob| glob.is_match(name(path))))
    }
}

/// How often a variable's value is looked for that is another variable's.
const DEPTH: u8 = 4;

/// A place that gives a variable its value.
pub(super) struct Place {
    /// The file.
    pub file: File,
    /// The value in it.
    pub at: Location,
    /// What it says as a flag.
    pub state: ToggleState,
    /// What it says as a text, if it is one.
    pub text: Option<String>,
}

/// What a value written as `text` is, where it is a variable's: each place that gives it. Nothing where it is none;
/// no place where none gives it.
pub(super) fn resolved(text: &str, tables: &[VariableTable], beside: &Beside<'_>) -> Option<Vec<Place>> {
    followed(text, tables, beside, DEPTH)
}

fn followed(text: &str, tables: &[VariableTable], beside: &Beside<'_>, depth: u8) -> Option<Vec<Place>> {
    let text = text.trim().trim_matches(['"', '\'']);
    let (variables, name) =
        tables.iter().find_map(|table| Some((table, table.form.iter().find_map(|form| named(text, form))?)))?;
    let always = given(name, variables, &variables.always, beside);
    let mut found = given(name, variables, &variables.values, beside);
    if always.is_empty() {
        found.extend(declared(name, variables, beside));
    } else {
        found.extend(always);
    }
    let mut places = Vec::new();
    for place in found {
        let written = place.file.text.get(place.at.span.range()).unwrap_or_default();
        match followed(written, tables, beside, depth.saturating_sub(1)).filter(|_| depth > 0) {
            Some(further) => places.extend(further),
            None => places.push(place),
        }
    }
    Some(places)
}

/// The name in a text of this form.
fn named<'t>(text: &'t str, form: &str) -> Option<&'t str> {
    let (before, after) = form.split_once('*')?;
    let name = text.strip_prefix(before)?.strip_suffix(after)?.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then_some(name)
}

fn declared(name: &str, variables: &VariableTable, beside: &Beside<'_>) -> Vec<Place> {
    let ways: Vec<Vec<Step>> = variables.declared.iter().map(|way| Step::path(&way.replace('*', name))).collect();
    look(&variables.files, beside, &|document, into| {
        for way in &ways {
            document.find(way, into);
        }
    })
}

pub(super) fn given(name: &str, variables: &VariableTable, files: &[String], beside: &Beside<'_>) -> Vec<Place> {
    look(files, beside, &|document, into| {
        for way in &variables.given {
            let mut maps = Vec::new();
            match way.as_str() {
                "" => maps.push(document),
                way => document.find(&Step::path(way), &mut maps),
            }
            for (key, value) in maps.iter().flat_map(|map| map.entries()) {
                if key.rsplit(':').next() == Some(name) {
                    into.push(value);
                }
            }
        }
    })
}

/// What stands at some places of the files with such names.
fn look(
    names: &[String],
    beside: &Beside<'_>,
    find: &dyn for<'d, 't> Fn(&'d Data<'t>, &mut Vec<&'d Data<'t>>),
) -> Vec<Place> {
    let mut places = Vec::new();
    for path in names.iter().flat_map(|pattern| beside.named(pattern)) {
        let Some(file) = (beside.read)(path) else { continue };
        // what does not parse is named where it is looked at for itself
        let Ok(documents) = data::parse(format_of(path), &file.text) else { continue };
        let mut values = Vec::new();
        documents.iter().for_each(|document| find(document, &mut values));
        let place = |value: &&Data<'_>| Place {
            file: File::new(path, file.text.clone()),
            at: file.at(value.span),
            state: state(value, true),
            text: value.text().map(str::to_owned),
        };
        places.extend(values.iter().map(place));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_their_forms() {
        assert_eq!(named("var.allow", "var.*"), Some("allow"));
        assert_eq!(named("${var.allow}", "${var.*}"), Some("allow"));
        assert_eq!(named("!var.allow", "var.*"), None);
        assert_eq!(named("var.flags.allow", "var.*"), None);
        assert_eq!(named("var.a ? true : false", "var.*"), None);
    }
}
