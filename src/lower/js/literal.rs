//! Literals: scalars, templates, arrays and objects.

use super::func::This;
use super::kinds::{F, K};
use super::{Lower, string};
use crate::ir::{Expr, ExprId, Key, Lit, Name, OpaqueKind, Prop, ThisOf};
use crate::text::Span;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// A scalar, string or template.
    pub(super) fn literal(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let lit = match self.kind(node) {
            K::Template => return self.template(node),
            K::String => Lit::Str(self.string_text(node)),
            K::Number => Lit::Num(self.text(node).into()),
            K::True => Lit::Bool(true),
            K::False => Lit::Bool(false),
            _ => Lit::Null,
        };
        self.b.expr(Expr::Lit(lit), span)
    }

    /// What a string literal says.
    pub(super) fn string_text(&self, node: Node<'t>) -> Name {
        let text = self.text(node);
        let inner = text.get(1..).unwrap_or_default();
        let inner = inner.strip_suffix(['"', '\'', '`']).unwrap_or(inner);
        string::unescape(inner)
    }

    fn template(&mut self, node: Node<'t>) -> ExprId {
        let parts = self.template_parts(node);
        if let [only] = parts[..]
            && matches!(self.b.ir().expr(only), Expr::Lit(Lit::Str(_)))
        {
            return only;
        }
        let span = self.span(node);
        self.b.concat(parts, span)
    }

    /// The pieces of a template; at least one.
    pub(super) fn template_parts(&mut self, node: Node<'t>) -> Vec<ExprId> {
        let mut parts = Vec::new();
        let mut from = node.start_byte() + 1;
        for hole in self.kids(node) {
            if self.kind(hole) != K::Substitution {
                continue;
            }
            self.template_text(from, hole.start_byte(), &mut parts);
            from = hole.end_byte();
            let value = match self.only(hole) {
                Some(inner) => self.expr(inner),
                None => self.syntax(hole),
            };
            parts.push(value);
        }
        let end = node.end_byte().saturating_sub(1);
        self.template_text(from, end, &mut parts);
        if parts.is_empty() {
            let span = self.span(node);
            parts.push(self.b.str("", span));
        }
        parts
    }

    fn template_text(&mut self, from: usize, to: usize, parts: &mut Vec<ExprId>) {
        if let Some(text) = self.text.get(from..to).filter(|text| !text.is_empty()) {
            let text = string::unescape(text);
            parts.push(self.b.expr(Expr::Lit(Lit::Str(text)), Span::new(from, to)));
        }
    }

    /// `[a, ...b]`.
    pub(super) fn array(&mut self, node: Node<'t>) -> ExprId {
        let items = self.args(node);
        let span = self.span(node);
        self.b.expr(Expr::List(items.into()), span)
    }

    /// `{…}`. The object's own id exists before its methods, whose `this` it is.
    pub(super) fn object(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let id = self.b.opaque(OpaqueKind::Unsupported, span);
        let mut props = Vec::new();
        for part in self.kids(node) {
            match self.kind(part) {
                K::Pair => {
                    let Some(key) = self.at(part, F::Key).map(|key| self.key(key)) else { continue };
                    let Some(value) = self.at(part, F::Value) else { continue };
                    let value = self.property_value(value, &key, id);
                    props.push(Prop::Field(key, value));
                }
                K::Shorthand | K::Identifier => {
                    let value = self.expr(part);
                    props.push(Prop::Field(Key::Name(self.text(part).into()), value));
                }
                K::Spread => {
                    if let Some(inner) = self.only(part) {
                        props.push(Prop::Spread(self.expr(inner)));
                    }
                }
                K::Method => props.extend(self.object_method(part, id)),
                K::Error => {}
                _ => self.any(part),
            }
        }
        self.b.replace(id, Expr::Object { props: props.into(), ty: None });
        id
    }

    /// `key: function () {…}` is a method as much as `key() {…}`.
    fn property_value(&mut self, node: Node<'t>, key: &Key, object: ExprId) -> ExprId {
        let name = match key {
            Key::Name(name) => Some(name.clone()),
            _ => None,
        };
        let bare = self.bare(node);
        if matches!(self.kind(bare), K::FunctionExpression | K::GeneratorFunction) && self.depth < super::DEPTH_LIMIT {
            self.depth += 1;
            let id = self.function(bare, name.as_deref(), This::Is(ThisOf::Object(object))).1;
            self.depth -= 1;
            id
        } else {
            self.wrapped_in(bare, ThisOf::Object(object));
            self.expr_named(bare, name.as_deref())
        }
    }

    fn object_method(&mut self, node: Node<'t>, object: ExprId) -> Option<Prop> {
        let head = self.method_head(node)?;
        let name = match &head.key {
            Key::Name(name) => Some(name.clone()),
            _ => None,
        };
        let (func, value) = self.function(node, name.as_deref(), This::Is(ThisOf::Object(object)));
        match head.accessor {
            Some("get") => Some(Prop::Getter(head.key, func)),
            Some("set") => None,
            _ => Some(Prop::Field(head.key, value)),
        }
    }

    /// A property's key in an object, class or pattern.
    pub(super) fn key(&mut self, node: Node<'t>) -> Key {
        match self.kind(node) {
            K::String => Key::Name(self.string_text(node)),
            K::Computed => match self.only(node) {
                Some(inner) => match self.index_key(inner) {
                    Key::Index(index) => Key::Name(index.to_string().into()),
                    key => key,
                },
                None => Key::Computed(self.syntax(node)),
            },
            _ => Key::Name(self.text(node).into()),
        }
    }
}
