//! Names before values: hoisting.
//!
//! A closure may read what is declared below it, so every scope declares its names before its statements are lowered.
//! Function declarations, imports and types have their value from the start of their scope.

use super::kinds::{F, K};
use super::{Lower, Nodes};
use crate::ir::{BindingId, BindingKind};
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The statements of the module, a function or a namespace, in the current scope. `start` is where that begins.
    pub(super) fn function_body(&mut self, nodes: &[Node<'t>], start: usize) {
        let outer = std::mem::replace(&mut self.var_depth, self.b.depth() - 1);
        self.hoist_vars(nodes);
        self.block_body(nodes, start);
        self.var_depth = outer;
    }

    /// The statements of a block in the current scope.
    pub(super) fn block_body(&mut self, nodes: &[Node<'t>], start: usize) {
        self.hoist_block(nodes, start);
        self.statements(nodes);
    }

    /// Declare what a list of statements declares, and define what has its value from the start.
    pub(super) fn hoist_block(&mut self, nodes: &[Node<'t>], start: usize) {
        let declarations: Vec<_> = nodes.iter().filter_map(|node| self.declaration(*node)).collect();
        for node in &declarations {
            self.declare_value(*node);
        }
        // A type may share its name with a value, which then counts alone: so the values come first.
        for node in &declarations {
            self.declare_type(*node);
        }
        let at = u32::try_from(start).unwrap_or(u32::MAX);
        for node in &declarations {
            match self.kind(*node) {
                K::FunctionDeclaration | K::GeneratorDeclaration => self.function_declaration(*node, at),
                K::Interface | K::TypeAlias => self.type_declaration(*node, at),
                _ => {}
            }
        }
    }

    /// The declaration a statement is or exports.
    fn declaration(&mut self, mut node: Node<'t>) -> Option<Node<'t>> {
        loop {
            match self.kind(node) {
                K::Export => node = self.at(node, F::Declaration)?,
                K::Ambient => node = self.only(node).filter(|inner| self.kind(*inner) != K::StatementBlock)?,
                K::ExpressionStatement => {
                    return self.only(node).filter(|inner| self.kind(*inner) == K::InternalModule);
                }
                K::LexicalDeclaration
                | K::UsingDeclaration
                | K::FunctionDeclaration
                | K::GeneratorDeclaration
                | K::FunctionSignature
                | K::ClassDeclaration
                | K::AbstractClass
                | K::Interface
                | K::TypeAlias
                | K::Enum
                | K::Module
                | K::InternalModule
                | K::ImportAlias
                | K::ImportStatement => return Some(node),
                _ => return None,
            }
        }
    }

    fn declare_value(&mut self, node: Node<'t>) {
        let kind = match self.kind(node) {
            K::LexicalDeclaration => {
                let is_const = self.parts(node).first().is_some_and(|token| self.text(*token) == "const");
                return self.declare_declarators(node, if is_const { BindingKind::Const } else { BindingKind::Var });
            }
            K::UsingDeclaration => return self.declare_declarators(node, BindingKind::Const),
            K::ImportStatement => return self.import_statement(node),
            K::ClassDeclaration | K::AbstractClass => BindingKind::Class,
            K::FunctionSignature => BindingKind::Func,
            K::Enum | K::Module | K::InternalModule => BindingKind::Const,
            K::ImportAlias => BindingKind::Import,
            _ => return,
        };
        if let Some(name) = self.declared_name(node) {
            self.declare(name, kind);
        }
    }

    fn declare_type(&mut self, node: Node<'t>) {
        if matches!(self.kind(node), K::Interface | K::TypeAlias)
            && let Some(name) = self.declared_name(node)
        {
            let before = self.b.ir().bindings.len();
            let binding = self.declare(name, BindingKind::Class);
            if binding.index() >= before {
                self.types.insert(binding);
            }
        }
    }

    /// The identifier a declaration gives a meaning to.
    pub(super) fn declared_name(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        let mut name = match self.kind(node) {
            K::ImportAlias => self.only(node)?,
            _ => self.at(node, F::Name)?,
        };
        while matches!(self.kind(name), K::NestedIdentifier | K::Member) {
            name = self.at(name, F::Object)?;
        }
        (self.kind(name) != K::String).then_some(name)
    }

    /// Declare a name in the innermost scope.
    pub(super) fn declare(&mut self, name: Node<'t>, kind: BindingKind) -> BindingId {
        let span = self.span(name);
        self.b.declare(self.text(name), kind, span, false)
    }

    fn declare_declarators(&mut self, node: Node<'t>, kind: BindingKind) {
        for declarator in self.kids(node) {
            if let Some(pattern) = self.at(declarator, F::Name) {
                self.declare_pattern(pattern, kind);
            }
        }
    }

    /// Declare every name of a pattern in the innermost scope.
    pub(super) fn declare_pattern(&mut self, pattern: Node<'t>, kind: BindingKind) {
        for name in self.pattern_names(pattern) {
            self.declare(name, kind);
        }
    }

    /// Declare the `var`s and functions of a function's body, wherever they stand, in the function's scope.
    fn hoist_vars(&mut self, nodes: &[Node<'t>]) {
        let mut open: Vec<Node<'t>> = nodes.iter().rev().copied().collect();
        while let Some(node) = open.pop() {
            let kind = self.kind(node);
            let mut inner = Nodes::new();
            match kind {
                K::VariableDeclaration => {
                    for declarator in self.kids(node) {
                        inner.extend(self.at(declarator, F::Name));
                    }
                    self.declare_vars(&inner);
                    continue;
                }
                K::FunctionDeclaration | K::GeneratorDeclaration => {
                    if let Some(name) = self.at(node, F::Name) {
                        let span = self.span(name);
                        self.b.declare_at(self.var_depth, self.text(name), BindingKind::Func, span, false);
                    }
                    continue;
                }
                K::ForIn => {
                    let is_var = self.at(node, F::Kind).is_some_and(|kind| self.text(kind) == "var");
                    if is_var && let Some(left) = self.at(node, F::Left) {
                        self.declare_vars(&[left]);
                    }
                    inner.extend(self.at(node, F::Body));
                }
                K::For => {
                    inner.extend(self.at(node, F::Initializer));
                    inner.extend(self.at(node, F::Body));
                }
                K::If => {
                    inner.extend(self.at(node, F::Consequence));
                    inner.extend(self.at(node, F::Alternative));
                }
                K::While | K::Do | K::Labeled | K::With => inner.extend(self.at(node, F::Body)),
                K::Export => inner.extend(self.at(node, F::Declaration)),
                K::Ambient => {
                    inner = self.kids(node);
                    inner.retain(|child| self.kind(*child) != K::StatementBlock);
                }
                K::StatementBlock
                | K::ElseClause
                | K::Try
                | K::Catch
                | K::Finally
                | K::Switch
                | K::SwitchBody
                | K::SwitchCase
                | K::SwitchDefault
                | K::Program
                | K::Error => inner = self.kids(node),
                _ => continue,
            }
            open.extend(inner.into_iter().rev());
        }
    }

    fn declare_vars(&mut self, patterns: &[Node<'t>]) {
        for pattern in patterns {
            for name in self.pattern_names(*pattern) {
                let span = self.span(name);
                self.b.declare_at(self.var_depth, self.text(name), BindingKind::Var, span, false);
            }
        }
    }
}
