//! Assignments, and the places they change.

use super::scope::Ns;
use super::{Lower, extent, name};
use crate::ir::{BindingId, Expr, ExprId, Key, OpaqueKind, Why};
use crate::text::Span;
use syn::{BinOp, UnOp};

/// The language's ways from a wrapper to a mutable borrow of what it holds.
const BORROWS: &[&str] = &[
    "lock",
    "write",
    "borrow_mut",
    "get_mut",
    "as_mut",
    "deref_mut",
    "unwrap",
    "expect",
    "unwrap_or_else",
    "try_lock",
    "try_write",
    "blocking_lock",
    "blocking_write",
    "as_deref_mut",
];

impl Lower {
    /// `left = right`.
    pub(super) fn assign(&mut self, left: &syn::Expr, right: &syn::Expr, span: Span) {
        let value = self.expr(right);
        self.assign_to(left, value, span);
    }

    /// `left op= right`.
    pub(super) fn assign_op(&mut self, op: &BinOp, left: &syn::Expr, right: &syn::Expr, span: Span) {
        let value = match op {
            BinOp::AddAssign(_) => {
                let before = self.expr(left);
                let added = self.expr(right);
                self.b.concat(vec![before, added], span)
            }
            _ => {
                self.expr(right);
                self.b.opaque(OpaqueKind::Operator, span)
            }
        };
        self.assign_to(left, value, span);
    }

    fn assign_to(&mut self, target: &syn::Expr, value: ExprId, span: Span) {
        match target {
            syn::Expr::Paren(inner) => self.assign_to(&inner.expr, value, span),
            syn::Expr::Group(inner) => self.assign_to(&inner.expr, value, span),
            syn::Expr::Path(path) => {
                let Some(ident) = path.path.get_ident() else { return };
                if let Some(binding) = self.lookup(&name(ident), Ns::Value) {
                    self.name_func(value, &name(ident));
                    self.b.define(binding, value, span.end);
                }
            }
            syn::Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => {
                let inner = self.expr(&unary.expr);
                let Some((place, _)) = self.borrowed(inner) else { return };
                self.write_place(place, value, span);
                if let Expr::Local(binding) = *self.b.ir().expr(place)
                    && let Some(target) = self.borrows.get(&binding)
                {
                    self.write_place(*target, value, span);
                }
            }
            syn::Expr::Field(_) | syn::Expr::Index(_) => {
                let place = self.expr(target);
                self.write_place(place, value, span);
            }
            syn::Expr::Tuple(tuple) => {
                for (index, elem) in tuple.elems.iter().enumerate() {
                    let inner = self.b.index(value, index, extent::expr(elem));
                    self.assign_to(elem, inner, span);
                }
            }
            syn::Expr::Array(array) => {
                for (index, elem) in array.elems.iter().enumerate() {
                    let inner = self.b.index(value, index, extent::expr(elem));
                    self.assign_to(elem, inner, span);
                }
            }
            syn::Expr::Struct(fields) => {
                for field in &fields.fields {
                    let key = super::pattern::member_key(&field.member);
                    let inner = self.b.expr(Expr::Field { base: value, key }, extent::expr(&field.expr));
                    self.assign_to(&field.expr, inner, span);
                }
            }
            syn::Expr::Infer(_) | syn::Expr::Range(_) => {}
            other => {
                self.expr(other);
            }
        }
    }

    fn write_place(&mut self, place: ExprId, value: ExprId, span: Span) {
        match self.b.ir().expr(place).clone() {
            Expr::Field { base, key } => self.b.write(base, key, value, span),
            Expr::Local(binding) => self.b.define(binding, value, span.end),
            _ => {}
        }
    }

    /// The place behind `&mut x`, `x.lock().unwrap()`, `x.write().await`, and whether there was anything before it.
    fn borrowed(&self, value: ExprId) -> Option<(ExprId, bool)> {
        let ir = self.b.ir();
        let (mut at, mut behind) = (value, false);
        loop {
            at = match ir.expr(at) {
                Expr::Through(inner, Why::Ref | Why::Await | Why::Assert) => *inner,
                Expr::Call { callee, .. } => match ir.expr(*callee) {
                    Expr::Field { base, key: Key::Name(name) } if BORROWS.contains(&&**name) => *base,
                    _ => return None,
                },
                Expr::Field { .. } | Expr::Local(_) => return Some((at, behind)),
                _ => return None,
            };
            behind = true;
        }
    }

    /// `let guard = self.token.lock()`: `*guard = …` changes `self.token`.
    pub(super) fn note_borrow(&mut self, binding: BindingId, value: ExprId) {
        if let Some((place, true)) = self.borrowed(value) {
            self.borrows.insert(binding, place);
        }
    }
}
