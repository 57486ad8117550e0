//! Statements: which block runs when.

use super::kinds::{F, K};
use super::{DEPTH_LIMIT, Lower};
use crate::ir::{BindingKind, BlockKind, Expr, OpaqueKind};
use tree_sitter::Node;

/// Labels of one case that are told apart.
const LABELS: usize = 16;

impl<'t> Lower<'t> {
    /// Lower one statement.
    pub(super) fn stmt(&mut self, node: Node<'t>) {
        if self.depth >= DEPTH_LIMIT {
            let span = self.span(node);
            self.b.opaque(OpaqueKind::TooDeep, span);
            return;
        }
        self.depth += 1;
        self.statement(node);
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
            K::StatementBlock => self.block(node, BlockKind::Plain),
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
                    self.body(body, BlockKind::Loop);
                }
            }
            K::With => {
                if let Some(object) = self.at(node, F::Object) {
                    self.expr(object);
                }
                if let Some(body) = self.at(node, F::Body) {
                    self.body(body, BlockKind::Plain);
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
    fn block(&mut self, node: Node<'t>, kind: BlockKind) {
        let statements = self.kids(node);
        self.b.enter_block(kind);
        self.b.enter_scope();
        self.block_body(&statements, node.start_byte());
        self.b.leave_scope();
        self.b.leave_block();
    }

    /// The body of a loop or branch, with or without braces.
    fn body(&mut self, node: Node<'t>, kind: BlockKind) {
        if self.kind(node) == K::StatementBlock {
            self.block(node, kind);
        } else {
            self.b.enter_block(kind);
            self.stmt(node);
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
            let mut value = self.expr(child);
            let func = self.b.func();
            let span = self.span(child);
            for nth in (0..self.cases.len()).rev() {
                let (within, on, cases) = self.cases[nth].clone();
                if within == func {
                    value = self.b.when(on, &cases, value, span);
                }
            }
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

    /// Whether an expression is a name or members of one: it can be read twice.
    fn is_name(&self, node: Node<'t>) -> bool {
        let mut node = node;
        loop {
            match self.kind(node) {
                K::Identifier | K::This => return true,
                K::Member => match self.at(node, F::Object) {
                    Some(object) => node = object,
                    None => return false,
                },
                _ => return false,
            }
        }
    }

    /// Whether a name is written like that of a constant: `LOGGED_IN`, `types.LOGGED_IN`, `Kind.LoggedIn`.
    fn is_constant(&self, node: Node<'t>) -> bool {
        let is_upper = |text: &str| {
            text.starts_with(|first: char| first.is_ascii_uppercase())
                && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        };
        match self.kind(node) {
            K::Identifier => is_upper(self.text(node)),
            K::Member => {
                let property = self.at(node, F::Property).map(|property| self.text(property)).unwrap_or_default();
                let of_kind = self.at(node, F::Object).is_some_and(|of| {
                    self.kind(of) == K::Identifier
                        && self.text(of).starts_with(|first: char| first.is_ascii_uppercase())
                });
                is_upper(property) || of_kind && property.starts_with(|first: char| first.is_ascii_uppercase())
            }
            _ => false,
        }
    }

    /// What a condition like `kind === 'link'` compares a name with. Only names and members: they can be read twice.
    pub(super) fn equality(&mut self, condition: Node<'t>) -> Option<(crate::ir::ExprId, crate::ir::ExprId)> {
        let condition = self.bare(condition);
        if self.kind(condition) != K::Binary {
            return None;
        }
        let operator = self.at(condition, F::Operator).map(|operator| self.text(operator))?;
        let (left, right) = (self.at(condition, F::Left)?, self.at(condition, F::Right)?);
        let is_text = |node: Node<'t>| self.kind(node) == K::String || self.is_constant(node);
        let (on, is) = if is_text(right) { (left, right) } else { (right, left) };
        if !matches!(operator, "===" | "==") || !self.is_name(on) || !is_text(is) {
            return None;
        }
        Some((self.expr(on), self.expr(is)))
    }

    /// Follows `else if` in a loop: generated code has hundreds.
    fn if_statement(&mut self, mut node: Node<'t>) {
        let mut opened = 0;
        loop {
            let mut test = None;
            if let Some(condition) = self.at(node, F::Condition) {
                self.expr(condition);
                test = self.equality(condition);
            }
            if let Some(body) = self.at(node, F::Consequence) {
                let is_tested = test.is_some();
                if let Some((on, is)) = test {
                    self.cases.push((self.b.func(), on, vec![is]));
                }
                self.body(body, BlockKind::Branch);
                if is_tested {
                    self.cases.pop();
                }
            }
            let Some(otherwise) = self.at(node, F::Alternative).and_then(|clause| self.only(clause)) else { break };
            if self.kind(otherwise) != K::If {
                self.body(otherwise, BlockKind::Branch);
                break;
            }
            self.b.enter_block(BlockKind::Branch);
            opened += 1;
            node = otherwise;
        }
        for _ in 0..opened {
            self.b.leave_block();
        }
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
            self.body(body, BlockKind::Plain);
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
            self.body(body, BlockKind::Plain);
        }
        self.b.leave_scope();
        self.b.leave_block();
    }

    fn try_statement(&mut self, node: Node<'t>) {
        if let Some(body) = self.at(node, F::Body) {
            self.body(body, BlockKind::Branch);
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
                self.body(body, BlockKind::Plain);
            }
            self.b.leave_scope();
            self.b.leave_block();
        }
        if let Some(body) = self.at(node, F::Finalizer).and_then(|clause| self.at(clause, F::Body)) {
            self.body(body, BlockKind::Plain);
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
        // labels that fall through to the statements that follow
        let mut labels = Vec::new();
        let mut is_open = false;
        for (label, statements) in lists {
            match label {
                Some(label) => labels.push(self.expr(label)),
                None => is_open = true,
            }
            self.b.enter_block(BlockKind::Branch);
            let test = on.filter(|_| !is_open && !statements.is_empty());
            if let Some(on) = test {
                self.cases.push((self.b.func(), on, labels.clone()));
            }
            for statement in &statements {
                self.stmt(*statement);
            }
            if test.is_some() {
                self.cases.pop();
            }
            // without a jump at its end, a case runs on into the next
            if statements.last().is_some_and(|last| self.jumps(*last)) {
                labels.clear();
                is_open = false;
            }
            is_open |= labels.len() > LABELS;
            self.b.leave_block();
        }
        self.b.leave_scope();
    }
}
