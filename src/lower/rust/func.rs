//! Functions and closures.

use super::types::only_type;
use super::{Flow, Lower, extent, name, place};
use crate::ir::{BindingKind, ClassId, Expr, ExprId, FuncId, Name, OpaqueKind, Param, ThisOf};
use crate::text::Span;
use syn::{Block, ExprClosure, FnArg, Pat, Safety, Signature, Type};

impl Lower {
    /// A function item, or a method of `class`. One without a body gives back a value nobody knows.
    pub(super) fn function(
        &mut self,
        sig: &Signature,
        body: Option<&Block>,
        class: Option<ClassId>,
    ) -> (FuncId, ExprId) {
        let is_method = sig.receiver().is_some();
        let this = match class {
            Some(class) if is_method => ThisOf::Class(class),
            Some(class) => ThisOf::Static(class),
            None => ThisOf::Module,
        };
        let span = signature_start(sig)
            .to(body.map_or_else(|| place(sig.paren_token.span.join()), |body| place(body.brace_token.span.join())));
        // A function inside a method sees neither its `self` nor its `Self`.
        let outer = (std::mem::replace(&mut self.class, class), std::mem::replace(&mut self.this, this));
        self.enter_generics(&sig.generics);
        let returns_ty = self.output_hint(&sig.output);
        let (func, expr) = self.enter_func(Some(name(&sig.ident)), this, span);
        let entry = self.b.func_mut(func);
        (entry.class, entry.is_method, entry.returns_ty) = (class, is_method, returns_ty);
        for arg in &sig.inputs {
            if let FnArg::Typed(arg) = arg {
                self.param(func, &arg.pat, Some(&arg.ty));
            }
        }
        match body {
            Some(body) => {
                if let Flow::Value(value) = self.block(body) {
                    self.b.func_mut(func).returns.push(value);
                }
            }
            None => {
                let unknown = self.b.opaque(OpaqueKind::Undeclared, span);
                self.b.func_mut(func).returns.push(unknown);
            }
        }
        self.leave_func();
        self.generics.pop();
        (self.class, self.this) = outer;
        (func, expr)
    }

    /// A closure: `self` in it is that of the method around it.
    pub(super) fn closure(&mut self, closure: &ExprClosure) -> ExprId {
        let start = match (&closure.asyncness, &closure.capture) {
            (Some(token), _) => place(token.span),
            (None, Some(token)) => place(token.span),
            (None, None) => place(closure.inputs_begin.spans[0]),
        };
        let span = start.to(extent::end(&closure.body));
        let returns_ty = self.output_hint(&closure.output);
        let (func, expr) = self.enter_func(None, self.this, span);
        self.b.func_mut(func).returns_ty = returns_ty;
        for pat in &closure.inputs {
            match pat {
                Pat::Type(typed) => self.param(func, &typed.pat, Some(&typed.ty)),
                pat => self.param(func, pat, None),
            }
        }
        if let Flow::Value(value) = self.body(&closure.body) {
            self.b.func_mut(func).returns.push(value);
        }
        self.leave_func();
        expr
    }

    fn enter_func(&mut self, name: Option<Name>, this: ThisOf, span: Span) -> (FuncId, ExprId) {
        let entered = self.b.enter_func(name, this, span);
        self.scopes.push(super::scope::Scope::default());
        // `break` does not cross a function.
        self.outer_targets.push(std::mem::take(&mut self.targets));
        entered
    }

    fn leave_func(&mut self) {
        self.targets = self.outer_targets.pop().unwrap_or_default();
        self.scopes.pop();
        self.b.leave_func();
    }

    fn param(&mut self, func: FuncId, pat: &Pat, ty: Option<&Type>) {
        let index = u32::try_from(self.b.ir().func(func).params.len()).unwrap_or(u32::MAX);
        let span = extent::pat(pat);
        let unwrapped = ty.and_then(|ty| self.unwrapped(pat, ty));
        let ty = match &unwrapped {
            Some((own, ..)) => Some(*own),
            None => ty.and_then(|ty| self.hint(ty)),
        };
        let plain = match pat {
            Pat::Ident(pat) if pat.subpat.is_none() => Some(name(&pat.ident)),
            _ => None,
        };
        self.b.func_mut(func).params.push(Param {
            name: plain,
            span,
            default: None,
            ty,
            rest: false,
            key: None,
            decorator: None,
        });
        let value = self.b.expr(Expr::Param { func, index, rest: false }, span);
        match unwrapped {
            Some((_, inner, ty)) => {
                let held = self.b.index(value, 0, span);
                self.bind(inner, held, Some(ty), span.end, Some(BindingKind::Param));
            }
            None => self.bind(pat, value, ty, span.end, Some(BindingKind::Param)),
        }
    }

    /// `State(app): State<App>`: the wrapper, the name that is taken out of it, and its type.
    fn unwrapped<'a>(&mut self, pat: &'a Pat, ty: &Type) -> Option<(ExprId, &'a Pat, ExprId)> {
        let (Pat::TupleStruct(tuple), Type::Path(ty)) = (pat, ty) else { return None };
        let (made, named) = (tuple.path.segments.last()?, ty.path.segments.last()?);
        let inner = tuple.elems.first().filter(|inner| tuple.elems.len() == 1 && matches!(inner, Pat::Ident(_)))?;
        let only = only_type(&named.arguments).filter(|_| made.ident == named.ident)?;
        let held = self.hint(only)?;
        Some((self.path(None, &ty.path, super::scope::Ns::Type), inner, held))
    }

    /// A closure is known by the name of what it is assigned to.
    pub(super) fn name_func(&mut self, value: ExprId, name: &Name) {
        if let Expr::Func(func) = *self.b.ir().expr(value) {
            self.b.func_mut(func).name.get_or_insert_with(|| name.clone());
        }
    }
}

fn signature_start(sig: &Signature) -> Span {
    let safety = match &sig.safety {
        Safety::Unsafe(token) => Some(place(token.span)),
        Safety::Safe(token) => Some(place(token.span)),
        Safety::Default => None,
    };
    let first = sig.constness.as_ref().map(|token| place(token.span));
    let first = first.or_else(|| sig.asyncness.as_ref().map(|token| place(token.span))).or(safety);
    first
        .or_else(|| sig.abi.as_ref().map(|abi| place(abi.extern_token.span)))
        .unwrap_or_else(|| place(sig.fn_token.span))
}
