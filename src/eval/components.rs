//! Components written as options objects: what `this` is in their methods.
//!
//! `{ data() { return {…} }, computed: {…}, methods: {…} }`: the members of all sections are members of one `this`.

use super::engine::{Eval, drop_null, own_all, owners_of_member};
use super::value::{Args, Node, Object, Owner, Traced, Vals, Value};
use crate::ir::{Expr, ExprId, Key, Name, Prop, ThisOf};
use crate::project::{PlaceKey, Root};
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// A member of the component that an object literal is, or is a section of. Empty where it is none.
    pub(crate) fn component_member(&mut self, object: &Rc<Object>, name: &Name, node: Node) -> Vals {
        let rules = self.rules;
        let Some(lowered) = self.lowered(object.node.file) else { return Vals::new() };
        let ir = &lowered.ir;
        let component = &rules.component;
        let is_section = |key: &str| rules.any_of(&component.sections, |section| section == key);
        let options = match ir.held_under(object.node.expr) {
            Some((key, options)) if is_section(key) => options,
            _ => object.node.expr,
        };
        let Expr::Object { props, .. } = ir.expr(options) else { return Vals::new() };
        let known = |key: &str| is_section(key) || rules.any_of(&component.made, |made| made == key);
        let mut values = Vals::new();
        // what sections may have that spread something unknown
        let mut vague = Vals::new();
        let mut owners = vec![Owner::new(object.node.file, Root::This(ThisOf::Object(options)))];
        let mut is_component = false;
        for prop in props {
            let Prop::Field(Key::Name(key), value) = prop else { continue };
            if !known(key) {
                continue;
            }
            is_component = true;
            let at = Node { file: object.node.file, expr: *value };
            for part in self.eval(at, &None) {
                match &part.value {
                    // `data() { return {…} }`, `state: () => ({…})`
                    Value::Func(closure) if component.made.iter().any(|made| **made == **key) => {
                        let made = self.free_result(closure);
                        values.extend(self.own_members(&made, name, node));
                    }
                    Value::Object(inner) => {
                        owners.push(Owner::new(inner.node.file, Root::This(ThisOf::Object(inner.node.expr))));
                        let found = self.own_members(&vec![part.clone()], name, node);
                        if rules.any_of(&component.computed, |computed| **computed == **key) {
                            values.extend(self.computed(found, object));
                        } else {
                            let (unknown, known): (Vals, Vals) =
                                found.into_iter().partition(|value| value.value.is_unknown());
                            values.extend(known);
                            vague.extend(unknown);
                        }
                    }
                    _ => {}
                }
            }
        }
        let set = self.state_of_options(object, options, name, node);
        is_component |= !set.is_empty();
        values.extend(set);
        if values.is_empty() {
            values.extend(self.mixed_member(object, options, name, node));
            is_component |= !values.is_empty();
        }
        if !is_component {
            return Vals::new();
        }
        let written = self.written(&owners, &PlaceKey::Name(name.clone()), false, node);
        values.extend(written.values);
        if values.is_empty() {
            values = vague;
        }
        // what is done to the member through any section's `this` is done to this object
        let held = owners_of_member(&owners, &PlaceKey::Name(name.clone()));
        drop_null(values).into_iter().map(|value| own_all(value, &held)).collect()
    }

    /// The member that a component's own setter writes: what a method makes it at first, and what the setter is given.
    fn state_of_options(&mut self, object: &Rc<Object>, options: ExprId, name: &Name, node: Node) -> Vals {
        let rules = self.rules;
        let file = object.node.file;
        let mut values = Vals::new();
        for setter in rules.setters.iter().filter(|setter| *setter.member == **name) {
            let Some(initial) = &setter.initial else { continue };
            for made in self.own_member(object, &PlaceKey::Name(initial.as_str().into()), false, node) {
                if let Value::Func(closure) = &made.value {
                    let this = Some(Traced::new(Value::Object(object.clone())));
                    values.extend(self.result(closure, Args::Given(Vec::new()), this));
                }
            }
        }
        values.extend(self.set_members(file, ThisOf::Object(options), name));
        values
    }

    /// A member of one of the components that an options object lists as mixed into it.
    fn mixed_member(&mut self, object: &Rc<Object>, options: ExprId, name: &Name, node: Node) -> Vals {
        let Some(lowered) = self.lowered(object.node.file) else { return Vals::new() };
        let Expr::Object { props, .. } = lowered.ir.expr(options) else { return Vals::new() };
        let rules = self.rules;
        let file = object.node.file;
        let mut values = Vals::new();
        for prop in props {
            let Prop::Field(Key::Name(key), value) = prop else { continue };
            if !rules.component.mixed.iter().any(|mixed| **mixed == **key) {
                continue;
            }
            let lists = self.eval(Node { file, expr: *value }, &None);
            for mixed in self.elements(lists, &None) {
                if let Value::Object(mixed) = &mixed.value
                    && mixed.node != object.node
                {
                    let looked_for = (mixed.node, usize::MAX, name.clone());
                    let found = self.deeper(looked_for, |eval| eval.component_member(mixed, name, node));
                    values.extend(found.unwrap_or_default());
                }
            }
        }
        values
    }

    fn own_members(&mut self, objects: &Vals, name: &Name, node: Node) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let mut values = Vals::new();
        for object in objects {
            if let Value::Object(object) = &object.value {
                values.extend(self.own_member(object, &key, false, node));
            }
        }
        values
    }

    /// A computed member is read like a field: what its function, or its `get`, returns.
    fn computed(&mut self, values: Vals, this: &Rc<Object>) -> Vals {
        let mut results = Vals::new();
        for value in values {
            let this = Some(Traced::new(Value::Object(this.clone())));
            match &value.value {
                Value::Func(closure) => {
                    results.extend(self.result(closure, Args::Given(vec![this.iter().cloned().collect()]), this))
                }
                Value::Object(pair) => {
                    let before = results.len();
                    for getter in self.own_member(pair, &PlaceKey::Name("get".into()), false, pair.node) {
                        if let Value::Func(closure) = &getter.value {
                            results.extend(self.result(closure, Args::Given(Vec::new()), this.clone()));
                        }
                    }
                    // no pair of functions but the value itself, which a mapper gives
                    if results.len() == before {
                        results.push(value);
                    }
                }
                _ => results.push(value),
            }
        }
        results
    }
}
