//! JSX: an element is a call of its component.

use super::kinds::{F, K};
use super::{Lower, Nodes};
use crate::ir::{Arg, CallKind, Expr, ExprId, Key, Lit, Prop};
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// An element or a fragment.
    pub(super) fn jsx(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        let open = if self.kind(node) == K::JsxElement { self.at(node, F::OpenTag) } else { Some(node) };
        let name = open.and_then(|open| self.at(open, F::Name));
        let callee = name.map(|name| self.tag(name));
        let mut props = match (open, name) {
            (Some(open), Some(name)) => self.attributes(open, name),
            _ => Vec::new(),
        };
        let children = if self.kind(node) == K::JsxElement { self.kids(node) } else { Nodes::new() };
        let children = self.children(&children);
        let Some(callee) = callee else { return self.b.expr(Expr::List(children.into()), span) };
        if !children.is_empty() {
            let list = self.b.expr(Expr::List(children.into()), span);
            props.push(Prop::Field(Key::Name("children".into()), list));
        }
        let object = self.b.expr(Expr::Object { props: props.into(), ty: None }, span);
        self.b.call(callee, vec![object], CallKind::Jsx, span)
    }

    /// A component's name is a value; a name in lower case is an element of the page.
    fn tag(&mut self, name: Node<'t>) -> ExprId {
        let text = self.text(name);
        let is_plain = text.starts_with(|first: char| first.is_ascii_lowercase()) && !text.contains('.');
        if is_plain || text.contains(['-', ':']) {
            let span = self.span(name);
            return self.b.expr(Expr::Global(text.into()), span);
        }
        self.expr(name)
    }

    fn attributes(&mut self, open: Node<'t>, name: Node<'t>) -> Vec<Prop> {
        let mut props = Vec::new();
        for part in self.kids(open) {
            match self.kind(part) {
                _ if part.id() == name.id() => {}
                K::JsxAttribute => props.extend(self.attribute(part)),
                K::JsxExpression => {
                    if let Some(inner) = self.only(part) {
                        props.push(Prop::Spread(self.expr(inner)));
                    }
                }
                _ => {}
            }
        }
        props
    }

    fn attribute(&mut self, node: Node<'t>) -> Option<Prop> {
        let kids = self.kids(node);
        let name = *kids.first()?;
        let key = self.text(name);
        let value = match kids.get(1) {
            None => {
                let span = self.span(name);
                self.b.expr(Expr::Lit(Lit::Bool(true)), span)
            }
            // No escapes in these strings.
            Some(value) if self.kind(*value) == K::String => {
                let text = self.text(*value);
                let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
                let span = self.span(*value);
                self.b.str(inner, span)
            }
            Some(value) if self.kind(*value) == K::JsxExpression => match self.only(*value) {
                Some(inner) => self.expr_named(inner, Some(key)),
                None => self.null(*value),
            },
            Some(value) => self.expr(*value),
        };
        Some(Prop::Field(Key::Name(key.into()), value))
    }

    fn children(&mut self, nodes: &[Node<'t>]) -> Vec<Arg> {
        let mut children = Vec::new();
        for node in nodes {
            match self.kind(*node) {
                K::JsxText => {
                    let text = self.text(*node).trim();
                    if !text.is_empty() {
                        let span = self.span(*node);
                        children.push(Arg { expr: self.b.str(text, span), spread: false });
                    }
                }
                K::JsxExpression => {
                    if let Some(inner) = self.only(*node) {
                        let spread = self.kind(inner) == K::Spread;
                        children.push(Arg { expr: self.expr(inner), spread });
                    }
                }
                K::JsxElement | K::JsxSelfClosing => {
                    children.push(Arg { expr: self.expr(*node), spread: false });
                }
                _ => {}
            }
        }
        children
    }
}
