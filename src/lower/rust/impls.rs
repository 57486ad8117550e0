//! `impl` blocks and traits: methods and associated consts of a class.

use super::{Lower, name, place};
use crate::ir::{
    ClassField, ClassId, ClassKind, ExprId, ForeignImpl, FuncId, Key, Method, MethodKind, OpaqueKind, ThisOf,
};
use crate::text::Span;
use syn::punctuated::Punctuated;
use syn::{ImplItem, ItemImpl, ItemTrait, Token, TraitItem, Type, TypeParamBound};

impl Lower {
    pub(super) fn lower_impl(&mut self, item: &ItemImpl) {
        self.enter_generics(&item.generics);
        let outer = (self.class, self.this);
        let interface = item.trait_.as_ref().map(|(path, _)| self.path(None, path, super::scope::Ns::Type));
        match self.own_class(&item.self_ty) {
            Some(class) => {
                self.b.class_mut(class).bases.extend(interface);
                let (methods, fields) = self.members(item, class);
                let target = self.b.class_mut(class);
                target.methods.extend(methods);
                target.fields.extend(fields);
            }
            None => {
                let ty = self.type_or_opaque(&item.self_ty);
                let stand_in = match &*item.self_ty {
                    Type::Path(path) => path.path.segments.last().map(|last| name(&last.ident)),
                    _ => None,
                };
                let span = place(item.impl_token.span).to(place(item.brace_token.span.join()));
                let (class, _) = self.b.class(stand_in, ClassKind::Class, span);
                let (methods, fields) = self.members(item, class);
                self.b.ir_mut().foreign_impls.push(ForeignImpl { ty, interface, methods, fields, class });
            }
        }
        (self.class, self.this) = outer;
        self.generics.pop();
    }

    /// The class of this file that an impl is for, also behind references.
    fn own_class(&self, ty: &Type) -> Option<ClassId> {
        let mut ty = ty;
        loop {
            ty = match ty {
                Type::Reference(inner) => &inner.elem,
                Type::Paren(inner) => &inner.elem,
                Type::Group(inner) => &inner.elem,
                Type::Path(path) if path.qself.is_none() => {
                    let names = Self::names(&path.path);
                    // `impl<T: A> B for T` is for no class in particular.
                    let generic = names.len() == 1 && self.generics.last().is_some_and(|g| g.contains_key(&names[0]));
                    return if generic || path.path.leading_colon.is_some() { None } else { self.class_at(&names) };
                }
                _ => return None,
            };
        }
    }

    fn members(&mut self, item: &ItemImpl, class: ClassId) -> (Vec<Method>, Vec<ClassField>) {
        self.class = Some(class);
        self.this = ThisOf::Static(class);
        let (mut methods, mut fields) = (Vec::new(), Vec::new());
        for item in &item.items {
            match item {
                ImplItem::Fn(item) => {
                    let (func, _) = self.function(&item.sig, Some(&item.block), Some(class));
                    methods.push(self.method(&item.sig, func));
                }
                ImplItem::Const(item) => {
                    let ty = self.hint(&item.ty);
                    let value = self.expr(&item.expr);
                    fields.push(associated(&item.ident, Some(value), ty));
                }
                ImplItem::Type(item) => {
                    let ty = self.hint(&item.ty);
                    fields.push(associated(&item.ident, ty, None));
                }
                _ => {}
            }
        }
        (methods, fields)
    }

    fn method(&mut self, sig: &syn::Signature, func: FuncId) -> Method {
        Method { key: Key::Name(name(&sig.ident)), func, kind: MethodKind::Method, is_static: sig.receiver().is_none() }
    }

    pub(super) fn lower_trait(&mut self, item: &ItemTrait, class: ClassId) {
        self.enter_generics(&item.generics);
        let outer = (self.class.replace(class), self.this);
        self.this = ThisOf::Static(class);
        self.bases(class, &item.supertraits);
        for item in &item.items {
            match item {
                TraitItem::Fn(item) => {
                    let (func, _) = self.function(&item.sig, item.default.as_ref(), Some(class));
                    let method = self.method(&item.sig, func);
                    self.b.class_mut(class).methods.push(method);
                }
                TraitItem::Const(item) => {
                    let ty = self.hint(&item.ty);
                    let value = match &item.default {
                        Some((_, value)) => self.expr(value),
                        None => self.b.opaque(OpaqueKind::Undeclared, place(item.ident.span())),
                    };
                    self.b.class_mut(class).fields.push(associated(&item.ident, Some(value), ty));
                }
                _ => {}
            }
        }
        (self.class, self.this) = outer;
        self.generics.pop();
    }

    pub(super) fn bases(&mut self, class: ClassId, bounds: &Punctuated<TypeParamBound, Token![+]>) {
        for bound in bounds {
            if let TypeParamBound::Trait(bound) = bound {
                let base = self.path(None, &bound.path, super::scope::Ns::Type);
                self.b.class_mut(class).bases.push(base);
            }
        }
    }
}

/// An associated const or type.
fn associated(ident: &syn::Ident, value: Option<ExprId>, ty: Option<ExprId>) -> ClassField {
    let span: Span = place(ident.span());
    ClassField { key: Key::Name(name(ident)), value, ty, is_static: true, data_name: None, span }
}
