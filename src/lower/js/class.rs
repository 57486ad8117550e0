//! Classes and their members.

use super::Lower;
use super::func::This;
use super::kinds::{F, K};
use crate::ir::{
    BindingKind, BlockKind, ClassField, ClassId, ClassKind, ExprId, Key, Method, MethodKind, Name, OpaqueKind, ThisOf,
};
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// A class declaration; `decorators` are those that stand before `export`.
    pub(super) fn class_declaration(&mut self, node: Node<'t>, decorators: &[ExprId]) {
        let name = self.at(node, F::Name);
        let value = self.class(node, name.map(|name| self.text(name)), decorators);
        if let Some(name) = name
            && let Some(binding) = self.b.lookup(self.text(name))
        {
            let at = self.span(node).end;
            self.b.define(binding, value, at);
        }
    }

    /// A class expression; `name` is what it is assigned to.
    pub(super) fn class_expression(&mut self, node: Node<'t>, name: Option<&str>) -> ExprId {
        let Some(own) = self.at(node, F::Name) else { return self.class(node, name, &[]) };
        // The name of a class expression is known inside it only.
        self.b.enter_scope();
        let binding = self.declare(own, BindingKind::Class);
        let value = self.class(node, Some(self.text(own)), &[]);
        let at = self.span(node).start;
        self.b.define(binding, value, at);
        self.b.leave_scope();
        value
    }

    fn class(&mut self, node: Node<'t>, name: Option<&str>, decorators: &[ExprId]) -> ExprId {
        let span = self.span(node);
        let (class, expr) = self.b.class(name.map(Name::from), ClassKind::Class, span);
        let mut decorators = decorators.to_vec();
        for part in self.kids(node) {
            match self.kind(part) {
                K::Decorator => self.decorator(part, &mut decorators),
                K::ClassHeritage => self.heritage(part, class),
                K::ClassBody => self.class_body(part, class),
                _ => {}
            }
        }
        self.b.class_mut(class).decorators = decorators;
        expr
    }

    /// `extends A implements B, C`.
    fn heritage(&mut self, node: Node<'t>, class: ClassId) {
        for part in self.kids(node) {
            match self.kind(part) {
                K::ExtendsClause => {
                    for value in self.kids(part) {
                        if self.kind(value) != K::TypeArguments {
                            self.base(value, class);
                        }
                    }
                }
                K::ImplementsClause => {
                    for ty in self.kids(part) {
                        let ty = self.ty(ty);
                        self.b.class_mut(class).bases.extend(ty);
                    }
                }
                K::Error | K::TypeArguments => {}
                _ => self.base(part, class),
            }
        }
    }

    fn base(&mut self, node: Node<'t>, class: ClassId) {
        let base = self.expr(node);
        self.b.class_mut(class).bases.push(base);
    }

    fn class_body(&mut self, node: Node<'t>, class: ClassId) {
        for member in self.kids(node) {
            match self.kind(member) {
                K::Method => self.class_method(member, class),
                K::Field | K::PublicField => self.class_field(member, class),
                K::StaticBlock => self.static_block(member, class),
                K::AbstractMethod => self.abstract_method(member, class),
                K::Decorator => self.decorator(member, &mut Vec::new()),
                K::MethodSignature | K::IndexSignature | K::Error => {}
                _ => self.any(member),
            }
        }
    }

    fn class_method(&mut self, node: Node<'t>, class: ClassId) {
        for part in self.kids(node) {
            if self.kind(part) == K::Decorator {
                self.decorator(part, &mut Vec::new());
            }
        }
        let Some(head) = self.method_head(node) else { return };
        let this = if head.is_static { ThisOf::Static(class) } else { ThisOf::Class(class) };
        let name = key_name(&head.key);
        let func = self.function_of(node, name.as_deref(), This::Is(this), Some(class)).0;
        self.b.func_mut(func).is_method = !head.is_static;
        let kind = head.kind();
        self.b.class_mut(class).methods.push(Method { key: head.key, func, kind, is_static: head.is_static });
    }

    /// A method that some subclass has the code of: its result is known by type only.
    fn abstract_method(&mut self, node: Node<'t>, class: ClassId) {
        let Some(head) = self.method_head(node) else { return };
        let name = key_name(&head.key);
        let (func, _) = self.function_of(node, name.as_deref(), This::Is(ThisOf::Class(class)), Some(class));
        let span = self.span(node);
        let result = self.b.opaque(OpaqueKind::Undeclared, span);
        self.b.func_mut(func).returns.push(result);
        self.b.func_mut(func).is_method = true;
        let kind = match head.kind() {
            MethodKind::Constructor => MethodKind::Method,
            kind => kind,
        };
        self.b.class_mut(class).methods.push(Method { key: head.key, func, kind, is_static: false });
    }

    fn class_field(&mut self, node: Node<'t>, class: ClassId) {
        let Some(name) = self.at(node, F::Name).or_else(|| self.at(node, F::Property)) else { return };
        let (mut is_static, mut decorators) = (false, Vec::new());
        for part in self.parts(node) {
            if part.id() == name.id() {
                break;
            }
            match self.kind(part) {
                K::Decorator => self.decorator(part, &mut decorators),
                K::Token => is_static |= self.text(part) == "static",
                _ => {}
            }
        }
        let key = self.key(name);
        let ty = self.at(node, F::Type).and_then(|annotation| self.ty(annotation));
        let this = if is_static { ThisOf::Static(class) } else { ThisOf::Class(class) };
        // `@Input() id = ''`: it is empty until whoever made the object fills it
        let is_given = |value: &Node<'t>| decorators.is_empty() || !matches!(self.text(*value), "''" | "\"\"" | "``");
        let value = self.at(node, F::Value).filter(is_given);
        let value = value.map(|value| {
            let outer = std::mem::replace(&mut self.this, this);
            self.wrapped_in(value, this);
            let value = self.expr_named(value, key_name(&key).as_deref());
            self.this = outer;
            value
        });
        let span = self.span(node);
        self.b.class_mut(class).fields.push(ClassField { key, value, ty, is_static, data_name: None, span });
    }

    fn static_block(&mut self, node: Node<'t>, class: ClassId) {
        let Some(body) = self.at(node, F::Body) else { return };
        let statements = self.kids(body);
        let outer = std::mem::replace(&mut self.this, ThisOf::Static(class));
        self.b.enter_block(BlockKind::Plain);
        self.b.enter_scope();
        self.function_body(&statements, body.start_byte());
        self.b.leave_scope();
        self.b.leave_block();
        self.this = outer;
    }
}

/// The key as a name.
fn key_name(key: &Key) -> Option<Name> {
    match key {
        Key::Name(name) => Some(name.clone()),
        Key::Index(_) | Key::Computed(_) => None,
    }
}
