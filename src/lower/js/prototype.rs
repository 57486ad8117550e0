//! Constructor functions: classes from before there was `class`.
//!
//! While the file is lowered, it is only noted what points to one: `new X`, `X.prototype.m = …`, `X.prototype = {…}`,
//! `Object.assign(X.prototype, {…})`, what compilers write for accessors and `extends`, and which functions use their
//! own `this`. At the end such functions become classes, and what was their own `this` is the class's.

use super::Lower;
use crate::ir::{
    Arg, BindingId, ClassField, ClassId, ClassKind, Expr, ExprId, FuncId, Key, Lit, Method, MethodKind, Prop, ThisOf,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// What was seen of constructor functions.
#[derive(Default)]
pub(super) struct Prototypes {
    made: FxHashSet<BindingId>,
    members: Vec<(BindingId, Member)>,
    /// `f.bind(this)`: the function and the `this` it takes over.
    bound: Vec<(FuncId, ThisOf)>,
}

/// What gives a prototype something.
enum Member {
    /// A property.
    One(Key, ExprId),
    /// All properties of an object.
    All(ExprId),
    /// A getter in a property descriptor.
    Getter(Key, FuncId, ExprId),
    /// The class it continues.
    Base(ExprId),
}

impl Prototypes {
    /// `new X`.
    pub(super) fn made_with_new(&mut self, binding: BindingId) {
        self.made.insert(binding);
    }
}

impl Lower<'_> {
    /// The name before `.prototype`.
    fn prototype_of(&self, id: ExprId) -> Option<BindingId> {
        match self.b.ir().expr(id) {
            Expr::Field { base, key: Key::Name(name) } if &**name == "prototype" => match self.b.ir().expr(*base) {
                Expr::Local(binding) => Some(*binding),
                _ => None,
            },
            // `const proto = X.prototype`.
            Expr::Local(alias) => match self.b.ir().binding(*alias).defs[..] {
                [only] if !matches!(self.b.ir().expr(only.value), Expr::Local(_)) => self.prototype_of(only.value),
                _ => None,
            },
            _ => None,
        }
    }

    /// Note `base.key = value` if it concerns a prototype.
    pub(super) fn note_write(&mut self, base: ExprId, key: &Key, value: ExprId) {
        if let Some(binding) = self.prototype_of(base) {
            self.prototypes.members.push((binding, Member::One(key.clone(), value)));
        } else if let (Expr::Local(binding), Key::Name(name)) = (self.b.ir().expr(base), key)
            && &**name == "prototype"
        {
            self.prototypes.members.push((*binding, Member::All(value)));
        }
    }

    /// Note the calls that build a prototype or the module's exports, and `f.bind(this)`.
    pub(super) fn note_call(&mut self, callee: ExprId, args: &[Arg]) {
        let (base, name) = match self.b.ir().expr(callee) {
            Expr::Field { base, key: Key::Name(name) } => (Some(*base), name.clone()),
            Expr::Global(name) => (None, name.clone()),
            Expr::Local(binding) => (None, self.b.ir().binding(*binding).name.clone()),
            _ => return,
        };
        match (&*name, base, args) {
            ("assign", Some(_), [first, rest @ ..]) if self.is_exports(first.expr) => {
                self.b.ir_mut().exports.stars.extend(rest.iter().map(|arg| arg.expr));
            }
            ("assign", Some(_), [first, rest @ ..]) => {
                let Some(binding) = self.prototype_of(first.expr) else { return };
                for arg in rest {
                    self.prototypes.members.push((binding, Member::All(arg.expr)));
                }
            }
            ("bind", Some(base), [first, ..]) => {
                if let (Some(func), Expr::This(this)) = (self.function_value(base), self.b.ir().expr(first.expr)) {
                    self.prototypes.bound.push((func, *this));
                }
            }
            ("defineProperty", Some(_), [object, key, descriptor, ..]) => {
                if let Expr::Lit(Lit::Str(key)) = self.b.ir().expr(key.expr) {
                    let key = Key::Name(key.clone());
                    self.define_property(object.expr, key, descriptor.expr);
                }
            }
            ("__extends" | "inherits", _, [derived, base, ..]) => {
                if let Expr::Local(binding) = self.b.ir().expr(derived.expr) {
                    self.prototypes.members.push((*binding, Member::Base(base.expr)));
                }
            }
            // What compilers make of `export * from`.
            ("__exportStar", _, [module, ..]) => self.b.ir_mut().exports.stars.push(module.expr),
            _ => {}
        }
    }

    /// Whether this is the object of what the module exports.
    fn is_exports(&self, id: ExprId) -> bool {
        let is_global =
            |id: ExprId, wanted: &str| matches!(self.b.ir().expr(id), Expr::Global(name) if &**name == wanted);
        match self.b.ir().expr(id) {
            Expr::Field { base, key: Key::Name(name) } => &**name == "exports" && is_global(*base, "module"),
            _ => is_global(id, "exports"),
        }
    }

    /// `Object.defineProperty(object, key, descriptor)`: compilers write accessors and re-exports so.
    fn define_property(&mut self, object: ExprId, key: Key, descriptor: ExprId) {
        let Expr::Object { props, .. } = self.b.ir().expr(descriptor) else { return };
        let part = |wanted: &str| {
            props.iter().find_map(|prop| match prop {
                Prop::Field(Key::Name(name), value) if **name == *wanted => Some(*value),
                _ => None,
            })
        };
        let (value, getter) = (part("value"), part("get").and_then(|get| self.function_value(get)));
        if let Some(binding) = self.prototype_of(object) {
            let member = match (getter, value) {
                (Some(func), _) => Member::Getter(key, func, descriptor),
                (None, Some(value)) => Member::One(key, value),
                (None, None) => return,
            };
            self.prototypes.members.push((binding, member));
            return;
        }
        // A mark for other compilers' helpers and no export.
        if matches!(&key, Key::Name(name) if &**name == "__esModule") {
            return;
        }
        let result = getter.and_then(|func| self.b.ir().func(func).returns.first().copied());
        if let Some(value) = result.or(value) {
            self.common_js(object, &key, value);
        }
    }

    /// Turn what was noted into classes.
    pub(super) fn make_classes(&mut self) {
        let noted = std::mem::take(&mut self.prototypes);
        let mut instead: FxHashMap<ThisOf, ThisOf> = FxHashMap::default();
        for (func, this) in noted.bound {
            if self.b.ir().func(func).this == ThisOf::Func(func) && this != ThisOf::Func(func) {
                instead.insert(ThisOf::Func(func), this);
            }
        }
        let mut classes: FxHashMap<BindingId, Option<ClassId>> = FxHashMap::default();
        for (binding, member) in noted.members {
            let class = *classes.entry(binding).or_insert_with(|| self.class_from(binding, &mut instead));
            if let Some(class) = class {
                self.add_member(class, member, &mut instead);
            }
        }
        let mut made: Vec<_> = noted.made.into_iter().filter(|binding| !classes.contains_key(binding)).collect();
        if !made.is_empty() {
            made.sort_unstable();
            let own: FxHashSet<FuncId> = self.b.ir().exprs.iter().filter_map(own_this).collect();
            for binding in made {
                if self.constructor_of(binding).is_some_and(|(_, func)| own.contains(&func)) {
                    self.class_from(binding, &mut instead);
                }
            }
        }
        self.replace_this(&instead);
    }

    /// The definition of a binding that is a plain function.
    fn constructor_of(&self, binding: BindingId) -> Option<(usize, FuncId)> {
        self.b.ir().binding(binding).defs.iter().enumerate().find_map(|(place, def)| {
            let func = self.function_value(def.value)?;
            (self.b.ir().func(func).this == ThisOf::Func(func)).then_some((place, func))
        })
    }

    /// Make the function a binding holds the constructor of a class that the binding holds instead.
    fn class_from(&mut self, binding: BindingId, instead: &mut FxHashMap<ThisOf, ThisOf>) -> Option<ClassId> {
        let known = self.b.ir().binding(binding).defs.iter().find_map(|def| match self.b.ir().expr(def.value) {
            Expr::Class(class) => Some(*class),
            _ => None,
        });
        if known.is_some() {
            return known;
        }
        let (place, func) = self.constructor_of(binding)?;
        let name = self.b.ir().binding(binding).name.clone();
        let code = self.b.ir().func(func);
        let (span, expr) = (code.span, code.expr);
        let (class, value) = self.b.class(Some(name), ClassKind::Class, span);
        let block = self.b.ir().block_of(expr);
        let ir = self.b.ir_mut();
        ir.blocks_of[value.index()] = block;
        ir.bindings[binding.index()].defs[place].value = value;
        self.add_method(class, Key::Name("constructor".into()), func, MethodKind::Constructor);
        instead.insert(ThisOf::Func(func), ThisOf::Class(class));
        Some(class)
    }

    fn add_method(&mut self, class: ClassId, key: Key, func: FuncId, kind: MethodKind) {
        let code = self.b.func_mut(func);
        code.class = Some(class);
        code.is_method = true;
        self.b.class_mut(class).methods.push(Method { key, func, kind, is_static: false });
    }

    fn add_member(&mut self, class: ClassId, member: Member, instead: &mut FxHashMap<ThisOf, ThisOf>) {
        match member {
            Member::One(key, value) => self.add_value(class, key, value, instead),
            Member::Base(base) => self.b.class_mut(class).bases.push(base),
            Member::Getter(key, func, descriptor) => {
                instead.insert(ThisOf::Object(descriptor), ThisOf::Class(class));
                self.add_method(class, key, func, MethodKind::Getter);
            }
            Member::All(value) => {
                let props = match self.b.ir().expr(value) {
                    Expr::Object { props, .. } => props.clone(),
                    _ => return self.add_base_of(class, value),
                };
                instead.insert(ThisOf::Object(value), ThisOf::Class(class));
                for prop in props {
                    match prop {
                        Prop::Field(key, value) => self.add_value(class, key, value, instead),
                        Prop::Getter(key, func) => self.add_method(class, key, func, MethodKind::Getter),
                        Prop::Spread(_) => {}
                    }
                }
            }
        }
    }

    fn add_value(&mut self, class: ClassId, key: Key, value: ExprId, instead: &mut FxHashMap<ThisOf, ThisOf>) {
        if matches!(&key, Key::Name(name) if &**name == "constructor") {
            return;
        }
        match self.function_value(value) {
            Some(func) => {
                if self.b.ir().func(func).this == ThisOf::Func(func) {
                    instead.insert(ThisOf::Func(func), ThisOf::Class(class));
                }
                self.add_method(class, key, func, MethodKind::Method);
            }
            None => {
                let span = self.b.ir().span(value);
                let field = ClassField { key, value: Some(value), ty: None, is_static: false, data_name: None, span };
                self.b.class_mut(class).fields.push(field);
            }
        }
    }

    /// `X.prototype = Object.create(Base.prototype)`, `X.prototype = new Base()`.
    fn add_base_of(&mut self, class: ClassId, value: ExprId) {
        let Expr::Call { callee, args, kind } = self.b.ir().expr(value) else { return };
        let base = match (kind, args.first()) {
            (crate::ir::CallKind::New, _) => *callee,
            (_, Some(first)) => match self.b.ir().expr(first.expr) {
                Expr::Field { base, key: Key::Name(name) } if &**name == "prototype" => *base,
                _ => return,
            },
            _ => return,
        };
        self.b.class_mut(class).bases.push(base);
    }

    fn replace_this(&mut self, instead: &FxHashMap<ThisOf, ThisOf>) {
        if instead.is_empty() {
            return;
        }
        let settle = |this: &mut ThisOf| {
            // A bound function inside a constructor takes two steps; more than a few would be a cycle.
            for _ in 0..8 {
                match instead.get(this) {
                    Some(next) => *this = *next,
                    None => break,
                }
            }
        };
        let ir = self.b.ir_mut();
        for expr in &mut ir.exprs {
            if let Expr::This(this) = expr {
                settle(this);
            }
        }
        for func in &mut ir.funcs {
            settle(&mut func.this);
        }
    }
}

/// The function whose own `this` is read.
fn own_this(expr: &Expr) -> Option<FuncId> {
    match expr {
        Expr::This(ThisOf::Func(func)) => Some(*func),
        _ => None,
    }
}
