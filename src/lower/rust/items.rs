//! Items: the first pass declares names and classes, the second lowers what they hold.

use super::scope::{Fact, Home, Module, Ns, Scope};
use super::serde::Naming;
use super::{Lower, extent, name, place};
use crate::ir::{
    BindingId, BindingKind, ClassField, ClassId, ClassKind, Expr, ExprId, Key, Name, OpaqueKind, Prop, ThisOf,
};
use crate::text::Span;
use syn::{Attribute, Fields, ForeignItem, Ident, Item, ItemMod};

/// The module's own items take effect before any of its code.
const HOISTED: u32 = 0;

impl Lower {
    /// The whole file.
    pub(super) fn file(&mut self, items: &mut Vec<Item>) {
        self.expand_items(items);
        let mut scope = Scope::default();
        for item in &*items {
            self.declare_item(item, &mut Home { scope: &mut scope, module: 0 });
        }
        self.modules[0].scope = scope.clone();
        self.scopes.push(scope);
        for item in &*items {
            self.lower_item(item, HOISTED);
        }
        for (name, binding) in std::mem::take(&mut self.modules[0].members) {
            let span = self.b.ir().binding(binding).span;
            let value = self.b.expr(Expr::Local(binding), span);
            self.b.ir_mut().exports.names.push((name, value));
        }
        self.scopes.pop();
    }

    /// Declare the items of a block in the innermost scope, and lower them. They are visible in the whole block.
    pub(super) fn block_items(&mut self, items: &[&Item], at: u32) {
        if items.is_empty() {
            return;
        }
        let mut scope = self.scopes.pop().unwrap_or_default();
        let members = self.modules[self.module].members.len();
        for item in items {
            self.declare_item(item, &mut Home { scope: &mut scope, module: self.module });
        }
        // A block's items are not the module's.
        self.modules[self.module].members.truncate(members);
        self.scopes.push(scope);
        for item in items {
            self.lower_item(item, at);
        }
    }

    /// Declare one name in the namespaces it lives in. The same item twice (under different `cfg`s) is one binding with
    /// two definitions.
    pub(super) fn declare_item_name(
        &mut self,
        name: &Name,
        span: Span,
        kind: BindingKind,
        home: &mut Home,
        spaces: &[Ns],
        fact: impl FnOnce(&mut Self) -> Option<Fact>,
    ) -> BindingId {
        let known = spaces.iter().find_map(|ns| home.scope.get(name, *ns));
        if let Some(known) = known
            && self.b.ir().binding(known).kind == kind
        {
            return known;
        }
        let binding = self.b.declare(name, kind, span, true);
        for ns in spaces {
            // A `use` may bring a module and leave the value of that name to a function of this file, or vice versa.
            let taken = home.scope.get(name, *ns).map(|other| self.b.ir().binding(other).kind);
            if taken.is_none_or(|other| other == BindingKind::Import && kind != BindingKind::Import) {
                home.scope.insert(name, *ns, binding);
            }
        }
        self.modules[home.module].members.push((name.clone(), binding));
        if let Some(fact) = fact(self) {
            self.facts.insert(binding, fact);
        }
        binding
    }

    fn declare_item(&mut self, item: &Item, home: &mut Home) {
        let both = &[Ns::Type, Ns::Value];
        match item {
            Item::Struct(item) => {
                // Only tuple and unit structs are values, but a value of a braced struct's name is harmless.
                let span = place(item.struct_token.span).to(match (&item.fields, &item.semi_token) {
                    (_, Some(semi)) => place(semi.spans[0]),
                    (Fields::Named(fields), None) => place(fields.brace_token.span.join()),
                    _ => place(item.ident.span()),
                });
                self.declare_class(&item.ident, ClassKind::Class, span, home, both);
            }
            Item::Union(item) => {
                let span = place(item.union_token.span).to(place(item.fields.brace_token.span.join()));
                self.declare_class(&item.ident, ClassKind::Class, span, home, &[Ns::Type]);
            }
            Item::Enum(item) => {
                let span = place(item.enum_token.span).to(place(item.brace_token.span.join()));
                self.declare_class(&item.ident, ClassKind::Enum, span, home, &[Ns::Type]);
            }
            Item::Trait(item) => {
                let span = place(item.trait_token.span).to(place(item.brace_token.span.join()));
                self.declare_class(&item.ident, ClassKind::Interface, span, home, &[Ns::Type]);
            }
            Item::TraitAlias(item) => {
                let span = place(item.trait_token.span).to(place(item.semi_token.spans[0]));
                self.declare_class(&item.ident, ClassKind::Interface, span, home, &[Ns::Type]);
            }
            Item::Fn(item) => self.declare_plain(&item.sig.ident, BindingKind::Func, home, Ns::Value),
            Item::Const(item) if item.ident == "_" => {}
            Item::Const(item) => self.declare_plain(&item.ident, BindingKind::Const, home, Ns::Value),
            Item::Static(item) => {
                let kind = match item.mutability {
                    syn::StaticMutability::Mut(_) => BindingKind::Var,
                    _ => BindingKind::Const,
                };
                self.declare_plain(&item.ident, kind, home, Ns::Value);
            }
            Item::Type(item) => {
                let target = match &*item.ty {
                    syn::Type::Path(ty) if ty.qself.is_none() => Some(Fact::Path(home.module, Self::names(&ty.path))),
                    _ => None,
                };
                let (alias, span) = (name(&item.ident), place(item.ident.span()));
                self.declare_item_name(&alias, span, BindingKind::Const, home, both, |_| target);
            }
            Item::Mod(item) => self.declare_mod(item, home),
            Item::ExternCrate(item) => {
                let ident = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                if ident != "_" && ident != "self" {
                    self.declare_plain(ident, BindingKind::Import, home, Ns::Type);
                }
            }
            Item::ForeignMod(item) => {
                for item in &item.items {
                    match item {
                        ForeignItem::Fn(f) => {
                            self.declare_plain(&f.sig.ident, BindingKind::Func, home, Ns::Value);
                        }
                        ForeignItem::Static(s) => {
                            self.declare_plain(&s.ident, BindingKind::Const, home, Ns::Value);
                        }
                        ForeignItem::Type(t) => {
                            self.declare_plain(&t.ident, BindingKind::Const, home, Ns::Type);
                        }
                        _ => {}
                    }
                }
            }
            Item::Use(item) => self.declare_use(item, home),
            _ => {}
        }
    }

    fn declare_plain(&mut self, ident: &Ident, kind: BindingKind, home: &mut Home, ns: Ns) {
        self.declare_item_name(&name(ident), place(ident.span()), kind, home, &[ns], |_| None);
    }

    fn declare_class(&mut self, ident: &Ident, kind: ClassKind, span: Span, home: &mut Home, spaces: &[Ns]) {
        let class_name = name(ident);
        self.declare_item_name(&class_name, place(ident.span()), BindingKind::Class, home, spaces, |lower| {
            Some(Fact::Class(lower.b.class(Some(class_name.clone()), kind, span).0))
        });
    }

    fn declare_mod(&mut self, item: &ItemMod, home: &mut Home) {
        let parent = home.module;
        let (mod_name, span) = (name(&item.ident), place(item.ident.span()));
        let Some((_, items)) = &item.content else {
            return self.declare_plain(&item.ident, BindingKind::Import, home, Ns::Type);
        };
        let binding = self.declare_item_name(&mod_name, span, BindingKind::Const, home, &[Ns::Type], |lower| {
            lower.modules.push(Module {
                parent: Some(parent),
                depth: lower.modules[parent].depth + 1,
                ..Module::default()
            });
            Some(Fact::Module(lower.modules.len() - 1))
        });
        let Some(Fact::Module(module)) = self.facts.get(&binding) else { return };
        let module = *module;
        self.modules[module].binding = Some(binding);
        // Not the top level: what is declared inside is not.
        self.b.enter_scope();
        let mut inner = std::mem::take(&mut self.modules[module].scope);
        for item in items {
            self.declare_item(item, &mut Home { scope: &mut inner, module });
        }
        self.modules[module].scope = inner;
        self.b.leave_scope();
    }

    /// The binding that the first pass made for an item.
    fn declared(&self, ident: &Ident, ns: Ns) -> Option<BindingId> {
        self.scopes.last()?.get(&name(ident), ns)
    }

    fn class_of(&self, ident: &Ident) -> Option<(BindingId, ClassId)> {
        let binding = self.declared(ident, Ns::Type)?;
        match self.facts.get(&binding)? {
            Fact::Class(class) => Some((binding, *class)),
            _ => None,
        }
    }

    fn lower_item(&mut self, item: &Item, at: u32) {
        match item {
            Item::Struct(item) => {
                let Some((binding, class)) = self.class_of(&item.ident) else { return };
                self.enter_generics(&item.generics);
                self.fields(class, item.fields.iter(), &Naming::of(&item.attrs));
                self.generics.pop();
                self.define_class(binding, class, at);
            }
            Item::Union(item) => {
                let Some((binding, class)) = self.class_of(&item.ident) else { return };
                self.enter_generics(&item.generics);
                self.fields(class, item.fields.named.iter(), &Naming::of(&item.attrs));
                self.generics.pop();
                self.define_class(binding, class, at);
            }
            Item::Enum(item) => self.lower_enum(item, at),
            Item::Trait(item) => {
                let Some((binding, class)) = self.class_of(&item.ident) else { return };
                self.lower_trait(item, class);
                self.define_class(binding, class, at);
            }
            Item::TraitAlias(item) => {
                let Some((binding, class)) = self.class_of(&item.ident) else { return };
                self.bases(class, &item.bounds);
                self.define_class(binding, class, at);
            }
            Item::Impl(item) => self.lower_impl(item),
            Item::Fn(item) => {
                let (_, value) = self.function(&item.sig, Some(&item.block), None);
                self.define_item(&item.sig.ident, Ns::Value, value, at);
            }
            Item::Const(item) => {
                let (ty, value) = (self.hint(&item.ty), self.expr(&item.expr));
                self.define_typed(&item.ident, ty, value, at);
            }
            Item::Static(item) => {
                let (ty, value) = (self.hint(&item.ty), self.expr(&item.expr));
                self.define_typed(&item.ident, ty, value, at);
            }
            Item::Type(item) => {
                self.enter_generics(&item.generics);
                if let Some(value) = self.hint(&item.ty) {
                    self.define_item(&item.ident, Ns::Type, value, at);
                }
                self.generics.pop();
            }
            Item::Mod(item) => self.lower_mod(item, at),
            Item::ExternCrate(item) => {
                let ident = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                let crate_name = if item.ident == "self" { "crate".into() } else { name(&item.ident) };
                let value = self.b.import(&crate_name, 0, place(item.ident.span()));
                self.define_item(ident, Ns::Type, value, at);
            }
            Item::ForeignMod(item) => {
                for item in &item.items {
                    if let ForeignItem::Fn(f) = item {
                        let (_, value) = self.function(&f.sig, None, None);
                        self.define_item(&f.sig.ident, Ns::Value, value, at);
                    } else if let ForeignItem::Static(s) = item {
                        let ty = self.hint(&s.ty);
                        let value = self.b.opaque(OpaqueKind::Undeclared, place(s.ident.span()));
                        self.define_typed(&s.ident, ty, value, at);
                    }
                }
            }
            Item::Use(item) => self.lower_use(item, at),
            _ => {}
        }
    }

    fn define_class(&mut self, binding: BindingId, class: ClassId, at: u32) {
        let value = self.b.ir().class(class).expr;
        // The same struct under another `cfg` is already defined.
        if self.b.ir().binding(binding).defs.is_empty() {
            self.b.define(binding, value, at);
        }
    }

    fn define_item(&mut self, ident: &Ident, ns: Ns, value: ExprId, at: u32) {
        if let Some(binding) = self.declared(ident, ns) {
            self.b.define(binding, value, at);
        }
    }

    fn define_typed(&mut self, ident: &Ident, ty: Option<ExprId>, value: ExprId, at: u32) {
        if let Some(binding) = self.declared(ident, Ns::Value) {
            self.name_func(value, &name(ident));
            self.b.ir_mut().bindings[binding.index()].ty = ty;
            self.b.define(binding, value, at);
        }
    }

    fn lower_enum(&mut self, item: &syn::ItemEnum, at: u32) {
        let Some((binding, class)) = self.class_of(&item.ident) else { return };
        let naming = Naming::of(&item.attrs);
        for variant in &item.variants {
            let variant_name = name(&variant.ident);
            let own = Naming::of(&variant.attrs);
            let value = variant.discriminant.as_ref().map(|(_, value)| self.expr(value));
            let data_name = own.rename.or_else(|| naming.variant(&variant_name)).filter(|new| **new != *variant_name);
            let span = place(variant.ident.span());
            self.b.class_mut(class).fields.push(ClassField {
                key: Key::Name(variant_name),
                value,
                ty: None,
                is_static: true,
                data_name: data_name.map(Into::into),
                span,
            });
        }
        self.define_class(binding, class, at);
    }

    fn fields<'f>(&mut self, class: ClassId, fields: impl Iterator<Item = &'f syn::Field>, naming: &Naming) {
        let outer = (self.class.replace(class), self.this);
        self.this = ThisOf::Static(class);
        for (index, field) in fields.enumerate() {
            let own = Naming::of(&field.attrs);
            let (key, data_name, span) = match &field.ident {
                Some(ident) => {
                    let field_name = name(ident);
                    let data = own.rename.or_else(|| naming.field(&field_name)).filter(|new| **new != *field_name);
                    (Key::Name(field_name), data, place(ident.span()))
                }
                None => (Key::Index(u32::try_from(index).unwrap_or(u32::MAX)), own.rename, extent::ty(&field.ty)),
            };
            let ty = self.hint(&field.ty);
            let value = field.default.as_ref().map(|(_, value)| self.expr(value));
            let field = ClassField { key, value, ty, is_static: false, data_name: data_name.map(Into::into), span };
            self.b.class_mut(class).fields.push(field);
        }
        (self.class, self.this) = outer;
    }

    fn lower_mod(&mut self, item: &ItemMod, at: u32) {
        let span = place(item.mod_token.span);
        let Some((braces, items)) = &item.content else {
            let around = self.inline_path();
            let specifier = match path_attribute(&item.attrs) {
                Some(path) => format!("mod:{around}#{path}"),
                None => format!("mod:{around}{}", name(&item.ident)),
            };
            let depth = self.modules[self.module].depth;
            let value = self.b.import(&specifier, depth, place(item.ident.span()));
            return self.define_item(&item.ident, Ns::Type, value, at);
        };
        let Some(binding) = self.declared(&item.ident, Ns::Type) else { return };
        let Some(Fact::Module(module)) = self.facts.get(&binding) else { return };
        let module = *module;
        let outer = std::mem::replace(&mut self.module, module);
        let outer_self = (self.class.take(), std::mem::replace(&mut self.this, ThisOf::Module));
        self.b.enter_scope();
        self.scopes.push(self.modules[module].scope.clone());
        for item in items {
            self.lower_item(item, at);
        }
        let mut props: Vec<Prop> = Vec::new();
        for item in items {
            // What a module re-exports by a glob is found through it; its own items win, so this comes first.
            if let Item::Use(item) = item
                && !matches!(item.vis, syn::Visibility::Inherited)
            {
                for leaf in super::uses::leaves(item).into_iter().filter(|leaf| leaf.alias.is_none()) {
                    let rooted = leaf.rooted || self.is_crate(&leaf);
                    props.push(Prop::Spread(self.segments(&leaf.path, rooted, Ns::Type)));
                }
            }
        }
        for (member, binding) in std::mem::take(&mut self.modules[module].members) {
            let at = self.b.ir().binding(binding).span;
            let value = self.b.expr(Expr::Local(binding), at);
            props.push(Prop::Field(Key::Name(member), value));
        }
        self.scopes.pop();
        self.b.leave_scope();
        (self.class, self.this) = outer_self;
        self.module = outer;
        let span = span.to(place(braces.span.join()));
        let value = self.b.expr(Expr::Object { props: props.into(), ty: None }, span);
        self.b.define(binding, value, at);
    }
}

impl Lower {
    /// The inline modules around, outermost first, each with a slash behind it.
    fn inline_path(&self) -> String {
        let mut names = Vec::new();
        let mut module = Some(self.module);
        while let Some(at) = module {
            names.extend(self.modules[at].binding.map(|binding| self.b.ir().binding(binding).name.clone()));
            module = self.modules[at].parent;
        }
        names.iter().rev().map(|name| format!("{name}/")).collect()
    }
}

/// `#[path = "…"]`.
fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        syn::Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}
