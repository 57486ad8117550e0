//! Where a syntax node begins and ends.
//!
//! `syn` offers this only together with printing, which is not built. Both directions are loops, not recursion: a chain
//! of calls is as deep as it is long.

use super::place;
use crate::text::Span;
use proc_macro2::TokenStream;
use syn::{Expr, Pat, PathArguments, RangeLimits, ReturnType, Type, TypeParamBound, UnOp};

/// The whole expression.
pub(super) fn expr(node: &Expr) -> Span {
    start(node).to(end(node))
}

/// The first token of an expression; attributes do not count.
pub(super) fn start(mut node: &Expr) -> Span {
    loop {
        let span = match node {
            Expr::Assign(e) => {
                node = &e.left;
                continue;
            }
            Expr::Await(e) => {
                node = &e.base;
                continue;
            }
            Expr::Binary(e) => {
                node = &e.left;
                continue;
            }
            Expr::Call(e) => {
                node = &e.func;
                continue;
            }
            Expr::Cast(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Field(e) => {
                node = &e.base;
                continue;
            }
            Expr::Group(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Index(e) => {
                node = &e.expr;
                continue;
            }
            Expr::MethodCall(e) => {
                node = &e.receiver;
                continue;
            }
            Expr::Try(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Range(e) => match &e.start {
                Some(start) => {
                    node = start;
                    continue;
                }
                None => limits(&e.limits),
            },
            Expr::Array(e) => e.bracket_token.span.join(),
            Expr::Async(e) => e.async_token.span,
            Expr::Block(e) => e.label.as_ref().map_or(e.block.brace_token.span.join(), |l| l.name.apostrophe),
            Expr::Break(e) => e.break_token.span,
            Expr::Closure(e) => match (&e.lifetimes, &e.asyncness, &e.capture) {
                (Some(l), ..) => l.for_token.span,
                (None, Some(a), _) => a.span,
                (None, None, Some(m)) => m.span,
                _ => e.inputs_begin.spans[0],
            },
            Expr::Const(e) => e.const_token.span,
            Expr::Continue(e) => e.continue_token.span,
            Expr::ForLoop(e) => e.label.as_ref().map_or(e.for_token.span, |l| l.name.apostrophe),
            Expr::If(e) => e.if_token.span,
            Expr::Infer(e) => e.underscore_token.span,
            Expr::Let(e) => e.let_token.span,
            Expr::Lit(e) => e.lit.span(),
            Expr::Loop(e) => e.label.as_ref().map_or(e.loop_token.span, |l| l.name.apostrophe),
            Expr::Macro(e) => return path(&e.mac.path),
            Expr::Match(e) => e.match_token.span,
            Expr::Paren(e) => e.paren_token.span.join(),
            Expr::Path(e) => match &e.qself {
                Some(qself) => qself.lt_token.spans[0],
                None => return path(&e.path),
            },
            Expr::RawAddr(e) => e.and_token.spans[0],
            Expr::Reference(e) => e.and_token.spans[0],
            Expr::Repeat(e) => e.bracket_token.span.join(),
            Expr::Return(e) => e.return_token.span,
            Expr::Struct(e) => match &e.qself {
                Some(qself) => qself.lt_token.spans[0],
                None => return path(&e.path),
            },
            Expr::TryBlock(e) => e.try_token.span,
            Expr::Tuple(e) => e.paren_token.span.join(),
            Expr::Unary(e) => match &e.op {
                UnOp::Deref(t) => t.spans[0],
                UnOp::Not(t) => t.spans[0],
                UnOp::Neg(t) => t.spans[0],
                _ => return end(&e.expr),
            },
            Expr::Unsafe(e) => e.unsafe_token.span,
            Expr::Verbatim(tokens) => return stream(tokens),
            Expr::While(e) => e.label.as_ref().map_or(e.while_token.span, |l| l.name.apostrophe),
            Expr::Yield(e) => e.yield_token.span,
            _ => return Span::default(),
        };
        return place(span);
    }
}

/// The last token of an expression.
pub(super) fn end(mut node: &Expr) -> Span {
    loop {
        let span = match node {
            Expr::Assign(e) => {
                node = &e.right;
                continue;
            }
            Expr::Binary(e) => {
                node = &e.right;
                continue;
            }
            Expr::Closure(e) => {
                node = &e.body;
                continue;
            }
            Expr::Group(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Let(e) => {
                node = &e.expr;
                continue;
            }
            Expr::RawAddr(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Reference(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Unary(e) => {
                node = &e.expr;
                continue;
            }
            Expr::Break(e) => match (&e.expr, &e.label) {
                (Some(inner), _) => {
                    node = inner;
                    continue;
                }
                (None, Some(label)) => label.ident.span(),
                (None, None) => e.break_token.span,
            },
            Expr::Return(e) => match &e.expr {
                Some(inner) => {
                    node = inner;
                    continue;
                }
                None => e.return_token.span,
            },
            Expr::Yield(e) => match &e.expr {
                Some(inner) => {
                    node = inner;
                    continue;
                }
                None => e.yield_token.span,
            },
            Expr::Range(e) => match &e.end {
                Some(inner) => {
                    node = inner;
                    continue;
                }
                None => return place(limits(&e.limits)).to(place(limits_last(&e.limits))),
            },
            Expr::If(e) => match &e.else_branch {
                Some((_, inner)) => {
                    node = inner;
                    continue;
                }
                None => e.then_branch.brace_token.span.join(),
            },
            Expr::Array(e) => e.bracket_token.span.join(),
            Expr::Async(e) => e.block.brace_token.span.join(),
            Expr::Await(e) => e.await_token.span,
            Expr::Block(e) => e.block.brace_token.span.join(),
            Expr::Call(e) => e.paren_token.span.join(),
            Expr::Cast(e) => return ty(&e.ty),
            Expr::Const(e) => e.block.brace_token.span.join(),
            Expr::Continue(e) => e.label.as_ref().map_or(e.continue_token.span, |label| label.ident.span()),
            Expr::Field(e) => member(&e.member),
            Expr::ForLoop(e) => e.body.brace_token.span.join(),
            Expr::Index(e) => e.bracket_token.span.join(),
            Expr::Infer(e) => e.underscore_token.span,
            Expr::Lit(e) => e.lit.span(),
            Expr::Loop(e) => e.body.brace_token.span.join(),
            Expr::Macro(e) => return macro_call(&e.mac),
            Expr::Match(e) => e.brace_token.span.join(),
            Expr::MethodCall(e) => e.paren_token.span.join(),
            Expr::Paren(e) => e.paren_token.span.join(),
            Expr::Path(e) => return path(&e.path),
            Expr::Repeat(e) => e.bracket_token.span.join(),
            Expr::Struct(e) => e.brace_token.span.join(),
            Expr::Try(e) => e.question_token.spans[0],
            Expr::TryBlock(e) => e.block.brace_token.span.join(),
            Expr::Tuple(e) => e.paren_token.span.join(),
            Expr::Unsafe(e) => e.block.brace_token.span.join(),
            Expr::Verbatim(tokens) => return stream(tokens),
            Expr::While(e) => e.body.brace_token.span.join(),
            _ => return Span::default(),
        };
        return place(span);
    }
}

/// A field's name or number.
pub(super) fn member(member: &syn::Member) -> proc_macro2::Span {
    match member {
        syn::Member::Named(ident) => ident.span(),
        syn::Member::Unnamed(index) => index.span,
    }
}

fn limits(limits: &RangeLimits) -> proc_macro2::Span {
    match limits {
        RangeLimits::HalfOpen(dots) => dots.spans[0],
        RangeLimits::Closed(dots) => dots.spans[0],
    }
}

fn limits_last(limits: &RangeLimits) -> proc_macro2::Span {
    match limits {
        RangeLimits::HalfOpen(dots) => dots.spans[1],
        RangeLimits::Closed(dots) => dots.spans[2],
    }
}

/// A path with the generic arguments of its last segment.
pub(super) fn path(path: &syn::Path) -> Span {
    let Some(last) = path.segments.last() else { return Span::default() };
    let first = match (&path.leading_colon, path.segments.first()) {
        (Some(colon), _) => colon.spans[0],
        (None, Some(first)) => first.ident.span(),
        (None, None) => last.ident.span(),
    };
    let end = match &last.arguments {
        PathArguments::None => place(last.ident.span()),
        PathArguments::AngleBracketed(args) => place(args.gt_token.spans[0]),
        PathArguments::Parenthesized(args) => match &args.output {
            ReturnType::Default => place(args.paren_token.span.join()),
            ReturnType::Type(_, output) => ty(output),
        },
    };
    place(first).to(end)
}

/// `name!(…)`.
pub(super) fn macro_call(mac: &syn::Macro) -> Span {
    path(&mac.path).to(place(mac.delimiter.span().join()))
}

/// Roughly the type: at least its last token.
pub(super) fn ty(mut node: &Type) -> Span {
    loop {
        let span = match node {
            Type::Group(t) => {
                node = &t.elem;
                continue;
            }
            Type::Ptr(t) => {
                node = &t.elem;
                continue;
            }
            Type::Reference(t) => {
                node = &t.elem;
                continue;
            }
            Type::FnPtr(t) => match &t.output {
                ReturnType::Type(_, output) => {
                    node = output;
                    continue;
                }
                ReturnType::Default => t.paren_token.span.join(),
            },
            Type::Array(t) => t.bracket_token.span.join(),
            Type::ImplTrait(t) => return t.bounds.last().and_then(bound).unwrap_or_else(|| place(t.impl_token.span)),
            Type::TraitObject(t) => return t.bounds.last().and_then(bound).unwrap_or_default(),
            Type::Infer(t) => t.underscore_token.span,
            Type::Macro(t) => return macro_call(&t.mac),
            Type::Never(t) => t.bang_token.spans[0],
            Type::Paren(t) => t.paren_token.span.join(),
            Type::Path(t) => return path(&t.path),
            Type::Slice(t) => t.bracket_token.span.join(),
            Type::Tuple(t) => t.paren_token.span.join(),
            Type::Verbatim(tokens) => return stream(tokens),
            _ => return Span::default(),
        };
        return place(span);
    }
}

fn bound(bound: &TypeParamBound) -> Option<Span> {
    match bound {
        TypeParamBound::Trait(bound) => Some(path(&bound.path)),
        TypeParamBound::Lifetime(lifetime) => Some(place(lifetime.ident.span())),
        TypeParamBound::Verbatim(tokens) => Some(stream(tokens)),
        _ => None,
    }
}

/// From the first to the last token.
pub(super) fn stream(tokens: &TokenStream) -> Span {
    let mut tokens = tokens.clone().into_iter();
    let Some(first) = tokens.next() else { return Span::default() };
    let last = tokens.last().map_or(first.span(), |token| token.span());
    place(first.span()).to(place(last))
}

/// A pattern.
pub(super) fn pat(node: &Pat) -> Span {
    let span = match node {
        Pat::Const(e) => e.const_token.span,
        Pat::Guard(p) => return pat(&p.pat),
        Pat::Ident(p) => {
            let end = p.subpat.as_ref().map_or(place(p.ident.span()), |(_, inner)| pat(inner));
            return place(p.ident.span()).to(end);
        }
        Pat::Lit(e) => e.lit.span(),
        Pat::Macro(e) => return macro_call(&e.mac),
        Pat::Or(p) => match (p.cases.first(), p.cases.last()) {
            (Some(first), Some(last)) => return pat(first).to(pat(last)),
            _ => return Span::default(),
        },
        Pat::Paren(p) => p.paren_token.span.join(),
        Pat::Path(e) => return path(&e.path),
        Pat::Range(e) => limits(&e.limits),
        Pat::Reference(p) => return place(p.and_token.spans[0]).to(pat(&p.pat)),
        Pat::Rest(p) => p.dot2_token.spans[0],
        Pat::Slice(p) => p.bracket_token.span.join(),
        Pat::Struct(p) => return path(&p.path).to(place(p.brace_token.span.join())),
        Pat::Tuple(p) => p.paren_token.span.join(),
        Pat::TupleStruct(p) => return path(&p.path).to(place(p.paren_token.span.join())),
        Pat::Type(p) => return pat(&p.pat),
        Pat::Wild(p) => p.underscore_token.span,
        Pat::Verbatim(tokens) => return stream(tokens),
        _ => return Span::default(),
    };
    place(span)
}
