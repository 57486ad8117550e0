//! A mistake in a file that a person wrote for this program: where it is, what was expected, what may have been meant.
//!
//! Owns the place and the words. Must not know what the file is for, nor how mistakes are shown.

use super::{LineIndex, Span};
use std::sync::Arc;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{}: {message}: {label}", self.line())]
pub struct Mistake {
    /// The file's path.
    pub file: String,
    /// Its text.
    pub text: Arc<str>,
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What was expected there, in a few words.
    pub label: String,
    /// What may have been meant, or what to do. May be empty.
    pub help: String,
}

impl Mistake {
    /// The 1-based line on which it begins.
    pub fn line(&self) -> u32 {
        LineIndex::new(&self.text).position(&self.text, self.span.start).line
    }
}
