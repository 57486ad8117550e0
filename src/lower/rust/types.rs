//! Types, as expressions that name them: hints, not proofs.
//!
//! The language's wrappers are left off, since a method call sees through them; what has no single name (tuples,
//! slices, `Vec`, function pointers) is no hint at all.

use super::scope::Ns;
use super::{Lower, extent, name};
use crate::ir::{ExprId, Name, OpaqueKind};
use rustc_hash::FxHashMap;
use syn::punctuated::Punctuated;
use syn::{
    GenericArgument, GenericParam, Generics, PathArguments, ReturnType, Token, Type, TypeParamBound, WherePredicate,
};

/// Types whose methods are those of their first type argument, by dereferencing or after `?` and `.await`.
const WRAPPERS: &[&str] = &[
    "Arc",
    "Rc",
    "Box",
    "Option",
    "Result",
    "Mutex",
    "RwLock",
    "RefCell",
    "Cell",
    "Cow",
    "OnceCell",
    "OnceLock",
    "LazyLock",
    "LazyCell",
    "Lazy",
    "Pin",
    "Ref",
    "RefMut",
    "MutexGuard",
    "RwLockReadGuard",
    "RwLockWriteGuard",
    "Weak",
    "BoxFuture",
    "LocalBoxFuture",
    "Poll",
    "ManuallyDrop",
    "UnsafeCell",
];

/// Bounds that say nothing about methods.
const MARKERS: &[&str] = &["Send", "Sync", "Sized", "Unpin", "Copy", "Clone", "Debug", "UnwindSafe", "RefUnwindSafe"];

impl Lower {
    /// The declared type, if it has a name.
    pub(super) fn hint(&mut self, ty: &Type) -> Option<ExprId> {
        let mut ty = ty;
        loop {
            ty = match ty {
                Type::Reference(inner) => &inner.elem,
                Type::Paren(inner) => &inner.elem,
                Type::Group(inner) => &inner.elem,
                Type::Ptr(inner) => &inner.elem,
                Type::ImplTrait(inner) => return self.bounds_hint(&inner.bounds),
                Type::TraitObject(inner) => return self.bounds_hint(&inner.bounds),
                Type::Path(inner) => {
                    let path = &inner.path;
                    let last = path.segments.last()?;
                    if inner.qself.is_none() {
                        if let Some(only) = path.get_ident()
                            && let Some(bound) = self.generic(&name(only))
                        {
                            return bound;
                        }
                        if let Some(wrapper) = self.language_path(path) {
                            let wrapper = wrapper.to_string();
                            if wrapper == "Vec" {
                                return None;
                            }
                            if WRAPPERS.contains(&wrapper.as_str())
                                && let PathArguments::AngleBracketed(args) = &last.arguments
                            {
                                ty = args.args.iter().find_map(|arg| match arg {
                                    GenericArgument::Type(ty) => Some(ty),
                                    _ => None,
                                })?;
                                continue;
                            }
                        }
                    }
                    let own = self.path(inner.qself.as_ref(), path, Ns::Type);
                    // a library's wrapper around one type (`State<T>`, `Json<T>`) is destructured or dereferenced to it
                    let only = only_type(&last.arguments);
                    let Some(inside) = only.and_then(|only| self.hint(only)) else { return Some(own) };
                    return Some(self.b.either(vec![own, inside], extent::path(path)));
                }
                _ => return None,
            };
        }
    }

    /// The type without leaving off anything but references; opaque where it has no name.
    pub(super) fn type_or_opaque(&mut self, ty: &Type) -> ExprId {
        match self.hint(ty) {
            Some(hint) => hint,
            None => self.b.opaque(OpaqueKind::Unsupported, extent::ty(ty)),
        }
    }

    /// What a function gives back.
    pub(super) fn output_hint(&mut self, output: &ReturnType) -> Option<ExprId> {
        match output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => self.hint(ty),
        }
    }

    /// The first trait that says something; of a `Future`, what it resolves to.
    fn bounds_hint(&mut self, bounds: &Punctuated<TypeParamBound, Token![+]>) -> Option<ExprId> {
        for bound in bounds {
            let TypeParamBound::Trait(bound) = bound else { continue };
            let Some(last) = bound.path.segments.last() else { continue };
            if bound.maybe.is_some() || MARKERS.iter().any(|marker| last.ident == marker) {
                continue;
            }
            if last.ident == "Future" || last.ident == "IntoFuture" {
                let PathArguments::AngleBracketed(args) = &last.arguments else { return None };
                return args.args.iter().find_map(|arg| match arg {
                    GenericArgument::AssocType(output) if output.ident == "Output" => self.hint(&output.ty),
                    _ => None,
                });
            }
            if matches!(last.arguments, PathArguments::Parenthesized(_)) {
                return None;
            }
            return Some(self.path(None, &bound.path, Ns::Type));
        }
        None
    }

    /// A type parameter in scope, with the trait that bounds it.
    fn generic(&self, name: &Name) -> Option<Option<ExprId>> {
        self.generics.iter().rev().find_map(|frame| frame.get(name)).copied()
    }

    /// Bring type parameters into scope; undone by popping `generics`.
    pub(super) fn enter_generics(&mut self, generics: &Generics) {
        let mut frame: FxHashMap<Name, Option<ExprId>> = FxHashMap::default();
        for param in &generics.params {
            if let GenericParam::Type(param) = param {
                frame.insert(name(&param.ident), None);
            }
        }
        self.generics.push(frame);
        for param in &generics.params {
            if let GenericParam::Type(param) = param
                && let Some(bound) = self.bounds_hint(&param.bounds)
            {
                self.bind_generic(&name(&param.ident), bound);
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let WherePredicate::Type(predicate) = predicate
                && let Type::Path(bounded) = &predicate.bounded_ty
                && let Some(param) = bounded.path.get_ident()
                && let Some(bound) = self.bounds_hint(&predicate.bounds)
            {
                self.bind_generic(&name(param), bound);
            }
        }
    }

    fn bind_generic(&mut self, param: &Name, bound: ExprId) {
        if let Some(slot) = self.generics.last_mut().and_then(|frame| frame.get_mut(param)) {
            slot.get_or_insert(bound);
        }
    }
}

/// The one type that a wrapper is given, `T` of `State<'_, T>`.
pub(super) fn only_type(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(args) = arguments else { return None };
    let mut args = args.args.iter().filter(|arg| !matches!(arg, GenericArgument::Lifetime(_)));
    match (args.next(), args.next()) {
        (Some(GenericArgument::Type(only)), None) => Some(only),
        _ => None,
    }
}
