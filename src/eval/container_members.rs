//! What a store made of options holds: its state, with everything its functions write to it, and what is computed of it.

use super::containers::{Caller, Containers, Handler, Module};
use super::engine::Eval;
use super::value::{Api, ApiStep, Args, Ctx, FuncRef, Node, Object, Owner, Traced, Vals, Value};
use crate::ir::{BindingId, Expr, Key, Name};
use crate::project::{PlaceKey, Root};
use crate::rules::ContainerFact;
use crate::rules::automaton::States;
use std::rc::Rc;

/// A place in a store: what was read from it so far.
struct Place {
    /// What kind of store.
    fact: usize,
    /// Which store; `None`: whichever there is.
    store: Option<usize>,
    /// The module from which it is read.
    from: Vec<Name>,
    /// Its namespace.
    namespace: String,
    /// The names that were read, from the store on.
    read: Vec<Name>,
}

impl<'s> Eval<'s> {
    /// A member of a store, of its state, or of what is computed of it. `None` where `api` is nothing of the kind.
    pub(crate) fn container_member(
        &mut self,
        base: &Traced,
        api: &Rc<Api>,
        name: &Name,
        node: Node,
        ctx: &Ctx,
    ) -> Option<Vals> {
        let all = self.containers()?;
        let place = self.place_in_store(api, all)?;
        let rules = self.rules;
        let fact = &rules.containers[place.fact];
        let step = |eval: &Self, base: &Traced, name: &Name| {
            vec![eval.api_step(base, States::new(), ApiStep::Member(name.clone()), node, ctx)]
        };
        match place.read.split_first() {
            None if *name == fact.state || *name == fact.getters => Some(step(self, base, name)),
            None => {
                let (_, member) = fact.root.iter().find(|(seen_as, _)| seen_as == name)?;
                let root = self.any_store(place.fact, node);
                Some(step(self, &root, member))
            }
            Some((part, _)) if *part == fact.getters => Some(self.computed_member(all, &place, name, node)),
            Some((_, path)) => {
                let path: Vec<Name> = place.from.iter().chain(path).cloned().collect();
                let is_here = |module: &&Module| {
                    module.fact == place.fact && place.store.is_none_or(|store| module.store == store)
                };
                let modules: Vec<&Module> = all.modules.iter().filter(is_here).collect();
                let mut values = Vals::new();
                for module in modules.iter().filter(|module| module.path == path) {
                    values.extend(self.state_member(all, module, fact, name, node));
                }
                if modules.iter().any(|module| module.path.split_last() == Some((name, &path[..]))) {
                    values.extend(step(self, base, name));
                }
                (!values.is_empty()).then(|| super::engine::drop_null(values))
            }
        }
    }

    /// Which place of a store a library value is.
    fn place_in_store(&self, api: &Api, all: &Containers) -> Option<Place> {
        let mut read = Vec::new();
        let mut at = api;
        let fact = loop {
            if let Some(fact) = self.container_fact(&at.states) {
                break fact;
            }
            let ApiStep::Member(name) = &at.step else { return None };
            read.push(name.clone());
            match &at.from {
                Some(Traced { value: Value::Api(from), .. }) => at = from,
                _ => return None,
            }
        };
        read.reverse();
        let table = &self.rules.containers[fact];
        if read.first().is_some_and(|first| *first != table.state && *first != table.getters) {
            return None;
        }
        let own = all.modules.iter().find(|module| at.step == ApiStep::Given && module.options == at.node);
        let made = all.made.get(&at.node).copied().filter(|_| matches!(at.step, ApiStep::New | ApiStep::Call));
        let store = own.map(|module| module.store).or(made);
        let from = own.map(|module| module.path.clone()).unwrap_or_default();
        let namespace = own.map(|module| module.namespace.clone()).unwrap_or_default();
        Some(Place { fact, store, from, namespace, read })
    }

    /// A store of a kind, whichever there is.
    pub(crate) fn any_store(&self, fact: usize, node: Node) -> Traced {
        let table = &self.rules.containers[fact];
        let step = ApiStep::Root(table.ty.as_ref().into());
        self.store_value(table, step, node)
    }

    /// What a store is to the functions of one of its modules.
    pub(crate) fn store_seen_from(&self, module: &Module) -> Traced {
        self.store_value(&self.rules.containers[module.fact], ApiStep::Given, module.options)
    }

    fn store_value(&self, fact: &ContainerFact, step: ApiStep, node: Node) -> Traced {
        let root = crate::rules::path::Root::Type(fact.ty.to_string());
        let states = self.rules.automaton.root(&root);
        Traced::new(Value::Api(Rc::new(Api { states, step, from: None, node, ctx: None, owners: Vec::new() })))
    }

    /// A part of a store: its state, or what is computed of it.
    pub(crate) fn store_part(&self, store: &Traced, part: &Name, node: Node) -> Traced {
        self.api_step(store, States::new(), ApiStep::Member(part.clone()), node, &None)
    }

    /// A member of a module's state: what it is at first, and what the module's functions write.
    fn state_member(
        &mut self,
        all: &Containers,
        module: &Module,
        fact: &ContainerFact,
        name: &Name,
        node: Node,
    ) -> Vals {
        let mut owners = Vec::new();
        let mut functions: Vec<(&FuncRef, &Handler)> =
            all.handlers.iter().filter(|(_, handler)| std::ptr::eq(&all.modules[handler.module], module)).collect();
        functions.sort_by_key(|(func, _)| **func);
        for (func, handler) in functions {
            match handler.by {
                Caller::Named(nth) if fact.handlers[nth].gets_state => owners.extend(self.param_owners(*func, 0)),
                Caller::Named(_) => owners.extend(self.state_owners(*func, fact)),
                Caller::Getter => {}
            }
        }
        let key = PlaceKey::Name(name.clone());
        let mut values = Vals::new();
        for state in self.option(module, &fact.state) {
            let made = match &state.value {
                Value::Func(closure) => self.free_result(closure),
                _ => vec![state],
            };
            for value in made {
                if let Value::Object(object) = &value.value {
                    let mut held = object.owners.clone();
                    held.extend(owners.iter().cloned());
                    let object = Rc::new(Object { owners: held, ..Object::clone(object) });
                    values.extend(self.own_member(&object, &key, false, node));
                }
            }
        }
        values
    }

    /// The variables of a function that hold the state, where its first parameter is the store.
    fn state_owners(&self, func: FuncRef, fact: &ContainerFact) -> Vec<Owner> {
        let Some(lowered) = self.lowered(func.file) else { return Vec::new() };
        let mut owners: Vec<Owner> = self
            .param_owners(func, 0)
            .into_iter()
            .map(|owner| Owner { path: vec![PlaceKey::Name(fact.state.as_ref().into())], ..owner })
            .collect();
        let ir = &lowered.ir;
        for (at, binding) in (0u32..).map(BindingId).zip(&ir.bindings) {
            let is_state = binding.func == func.func
                && binding.defs.iter().any(|def| match ir.expr(ir.strip(def.value)) {
                    Expr::Field { base, key: Key::Name(key) } => {
                        *key == fact.state
                            && matches!(ir.expr(*base), Expr::Param { func: of, index: 0, .. } if *of == func.func)
                    }
                    _ => false,
                });
            if is_state {
                owners.push(Owner::new(func.file, Root::Local(at)));
            }
        }
        owners
    }

    /// What a store computes under a name.
    fn computed_member(&mut self, all: &Containers, place: &Place, name: &Name, node: Node) -> Vals {
        let wanted = [format!("{}{name}", place.namespace), name.to_string()];
        let mut functions: Vec<(&FuncRef, &Handler)> = all
            .handlers
            .iter()
            .filter(|(_, handler)| {
                let module = &all.modules[handler.module];
                handler.by == Caller::Getter
                    && module.fact == place.fact
                    && place.store.is_none_or(|store| module.store == store)
                    && wanted.contains(&handler.name)
            })
            .collect();
        functions.sort_by_key(|(func, _)| **func);
        let mut values = Vals::new();
        for (func, handler) in functions {
            let closure = Rc::new(super::value::Closure { func: *func, ctx: None, this: None });
            let given = (0..4).map(|index| self.getter_param(all, handler, index, node)).collect();
            values.extend(self.result(&closure, Args::Given(given), None));
        }
        values
    }

    /// A function that computes a value gets the state, the other computed values, and both of the whole store.
    fn getter_param(&self, all: &Containers, handler: &Handler, index: u32, node: Node) -> Vals {
        let module = &all.modules[handler.module];
        let fact = &self.rules.containers[module.fact];
        let store = if index < 2 { self.store_seen_from(module) } else { self.any_store(module.fact, node) };
        let part = if index.is_multiple_of(2) { &fact.state } else { &fact.getters };
        vec![self.store_part(&store, part, node)]
    }

    /// A parameter of a function of a store. `None` where `func` is none, or nobody calls it.
    pub(crate) fn handler_param(&mut self, func: FuncRef, index: u32, name: Option<&Name>, node: Node) -> Option<Vals> {
        let all = self.containers()?;
        let handler = all.handlers.get(&func)?;
        let module = &all.modules[handler.module];
        let fact = &self.rules.containers[module.fact];
        match handler.by {
            Caller::Getter => Some(self.getter_param(all, handler, index, node)),
            Caller::Named(nth) if index == 0 => {
                let store = self.store_seen_from(module);
                let is_state = fact.handlers[nth].gets_state;
                Some(vec![if is_state { self.store_part(&store, &fact.state, node) } else { store }])
            }
            Caller::Named(_) => {
                let mut values = Vals::new();
                for dispatch in all.dispatches_of(handler) {
                    values.extend(self.passed(dispatch.call, u32::from(!dispatch.is_object), &None, name));
                }
                for mapping in all.mappings_of(handler) {
                    let Some(lowered) = self.lowered(mapping.file) else { continue };
                    for &call in lowered.index.calls_by_name.get(&mapping.method).into_iter().flatten() {
                        let Expr::Call { callee, .. } = lowered.ir.expr(call) else { continue };
                        if !matches!(lowered.ir.expr(lowered.ir.strip(*callee)), Expr::Field { .. }) {
                            continue;
                        }
                        values.extend(self.passed(Node { file: mapping.file, expr: call }, 0, &None, name));
                    }
                }
                let values = super::engine::drop_null(values);
                (!values.is_empty()).then_some(values)
            }
        }
    }
}
