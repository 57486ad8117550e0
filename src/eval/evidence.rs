//! When a value is a token: because the rules say so, or, last of all, by its name.

use super::engine::Eval;
use super::value::{Api, ApiStep, Evidence, Reason, Traced, Unknown, Value};
use crate::ir::{Expr, Name};
use crate::rules::Fact;
use crate::rules::path::Step;
use crate::text::{FileId, Span};
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// A value about which nothing is known is what its name says, if it says anything.
    pub(crate) fn by_name(&self, found: Traced, name: &Name, file: FileId, span: Span) -> Traced {
        let unknown = match &found.value {
            Value::Unknown(unknown) => unknown.clone(),
            Value::Api(api) if self.is_blank(api) => {
                Rc::new(Unknown { reason: Reason::Member(name.clone()), names: Vec::new(), open: None })
            }
            _ => return found,
        };
        match self.rules.token_name(name) {
            Some(kind) => {
                let what = kind_text(kind);
                let value = Value::Token(kind, Evidence::Name);
                // the way begins where the token is first seen to be one
                Traced::new(value).step(file, span, || format!("{what}, by the name `{name}`"))
            }
            None if !found.value.is_unknown() => found,
            None => {
                let mut unknown = Unknown::clone(&unknown);
                if unknown.names.last() != Some(name) && unknown.names.len() < 12 {
                    unknown.names.push(name.clone());
                }
                Traced { value: Value::Unknown(Rc::new(unknown)), trail: found.trail }
            }
        }
    }

    /// Whether a library value is a mere member about which the rules know nothing but what calling it would do. What
    /// is imported and can be called is a function, whatever its name.
    pub(crate) fn is_blank(&self, api: &Api) -> bool {
        let called = || {
            let Some(lowered) = self.lowered(api.node.file) else { return false };
            let ir = &lowered.ir;
            let is_callee = |parent| matches!(ir.expr(parent), Expr::Call { callee, .. } if *callee == api.node.expr);
            let is_imported = || match ir.expr(api.node.expr) {
                Expr::Field { base, .. } => matches!(ir.expr(*base), Expr::Import(_)),
                _ => false,
            };
            let callable = || !self.rules.automaton.step(&api.states, &Step::Call).is_empty();
            ir.parents[api.node.expr.index()].is_some_and(is_callee) || is_imported() && callable()
        };
        matches!(api.step, ApiStep::Member(_)) && self.rules.facts(&api.states).next().is_none() && !called()
    }

    /// A library value is a token where the rules say so.
    pub(crate) fn as_token(&self, found: Traced, file: FileId, span: Span) -> Traced {
        let Value::Api(api) = &found.value else { return found };
        let token = self.rules.facts(&api.states).find_map(|fact| match fact {
            Fact::Token(token) => Some(token.clone()),
            _ => None,
        });
        match token {
            Some(token) => {
                let what = kind_text(token.kind);
                let value = Value::Token(token.kind, Evidence::Api);
                Traced::new(value).step(file, span, || format!("{what}: {}", token.what))
            }
            None => found,
        }
    }
}

fn kind_text(kind: crate::rules::TokenKind) -> &'static str {
    match kind {
        crate::rules::TokenKind::Id => "an ID token",
        crate::rules::TokenKind::Access => "an access token",
        crate::rules::TokenKind::Other => "another kind of token",
    }
}
