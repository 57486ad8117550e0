//! What TypeScript adds: types as hints, enums, namespaces, ambient declarations.
//!
//! A type is lowered to an expression that names it, by the same look-up as values: classes, interfaces and imports are
//! bindings. What names nothing (`string`, a function type, an array) has no hint.

use super::kinds::{F, K};
use super::{DEPTH_LIMIT, Lower, Nodes};
use crate::ir::{BlockKind, ClassField, ClassId, ClassKind, Expr, ExprId, Key, Lit, Name, Prop};
use crate::text::Span;
use tree_sitter::Node;

/// The language's own type functions whose result behaves like their argument.
const WRAPPERS: &[&str] = &["Promise", "Readonly", "Partial", "Required", "Awaited", "NonNullable"];

/// The language's own type function for what a function returns.
const RETURNED: &str = "ReturnType";

impl<'t> Lower<'t> {
    /// The hint a type or annotation gives.
    pub(super) fn ty(&mut self, node: Node<'t>) -> Option<ExprId> {
        if self.depth >= DEPTH_LIMIT {
            return None;
        }
        self.depth += 1;
        let ty = self.type_hint(node);
        self.depth -= 1;
        ty
    }

    fn type_hint(&mut self, node: Node<'t>) -> Option<ExprId> {
        let span = self.span(node);
        match self.kind(node) {
            K::TypeAnnotation | K::ParenType | K::MaybeType | K::ReadonlyType => {
                let inner = self.only(node)?;
                self.ty(inner)
            }
            K::TypeIdentifier | K::NestedTypeIdentifier | K::NestedIdentifier => Some(self.path(node)),
            K::Generic => self.generic(node),
            K::Union | K::Intersection => {
                let members = self.type_members(node);
                let hints: Vec<_> = members.into_iter().rev().filter_map(|member| self.ty(member)).collect();
                (!hints.is_empty()).then(|| self.b.either(hints, span))
            }
            K::TypeQuery => {
                let inner = self.only(node)?;
                Some(self.expr(inner))
            }
            // `import('x').T`.
            K::Member | K::Call => Some(self.expr(node)),
            K::ObjectType => Some(self.interface(node, None, span).1),
            K::ThisType => {
                let this = self.this;
                Some(self.b.expr(Expr::This(this), span))
            }
            _ => None,
        }
    }

    fn generic(&mut self, node: Node<'t>) -> Option<ExprId> {
        let name = self.at(node, F::Name)?;
        let text = self.text(name);
        if WRAPPERS.contains(&text) && self.b.lookup(text).is_none() {
            let arguments = self.at(node, F::TypeArguments)?;
            let first = self.only(arguments)?;
            return self.ty(first);
        }
        if text == RETURNED && self.b.lookup(text).is_none() {
            let function = self.at(node, F::TypeArguments).and_then(|arguments| self.only(arguments))?;
            let function = self.ty(function)?;
            let span = self.span(node);
            return Some(self.b.expr(Expr::Returned(function), span));
        }
        self.ty(name)
    }

    /// The members of a union or intersection, last first; they nest to the left.
    fn type_members(&mut self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut members = Vec::new();
        let mut inner = node;
        while matches!(self.kind(inner), K::Union | K::Intersection) {
            let mut kids = self.kids(inner);
            let Some(first) = (!kids.is_empty()).then(|| kids.remove(0)) else { break };
            members.extend(kids.into_iter().rev());
            inner = first;
        }
        members.push(inner);
        members
    }

    /// `A.B.C` where a name and not a value is written.
    pub(super) fn path(&mut self, node: Node<'t>) -> ExprId {
        let mut links = Nodes::new();
        let mut inner = node;
        while matches!(self.kind(inner), K::NestedTypeIdentifier | K::NestedIdentifier | K::Member) {
            let Some(next) = self.at(inner, F::Module).or_else(|| self.at(inner, F::Object)) else { break };
            links.push(inner);
            inner = next;
        }
        let span = self.span(inner);
        let mut value = self.b.read(self.text(inner), span);
        while let Some(link) = links.pop() {
            let span = self.span(link);
            if let Some(name) = self.at(link, F::Name).or_else(|| self.at(link, F::Property)) {
                value = self.b.field(value, self.text(name), span);
            }
        }
        value
    }

    /// An interface or type alias, known from byte `at` on. A value of the same name counts instead of it.
    pub(super) fn type_declaration(&mut self, node: Node<'t>, at: u32) {
        let Some(name) = self.at(node, F::Name).map(|name| self.text(name)) else { return };
        let Some(binding) = self.b.lookup(name).filter(|binding| self.types.contains(binding)) else { return };
        let span = self.span(node);
        let value = if self.kind(node) == K::Interface {
            let Some(body) = self.at(node, F::Body) else { return };
            let (class, expr) = self.interface(body, Some(name), span);
            for part in self.kids(node) {
                if self.kind(part) == K::ExtendsType {
                    for base in self.kids(part) {
                        let base = self.ty(base);
                        self.b.class_mut(class).bases.extend(base);
                    }
                }
            }
            Some(expr)
        } else {
            match self.at(node, F::Value) {
                Some(object) if self.kind(object) == K::ObjectType => Some(self.interface(object, Some(name), span).1),
                Some(other) => self.ty(other),
                None => None,
            }
        };
        if let Some(value) = value {
            self.b.define(binding, value, at);
        }
    }

    /// The fields of an object type.
    fn interface(&mut self, body: Node<'t>, name: Option<&str>, span: Span) -> (ClassId, ExprId) {
        let (class, expr) = self.b.class(name.map(Name::from), ClassKind::Interface, span);
        for member in self.kids(body) {
            if self.kind(member) != K::PropertySignature {
                continue;
            }
            let Some(key) = self.at(member, F::Name).map(|name| self.key(name)) else { continue };
            let ty = self.at(member, F::Type).and_then(|annotation| self.ty(annotation));
            let span = self.span(member);
            let field = ClassField { key, value: None, ty, is_static: false, data_name: None, span };
            self.b.class_mut(class).fields.push(field);
        }
        (class, expr)
    }

    /// An enum is an object; a member without a value is one more than the one before.
    pub(super) fn enum_declaration(&mut self, node: Node<'t>) {
        let mut props = Vec::new();
        let mut next = Some(0_i64);
        let members = self.at(node, F::Body).map(|body| self.kids(body)).unwrap_or_default();
        for member in members {
            let span = self.span(member);
            let (key, value) = if self.kind(member) == K::EnumAssignment {
                let (Some(name), Some(value)) = (self.at(member, F::Name), self.at(member, F::Value)) else { continue };
                let key = self.key(name);
                let value = self.expr(value);
                next = match self.b.ir().expr(value) {
                    Expr::Lit(Lit::Num(text)) => text.parse::<i64>().ok().and_then(|number| number.checked_add(1)),
                    _ => None,
                };
                (key, value)
            } else if self.kind(member) == K::Error {
                continue;
            } else {
                let key = self.key(member);
                let value = match next {
                    Some(number) => self.b.expr(Expr::Lit(Lit::Num(number.to_string().into())), span),
                    None => self.operator(member),
                };
                next = next.and_then(|number| number.checked_add(1));
                (key, value)
            };
            props.push(Prop::Field(key, value));
        }
        let span = self.span(node);
        let object = self.b.expr(Expr::Object { props: props.into(), ty: None }, span);
        self.define_declared(node, object);
    }

    /// A namespace is an object of what it exports.
    pub(super) fn namespace(&mut self, node: Node<'t>) {
        let members = self.at(node, F::Body).map(|body| self.namespace_body(body)).unwrap_or_default();
        let span = self.span(node);
        let object = |lower: &mut Self, members: Vec<(Name, ExprId)>| {
            let props = members.into_iter().map(|(name, value)| Prop::Field(Key::Name(name), value)).collect();
            lower.b.expr(Expr::Object { props, ty: None }, span)
        };
        let mut value = object(self, members);
        // `namespace A.B` is B inside A.
        let mut name = self.at(node, F::Name);
        while let Some(path) = name.filter(|name| matches!(self.kind(*name), K::NestedIdentifier | K::Member)) {
            if let Some(last) = self.at(path, F::Property) {
                value = object(self, vec![(self.text(last).into(), value)]);
            }
            name = self.at(path, F::Object);
        }
        self.define_declared(node, value);
    }

    fn namespace_body(&mut self, body: Node<'t>) -> Vec<(Name, ExprId)> {
        let statements = self.kids(body);
        self.namespaces.push(Vec::new());
        self.b.enter_block(BlockKind::Plain);
        self.b.enter_scope();
        self.function_body(&statements, body.start_byte());
        self.b.leave_scope();
        self.b.leave_block();
        self.namespaces.pop().unwrap_or_default()
    }

    fn define_declared(&mut self, node: Node<'t>, value: ExprId) {
        if let Some(name) = self.declared_name(node)
            && let Some(binding) = self.b.lookup(self.text(name))
        {
            let at = self.span(node).end;
            self.b.define(binding, value, at);
        }
    }

    /// `declare …`: the names exist, their values lie elsewhere.
    pub(super) fn ambient(&mut self, node: Node<'t>) {
        for inner in self.kids(node) {
            if self.kind(inner) == K::StatementBlock {
                self.in_block(BlockKind::Plain, |lower| lower.namespace_body(inner));
            } else if self.kind(inner).is_statement() {
                self.stmt(inner);
            }
        }
    }
}
