//! Objects whose members are those of another object: wrapped one by one, or under other names.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Api, ApiStep, Args, Ctx, Node, Traced, Vals, Value};
use crate::ir::Name;
use crate::project::PlaceKey;
use crate::rules::automaton::States;
use crate::rules::{ContainerFact, Fact, MapperFact, RefsFact};
use std::rc::Rc;

impl<'s> Eval<'s> {
    /// A member of an object whose members are another's; `None` where `api` is no such object and no member of one.
    pub(crate) fn mapped_member(
        &mut self,
        base: &Traced,
        api: &Rc<Api>,
        name: &Name,
        node: Node,
        ctx: &Ctx,
    ) -> Option<Vals> {
        if let Some(found) = self.container_member(base, api, name, node, ctx) {
            return Some(found);
        }
        let rules = self.rules;
        for fact in rules.facts(&api.states) {
            match fact {
                // the wrapper is looked into when it is read
                Fact::Refs(_) => {
                    return Some(vec![self.api_step(base, States::new(), ApiStep::Member(name.clone()), node, ctx)]);
                }
                Fact::Mapper(mapper) if api.step == ApiStep::Call => {
                    return Some(self.mapped(mapper, &Site::of_api(api), name, node));
                }
                _ => {}
            }
        }
        let (refs, values) = self.wrapped(api)?;
        let is_value = *refs.read == **name;
        Some(if is_value { values } else { self.members(&values, &PlaceKey::Name(name.clone()), node, ctx) })
    }

    /// What a wrapper wraps.
    pub(crate) fn wrapped(&mut self, api: &Api) -> Option<(&'s RefsFact, Vals)> {
        let (ApiStep::Member(member), Some(Traced { value: Value::Api(from), .. })) = (&api.step, &api.from) else {
            return None;
        };
        let rules = self.rules;
        let refs = rules.facts(&from.states).find_map(|fact| match fact {
            Fact::Refs(refs) => Some(refs),
            _ => None,
        })?;
        let of = self.slot(&refs.of, &Site::of_api(from));
        Some((refs, self.members(&of, &PlaceKey::Name(member.clone()), api.node, &api.ctx)))
    }

    /// The member of a store that a mapper gives under a name.
    fn mapped(&mut self, mapper: &MapperFact, site: &Site, name: &Name, node: Node) -> Vals {
        let key = PlaceKey::Name(name.clone());
        let (stores, namespace) = self.mapped_stores(mapper, site);
        let mut values = Vals::new();
        for names in self.slot(&mapper.names, site) {
            let Value::Object(object) = &names.value else { continue };
            let listed = match self.items(object) {
                Some(items) => {
                    let same =
                        |value: &Traced| matches!(&value.value, Value::Str(text) if text.text() == Some(&**name));
                    let texts: Vals = items.iter().flat_map(|item| self.item(item)).collect();
                    texts.into_iter().filter(same).collect()
                }
                None => self.own_member(object, &key, false, node),
            };
            for target in listed {
                match &target.value {
                    Value::Str(pattern) => {
                        if let Some(text) = pattern.text() {
                            let target = PlaceKey::Name(format!("{namespace}{text}").into());
                            values.extend(self.members(&stores, &target, node, &None));
                        }
                    }
                    Value::Func(closure) => {
                        values.extend(self.result(closure, Args::Given(vec![stores.clone()]), None));
                    }
                    _ => {}
                }
            }
        }
        values
    }

    /// The objects whose members a mapper gives, and what it puts before their names.
    fn mapped_stores(&mut self, mapper: &MapperFact, site: &Site) -> (Vals, String) {
        let mut stores = Vals::new();
        for of in mapper.of.iter().flat_map(|slot| self.slot(slot, site)).collect::<Vals>() {
            match &of.value {
                Value::Func(closure) => stores.extend(self.free_result(closure)),
                _ => stores.push(of),
            }
        }
        let is_meant = |fact: &ContainerFact| mapper.container.as_ref() == Some(&fact.ty);
        let (Some(fact), Some(part)) = (self.rules.containers.iter().position(is_meant), &mapper.part) else {
            return (stores, String::new());
        };
        let namespace = self.namespace_of(site.node);
        if namespace.is_empty() || *part != self.rules.containers[fact].state {
            let store = self.any_store(fact, site.node);
            stores.push(self.store_part(&store, part, site.node));
            return (stores, namespace);
        }
        // the state lies where its module does, under its own names
        for module in self.containers().map(|all| all.modules.as_slice()).unwrap_or_default() {
            if module.fact == fact && module.namespace == namespace {
                let store = self.store_seen_from(module);
                stores.push(self.store_part(&store, part, site.node));
            }
        }
        (stores, String::new())
    }
}
