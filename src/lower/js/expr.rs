//! Expressions: which form goes where.

use super::kinds::{F, K};
use super::{DEPTH_LIMIT, Lower};
use crate::ir::{BlockKind, Expr, ExprId, Guard, Lit, Op, OpaqueKind, Why};
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// Lower one expression.
    pub(super) fn expr(&mut self, node: Node<'t>) -> ExprId {
        self.expr_named(node, None)
    }

    /// Lower one expression; `name` is what a function or class without a name of its own is called.
    pub(super) fn expr_named(&mut self, node: Node<'t>, name: Option<&str>) -> ExprId {
        let node = self.bare(node);
        if self.depth >= DEPTH_LIMIT {
            let span = self.span(node);
            return self.b.opaque(OpaqueKind::TooDeep, span);
        }
        self.depth += 1;
        let id = self.expression(node, name);
        self.depth -= 1;
        id
    }

    fn expression(&mut self, node: Node<'t>, name: Option<&str>) -> ExprId {
        match self.kind(node) {
            K::Identifier | K::Shorthand => self.identifier(node),
            K::Member | K::Subscript | K::Call | K::NonNull => self.chain(node),
            K::String | K::Template | K::Number | K::True | K::False | K::Null | K::Undefined => self.literal(node),
            K::Object => self.object(node),
            K::Array => self.array(node),
            K::Arrow | K::FunctionExpression | K::GeneratorFunction => self.function_expression(node, name),
            K::Class => self.class_expression(node, name),
            K::Binary => self.binary(node),
            K::Ternary => self.ternary(node),
            K::Assign => self.assignment(node),
            K::Augmented => self.augmented(node),
            K::New => self.new_expression(node),
            K::This => {
                let this = self.this;
                let span = self.span(node);
                self.b.expr(Expr::This(this), span)
            }
            K::Super | K::Import => {
                let span = self.span(node);
                self.b.expr(Expr::Global(self.text(node).into()), span)
            }
            K::Await => self.wrapped(node, Why::Await),
            K::As | K::Satisfies => self.wrapped(node, Why::Cast),
            K::TypeAssertion => {
                let inner = self.kids(node).into_iter().find(|child| self.kind(*child) != K::TypeArguments);
                self.wrap(inner, node, Why::Cast)
            }
            K::Instantiation => match self.at(node, F::Function).or_else(|| self.only(node)) {
                Some(inner) => self.expr(inner),
                None => self.syntax(node),
            },
            K::Yield => self.yield_expression(node),
            K::Sequence => self.sequence(node),
            K::Unary => self.unary(node),
            K::Update => self.update(node),
            K::JsxElement | K::JsxSelfClosing => self.jsx(node),
            K::JsxExpression => match self.only(node) {
                Some(inner) => self.expr(inner),
                None => self.null(node),
            },
            K::Meta => self.meta(node),
            K::Regex => {
                let span = self.span(node);
                self.b.expr(Expr::Lit(Lit::Regex(self.text(node).into())), span)
            }
            K::InternalModule => {
                self.namespace(node);
                self.null(node)
            }
            K::Spread => match self.only(node) {
                Some(inner) => self.expr(inner),
                None => self.syntax(node),
            },
            _ => self.not_an_expression(node),
        }
    }

    /// A form with no lowering, or a region in error: what is inside is lowered all the same.
    fn not_an_expression(&mut self, node: Node<'t>) -> ExprId {
        let kind = if node.has_error() { OpaqueKind::Syntax } else { OpaqueKind::Unsupported };
        if node.is_error() {
            self.taken_errors.insert(node.id());
        }
        for child in self.kids(node) {
            self.any(child);
        }
        let span = self.span(node);
        self.b.opaque(kind, span)
    }

    /// A form that lacks a part because the parser had to guess.
    pub(super) fn syntax(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        self.b.opaque(OpaqueKind::Syntax, span)
    }

    /// No value.
    pub(super) fn null(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        self.b.null(span)
    }

    /// The result of an operator that the evaluation has no use for.
    pub(super) fn operator(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        self.b.opaque(OpaqueKind::Operator, span)
    }

    fn identifier(&mut self, node: Node<'t>) -> ExprId {
        let name = self.text(node);
        let span = self.span(node);
        if name.is_empty() {
            return self.b.opaque(OpaqueKind::Syntax, span);
        }
        if let ("arguments", Some(func)) = (name, self.arguments)
            && self.b.lookup(name).is_none()
        {
            return self.b.expr(Expr::Arguments(func), span);
        }
        if name == "undefined" && self.b.lookup(name).is_none() {
            return self.b.null(span);
        }
        self.read(name, span)
    }

    fn wrapped(&mut self, node: Node<'t>, why: Why) -> ExprId {
        let inner = self.only(node);
        self.wrap(inner, node, why)
    }

    fn wrap(&mut self, inner: Option<Node<'t>>, node: Node<'t>, why: Why) -> ExprId {
        let Some(inner) = inner else { return self.syntax(node) };
        let inner = self.expr(inner);
        let span = self.span(node);
        self.b.through(inner, why, span)
    }

    fn yield_expression(&mut self, node: Node<'t>) -> ExprId {
        let Some(inner) = self.only(node) else {
            let null = self.null(node);
            let span = self.span(node);
            return self.b.through(null, Why::Yield, span);
        };
        let delegates = self.has_token(node, "*");
        let value = self.expr(inner);
        let span = self.span(node);
        let yielded = if delegates { self.b.expr(Expr::Elem(value), span) } else { value };
        let func = self.b.func();
        self.b.func_mut(func).yields.push(yielded);
        self.b.through(value, Why::Yield, span)
    }

    fn sequence(&mut self, node: Node<'t>) -> ExprId {
        let mut last = None;
        for child in self.kids(node) {
            last = Some(self.expr(child));
        }
        last.unwrap_or_else(|| self.syntax(node))
    }

    fn unary(&mut self, node: Node<'t>) -> ExprId {
        let operator = self.at(node, F::Operator).map(|operator| self.text(operator));
        let argument = self.at(node, F::Argument).map(|argument| self.expr(argument));
        match (operator, argument) {
            (Some("void"), _) => self.null(node),
            (Some("!"), Some(id)) => {
                let span = self.span(node);
                self.b.not(id, span)
            }
            // `~at` is zero where `at` is -1: nothing was found
            (Some("~"), Some(id)) => {
                let span = self.span(node);
                let nowhere = self.b.expr(Expr::Lit(Lit::Num("-1".into())), span);
                let test = self.b.test(Op::Same, id, nowhere, span);
                self.b.not(test, span)
            }
            // `-1` is a number as good as any.
            (Some("-"), Some(id)) if matches!(self.b.ir().expr(id), Expr::Lit(Lit::Num(_))) => {
                let span = self.span(node);
                self.b.expr(Expr::Lit(Lit::Num(self.text(node).into())), span)
            }
            _ => self.operator(node),
        }
    }

    fn meta(&mut self, node: Node<'t>) -> ExprId {
        let span = self.span(node);
        if self.text(node).starts_with("import") {
            self.b.expr(Expr::Global("import.meta".into()), span)
        } else {
            self.b.opaque(OpaqueKind::Unsupported, span)
        }
    }

    /// `c ? a : d ? b : e` is followed in a loop: minified code has long ones.
    fn ternary(&mut self, node: Node<'t>) -> ExprId {
        let mut options = Vec::new();
        let mut opened = 0;
        let mut current = node;
        loop {
            let test = self.at(current, F::Condition).map(|condition| self.expr(condition));
            let when = |holds: bool| test.map(|test| Guard { test, holds });
            if let Some(consequence) = self.at(current, F::Consequence) {
                options.push(self.branch(consequence, when(true)));
            }
            let Some(alternative) = self.at(current, F::Alternative) else { break };
            self.b.enter_guarded(BlockKind::Branch, when(false));
            opened += 1;
            current = self.bare(alternative);
            if self.kind(current) != K::Ternary {
                options.push(self.expr(current));
                break;
            }
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
        let span = self.span(node);
        self.b.either(options, span)
    }
}
