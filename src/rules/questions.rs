//! Questions about states that are asked time and again.

use super::automaton::State;
use super::path::{Alternatives, Root, Step};
use super::slot::{Base, Slot};
use super::{Fact, PassFact, Rules};

impl Rules {
    /// Whether a value is the object whose members are the global names.
    pub fn is_global_object(&self, states: &[State]) -> bool {
        self.global_object.is_some_and(|state| states.contains(&state))
    }

    /// Whether a method of this name hands on what it is called on, whatever that is.
    pub fn hands_on(&self, name: &str) -> bool {
        self.handing_on.contains(name)
    }

    /// Remember the methods of anything whose calls are what they are called on.
    pub(super) fn add_handing_on(&mut self, fact: &PassFact, paths: &Alternatives) {
        let itself = Slot { base: Base::Receiver, path: Vec::new() };
        if !fact.value.contains(&itself) && fact.replaces.is_empty() {
            return;
        }
        if let ([Root::Any], [_, end]) = (paths.roots.as_slice(), paths.steps.as_slice())
            && *end == [Step::Call]
        {
            self.handing_on.extend(paths.last_members().cloned());
        }
    }

    /// Whether a value is a request under construction.
    pub fn is_builder(&self, states: &[State]) -> bool {
        states.iter().any(|state| self.builders.contains(state))
    }

    /// The types of what the calls that fix a request's URL give back.
    pub(super) fn find_builders(&mut self) {
        let mut builders = Vec::new();
        for state in self.automaton.states() {
            let fixes = self.facts(&[state]).any(|fact| {
                matches!(fact, Fact::Call(call) if !call.sends && (!call.url.is_empty() || call.endpoint.is_some()))
            });
            if fixes {
                builders.extend_from_slice(self.automaton.types(state));
            }
        }
        builders.sort_unstable();
        builders.dedup();
        self.builders = builders;
    }
}
