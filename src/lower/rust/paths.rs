//! Paths: what the first segment means, and the fields that follow.

use super::scope::{Fact, Ns};
use super::{Lower, extent, name, place};
use crate::ir::{Expr, ExprId, Name, ThisOf};
use crate::text::Span;
use syn::{Path, QSelf};

/// Types that need no import and are no crates, besides the capitalised ones.
const PRIMITIVES: &[&str] = &[
    "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
    "f32", "f64",
];

impl Lower {
    /// A path in an expression (`ns` is that of a path of one segment) or type.
    pub(super) fn path(&mut self, qself: Option<&QSelf>, path: &Path, ns: Ns) -> ExprId {
        let segments = path.segments.iter().map(|segment| (name(&segment.ident), place(segment.ident.span())));
        match qself {
            Some(qself) => {
                let start = place(qself.lt_token.spans[0]);
                let base = self.type_or_opaque(&qself.ty);
                self.fields_from(base, segments.skip(qself.position), start)
            }
            None => {
                let segments: Vec<(Name, Span)> = segments.collect();
                self.segments(&segments, path.leading_colon.is_some(), ns)
            }
        }
    }

    /// A path as names with their places.
    pub(super) fn segments(&mut self, segments: &[(Name, Span)], rooted: bool, ns: Ns) -> ExprId {
        let Some(((first, span), rest)) = segments.split_first() else {
            return self.b.opaque(crate::ir::OpaqueKind::Unsupported, Span::default());
        };
        let (base, taken) = if rooted {
            (self.b.import(first, 0, *span), 0)
        } else if rest.is_empty() && ns == Ns::Value && &**first != "Self" {
            (self.value(first, *span), 0)
        } else {
            self.first_segment(first, rest, *span)
        };
        self.fields_from(base, rest.iter().skip(taken).cloned(), *span)
    }

    fn fields_from(&mut self, base: ExprId, rest: impl Iterator<Item = (Name, Span)>, start: Span) -> ExprId {
        rest.fold(base, |base, (name, span)| {
            let key = crate::ir::Key::Name(name);
            self.b.expr(Expr::Field { base, key }, start.to(span))
        })
    }

    /// A single name as a value.
    pub(super) fn value(&mut self, name: &Name, span: Span) -> ExprId {
        if &**name == "self" {
            let this = self.this;
            return self.b.expr(Expr::This(this), span);
        }
        let expr = match self.lookup(name, Ns::Value) {
            Some(binding) => Expr::Local(binding),
            None => Expr::Global(name.clone()),
        };
        self.b.expr(expr, span)
    }

    /// The module, type or crate a path begins with, and how many of the following segments it used up.
    fn first_segment(&mut self, first: &Name, rest: &[(Name, Span)], span: Span) -> (ExprId, usize) {
        match &**first {
            "Self" => return (self.self_type(span), 0),
            "crate" => {
                let depth = self.modules[self.module].depth;
                return (self.b.import("crate", depth, span), 0);
            }
            "self" => return (self.own_module(span), 0),
            "super" => {
                let more = rest.iter().take_while(|(name, _)| &**name == "super").count();
                return (self.outer_module(1 + more, span), more);
            }
            _ => {}
        }
        if let Some(bound) = self.generics.iter().rev().find_map(|frame| frame.get(first)) {
            let bound = *bound;
            return (bound.unwrap_or_else(|| self.b.expr(Expr::Global(first.clone()), span)), 0);
        }
        let binding = self.lookup(first, Ns::Type);
        let expr = match binding {
            // `use log;`, or `use log::log;` for a function or macro: as the first of several segments `log` is the crate.
            Some(binding) if !rest.is_empty() && self.is_from_its_crate(binding, first) => {
                return (self.b.import(first, 0, span), 0);
            }
            Some(binding) => Expr::Local(binding),
            // A prelude type, or one that a glob brings in: crates are not capitalised.
            None if rest.is_empty() || first.starts_with(char::is_uppercase) || PRIMITIVES.contains(&&**first) => {
                Expr::Global(first.clone())
            }
            None => return (self.b.import(first, 0, span), 0),
        };
        (self.b.expr(expr, span), 0)
    }

    fn is_from_its_crate(&self, binding: crate::ir::BindingId, name: &Name) -> bool {
        matches!(self.facts.get(&binding), Some(Fact::Path(_, path)) if path[0] == *name)
    }

    /// `Self`.
    pub(super) fn self_type(&mut self, span: Span) -> ExprId {
        let expr = match self.class {
            Some(class) => Expr::This(ThisOf::Static(class)),
            None => Expr::Global("Self".into()),
        };
        self.b.expr(expr, span)
    }

    /// `self::`: the inline module, or the file's.
    fn own_module(&mut self, span: Span) -> ExprId {
        match self.modules[self.module].binding {
            Some(binding) => self.b.expr(Expr::Local(binding), span),
            None => self.b.import("self", 0, span),
        }
    }

    /// `super::`, `count` times. Inside the file it is known which module that is; `super` of the only inline module
    /// is kept as written, with the nesting that says it is the file itself.
    fn outer_module(&mut self, count: usize, span: Span) -> ExprId {
        let depth = self.modules[self.module].depth as usize;
        if count < depth {
            let mut module = self.module;
            for _ in 0..count {
                module = self.modules[module].parent.unwrap_or(0);
            }
            if let Some(binding) = self.modules[module].binding {
                return self.b.expr(Expr::Local(binding), span);
            }
        }
        match (depth, count) {
            (1, 1) => self.b.import("super", 1, span),
            (depth, count) if count == depth => self.b.import("self", 0, span),
            (depth, count) => {
                let above = vec!["super"; count.saturating_sub(depth).max(1)].join("::");
                self.b.import(&above, 0, span)
            }
        }
    }

    /// The names of a path without a qualified self type.
    pub(super) fn names(path: &Path) -> Vec<Name> {
        path.segments.iter().map(|segment| name(&segment.ident)).collect()
    }

    /// The last segment, and whether this file gives its first one a meaning of its own.
    pub(super) fn language_path<'p>(&self, path: &'p Path) -> Option<&'p syn::Ident> {
        let first = path.segments.first()?;
        let own = self.lookup(&name(&first.ident), Ns::Type);
        if matches!(own.and_then(|own| self.facts.get(&own)), Some(Fact::Class(_) | Fact::Module(_))) {
            return None;
        }
        path.segments.last().map(|segment| &segment.ident)
    }

    /// Where a path stands.
    pub(super) fn path_span(path: &Path) -> Span {
        extent::path(path)
    }
}
