//! What Svelte adds to the language: names that follow a store, and statements that run again.
//!
//! `$name` is the value of the store `name`: its member `$`, for whoever knows stores. `$: name = …` declares `name`.

use super::Lower;
use super::kinds::{F, K};
use crate::ir::{BindingKind, ExprId};
use crate::lower::host::Host;
use crate::text::Span;
use tree_sitter::Node;

/// What marks a name that follows a store, and a statement that runs again.
const MARK: &str = "$";

impl<'t> Lower<'t> {
    /// A read of a name.
    pub(super) fn read(&mut self, name: &str, span: Span) -> ExprId {
        match self.followed(name, span) {
            Some(store) => self.b.field(store, MARK, span),
            None => self.b.read(name, span),
        }
    }

    /// The store that a name follows.
    pub(super) fn followed(&mut self, name: &str, span: Span) -> Option<ExprId> {
        if self.host != Some(Host::Svelte) || self.b.lookup(name).is_some() {
            return None;
        }
        let store = name.strip_prefix(MARK)?;
        self.b.lookup(store)?;
        Some(self.b.read(store, span))
    }

    /// Declare what the statements that run again declare.
    pub(super) fn declare_reactive(&mut self, statements: &[Node<'t>]) {
        if self.host != Some(Host::Svelte) {
            return;
        }
        for statement in statements {
            if self.kind(*statement) != K::Labeled {
                continue;
            }
            let label = self.kids(*statement).first().copied();
            let body = self.at(*statement, F::Body).filter(|body| self.kind(*body) == K::ExpressionStatement);
            let (Some(label), Some(body)) = (label, body) else { continue };
            let Some(assignment) = self.only(body).map(|inner| self.bare(inner)) else { continue };
            if self.text(label) == MARK
                && self.kind(assignment) == K::Assign
                && let Some(left) = self.at(assignment, F::Left)
            {
                for name in self.pattern_names(left) {
                    if !self.text(name).starts_with(MARK) {
                        self.declare(name, BindingKind::Var);
                    }
                }
            }
        }
    }
}
