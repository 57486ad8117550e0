//! Objects whose members are those of another object: wrapped one by one, or under other names.

use super::calls::Site;
use super::engine::Eval;
use super::value::{Api, ApiStep, Args, Ctx, Node, Traced, Vals, Value};
use crate::ir::Name;
use crate::project::PlaceKey;
use crate::rules::automaton::States;
use crate::rules::{Fact, MapperFact, RefsFact};
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
        let stores = self.mapped_stores(mapper, site);
        let mut values = Vals::new();
        for names in self.slot(&mapper.names, site) {
            let Value::Object(object) = &names.value else { continue };
            let listed = match self.items(object) {
                Some(items) => {
                    let at = |expr| Node { file: object.node.file, expr };
                    let same =
                        |value: &Traced| matches!(&value.value, Value::Str(text) if text.text() == Some(&**name));
                    let texts: Vals = items.into_iter().flat_map(|item| self.eval(at(item), &object.ctx)).collect();
                    texts.into_iter().filter(same).collect()
                }
                None => self.own_member(object, &key, false, node),
            };
            for target in listed {
                match &target.value {
                    Value::Str(pattern) => {
                        if let Some(text) = pattern.text() {
                            values.extend(self.members(&stores, &PlaceKey::Name(text.into()), node, &None));
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

    fn mapped_stores(&mut self, mapper: &MapperFact, site: &Site) -> Vals {
        let mut stores = Vals::new();
        for of in mapper.of.iter().flat_map(|slot| self.slot(slot, site)).collect::<Vals>() {
            match &of.value {
                Value::Func(closure) => stores.extend(self.free_result(closure)),
                _ => stores.push(of),
            }
        }
        stores
    }
}
