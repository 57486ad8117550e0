//! Patterns: destructuring is a path into the value.

use super::scope::Ns;
use super::{Lower, extent, name, place};
use crate::ir::{BindingId, BindingKind, Expr, ExprId, Key, Lit, Name, Op, OpaqueKind, Why};
use rustc_hash::FxHashMap;
use syn::punctuated::Punctuated;
use syn::{Member, Pat, Token};

/// One pattern being bound: a name that several alternatives of it bind is one binding.
struct Bind {
    /// Where the definitions take effect.
    at: u32,
    /// The kind of all names, if `mut` does not decide.
    kind: Option<BindingKind>,
    seen: FxHashMap<Name, BindingId>,
}

impl Lower {
    /// Declare the names of `pat` and define them from `value`.
    pub(super) fn bind(&mut self, pat: &Pat, value: ExprId, ty: Option<ExprId>, at: u32, kind: Option<BindingKind>) {
        self.bind_in(pat, value, ty, &mut Bind { at, kind, seen: FxHashMap::default() });
    }

    fn bind_in(&mut self, pat: &Pat, value: ExprId, ty: Option<ExprId>, bind: &mut Bind) {
        if self.depth >= super::expr::DEPTH {
            return;
        }
        self.depth += 1;
        match pat {
            Pat::Ident(ident) => {
                let bound = name(&ident.ident);
                let simple = ident.subpat.is_none() && ident.by_ref.is_none() && ident.mutability.is_none();
                // `None`, `MAX`: a constant or variant, not a new name.
                if !(simple && bound.starts_with(char::is_uppercase)) {
                    let kind = bind.kind.unwrap_or(match ident.mutability {
                        Some(_) => BindingKind::Var,
                        None => BindingKind::Const,
                    });
                    let span = place(ident.ident.span());
                    let binding = match bind.seen.get(&bound) {
                        Some(binding) => *binding,
                        None => {
                            let binding = self.local(&bound, kind, span);
                            bind.seen.insert(bound, binding);
                            self.b.ir_mut().bindings[binding.index()].ty = ty;
                            binding
                        }
                    };
                    self.b.define(binding, value, bind.at);
                }
                if let Some((_, inner)) = &ident.subpat {
                    self.bind_in(inner, value, None, bind);
                }
            }
            Pat::Type(typed) => {
                let ty = self.hint(&typed.ty);
                self.bind_in(&typed.pat, value, ty, bind);
            }
            Pat::Paren(inner) => self.bind_in(&inner.pat, value, ty, bind),
            Pat::Reference(inner) => self.bind_in(&inner.pat, value, ty, bind),
            Pat::Or(cases) => cases.cases.iter().for_each(|case| self.bind_in(case, value, ty, bind)),
            Pat::Guard(guarded) => {
                self.bind_in(&guarded.pat, value, ty, bind);
                self.arm_test = Some(self.expr(&guarded.guard));
            }
            Pat::Tuple(tuple) => self.bind_positions(&tuple.elems, value, false, bind),
            Pat::Slice(slice) => self.bind_positions(&slice.elems, value, true, bind),
            Pat::TupleStruct(tuple) => {
                let last = tuple.path.segments.last().map(|last| last.ident.to_string());
                match (last.as_deref(), tuple.elems.first()) {
                    (Some("Some" | "Ok"), Some(inner)) if tuple.elems.len() == 1 => {
                        self.bind_in(inner, value, ty, bind);
                    }
                    (Some("Err"), Some(inner)) if tuple.elems.len() == 1 => {
                        let error = self.b.opaque(OpaqueKind::Error, extent::pat(inner));
                        self.bind_in(inner, error, None, bind);
                    }
                    _ => self.bind_positions(&tuple.elems, value, false, bind),
                }
            }
            Pat::Struct(fields) => {
                let value = self.as_named(value, &fields.path, extent::pat(pat));
                for field in &fields.fields {
                    if !names_something(&field.pat) {
                        continue;
                    }
                    let key = member_key(&field.member);
                    let inner = self.b.expr(Expr::Field { base: value, key }, extent::pat(&field.pat));
                    self.bind_in(&field.pat, inner, None, bind);
                }
            }
            _ => {}
        }
        self.depth -= 1;
    }

    /// A value that a pattern names the struct of, where nothing else may: a name of its own declares it to be one.
    fn as_named(&mut self, value: ExprId, path: &syn::Path, span: crate::text::Span) -> ExprId {
        let is_plain = path.segments.len() == 1;
        if !is_plain || !matches!(self.b.ir().expr(self.b.ir().strip(value)), Expr::Field { .. } | Expr::Call { .. }) {
            return value;
        }
        let ty = self.path(None, path, Ns::Type);
        let binding = self.local(&"".into(), BindingKind::Const, span);
        self.b.ir_mut().bindings[binding.index()].ty = Some(ty);
        self.b.define(binding, value, span.end);
        self.b.expr(Expr::Local(binding), span)
    }

    /// What a pattern tests for, into `cases`: the variants and strings that it names. False if it may match others too.
    pub(super) fn variants(&mut self, pat: &Pat, cases: &mut Vec<ExprId>) -> bool {
        // what the language's own wrappers hold is looked at by itself
        let is_own = |path: &syn::Path| {
            path.segments
                .last()
                .is_some_and(|last| !matches!(last.ident.to_string().as_str(), "Some" | "None" | "Ok" | "Err"))
        };
        match pat {
            Pat::TupleStruct(tuple) if is_own(&tuple.path) => cases.push(self.path(None, &tuple.path, Ns::Value)),
            Pat::Struct(fields) if is_own(&fields.path) => cases.push(self.path(None, &fields.path, Ns::Value)),
            Pat::Path(path) if is_own(&path.path) => cases.push(self.path(None, &path.path, Ns::Value)),
            // a constant or variant that is imported
            Pat::Ident(ident)
                if ident.subpat.is_none()
                    && ident.by_ref.is_none()
                    && name(&ident.ident).starts_with(char::is_uppercase)
                    && is_own(&syn::Path::from(ident.ident.clone())) =>
            {
                cases.push(self.path(None, &syn::Path::from(ident.ident.clone()), Ns::Value));
            }
            Pat::Lit(lit) => match &lit.lit {
                syn::Lit::Str(text) => {
                    let case = self.b.str(&text.value(), extent::pat(pat));
                    cases.push(case);
                }
                syn::Lit::Bool(flag) => {
                    let case = self.b.expr(Expr::Lit(Lit::Bool(flag.value)), extent::pat(pat));
                    cases.push(case);
                }
                syn::Lit::Int(number) => {
                    let number = number.base10_digits().into();
                    let case = self.b.expr(Expr::Lit(Lit::Num(number)), extent::pat(pat));
                    cases.push(case);
                }
                _ => return false,
            },
            Pat::Paren(inner) => return self.variants(&inner.pat, cases),
            Pat::Reference(inner) => return self.variants(&inner.pat, cases),
            Pat::Or(or) => return or.cases.iter().all(|case| self.variants(case, cases)),
            Pat::Guard(guarded) => return self.variants(&guarded.pat, cases),
            _ => return false,
        }
        true
    }

    fn bind_positions(&mut self, elems: &Punctuated<Pat, Token![,]>, value: ExprId, is_slice: bool, bind: &mut Bind) {
        let mut after_rest = false;
        for (index, elem) in elems.iter().enumerate() {
            let span = extent::pat(elem);
            let inner = match elem {
                Pat::Rest(_) => {
                    after_rest = true;
                    continue;
                }
                // `rest @ ..`
                Pat::Ident(ident) if ident.subpat.as_ref().is_some_and(|(_, sub)| matches!(**sub, Pat::Rest(_))) => {
                    after_rest = true;
                    self.b.through(value, Why::Rest, span)
                }
                Pat::Lit(literal) if !after_rest => {
                    // what is beside it is only there where it is this text
                    if let (syn::Lit::Str(text), None) = (&literal.lit, self.arm_test) {
                        let half = self.b.index(value, index, span);
                        let text = self.b.str(&text.value(), span);
                        self.arm_test = Some(self.b.test(Op::Same, half, text, span));
                    }
                    continue;
                }
                elem if !names_something(elem) => continue,
                _ if !after_rest => self.b.index(value, index, span),
                // Counted from an end that is not known here.
                _ if is_slice => self.b.expr(Expr::Elem(value), span),
                _ => self.b.opaque(OpaqueKind::Unsupported, span),
            };
            self.bind_in(elem, inner, None, bind);
        }
    }
}

/// Whether a pattern may bind a name: the others need no path into the value.
fn names_something(pat: &Pat) -> bool {
    !matches!(pat, Pat::Wild(_) | Pat::Rest(_) | Pat::Lit(_) | Pat::Path(_) | Pat::Range(_) | Pat::Const(_))
}

/// `.name`, `.0`.
pub(super) fn member_key(member: &Member) -> Key {
    match member {
        Member::Named(ident) => Key::Name(name(ident)),
        Member::Unnamed(index) => Key::Index(index.index),
    }
}
