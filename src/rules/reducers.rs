//! States that functions make of actions, compiled from their tables.

use super::path::Step;
use super::place::Place;
use super::schema::RuleFile;
use super::slot::Slot;
use super::{Fact, Rules};
use crate::text::Mistake;
use std::sync::Arc;

/// The member of an action that names its kind.
pub const KIND: &str = "type";

/// See [`ReducerTable`](super::schema::ReducerTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ReducerFact {
    pub parts: Option<Slot>,
    pub initial: Vec<Slot>,
    pub cases: Vec<Slot>,
    pub own: bool,
    pub builder: Option<Arc<str>>,
}

/// See [`ReducedTable`](super::schema::ReducedTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ReducedFact {
    pub of: Option<Slot>,
    pub initial: Vec<Slot>,
    pub dispatch: Option<u32>,
    pub root: bool,
    pub under: Option<Slot>,
    /// Names of the calls.
    pub made_by: Vec<String>,
}

/// See [`ActionTable`](super::schema::ActionTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ActionFact {
    pub member: Option<Arc<str>>,
    pub value: Vec<Slot>,
    pub kind: Option<Slot>,
    /// Names of the calls that make what makes them, where the kind is a text.
    pub made_by: Vec<String>,
    pub prepare: Option<Slot>,
}

/// See [`InjectorTable`](super::schema::InjectorTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct InjectorFact {
    pub calls: Slot,
    pub with: Vec<Slot>,
    /// Names of the calls that make the wrappers.
    pub made_by: Vec<String>,
}

impl Rules {
    /// Compile what a file says about reducers.
    pub(super) fn add_reducers(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        self.events.extend(file.event.iter().cloned());
        for table in &file.reducer {
            let fact = ReducerFact {
                parts: place.slot_opt(table.parts.as_ref())?,
                initial: place.slots(&table.initial)?,
                cases: place.slots(&table.cases)?,
                own: table.own,
                builder: table.builder.as_deref().map(Arc::from),
            };
            self.hang(place, &table.on, Fact::Reducer(Box::new(fact)))?;
        }
        for table in &file.reduced {
            let fact = ReducedFact {
                of: place.slot_opt(table.of.as_ref())?,
                initial: place.slots(&table.initial)?,
                dispatch: table.dispatch,
                root: table.root,
                under: place.slot_opt(table.under.as_ref())?,
                made_by: place.last_members(&table.on)?,
            };
            let number = self.reduced.len();
            self.reduced.push(fact);
            self.hang(place, &table.on, Fact::Reduced(number))?;
            for text in &table.on {
                for path in place.paths(text)? {
                    for read in &table.read {
                        let mut path = path.clone();
                        match read.strip_suffix("()") {
                            Some(method) => {
                                path.steps.push(Step::Member(method.to_owned()));
                                path.steps.push(Step::Call);
                            }
                            None => path.steps.push(Step::Member(read.clone())),
                        }
                        let state = self.automaton.insert(&path);
                        let id = super::FactId::try_from(self.facts.len()).unwrap_or(super::FactId::MAX);
                        self.facts.push(Fact::StateOf(number));
                        self.automaton.add_fact(state, id);
                    }
                }
            }
        }
        for table in &file.action {
            let fact = ActionFact {
                member: table.member.as_deref().map(Arc::from),
                value: place.slots(&table.value)?,
                kind: place.slot_opt(table.kind.as_ref())?,
                prepare: place.slot_opt(table.prepare.as_ref())?,
                made_by: place.last_members(&table.on)?,
            };
            if fact.kind.is_some() {
                self.action_makers.extend(fact.made_by.iter().cloned());
            }
            self.hang(place, &table.on, Fact::Action(Box::new(fact)))?;
        }
        for table in &file.case {
            let function = place.slot(&table.function)?;
            self.hang(place, &table.on, Fact::Case(function))?;
        }
        for table in &file.injector {
            let fact = InjectorFact {
                calls: place.slot(&table.calls)?,
                with: place.slots(&table.with)?,
                made_by: place.last_members(&table.on)?,
            };
            let number = self.injectors.len();
            self.injectors.push(fact);
            self.hang(place, &table.on, Fact::Injector(number))?;
        }
        Ok(())
    }
}
