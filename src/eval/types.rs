//! Declared types, as hints of what a value can do.

use super::engine::Eval;
use super::value::{Api, ApiStep, ClassRef, Node, Traced, Vals, Value};
use crate::rules::Fact;
use crate::rules::path::Step;
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// What a declared type says of a value at `node`.
    pub(crate) fn typed(&mut self, ty: Node, node: Node) -> Vals {
        let mut typed = Vals::new();
        for named in self.eval(ty, &None) {
            typed.extend(self.instance_of(&named, node));
        }
        let span = self.span_of(node);
        typed.into_iter().map(|value| self.as_token(value, node.file, span)).collect()
    }

    /// An instance of the class or library type that a value is.
    pub(crate) fn instance_of(&mut self, named: &Traced, node: Node) -> Vals {
        let mut typed = Vals::new();
        {
            match &named.value {
                Value::Class(class) => typed.push(Traced::new(Value::Instance(*class))),
                Value::Returned(values) => {
                    let is_useful = |value: &&Traced| !value.value.is_unknown() && !value.value.is_plain();
                    typed.extend(values.iter().filter(is_useful).cloned());
                }
                Value::Api(api) => {
                    let states = self.rules.automaton.step(&api.states, &Step::New);
                    // a plain string's type says nothing
                    let says = |fact: &Fact| !matches!(fact, Fact::Pass(_));
                    if !self.rules.automaton.is_leaf(&states) || self.rules.facts(&states).any(says) {
                        typed.push(Traced::new(Value::Api(Rc::new(Api {
                            states,
                            step: ApiStep::New,
                            from: None,
                            node,
                            ctx: None,
                            owners: Vec::new(),
                        }))));
                    }
                }
                _ => {}
            }
        }
        typed
    }

    /// The class that a type expression names.
    pub(crate) fn class_named(&mut self, ty: Node) -> Option<ClassRef> {
        self.eval(ty, &None).into_iter().find_map(|value| match value.value {
            Value::Class(class) | Value::Instance(class) => Some(class),
            Value::Object(object) => object.class,
            _ => None,
        })
    }
}
