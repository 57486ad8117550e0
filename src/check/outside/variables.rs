//! What stands beside a file that tells something: other files of its folder, which give its variables values.

use super::File;
use super::model::{Toggle, ToggleState};
use super::settings::format_of;
use super::toggle::state;
use crate::check::model::Location;
use crate::lower::data::{self, Data, Step};
use crate::rules::{SettingsTable, VariableTable};

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

/// What a value written as `text` is, where it is a variable's: each place that gives it. Nothing where none does.
pub(super) fn resolved(text: &str, table: &SettingsTable, beside: &Beside<'_>) -> Vec<(Toggle, File)> {
    let text = text.trim().trim_matches(['"', '\'']);
    for variables in &table.variable {
        let Some(name) = variables.form.iter().find_map(|form| named(text, form)) else { continue };
        let always = given(name, variables, &variables.always, beside);
        let mut found = given(name, variables, &variables.values, beside);
        if always.is_empty() {
            found.extend(declared(name, variables, beside));
        } else {
            found.extend(always);
        }
        let toggles = found.into_iter().filter_map(|(file, at, state)| {
            let is_known = state != ToggleState::Undecided;
            is_known.then_some((Toggle { at, state }, file))
        });
        return toggles.collect();
    }
    Vec::new()
}

/// The name in a text of this form.
fn named<'t>(text: &'t str, form: &str) -> Option<&'t str> {
    let (before, after) = form.split_once('*')?;
    let name = text.strip_prefix(before)?.strip_suffix(after)?.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    is_name.then_some(name)
}

/// A file, a place in it, and what that says.
pub(super) type Place = (File, Location, ToggleState);

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
        let place = |value: &&Data<'_>| (File::new(path, file.text.clone()), file.at(value.span), state(value, true));
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
