//! Functions that are called on other objects, and structs of libraries that are written out.

use super::engine::Eval;
use super::value::{ApiStep, Args, Closure, Ctx, Node, Traced, Vals, Value};
use crate::ir::{Expr, ExprId, Key, Lang, Prop};
use crate::project::Lowered;
use crate::rules::Fact;
use crate::rules::path::Step;
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// Functions with another `this`, where it is known.
    pub(crate) fn called_on(&mut self, function: Node, this: Node, ctx: &Ctx) -> Vals {
        let functions = self.eval(function, ctx);
        if !functions.iter().any(|value| matches!(value.value, Value::Func(_))) {
            return functions;
        }
        let Some(on) = self.object_at(this, ctx) else { return functions };
        let with = |value: Traced| match &value.value {
            Value::Func(closure) => {
                let closure = Closure { this: Some(on.clone()), ..Closure::clone(closure) };
                Traced { value: Value::Func(Rc::new(closure)), trail: value.trail }
            }
            _ => value,
        };
        functions.into_iter().map(with).collect()
    }

    /// The first object that is known at a node, for a function to be called on.
    fn object_at(&mut self, this: Node, ctx: &Ctx) -> Option<Traced> {
        let known = |value: &Traced| matches!(value.value, Value::Object(_) | Value::Instance(_) | Value::Api(_));
        self.eval(this, ctx).into_iter().find(known)
    }

    /// `f.call(this, x)`, `f.apply(this, xs)`, `f.bind(this)`, where syntax alone does not tell that `f` is a function.
    pub(crate) fn language_call(
        &mut self,
        lowered: &'s Lowered,
        node: Node,
        callee: ExprId,
        ctx: &Ctx,
    ) -> Option<Vals> {
        let Expr::Field { base, key: Key::Name(name) } = lowered.ir.expr(callee) else { return None };
        if lowered.ir.lang != Lang::Js || !matches!(&**name, "call" | "apply" | "bind") {
            return None;
        }
        let bases = self.eval(Node { file: node.file, expr: *base }, ctx);
        let functions: Vec<Rc<Closure>> = bases
            .iter()
            .filter_map(|value| match &value.value {
                Value::Func(closure) => Some(closure.clone()),
                _ => None,
            })
            .collect();
        if functions.is_empty() {
            return None;
        }
        let Expr::Call { args, .. } = lowered.ir.expr(node.expr) else { return None };
        let rest: Vec<Vals> =
            args.iter().skip(1).map(|arg| self.eval(Node { file: node.file, expr: arg.expr }, ctx)).collect();
        let on = args.first().and_then(|this| self.object_at(Node { file: node.file, expr: this.expr }, ctx));
        let mut values = Vals::new();
        for closure in functions {
            let this = on.clone().or_else(|| closure.this.clone());
            let closure = Rc::new(Closure { this, ..Closure::clone(&closure) });
            match &**name {
                "bind" => values.push(Traced::new(Value::Func(closure))),
                "apply" => {
                    let list = rest.first().cloned().unwrap_or_default();
                    let given = list
                        .iter()
                        .find_map(|value| match &value.value {
                            Value::Object(object) => {
                                let items = self.items(object);
                                items.map(|items| items.iter().map(|item| self.item(item)).collect::<Vec<Vals>>())
                            }
                            _ => None,
                        })
                        .unwrap_or_default();
                    values.extend(self.result(&closure, Args::Given(given), None));
                }
                _ => values.extend(self.result(&closure, Args::Given(rest.clone()), None)),
            }
        }
        Some(values)
    }

    /// A struct literal of a library's type that the rules know as part of a request: what the type's `@new` says, with
    /// the literal as the one argument.
    pub(crate) fn library_struct(&mut self, ty: Node, literal: Node, ctx: &Ctx) -> Option<Traced> {
        let named = self.eval(ty, &None).into_iter().find(|named| matches!(named.value, Value::Api(_)))?;
        let Value::Api(api) = &named.value else { return None };
        let states = self.rules.automaton.step(&api.states, &Step::New);
        let rules = self.rules;
        let is_part = rules.facts(&states).any(|fact| matches!(fact, Fact::Call(_)));
        is_part.then(|| self.api_step(&named, states, ApiStep::New, literal, ctx))
    }

    /// What a struct literal takes its other members from: `T { a, ..rest }`.
    pub fn rest_of_struct(&mut self, literal: Node, ctx: &Ctx) -> Vals {
        let Some(lowered) = self.lowered(literal.file) else { return Vals::new() };
        let Expr::Object { props, ty: Some(_) } = lowered.ir.expr(literal.expr) else { return Vals::new() };
        let rest = props.iter().filter_map(|prop| match prop {
            Prop::Spread(rest) => Some(Node { file: literal.file, expr: *rest }),
            _ => None,
        });
        rest.flat_map(|rest| self.eval(rest, ctx)).collect()
    }

    /// Whether a struct literal itself says what a member is.
    pub fn is_field_given(&self, literal: Node, name: &str) -> bool {
        self.lowered(literal.file).is_some_and(|lowered| match lowered.ir.expr(literal.expr) {
            Expr::Object { props, .. } => {
                props.iter().any(|prop| matches!(prop, Prop::Field(Key::Name(known), _) if **known == *name))
            }
            _ => false,
        })
    }
}
