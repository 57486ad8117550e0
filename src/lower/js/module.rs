//! ES modules: imports and exports.

use super::Lower;
use super::kinds::{F, K};
use crate::ir::{BindingKind, ExprId, Name};
use crate::lower::host::Scripts;
use crate::text::Span;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// All forms of `import`. The names have their value from the start of the module.
    pub(super) fn import_statement(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let require = kids.iter().copied().find(|child| self.kind(*child) == K::ImportRequire);
        let Some(source) = self.at(require.unwrap_or(node), F::Source) else { return };
        let span = self.span(source);
        let module = self.import_at(&self.string_text(source), span, span);
        for clause in kids {
            match self.kind(clause) {
                K::ImportRequire => {
                    if let Some(name) = self.only(clause) {
                        self.imported(name, module);
                    }
                }
                K::ImportClause => {
                    for part in self.kids(clause) {
                        self.import_part(part, module);
                    }
                }
                _ => {}
            }
        }
    }

    fn import_part(&mut self, part: Node<'t>, module: ExprId) {
        let span = self.span(part);
        match self.kind(part) {
            K::Identifier => {
                let value = self.b.field(module, "default", span);
                self.imported(part, value);
            }
            K::NamespaceImport => {
                if let Some(name) = self.only(part) {
                    self.imported(name, module);
                }
            }
            K::NamedImports => {
                for specifier in self.kids(part) {
                    let Some(name) = self.at(specifier, F::Name) else { continue };
                    let local = self.at(specifier, F::Alias).unwrap_or(name);
                    let span = self.span(specifier);
                    let value = self.b.field(module, &self.export_name(name), span);
                    self.imported(local, value);
                }
            }
            _ => {}
        }
    }

    /// Export what the files export that the host takes its script from.
    pub(super) fn export_sources(&mut self, scripts: &Scripts) {
        for (source, place) in &scripts.sources {
            let span = Span::new(place.start, place.end);
            let module = self.import_at(source, span, span);
            let default = self.b.field(module, "default", span);
            let exports = &mut self.b.ir_mut().exports;
            exports.names.push(("default".into(), default));
            exports.stars.push(module);
        }
    }

    fn imported(&mut self, name: Node<'t>, value: ExprId) {
        let binding = self.declare(name, BindingKind::Import);
        self.b.define(binding, value, 0);
    }

    /// A name in an import or export list: an identifier or a string.
    fn export_name(&self, node: Node<'t>) -> Name {
        if self.kind(node) == K::String { self.string_text(node) } else { self.text(node).into() }
    }

    /// `import a = N.b`.
    pub(super) fn import_alias(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        let (Some(name), Some(path)) = (kids.first(), kids.get(1)) else { return };
        let value = self.path(*path);
        if let Some(binding) = self.b.lookup(self.text(*name)) {
            let at = self.span(node).end;
            self.b.define(binding, value, at);
        }
    }

    /// Offer a value to other modules, or as a member of the namespace around.
    fn export(&mut self, name: Name, value: ExprId) {
        match self.namespaces.last_mut() {
            Some(members) => members.push((name, value)),
            None => self.b.ir_mut().exports.names.push((name, value)),
        }
    }

    /// All forms of `export`.
    pub(super) fn export_statement(&mut self, node: Node<'t>) {
        let mut decorators = Vec::new();
        let parts = self.parts(node);
        let has = |lower: &Self, token: &str| {
            parts.iter().any(|part| lower.kind(*part) == K::Token && lower.text(*part) == token)
        };
        for part in &parts {
            if self.kind(*part) == K::Decorator {
                self.decorator(*part, &mut decorators);
            }
        }
        if let Some(declaration) = self.at(node, F::Declaration) {
            if matches!(self.kind(declaration), K::ClassDeclaration | K::AbstractClass) {
                self.class_declaration(declaration, &decorators);
            } else {
                self.stmt(declaration);
            }
            self.export_declared(declaration, has(self, "default"));
            return;
        }
        if let Some(value) = self.at(node, F::Value) {
            let value = self.expr(value);
            self.export("default".into(), value);
            return;
        }
        let module = self.at(node, F::Source).map(|source| {
            let span = self.span(source);
            self.import_at(&self.string_text(source), span, span)
        });
        let whole = has(self, "=");
        let mut named = false;
        for part in &parts {
            match self.kind(*part) {
                K::ExportClause => {
                    named = true;
                    for specifier in self.kids(*part) {
                        self.export_specifier(specifier, module);
                    }
                }
                K::NamespaceExport => {
                    named = true;
                    if let (Some(name), Some(module)) = (self.only(*part), module) {
                        self.export(self.export_name(name), module);
                    }
                }
                kind if whole && kind.is_expression() => {
                    let value = self.expr(*part);
                    self.b.ir_mut().exports.whole.push(value);
                }
                _ => {}
            }
        }
        if let (Some(module), false) = (module, named) {
            self.b.ir_mut().exports.stars.push(module);
        }
    }

    fn export_specifier(&mut self, node: Node<'t>, module: Option<ExprId>) {
        let Some(name) = self.at(node, F::Name) else { return };
        let span = self.span(name);
        let own = self.export_name(name);
        let value = match module {
            Some(module) => self.b.field(module, &own, span),
            None => self.b.read(&own, span),
        };
        let outer = self.at(node, F::Alias).map_or(own, |alias| self.export_name(alias));
        self.export(outer, value);
    }

    /// Export what a declaration declares, as reads of the names: their values may come later or be several.
    fn export_declared(&mut self, declaration: Node<'t>, is_default: bool) {
        let mut names = Vec::new();
        match self.kind(declaration) {
            K::LexicalDeclaration | K::VariableDeclaration | K::UsingDeclaration => {
                for declarator in self.kids(declaration) {
                    if let Some(pattern) = self.at(declarator, F::Name) {
                        names.extend(self.pattern_names(pattern));
                    }
                }
            }
            K::Ambient => {
                if let Some(inner) = self.only(declaration)
                    && self.depth < super::DEPTH_LIMIT
                {
                    self.depth += 1;
                    self.export_declared(inner, is_default);
                    self.depth -= 1;
                }
            }
            _ => names.extend(self.declared_name(declaration)),
        }
        for name in names {
            let span = self.span(name);
            let text = self.text(name);
            let value = self.b.read(text, span);
            let outer = if is_default { "default" } else { text };
            self.export(outer.into(), value);
        }
    }
}
