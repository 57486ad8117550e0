//! When a value is a token: because the rules say so, or, last of all, by its name.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Api, ApiStep, Evidence, Node, Piece, Reason, Traced, Unknown, Value};
use crate::ir::{Expr, Name};
use crate::rules::path::Step;
use crate::rules::{Fact, TokenFact, TokenKind, Versions};
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
                Traced::begin(value, file, span, format!("{what}, by the name `{name}`"), found)
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

    /// [`by_name`](Eval::by_name) for the result of a method, which what it is called on may tell better.
    pub(crate) fn by_method(
        &self,
        found: Traced,
        receiver: Option<&Name>,
        name: &Name,
        file: FileId,
        span: Span,
    ) -> Traced {
        let receiver = receiver.filter(|_| found.value.is_unknown());
        match receiver.and_then(|receiver| self.rules.token_of_method(receiver, name)) {
            Some(kind) => {
                let what = kind_text(kind);
                let value = Value::Token(kind, Evidence::Name);
                Traced::begin(value, file, span, format!("{what}, by the name `{name}`"), found)
            }
            None => self.by_name(found, name, file, span),
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
        // a getter that is handed on before it is called
        let gives = || {
            let given = self.rules.automaton.step(&api.states, &Step::Call);
            self.rules.facts(&given).any(|fact| matches!(fact, Fact::Token(_)))
        };
        let is_getter = matches!(&api.step, ApiStep::Member(name) if is_getter_name(name)) && gives();
        // what a package exports and the rules describe is no mere member
        let mut from = api.from.as_ref().map(|from| &from.value);
        while let Some(Value::Api(module)) = from
            && matches!(module.step, ApiStep::Member(_))
        {
            from = module.from.as_ref().map(|from| &from.value);
        }
        let of_package = matches!(from, Some(Value::Api(package)) if matches!(package.step, ApiStep::Root(_)));
        let is_described = of_package && !self.rules.automaton.is_leaf(&api.states);
        matches!(api.step, ApiStep::Member(_))
            && self.rules.facts(&api.states).next().is_none()
            && !is_described
            && !is_getter
            && !called()
    }

    /// The token that a library adds by itself, as the call at `node` tells it to.
    pub fn own_token(&self, kind: TokenKind, node: Node) -> Traced {
        let span = self.span_of(node);
        let what = kind_text(kind);
        Traced::new(Value::Token(kind, Evidence::Api)).step(node.file, span, || format!("{what} that the library adds"))
    }

    /// Whether code in `file` may use versions of libraries that a fact is about.
    pub fn applies(&self, versions: &Versions, file: FileId) -> bool {
        versions.iter().all(|(package, range)| self.project.may_use(file, package, range))
    }

    /// Whether the members that a fact wants missing are so, as far as everything that may have them is known.
    fn lacks(&mut self, token: &TokenFact, api: &Rc<Api>) -> bool {
        let site = Site::of(api.node, &api.ctx, api);
        token.lacks.iter().all(|slot| {
            let Some(holder) = slot.without_last_member() else { return false };
            let holders = self.slot(&holder, &site);
            let is_known = !holders.is_empty() && holders.iter().all(|value| matches!(value.value, Value::Object(_)));
            is_known
                && self.slot(slot, &site).iter().all(|value| match &value.value {
                    Value::Null => true,
                    Value::Str(text) => match text.pieces.as_slice() {
                        [Piece::Lit(text)] => token.or_is.iter().any(|known| **known == **text),
                        _ => false,
                    },
                    _ => false,
                })
        })
    }

    /// A library value is a token where the rules say so.
    pub(crate) fn as_token(&mut self, found: Traced, file: FileId, span: Span) -> Traced {
        let Value::Api(api) = &found.value else { return found };
        let mut applying: Vec<&TokenFact> = Vec::new();
        for fact in self.rules.facts(&api.states) {
            if let Fact::Token(token) = fact
                && self.applies(&token.versions, file)
                && self.lacks(token, api)
            {
                applying.push(token);
            }
        }
        // what is said of some of these values only goes before what is said of all
        applying.sort_by_key(|token| token.lacks.is_empty());
        let Some(first) = applying.first() else { return found };
        applying.iter().for_each(|token| self.rules.answered(*token));
        // versions that say different things, and nothing tells which it is: the worst is possible
        let differ = applying.iter().any(|token| token.kind != first.kind && !token.versions.is_empty());
        let by = if differ { Evidence::Convention } else { Evidence::Api };
        let worst = applying.iter().find(|token| differ && token.kind == TokenKind::Id);
        let token = worst.unwrap_or(first);
        let what = kind_text(token.kind);
        let note = format!("{what}: {}", token.what);
        Traced::begin(Value::Token(token.kind, by), file, span, note, found)
    }
}

fn kind_text(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Id => "an ID token",
        TokenKind::Access => "an access token",
        TokenKind::Other => "another kind of token",
    }
}

/// Whether a name says that it is a function which gets something: `getIdToken`, `get_id_token`.
fn is_getter_name(name: &str) -> bool {
    let rest = name.strip_prefix("get").unwrap_or_default();
    rest.starts_with(|c: char| c.is_uppercase() || c == '_')
}
