//! Functions: parameters, `this`, `arguments`, results.

use super::Lower;
use super::kinds::{F, K};
use crate::ir::{
    BindingKind, ClassField, ClassId, Expr, ExprId, FuncId, GivesWay, Key, Lit, MethodKind, Name, Param, ThisOf, Why,
};
use tree_sitter::Node;

/// What `this` means in a function.
#[derive(Clone, Copy)]
pub(super) enum This {
    /// What it means around it: an arrow.
    Around,
    /// Its own: a plain function.
    Own,
    /// This.
    Is(ThisOf),
}

/// What stands before a method's parameters.
pub(super) struct MethodHead {
    /// Its name.
    pub(super) key: Key,
    /// `get` or `set`.
    pub(super) accessor: Option<&'static str>,
    /// `static`.
    pub(super) is_static: bool,
}

impl MethodHead {
    /// What kind of class member it makes.
    pub(super) fn kind(&self) -> MethodKind {
        match (self.accessor, &self.key) {
            (Some("get"), _) => MethodKind::Getter,
            (Some(_), _) => MethodKind::Setter,
            (None, Key::Name(name)) if &**name == "constructor" && !self.is_static => MethodKind::Constructor,
            _ => MethodKind::Method,
        }
    }
}

impl<'t> Lower<'t> {
    /// A function expression or arrow; `name` is what it is assigned to.
    pub(super) fn function_expression(&mut self, node: Node<'t>, name: Option<&str>) -> ExprId {
        let this = match self.wrapped.remove(&node.id()) {
            _ if self.kind(node) == K::Arrow => This::Around,
            Some(this) => This::Is(this),
            None => This::Own,
        };
        self.function(node, name, this).1
    }

    /// `load: flow(function* () {…})`: what a call makes of a function is a member of what the function is a member of.
    pub(super) fn wrapped_in(&mut self, value: Node<'t>, this: ThisOf) {
        const NESTING: u8 = 3;
        let mut calls = vec![(self.bare(value), NESTING)];
        while let Some((call, nesting)) = calls.pop() {
            if self.kind(call) != K::Call {
                continue;
            }
            let Some(arguments) = self.at(call, F::Arguments) else { continue };
            for argument in self.kids(arguments) {
                match self.kind(argument) {
                    K::FunctionExpression | K::GeneratorFunction => _ = self.wrapped.insert(argument.id(), this),
                    K::Call if nesting > 0 => calls.push((argument, nesting - 1)),
                    _ => {}
                }
            }
        }
    }

    /// A function declaration, defined from byte `at` on. Does nothing the second time.
    pub(super) fn function_declaration(&mut self, node: Node<'t>, at: u32) {
        if self.depth >= super::DEPTH_LIMIT || !self.hoisted.insert(node.id()) {
            return;
        }
        self.depth += 1;
        let value = self.function(node, None, This::Own).1;
        if let Some(name) = self.at(node, F::Name)
            && let Some(binding) = self.b.lookup(self.text(name))
        {
            self.b.define(binding, value, at);
        }
        self.depth -= 1;
    }

    /// Any function with its parameters and body.
    pub(super) fn function(&mut self, node: Node<'t>, name: Option<&str>, this: This) -> (FuncId, ExprId) {
        self.function_of(node, name, this, None)
    }

    /// [`function`](Lower::function), as a member of `class`.
    pub(super) fn function_of(
        &mut self,
        node: Node<'t>,
        name: Option<&str>,
        this: This,
        class: Option<ClassId>,
    ) -> (FuncId, ExprId) {
        let span = self.span(node);
        let kind = self.kind(node);
        let own = match kind {
            K::FunctionExpression | K::GeneratorFunction | K::FunctionDeclaration | K::GeneratorDeclaration => {
                self.at(node, F::Name)
            }
            _ => None,
        };
        let named = match own {
            Some(own) => Some(Name::from(self.text(own))),
            None => name.map(Name::from),
        };
        // The name of a function expression is known inside it only.
        let inner_name = own.filter(|_| matches!(kind, K::FunctionExpression | K::GeneratorFunction));
        let inner_binding = inner_name.map(|own| {
            self.b.enter_scope();
            self.declare(own, BindingKind::Func)
        });
        let around = self.this;
        let (func, expr) = self.b.enter_func(named, around, span);
        let outer_this = self.this;
        let outer_arguments = self.arguments;
        self.this = match this {
            This::Around => around,
            This::Own => ThisOf::Func(func),
            This::Is(this) => this,
        };
        if !matches!(this, This::Around) {
            self.arguments = Some(func);
        }
        self.b.func_mut(func).this = self.this;
        self.b.func_mut(func).class = class;
        self.params(node, func, class);
        if let Some(annotation) = self.at(node, F::ReturnType) {
            let ty = self.ty(annotation);
            self.b.func_mut(func).returns_ty = ty;
        }
        if let Some(body) = self.at(node, F::Body) {
            if self.kind(body) == K::StatementBlock {
                let statements = self.kids(body);
                self.function_body(&statements, body.start_byte());
            } else {
                let value = self.expr(body);
                self.b.func_mut(func).returns.push(value);
            }
        }
        self.this = outer_this;
        self.arguments = outer_arguments;
        self.b.leave_func();
        if let Some(binding) = inner_binding {
            self.b.define(binding, expr, span.start);
            self.b.leave_scope();
        }
        (func, expr)
    }

    fn params(&mut self, node: Node<'t>, func: FuncId, class: Option<ClassId>) {
        if let Some(single) = self.at(node, F::Parameter) {
            self.declare_pattern(single, BindingKind::Param);
            self.param(single, func, 0, class);
            return;
        }
        let Some(list) = self.at(node, F::Parameters) else { return };
        let mut params = self.kids(list);
        params.retain(|param| !matches!(self.kind(*param), K::Error | K::Decorator) && !self.is_this_param(*param));
        for (index, param) in params.iter().enumerate() {
            if !self.is_own_name(node, *param, index) {
                self.declare_pattern(*param, BindingKind::Param);
            }
        }
        for (index, param) in params.iter().enumerate() {
            match self.given_by_loader(node, *param, index) {
                Some(value) => {
                    if !self.is_own_name(node, *param, index) {
                        self.bind_given(*param, value);
                    }
                    let span = self.span(*param);
                    let param =
                        Param { name: None, span, default: None, ty: None, rest: false, key: None, decorator: None };
                    self.b.func_mut(func).params.push(param);
                }
                None => self.param(*param, func, u32::try_from(index).unwrap_or(u32::MAX), class),
            }
        }
    }

    /// `this: T` declares a type and no parameter.
    fn is_this_param(&self, param: Node<'t>) -> bool {
        self.at(param, F::Pattern).is_some_and(|pattern| self.kind(pattern) == K::This)
    }

    fn param(&mut self, node: Node<'t>, func: FuncId, index: u32, class: Option<ClassId>) {
        let mut pattern = node;
        let mut default = None;
        let mut ty = None;
        let mut is_field = false;
        let (mut told, mut decorator) = (None, None);
        match self.kind(node) {
            K::RequiredParameter | K::OptionalParameter => {
                let Some(inner) = self.at(node, F::Pattern).or_else(|| self.at(node, F::Name)) else { return };
                pattern = inner;
                default = self.at(node, F::Value);
                ty = self.at(node, F::Type).and_then(|annotation| self.ty(annotation));
                for part in self.parts(node) {
                    match self.kind(part) {
                        K::Decorator => {
                            let mut decorators = Vec::new();
                            self.decorator(part, &mut decorators);
                            decorator = decorators.first().copied().or(decorator);
                            told = decorator.and_then(|decorator| self.key_of_decorator(decorator)).or(told);
                        }
                        K::Accessibility | K::Override => is_field = true,
                        K::Token if self.text(part) == "readonly" => is_field = true,
                        _ => {}
                    }
                }
            }
            K::AssignPattern => {
                let Some(left) = self.at(node, F::Left) else { return };
                pattern = left;
                default = self.at(node, F::Right);
            }
            _ => {}
        }
        let rest = self.kind(pattern) == K::RestPattern;
        if rest && let Some(inner) = self.only(pattern) {
            pattern = inner;
        }
        let span = self.span(pattern);
        let plain = self.kind(pattern) == K::Identifier;
        let name = plain.then(|| self.text(pattern));
        let param = self.b.expr(Expr::Param { func, index, rest }, span);
        let default = default.map(|node| self.perhaps(|lower| lower.expr_named(node, name)));
        let value = match default {
            Some(default) => self.b.or(param, default, GivesWay::Missing, span),
            None => param,
        };
        let at = self.span(node).end;
        self.bind(pattern, value, at, span);
        if let Some(name) = name
            && let Some(binding) = self.b.lookup(name)
        {
            self.b.ir_mut().bindings[binding.index()].ty = ty;
        }
        let name = name.map(Name::from);
        if let (true, Some(class), Some(name)) = (is_field, class, &name) {
            let key = Key::Name(name.clone());
            let field = ClassField { key, value: Some(param), ty, is_static: false, data_name: None, span };
            self.b.class_mut(class).fields.push(field);
        }
        self.b.func_mut(func).params.push(Param { name, span, default, ty, rest, key: told, decorator });
    }

    /// The name and the keywords of a method.
    pub(super) fn method_head(&mut self, node: Node<'t>) -> Option<MethodHead> {
        let name = self.at(node, F::Name)?;
        let mut accessor = None;
        let mut is_static = false;
        for part in self.parts(node) {
            if part.id() == name.id() {
                break;
            }
            if part.is_named() {
                continue;
            }
            // The grammar makes one token of `static get` at a line's end.
            for word in self.text(part).split_whitespace() {
                match word {
                    "get" => accessor = Some("get"),
                    "set" => accessor = Some("set"),
                    "static" => is_static = true,
                    _ => {}
                }
            }
        }
        Some(MethodHead { key: self.key(name), accessor, is_static })
    }

    /// Lower a decorator and keep what it names.
    pub(super) fn decorator(&mut self, node: Node<'t>, into: &mut Vec<ExprId>) {
        if let Some(inner) = self.only(node) {
            let value = self.expr(inner);
            into.push(value);
        }
    }

    /// The text that a parameter's decorator is given first.
    fn key_of_decorator(&self, decorator: ExprId) -> Option<Name> {
        let Expr::Call { args, .. } = self.b.ir().expr(decorator) else { return None };
        match self.b.ir().expr(args.first()?.expr) {
            Expr::Lit(Lit::Str(text)) => Some(Name::from(&**text)),
            _ => None,
        }
    }

    /// The function an expression is, through syntax that changes nothing.
    pub(super) fn function_value(&self, id: ExprId) -> Option<FuncId> {
        match self.b.ir().expr(id) {
            Expr::Func(func) => Some(*func),
            Expr::Through(inner, why) if !matches!(why, Why::Rest | Why::On(_)) => match self.b.ir().expr(*inner) {
                Expr::Func(func) => Some(*func),
                _ => None,
            },
            _ => None,
        }
    }
}
