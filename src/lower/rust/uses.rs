//! `use` declarations: each leaf is a name that stands for a path.

use super::scope::{Fact, Home, Ns};
use super::{Lower, name, place};
use crate::ir::{BindingKind, Name};
use crate::text::Span;
use syn::{ItemUse, UseTree};

/// One name, or one glob, of a `use` declaration.
pub(super) struct Leaf {
    /// The path's segments.
    pub(super) path: Vec<(Name, Span)>,
    /// The name it gets; none for a glob.
    pub(super) alias: Option<(Name, Span)>,
    /// It begins with `::`.
    pub(super) rooted: bool,
}

/// All leaves of a declaration. `use x as _` has none.
pub(super) fn leaves(item: &ItemUse) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk(&item.tree, &mut Vec::new(), item.leading_colon.is_some(), &mut leaves);
    leaves
}

fn walk(tree: &UseTree, prefix: &mut Vec<(Name, Span)>, rooted: bool, leaves: &mut Vec<Leaf>) {
    let segment = |ident: &syn::Ident| (name(ident), place(ident.span()));
    match tree {
        UseTree::Path(path) => {
            prefix.push(segment(&path.ident));
            walk(&path.tree, prefix, rooted, leaves);
            prefix.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|item| walk(item, prefix, rooted, leaves)),
        UseTree::Glob(_) if prefix.is_empty() => {}
        UseTree::Glob(_) => leaves.push(Leaf { path: prefix.clone(), alias: None, rooted }),
        UseTree::Name(leaf) => {
            let last = segment(&leaf.ident);
            let mut path = prefix.clone();
            // `use a::b::{self}` names `b`.
            if leaf.ident != "self" || path.is_empty() {
                path.push(last);
            }
            let alias = path.last().cloned();
            leaves.push(Leaf { path, alias, rooted });
        }
        UseTree::Rename(leaf) if leaf.rename == "_" => {}
        UseTree::Rename(leaf) => {
            let mut path = prefix.clone();
            if leaf.ident != "self" || path.is_empty() {
                path.push(segment(&leaf.ident));
            }
            leaves.push(Leaf { path, alias: Some(segment(&leaf.rename)), rooted });
        }
    }
}

impl Lower {
    /// First pass: the names.
    pub(super) fn declare_use(&mut self, item: &ItemUse, home: &mut Home) {
        for leaf in leaves(item) {
            let Some((alias, span)) = leaf.alias else { continue };
            if matches!(&*alias, "crate" | "self" | "super") {
                continue;
            }
            let module = home.module;
            let path = leaf.path.into_iter().map(|(name, _)| name).collect();
            self.declare_item_name(&alias, span, BindingKind::Import, home, &[Ns::Type, Ns::Value], |_| {
                Some(Fact::Path(module, path))
            });
        }
    }

    /// Second pass: what the names stand for.
    pub(super) fn lower_use(&mut self, item: &ItemUse, at: u32) {
        for leaf in leaves(item) {
            match &leaf.alias {
                Some((alias, _)) => {
                    let path: Vec<Name> = leaf.path.iter().map(|(name, _)| name.clone()).collect();
                    let binding = [Ns::Type, Ns::Value].into_iter().find_map(|ns| {
                        self.scopes.last()?.get(alias, ns).filter(|binding| self.is_use_of(*binding, &path))
                    });
                    let Some(binding) = binding else { continue };
                    // `use reqwest;` and `use log::log;` must not find themselves.
                    let itself = path.first() == Some(alias);
                    let rooted = leaf.rooted || itself || self.is_crate(&leaf);
                    let value = self.segments(&leaf.path, rooted, Ns::Type);
                    self.b.define(binding, value, at);
                }
                None if self.is_enclosing(&leaf) => {}
                None => {
                    let rooted = leaf.rooted || self.is_crate(&leaf);
                    let module = self.segments(&leaf.path, rooted, Ns::Type);
                    self.b.ir_mut().exports.stars.push(module);
                }
            }
        }
    }

    fn is_use_of(&self, binding: crate::ir::BindingId, path: &[Name]) -> bool {
        match self.facts.get(&binding) {
            Some(Fact::Path(_, known)) => known == path || self.b.ir().binding(binding).kind == BindingKind::Import,
            _ => false,
        }
    }

    /// A lone name that nobody here declares: `use p as q`, `use p::*`.
    pub(super) fn is_crate(&self, leaf: &Leaf) -> bool {
        let [(only, _)] = &leaf.path[..] else { return false };
        !matches!(&**only, "self" | "super" | "crate")
            && !only.starts_with(char::is_uppercase)
            && self.lookup(only, Ns::Type).is_none()
    }

    /// `use super::*` inside an inline module: those names are in scope as it is.
    fn is_enclosing(&self, leaf: &Leaf) -> bool {
        let supers = leaf.path.len();
        supers <= self.modules[self.module].depth as usize && leaf.path.iter().all(|(name, _)| &**name == "super")
    }
}
