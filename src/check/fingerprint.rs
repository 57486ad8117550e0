//! By what a finding is known again: its rule, place and endpoint, and what its code says.
//!
//! Moved lines, another formatting and comments in the code make no other finding.

use super::advice;
use super::model::Location;
use crate::lower::{Syntax, comments};
use crate::project::Project;
use crate::text::{FileId, Span};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Makes the fingerprints of a run's findings.
pub(super) struct Fingerprints<'a> {
    project: &'a Project<'a>,
    repeated: FxHashMap<(String, String, String), usize>,
    comments: FxHashMap<FileId, Vec<Span>>,
    /// What each was made of: without the number, and what the number counts.
    keys: BTreeMap<String, [String; 2]>,
}

impl<'a> Fingerprints<'a> {
    pub(super) fn new(project: &'a Project<'a>) -> Self {
        Fingerprints { project, repeated: FxHashMap::default(), comments: FxHashMap::default(), keys: BTreeMap::new() }
    }

    /// With the `place` and a number where they repeat, and without: the second survives a file's move.
    pub(super) fn of(&mut self, rule: &str, place: &str, endpoint: &str, at: &Location) -> (String, String) {
        let dense = self.dense(at);
        let times = self.repeated.entry((place.to_owned(), dense.clone(), endpoint.to_owned())).or_insert(0);
        let number = times.to_string();
        *times += 1;
        let fingerprint = advice::fingerprint(&[rule, place, endpoint, &dense, &number]);
        let without_number = advice::fingerprint(&[rule, place, endpoint, &dense]);
        self.keys.insert(fingerprint.clone(), [without_number, advice::fingerprint(&[place, &dense, endpoint])]);
        (fingerprint, advice::fingerprint(&[rule, endpoint, &dense]))
    }

    /// For each fingerprint what it is made of but for the number, and what the number counts.
    pub(super) fn into_keys(self) -> BTreeMap<String, [String; 2]> {
        self.keys
    }

    /// What the code at a place says, without comments and however it is formatted.
    fn dense(&mut self, at: &Location) -> String {
        let Some(file) = self.project.by_path(&at.path) else { return String::new() };
        let text = self.project.text(file);
        let Some(own) = text.get(at.span.range()) else { return String::new() };
        // every comment that there is begins so
        if !own.contains("//") && !own.contains("/*") && !own.contains("<!--") {
            return advice::dense(own);
        }
        let comments = self.comments.entry(file).or_insert_with(|| {
            Syntax::of_path(&at.path).map(|syntax| comments::comments(syntax, &text).comments).unwrap_or_default()
        });
        let mut out = String::new();
        let mut done = at.span.start;
        let inside = comments.iter().filter(|comment| comment.start >= at.span.start && comment.end <= at.span.end);
        for comment in inside {
            let before = Span { start: done, end: comment.start.max(done) };
            out.push_str(&advice::dense(text.get(before.range()).unwrap_or_default()));
            done = comment.end.max(done);
        }
        out.push_str(&advice::dense(text.get(Span { start: done, end: at.span.end }.range()).unwrap_or_default()));
        out
    }
}
