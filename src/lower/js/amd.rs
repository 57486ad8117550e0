//! Modules of the asynchronous kind: `define('name', ['a', 'b'], function (a, b) { … })`, `require(['a'], function (a) { … })`.
//!
//! The factory's parameters are the modules that the list names, what the factory returns is what the module is. Without a
//! list the parameters are `require`, `exports` and `module`, as in CommonJS.

use super::kinds::{F, K};
use super::{Lower, Nodes};
use crate::ir::{BindingKind, CallKind, Expr, ExprId, Key, Name, Prop};
use crate::text::Span;
use tree_sitter::Node;

/// What a factory gets.
#[derive(Clone, Debug)]
enum Given {
    /// What CommonJS modules have by themselves, under this name.
    Own(&'static str),
    /// A module, by its specifier.
    Module(Name, Span),
    /// Not known.
    Nothing,
}

/// A call that loads or defines modules.
#[derive(Clone, Debug)]
pub(super) struct Loading {
    /// The node of the factory, where it is written there.
    factory: Option<usize>,
    given: Vec<Given>,
    /// Whether the call defines a module, and under which name.
    defines: Option<Option<Name>>,
    /// How much the file exported before: by name, as a whole.
    exported: (usize, usize),
}

const OWN: [&str; 3] = ["require", "exports", "module"];

impl<'t> Lower<'t> {
    /// Whether a call loads modules or defines one, seen before its arguments are lowered.
    pub(super) fn loading(&mut self, callee: ExprId, arguments: Node<'t>) -> Option<Loading> {
        let Expr::Global(name) = self.b.ir().expr(callee) else { return None };
        let defines = match &**name {
            "define" => true,
            "require" | "requirejs" => false,
            _ => return None,
        };
        let mut nodes: Nodes<'t> = self.kids(arguments);
        let mut named = None;
        if defines && nodes.first().is_some_and(|first| self.kind(*first) == K::String) {
            named = Some(self.string_text(nodes.remove(0)));
        }
        let list = nodes.first().copied().filter(|first| self.kind(*first) == K::Array);
        if list.is_some() {
            nodes.remove(0);
        } else if !defines {
            return None;
        }
        let factory = nodes.first().copied().map(|node| self.bare(node));
        let is_function = factory
            .is_some_and(|node| matches!(self.kind(node), K::FunctionExpression | K::Arrow | K::GeneratorFunction));
        let given = match list {
            Some(list) => self.kids(list).iter().map(|node| self.given(*node)).collect(),
            None => OWN.iter().map(|own| Given::Own(own)).collect(),
        };
        let factory = factory.filter(|_| is_function).map(|node| node.id());
        let exports = &self.b.ir().exports;
        let exported = (exports.names.len(), exports.whole.len());
        Some(Loading { factory, given, defines: defines.then_some(named), exported })
    }

    fn given(&self, node: Node<'t>) -> Given {
        if self.kind(node) != K::String {
            return Given::Nothing;
        }
        let text = self.string_text(node);
        match OWN.iter().find(|own| **own == &*text) {
            Some(own) => Given::Own(own),
            None => Given::Module(text, self.span(node)),
        }
    }

    /// The parameters of a factory: whether `node`, its parameter at `index`, was taken for what the loader gives.
    pub(super) fn given_by_loader(&mut self, factory: Node<'t>, node: Node<'t>, index: usize) -> Option<ExprId> {
        let loading = self.loading.as_ref().filter(|loading| loading.factory == Some(factory.id()))?;
        let given = loading.given.get(index)?.clone();
        match given {
            Given::Own(name) => {
                let span = self.span(node);
                Some(self.b.expr(Expr::Global(name.into()), span))
            }
            Given::Module(specifier, span) => Some(self.loaded(&specifier, span)),
            Given::Nothing => None,
        }
    }

    /// Whether a factory's parameter is called what it is: `require`, `exports`, `module` mean those inside, then.
    pub(super) fn is_own_name(&self, factory: Node<'t>, node: Node<'t>, index: usize) -> bool {
        let loading = self.loading.as_ref().filter(|loading| loading.factory == Some(factory.id()));
        match loading.and_then(|loading| loading.given.get(index)) {
            Some(Given::Own(name)) => {
                let name_node = self.at(node, F::Pattern).unwrap_or(node);
                self.text(name_node) == *name
            }
            _ => false,
        }
    }

    /// A module, as a loader is asked for it.
    fn loaded(&mut self, specifier: &str, span: Span) -> ExprId {
        let id = self.import_at(specifier, span, span);
        if let Some(import) = self.b.ir_mut().imports.last_mut() {
            import.loaded = true;
        }
        id
    }

    /// A call that loads or defines, its arguments lowered: what it makes this module. The expression it is.
    pub(super) fn settle_loading(&mut self, loading: &Loading, factory: Option<ExprId>, span: Span) -> Option<ExprId> {
        let factory = factory?;
        let exported = self.exported_since(loading, span);
        let stripped = self.b.ir().strip(factory);
        let (values, whole) = match self.b.ir().expr(stripped) {
            Expr::Func(func) => {
                let returns = self.b.ir().func(*func).returns.clone();
                (if returns.is_empty() { exported } else { returns }, None)
            }
            Expr::Local(_) | Expr::Global(_) | Expr::Field { .. } => {
                // a factory that is handed in: `define(['a'], factory)`
                let args = loading.given.clone().iter().map(|given| self.argument(given, span)).collect();
                let call = self.b.call(factory, args, CallKind::Plain, span);
                (vec![call], Some(call))
            }
            _ => (vec![factory], None),
        };
        if let Some(named) = &loading.defines {
            self.defined.push((named.clone(), values));
        }
        whole
    }

    /// Whether an argument may be what makes a module: anything but its name and its list.
    pub(super) fn is_factory(&self, id: ExprId) -> bool {
        !matches!(self.b.ir().expr(id), Expr::Lit(_) | Expr::List(_))
    }

    /// What the code of a factory has put into `exports`, as an object, or has put in its place.
    fn exported_since(&mut self, loading: &Loading, span: Span) -> Vec<ExprId> {
        let (names, whole) = loading.exported;
        let exports = &self.b.ir().exports;
        if exports.whole.len() > whole {
            return exports.whole[whole..].to_vec();
        }
        let field = |(name, value): &(Name, ExprId)| Prop::Field(Key::Name(name.clone()), *value);
        let props: Vec<Prop> = exports.names[names.min(exports.names.len())..].iter().map(field).collect();
        if props.is_empty() {
            return Vec::new();
        }
        vec![self.b.expr(Expr::Object { props: props.into(), ty: None }, span)]
    }

    fn argument(&mut self, given: &Given, span: Span) -> ExprId {
        match given {
            Given::Own(name) => self.b.expr(Expr::Global((*name).into()), span),
            Given::Module(specifier, at) => self.loaded(&specifier.clone(), *at),
            Given::Nothing => self.b.null(span),
        }
    }

    /// What the modules that a file defines are: the only one is what the file exports; those with names are known by
    /// them inside the file.
    pub(super) fn settle_modules(&mut self) {
        let defined = std::mem::take(&mut self.defined);
        if let [(_, values)] = defined.as_slice() {
            let known = self.b.ir().exports.whole.clone();
            let new = values.iter().filter(|value| !known.contains(value));
            let by_name = !self.b.ir().exports.names.is_empty();
            self.b.ir_mut().exports.whole.extend(new.filter(|_| !by_name));
            return;
        }
        for index in 0..self.b.ir().exprs.len() {
            let Expr::Import(import) = self.b.ir().exprs[index] else { continue };
            let import = &self.b.ir().imports[import.index()];
            let specifier = import.specifier.trim_start_matches("./");
            let Some((_, values)) =
                defined.iter().find(|(name, values)| !values.is_empty() && name.as_deref() == Some(specifier))
            else {
                continue;
            };
            let Ok(at) = u32::try_from(index) else { break };
            self.b.replace(ExprId(at), Expr::Either(values.clone().into()));
        }
        // several without a name: any of them
        for (_, values) in defined.iter().filter(|(name, _)| name.is_none()) {
            self.b.ir_mut().exports.whole.extend(values);
        }
    }

    /// Bind a factory's parameter to what the loader gives.
    pub(super) fn bind_given(&mut self, node: Node<'t>, value: ExprId) {
        let pattern = self.at(node, F::Pattern).unwrap_or(node);
        let span = self.span(pattern);
        if let (K::Identifier, Some(binding)) = (self.kind(pattern), self.b.lookup(self.text(pattern))) {
            self.b.ir_mut().bindings[binding.index()].kind = BindingKind::Import;
            self.b.define(binding, value, 0);
            return;
        }
        self.bind(pattern, value, span.end, span);
    }
}
