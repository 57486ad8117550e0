//! Questions about states that are asked time and again.

use super::automaton::State;
use super::path::{Root, Step};
use super::slot::{Base, Slot};
use super::{Fact, Rules};

impl Rules {
    /// Whether a value is the object whose members are the global names.
    pub fn is_global_object(&self, states: &[State]) -> bool {
        self.global_object.is_some_and(|state| states.contains(&state))
    }

    /// Whether a method of this name hands on what it is called on, whatever that is.
    pub fn hands_on(&self, name: &str) -> bool {
        let any = self.automaton.root(&Root::Any);
        let states = self.automaton.step(&any, &Step::Member(name.to_owned()));
        let states = self.automaton.step(&states, &Step::Call);
        let itself = Slot { base: Base::Receiver, path: Vec::new() };
        self.facts(&states).any(|fact| matches!(fact, Fact::Pass(pass) if pass.value.contains(&itself)))
    }

    /// Whether a value is a request under construction.
    pub fn is_builder(&self, states: &[State]) -> bool {
        states.iter().any(|state| self.builders.contains(state))
    }
}
