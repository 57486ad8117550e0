//! The rule file that is being compiled: reads the grammars in it, and says where its mistakes are.

use super::path::{self, Alternatives, Path, Root};
use super::schema::{EndpointText, PathText, SlotText, StoredTable, VersionsText};
use super::slot::{self, Slot};
use super::stored::StoredFact;
use super::toml_file::one_of;
use super::versions::Versions;
use crate::text::nearest::did_you_mean;
use crate::text::{Mistake, Span};
use rustc_hash::FxHashMap;
use semver::VersionReq;
use std::ops::Range;
use std::sync::Arc;

/// What a path may begin with.
const ROOTS: &[&str] = &["import", "global", "name", "param", "type", "any"];

/// A rule file, for its mistakes.
pub(super) struct Place<'a> {
    name: &'a str,
    text: &'a Arc<str>,
    /// Its number.
    nth: usize,
    /// What the values of each type are called.
    type_names: Option<&'a FxHashMap<String, Vec<String>>>,
}

impl<'a> Place<'a> {
    pub(super) fn new(name: &'a str, text: &'a Arc<str>) -> Self {
        Place { name, text, nth: 0, type_names: None }
    }

    /// With the number of the file.
    pub(super) fn numbered(self, nth: usize) -> Self {
        Place { nth, ..self }
    }

    /// The number of the file.
    pub(super) fn nth(&self) -> usize {
        self.nth
    }

    /// The file's path.
    pub(super) fn name(&self) -> &str {
        self.name
    }

    /// What is written in it.
    pub(super) fn text(&self) -> &str {
        self.text
    }

    /// The 1-based line of a byte.
    pub(super) fn line(&self, at: usize) -> u32 {
        let before = self.text.get(..at).unwrap_or_default();
        u32::try_from(before.matches('\n').count() + 1).unwrap_or(u32::MAX)
    }

    pub(super) fn with_types(self, names: &'a FxHashMap<String, Vec<String>>) -> Self {
        Place { type_names: Some(names), ..self }
    }

    /// The names of what a path starts from: of a type, what its values are called.
    pub(super) fn names_of_root(&self, root: &Root) -> Vec<String> {
        match root {
            Root::Import(name) | Root::Global(name) | Root::Name(name) | Root::Param(name) => vec![name.clone()],
            Root::Type(ty) => self.type_names.and_then(|names| names.get(ty)).cloned().unwrap_or_default(),
            Root::Any => Vec::new(),
        }
    }

    /// The last names of paths, in order.
    pub(super) fn last_members(&self, paths: &[PathText]) -> Result<Vec<String>, Mistake> {
        let mut names = Vec::new();
        for text in paths {
            names.extend(self.alternatives(text)?.last_members().cloned());
        }
        names.sort();
        names.dedup();
        Ok(names)
    }

    pub(super) fn mistake(&self, span: Span, message: &str, label: &str, help: &str) -> Mistake {
        Mistake {
            file: self.name.to_owned(),
            text: self.text.clone(),
            span,
            message: message.to_owned(),
            label: label.to_owned(),
            help: help.to_owned(),
        }
    }

    /// A text's bytes, quotes included.
    pub(super) fn whole(&self, span: Range<usize>) -> Span {
        Span::new(span.start, span.end)
    }

    /// The bytes of a part of `content`, which is written at `span`; all of it where escapes keep them apart.
    pub(super) fn inside(&self, span: Range<usize>, content: &str, part: Range<usize>) -> Span {
        let written = self.text.get(span.clone()).unwrap_or_default();
        match written.find(content) {
            Some(at) if !content.is_empty() && part.end <= content.len() => {
                let start = span.start + at;
                Span::new(start + part.start, start + part.end)
            }
            _ => self.whole(span),
        }
    }

    /// Each path of a text.
    pub(super) fn paths(&self, text: &PathText) -> Result<Vec<Path>, Mistake> {
        self.alternatives(text).map(|alternatives| alternatives.paths())
    }

    pub(super) fn alternatives(&self, text: &PathText) -> Result<Alternatives, Mistake> {
        let content = text.get_ref();
        path::alternatives(content).map_err(|error| {
            let word = content.split(' ').next().unwrap_or_default();
            if error.at == 0 && !word.is_empty() {
                let span = self.inside(text.span(), content, 0..word.len());
                let help = did_you_mean(word, "first words of a path", ROOTS);
                return self.mistake(span, &format!("`{word}` begins no path"), &one_of(ROOTS), &help);
            }
            // one character, or the last one where something is missing at the end
            let next = |at: usize| content[at..].chars().next().map_or(0, char::len_utf8);
            let last = content.char_indices().next_back().map_or(0, |(at, _)| at);
            let at = error.at.min(last);
            let at = if content.is_char_boundary(at) { at } else { last };
            let span = self.inside(text.span(), content, at..at + next(at));
            let message = format!("the path `{content}` cannot be read");
            self.mistake(span, &message, &format!("expected {}", error.expected), "")
        })
    }

    pub(super) fn slot(&self, text: &SlotText) -> Result<Slot, Mistake> {
        let content = text.get_ref();
        slot::parse(content).map_err(|expected| {
            let span = self.inside(text.span(), content, 0..content.len());
            let message = format!("the slot `{content}` cannot be read");
            self.mistake(span, &message, &format!("expected {expected}"), "")
        })
    }

    pub(super) fn slots(&self, texts: &[SlotText]) -> Result<Vec<Slot>, Mistake> {
        texts.iter().map(|text| self.slot(text)).collect()
    }

    pub(super) fn slot_opt(&self, text: Option<&SlotText>) -> Result<Option<Slot>, Mistake> {
        text.map(|text| self.slot(text)).transpose()
    }

    /// A credential that the library keeps in a store.
    pub(super) fn stored(&self, table: &StoredTable) -> Result<StoredFact, Mistake> {
        Ok(StoredFact { store: table.store.as_str().into(), key: self.slot(&table.key)?, kind: table.kind })
    }

    /// The versions that a table is about.
    pub(super) fn versions(&self, texts: &VersionsText) -> Result<Versions, Mistake> {
        let mut versions = Versions::new();
        for (package, text) in texts {
            let content = text.get_ref();
            let range = VersionReq::parse(content).map_err(|error| {
                let span = self.inside(text.span(), content, 0..content.len());
                let message = format!("`{content}` is no range of versions: {error}");
                self.mistake(span, &message, "expected a range like `>=1.2, <3`", "")
            })?;
            versions.push((package.as_str().into(), range));
        }
        Ok(versions)
    }

    /// Which of `endpoints` is meant.
    pub(super) fn endpoint(&self, text: &EndpointText, endpoints: &[&str]) -> Result<usize, Mistake> {
        let content = text.get_ref();
        endpoints.iter().position(|name| name == content).ok_or_else(|| {
            let span = self.inside(text.span(), content, 0..content.len());
            let message = format!("`{content}` is no affected endpoint");
            let help = did_you_mean(content, "affected endpoints", endpoints);
            self.mistake(span, &message, "expected one of the migration table", &help)
        })
    }
}
