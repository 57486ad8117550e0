//! Destructuring: a path into a value.

use super::assign::Target;
use super::kinds::{F, K};
use super::{DEPTH_LIMIT, Lower};
use crate::ir::{Expr, ExprId, GivesWay, Key, Why};
use crate::text::Span;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The identifiers a pattern gives a value to, in source order.
    pub(super) fn pattern_names(&mut self, pattern: Node<'t>) -> Vec<Node<'t>> {
        let mut names = Vec::new();
        let mut open = vec![pattern];
        while let Some(node) = open.pop() {
            match self.kind(node) {
                K::Identifier | K::ShorthandPattern => names.push(node),
                K::PairPattern => open.extend(self.at(node, F::Value)),
                K::AssignPattern | K::ObjectAssign => open.extend(self.at(node, F::Left)),
                K::RequiredParameter | K::OptionalParameter => {
                    open.extend(self.at(node, F::Pattern).or_else(|| self.at(node, F::Name)));
                }
                K::ObjectPattern | K::ArrayPattern | K::RestPattern => open.extend(self.kids(node).into_iter().rev()),
                _ => {}
            }
        }
        names
    }

    /// Give `value` to a pattern, from byte `at` on; `span` is the whole assignment.
    pub(super) fn bind(&mut self, pattern: Node<'t>, value: ExprId, at: u32, span: Span) {
        if self.depth >= DEPTH_LIMIT {
            return;
        }
        self.depth += 1;
        match self.kind(pattern) {
            K::ObjectPattern => self.bind_object(pattern, value, at, span),
            K::ArrayPattern => self.bind_array(pattern, value, at, span),
            K::AssignPattern | K::ObjectAssign => {
                let value = self.with_default(pattern, value);
                if let Some(left) = self.at(pattern, F::Left) {
                    self.bind(left, value, at, span);
                }
            }
            K::RestPattern => {
                let rest_span = self.span(pattern);
                let rest = self.b.through(value, Why::Rest, rest_span);
                if let Some(inner) = self.only(pattern) {
                    self.bind(inner, rest, at, span);
                }
            }
            _ => match self.target(pattern) {
                Target::Pattern(_) => {}
                target => self.assign(target, value, at, span),
            },
        }
        self.depth -= 1;
    }

    /// `value default …` for a pattern with `= default`.
    fn with_default(&mut self, pattern: Node<'t>, value: ExprId) -> ExprId {
        let Some(right) = self.at(pattern, F::Right) else { return value };
        let name = self.at(pattern, F::Left).map(|left| self.text(left));
        let default = self.perhaps(|lower| lower.expr_named(right, name));
        let span = self.span(pattern);
        self.b.or(value, default, GivesWay::Missing, span)
    }

    fn bind_object(&mut self, pattern: Node<'t>, value: ExprId, at: u32, span: Span) {
        for part in self.kids(pattern) {
            let part_span = self.span(part);
            match self.kind(part) {
                K::ShorthandPattern => {
                    let field = self.b.field(value, self.text(part), part_span);
                    self.bind(part, field, at, span);
                }
                K::ObjectAssign => {
                    let name = self.at(part, F::Left).map_or("", |left| self.text(left));
                    let field = self.b.field(value, name, part_span);
                    self.bind(part, field, at, span);
                }
                K::PairPattern => {
                    let (Some(key), Some(inner)) = (self.at(part, F::Key), self.at(part, F::Value)) else { continue };
                    let key = self.key(key);
                    let field = self.b.expr(Expr::Field { base: value, key }, part_span);
                    self.bind(inner, field, at, span);
                }
                K::RestPattern => self.bind(part, value, at, span),
                _ => {}
            }
        }
    }

    fn bind_array(&mut self, pattern: Node<'t>, value: ExprId, at: u32, span: Span) {
        let mut place = 0;
        for part in self.parts(pattern) {
            if !part.is_named() {
                place += u32::from(self.text(part) == ",");
                continue;
            }
            match self.kind(part) {
                K::Error => {}
                K::RestPattern => self.bind(part, value, at, span),
                _ => {
                    let part_span = self.span(part);
                    let element = self.b.expr(Expr::Field { base: value, key: Key::Index(place) }, part_span);
                    self.bind(part, element, at, span);
                }
            }
        }
    }
}
