//! Names: scopes with Rust's two namespaces, and the tree of inline modules.
//!
//! A local variable `url` must not hide the crate in `url::Url::parse`, so types and modules are looked up apart from
//! values. The builder's own scopes know one namespace only; they are kept in step, but not asked.

use super::Lower;
use crate::ir::{BindingId, BindingKind, ClassId, Name};
use crate::text::Span;
use rustc_hash::FxHashMap;

/// In which namespace a name is looked up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// Types, traits, modules, crates.
    Type,
    /// Variables, functions, consts, constructors.
    Value,
}

/// The names of one block, function or module.
#[derive(Clone, Default)]
pub(super) struct Scope {
    types: FxHashMap<Name, BindingId>,
    values: FxHashMap<Name, BindingId>,
}

impl Scope {
    pub(super) fn get(&self, name: &str, ns: Ns) -> Option<BindingId> {
        match ns {
            Ns::Type => self.types.get(name).copied(),
            Ns::Value => self.values.get(name).copied(),
        }
    }

    pub(super) fn insert(&mut self, name: &Name, ns: Ns, binding: BindingId) {
        match ns {
            Ns::Type => self.types.insert(name.clone(), binding),
            Ns::Value => self.values.insert(name.clone(), binding),
        };
    }
}

/// The file's module, or an inline one.
#[derive(Default)]
pub(super) struct Module {
    /// The module around it.
    pub(super) parent: Option<usize>,
    /// How many inline modules lie around its items.
    pub(super) depth: u32,
    /// The name it is bound to; the file's has none.
    pub(super) binding: Option<BindingId>,
    pub(super) scope: Scope,
    /// Its items' bindings in source order.
    pub(super) members: Vec<(Name, BindingId)>,
}

/// Where items are being declared.
pub(super) struct Home<'s> {
    pub(super) scope: &'s mut Scope,
    pub(super) module: usize,
}

/// What is known of a binding beyond the graph.
#[derive(Clone)]
pub(super) enum Fact {
    /// It is this class.
    Class(ClassId),
    /// It is this inline module.
    Module(usize),
    /// It stands for a path, seen from a module: `use`, `type`.
    Path(usize, Vec<Name>),
}

/// How far aliases of aliases are followed.
const ALIASES: u32 = 16;

impl Lower {
    pub(super) fn lookup(&self, name: &str, ns: Ns) -> Option<BindingId> {
        self.scopes.iter().rev().find_map(|scope| scope.get(name, ns))
    }

    /// Declare a local variable or parameter: it hides earlier ones of its name from here on.
    pub(super) fn local(&mut self, name: &Name, kind: BindingKind, span: Span) -> BindingId {
        let binding = self.b.declare(name, kind, span, true);
        if let Some(scope) = self.scopes.last_mut() {
            scope.insert(name, Ns::Value, binding);
        }
        binding
    }

    pub(super) fn enter_scope(&mut self) {
        self.b.enter_scope();
        self.scopes.push(Scope::default());
    }

    pub(super) fn leave_scope(&mut self) {
        self.scopes.pop();
        self.b.leave_scope();
    }

    /// The class of this file that a type path names from here.
    pub(super) fn class_at(&self, path: &[Name]) -> Option<ClassId> {
        match self.follow(path, self.module, true, ALIASES)? {
            Fact::Class(class) => Some(class),
            _ => None,
        }
    }

    fn follow(&self, path: &[Name], mut module: usize, lexical: bool, fuel: u32) -> Option<Fact> {
        let fuel = fuel.checked_sub(1)?;
        let (mut rest, mut lexical) = (path, lexical);
        let mut moved = false;
        while let Some((first, others)) = rest.split_first() {
            match &**first {
                "self" => {}
                // The file may be any module of its crate; where the path fits its own items, it is taken as the root.
                "crate" => module = 0,
                "super" => module = self.modules[module].parent?,
                _ => break,
            }
            (rest, lexical, moved) = (others, false, true);
        }
        let Some((first, others)) = rest.split_first() else { return moved.then_some(Fact::Module(module)) };
        let binding = if lexical { self.lookup(first, Ns::Type) } else { None }
            .or_else(|| self.modules[module].scope.get(first, Ns::Type))?;
        match self.facts.get(&binding)? {
            Fact::Module(inner) if !others.is_empty() => self.follow(others, *inner, false, fuel),
            Fact::Path(seen_from, target) => {
                let whole: Vec<Name> = target.iter().chain(others).cloned().collect();
                // `use url::url` names a crate, not itself.
                if *target == path { None } else { self.follow(&whole, *seen_from, false, fuel) }
            }
            fact if others.is_empty() => Some(fact.clone()),
            _ => None,
        }
    }
}
