//! Statements: which block runs when.

use super::kinds::{F, K};
use super::{DEPTH_LIMIT, Lower};
use crate::ir::{BindingKind, BlockKind, Expr, ExprId, Guard, OpaqueKind};
use tree_sitter::Node;

/// Branches of one list of statements that are known to leave it.
const LEFT_BY: usize = 16;

impl<'t> Lower<'t> {
    /// Lower one statement.
    pub(super) fn stmt(&mut self, node: Node<'t>) {
        if self.depth >= DEPTH_LIMIT {
            let span = self.span(node);
            self.b.opaque(OpaqueKind::TooDeep, span);
            return;
        }
        self.depth += 1;
        self.left_by.clear();
        self.statement(node);
        if self.kind(node) != K::If {
            self.left_by.clear();
        }
        if node.has_error() {
            self.stray_errors(node);
        }
        self.depth -= 1;
    }

    fn statement(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::ExpressionStatement => {
                for child in self.kids(node) {
                    self.expr(child);
                }
            }
            K::VariableDeclaration | K::LexicalDeclaration | K::UsingDeclaration => self.variables(node),
            K::Return => self.return_statement(node),
            K::If => self.if_statement(node),
            K::StatementBlock => self.block(node, BlockKind::Plain, None),
            K::FunctionDeclaration | K::GeneratorDeclaration => {
                // Most were lowered when their block was entered; not `if (x) function f() {}`.
                let at = self.span(node).start;
                self.function_declaration(node, at);
            }
            K::ClassDeclaration | K::AbstractClass => self.class_declaration(node, &[]),
            K::Export => self.export_statement(node),
            K::For => self.for_statement(node),
            K::ForIn => self.for_in(node),
            K::While | K::Do => {
                if let Some(condition) = self.at(node, F::Condition) {
                    self.expr(condition);
                }
                if let Some(body) = self.at(node, F::Body) {
                    self.body(body, BlockKind::Loop, None);
                }
            }
            K::With => {
                if let Some(object) = self.at(node, F::Object) {
                    self.expr(object);
                }
                if let Some(body) = self.at(node, F::Body) {
                    self.body(body, BlockKind::Plain, None);
                }
            }
            K::Labeled => {
                if let Some(body) = self.at(node, F::Body) {
                    self.stmt(body);
                }
            }
            K::Try => self.try_statement(node),
            K::Switch => self.switch(node),
            K::Throw => {
                for child in self.kids(node) {
                    self.expr(child);
                }
            }
            K::Enum => self.enum_declaration(node),
            K::Module | K::InternalModule => self.namespace(node),
            K::Ambient => self.ambient(node),
            K::ImportAlias => self.import_alias(node),
            K::Error => self.any(node),
            K::ImportStatement
            | K::FunctionSignature
            | K::Interface
            | K::TypeAlias
            | K::Empty
            | K::Break
            | K::Continue
            | K::Debugger => {}
            kind if kind.is_expression() => {
                self.expr(node);
            }
            _ => self.any(node),
        }
    }

    /// `{…}` as a block of its own with a scope of its own.
    fn block(&mut self, node: Node<'t>, kind: BlockKind, guard: Option<Guard>) {
        let statements = self.kids(node);
        self.b.enter_guarded(kind, guard);
        self.b.enter_scope();
        self.block_body(&statements, node.start_byte());
        self.b.leave_scope();
        self.b.leave_block();
    }

    /// The body of a loop or branch, with or without braces.
    fn body(&mut self, node: Node<'t>, kind: BlockKind, guard: Option<Guard>) {
        if self.kind(node) == K::StatementBlock {
            self.block(node, kind, guard);
        } else {
            self.b.enter_guarded(kind, guard);
            self.stmt(node);
            self.b.leave_block();
        }
    }

    /// A list of statements. What stands behind a branch that leaves the list runs only where the branch does not.
    pub(super) fn statements(&mut self, nodes: &[Node<'t>]) {
        let mut opened = 0;
        for node in nodes {
            self.stmt(*node);
            for guard in std::mem::take(&mut self.left_by) {
                if opened < LEFT_BY {
                    self.b.enter_guarded(BlockKind::Plain, Some(guard));
                    opened += 1;
                }
            }
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
    }

    fn variables(&mut self, node: Node<'t>) {
        for declarator in self.kids(node) {
            if self.kind(declarator) != K::Declarator {
                self.any(declarator);
                continue;
            }
            let Some(pattern) = self.at(declarator, F::Name) else { continue };
            if let Some(annotation) = self.at(declarator, F::Type)
                && let Some(ty) = self.ty(annotation)
                && let Some(binding) = self.b.lookup(self.text(pattern))
            {
                self.b.ir_mut().bindings[binding.index()].ty = Some(ty);
            }
            if let Some(value) = self.at(declarator, F::Value) {
                let name = (self.kind(pattern) == K::Identifier).then(|| self.text(pattern));
                let id = self.expr_named(value, name);
                let span = self.span(declarator);
                self.bind(pattern, id, span.end, span);
            }
        }
    }

    fn return_statement(&mut self, node: Node<'t>) {
        for child in self.kids(node) {
            let value = self.expr(child);
            let func = self.b.func();
            self.b.func_mut(func).returns.push(value);
        }
    }

    /// Whether what follows a statement is not reached from it.
    fn jumps(&mut self, statement: Node<'t>) -> bool {
        match self.kind(statement) {
            K::Return | K::Break | K::Continue | K::Throw => true,
            K::StatementBlock => self.kids(statement).last().is_some_and(|last| self.jumps(*last)),
            _ => false,
        }
    }

    /// Follows `else if` in a loop: generated code has hundreds.
    fn if_statement(&mut self, mut node: Node<'t>) {
        let mut opened = 0;
        let mut left_by = Vec::new();
        // whether all branches so far leave the list of statements
        let mut all_leave = true;
        loop {
            let test = self.at(node, F::Condition).map(|condition| self.expr(condition));
            let when = |holds: bool| test.map(|test| Guard { test, holds });
            let body = self.at(node, F::Consequence);
            if let Some(body) = body {
                self.body(body, BlockKind::Branch, when(true));
            }
            let leaves = body.is_some_and(|body| self.jumps(body));
            if all_leave && leaves && left_by.len() < LEFT_BY {
                left_by.extend(when(false));
            }
            let otherwise = self.at(node, F::Alternative).and_then(|clause| self.only(clause));
            let Some(otherwise) = otherwise else { break };
            if self.kind(otherwise) != K::If {
                self.body(otherwise, BlockKind::Branch, when(false));
                if opened == 0 && !leaves && self.jumps(otherwise) {
                    left_by.extend(when(true));
                }
                break;
            }
            all_leave &= leaves;
            self.b.enter_guarded(BlockKind::Branch, when(false));
            opened += 1;
            node = otherwise;
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
        self.left_by = left_by;
    }

    fn for_statement(&mut self, node: Node<'t>) {
        self.b.enter_scope();
        if let Some(initializer) = self.at(node, F::Initializer) {
            self.hoist_block(&[initializer], node.start_byte());
            self.stmt(initializer);
        }
        if let Some(condition) = self.at(node, F::Condition) {
            self.stmt(condition);
        }
        self.b.enter_block(BlockKind::Loop);
        if let Some(body) = self.at(node, F::Body) {
            self.body(body, BlockKind::Plain, None);
        }
        if let Some(increment) = self.at(node, F::Increment) {
            self.expr(increment);
        }
        self.b.leave_block();
        self.b.leave_scope();
    }

    fn for_in(&mut self, node: Node<'t>) {
        let (Some(left), Some(right)) = (self.at(node, F::Left), self.at(node, F::Right)) else {
            for child in self.kids(node) {
                self.any(child);
            }
            return;
        };
        let iterated = self.expr(right);
        let is_of = self.at(node, F::Operator).is_some_and(|operator| self.text(operator) == "of");
        self.b.enter_block(BlockKind::Loop);
        self.b.enter_scope();
        match self.at(node, F::Kind).map(|kind| self.text(kind)) {
            None | Some("var") => {}
            Some("let") => self.declare_pattern(left, BindingKind::Var),
            Some(_) => self.declare_pattern(left, BindingKind::Const),
        }
        let span = self.span(left);
        let element = if is_of { Expr::Elem(iterated) } else { Expr::Keys(iterated) };
        let value = self.b.expr(element, span);
        let at = self.span(right).end;
        self.bind(left, value, at, span);
        if let Some(body) = self.at(node, F::Body) {
            self.body(body, BlockKind::Plain, None);
        }
        self.b.leave_scope();
        self.b.leave_block();
    }

    fn try_statement(&mut self, node: Node<'t>) {
        if let Some(body) = self.at(node, F::Body) {
            self.body(body, BlockKind::Branch, None);
        }
        if let Some(handler) = self.at(node, F::Handler) {
            self.b.enter_block(BlockKind::Branch);
            self.b.enter_scope();
            if let Some(parameter) = self.at(handler, F::Parameter) {
                self.declare_pattern(parameter, BindingKind::Catch);
                let span = self.span(parameter);
                let error = self.b.opaque(OpaqueKind::Error, span);
                self.bind(parameter, error, span.end, span);
            }
            if let Some(body) = self.at(handler, F::Body) {
                self.body(body, BlockKind::Plain, None);
            }
            self.b.leave_scope();
            self.b.leave_block();
        }
        if let Some(body) = self.at(node, F::Finalizer).and_then(|clause| self.at(clause, F::Body)) {
            self.body(body, BlockKind::Plain, None);
        }
    }

    fn switch(&mut self, node: Node<'t>) {
        let on = self.at(node, F::Value).map(|value| self.expr(value));
        let Some(body) = self.at(node, F::Body) else { return };
        let cases = self.kids(body);
        let mut lists = Vec::with_capacity(cases.len());
        let mut all = Vec::new();
        for case in &cases {
            let label = self.at(*case, F::Value);
            let mut statements = self.kids(*case);
            statements.retain(|child| Some(child.id()) != label.map(|label| label.id()));
            all.extend(statements.iter().copied());
            lists.push((label, statements));
        }
        self.b.enter_scope();
        self.hoist_block(&all, body.start_byte());
        // labels that fall through to the statements that follow; without one, every label so far or none
        let mut labels: Vec<ExprId> = Vec::new();
        let mut seen: Vec<ExprId> = Vec::new();
        let mut is_default = false;
        for (label, statements) in lists {
            match label {
                Some(label) => {
                    let label = self.expr(label);
                    seen.push(label);
                    labels.push(label);
                }
                None => is_default = true,
            }
            let span = self.span(body);
            let guard = on.filter(|_| !statements.is_empty()).and_then(|on| {
                // the default is what no label says; those that run on into it come in as well
                let others: Vec<ExprId> = if is_default {
                    seen.iter().copied().filter(|label| !labels.contains(label)).collect()
                } else {
                    Vec::new()
                };
                let (cases, holds) = if is_default { (&others, false) } else { (&labels, true) };
                self.b.one_of(on, cases, span).map(|test| Guard { test, holds })
            });
            self.b.enter_guarded(BlockKind::Branch, guard);
            self.statements(&statements);
            // without a jump at its end, a case runs on into the next
            if statements.last().is_some_and(|last| self.jumps(*last)) {
                labels.clear();
                is_default = false;
            }
            self.b.leave_block();
        }
        self.b.leave_scope();
    }
}
