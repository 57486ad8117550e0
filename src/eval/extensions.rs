//! Methods that a trait of the project gives to types of others, or to all types of a kind: `impl Ext for RequestBuilder`,
//! `impl<T: AsBearer> Ext for T`.

use super::engine::Eval;
use super::value::{ClassRef, Closure, FuncRef, Node, Traced, Vals, Value};
use crate::ir::{ClassKind, Expr, ForeignImpl, Key, Lang, Method, Name};
use crate::rules::path::Step;
use crate::text::FileId;
use std::rc::Rc;

/// Files that are searched for a method.
const FILES: usize = 32;

impl<'s> Eval<'s> {
    /// The methods called `name` that traits of the project give to a value, called at `node`.
    pub(crate) fn extension(&mut self, base: &Traced, name: &Name, node: Node) -> Vals {
        let Some(lowered) = self.lowered(node.file) else { return Vals::new() };
        if lowered.ir.lang != Lang::Rust || !self.is_called(node) || self.passes_on(name) {
            return Vals::new();
        }
        let mut found = Vals::new();
        for file in self.project.files_with(name, FILES).0 {
            let Some(other) = self.lowered(file).filter(|other| other.ir.lang == Lang::Rust) else { continue };
            for given in &other.ir.foreign_impls {
                let func = self.given_method(file, given, name);
                if let Some(func) = func.filter(|_| self.is_given_to(base, Node { file, expr: given.ty })) {
                    let closure = Closure { func, ctx: None, this: Some(base.clone()) };
                    found.push(Traced::new(Value::Func(Rc::new(closure))));
                }
            }
        }
        found
    }

    /// The method of an `impl` block, or the one that its trait has where the block leaves it out.
    fn given_method(&mut self, file: FileId, given: &ForeignImpl, name: &Name) -> Option<FuncRef> {
        let called = |methods: &[Method]| {
            let is_it = |method: &&Method| !method.is_static && matches!(&method.key, Key::Name(key) if key == name);
            methods.iter().find(is_it).map(|method| method.func)
        };
        if let Some(func) = called(&given.methods) {
            return Some(FuncRef { file, func });
        }
        let interface = self.class_named(Node { file, expr: given.interface? })?;
        let methods = &self.lowered(interface.file)?.ir.class(interface.class).methods;
        called(methods).map(|func| FuncRef { file: interface.file, func })
    }

    /// Whether the type of an `impl` block is that of a value: the library's type, a trait that its class has, or any.
    fn is_given_to(&mut self, base: &Traced, ty: Node) -> bool {
        let is_any = |eval: &Self| {
            eval.lowered(ty.file).is_some_and(|lowered| matches!(lowered.ir.expr(ty.expr), Expr::Opaque(_)))
        };
        let class = match &base.value {
            Value::Object(object) => object.class,
            Value::Instance(class) => Some(*class),
            Value::Api(api) => {
                return self.eval(ty, &None).iter().any(|named| match &named.value {
                    Value::Api(named) => {
                        let made = self.rules.automaton.step(&named.states, &Step::New);
                        made.iter().any(|state| api.states.contains(state))
                    }
                    _ => false,
                });
            }
            _ => return false,
        };
        let Some(class) = class else { return false };
        match self.class_named(ty) {
            Some(interface) if self.is_interface(interface) => {
                class == interface || self.implementors(interface).contains(&class)
            }
            Some(named) => named == class,
            None => is_any(self),
        }
    }

    /// Whether a class is an interface or trait.
    pub(crate) fn is_interface(&self, class: ClassRef) -> bool {
        self.lowered(class.file).is_some_and(|lowered| lowered.ir.class(class.class).kind == ClassKind::Interface)
    }
}
