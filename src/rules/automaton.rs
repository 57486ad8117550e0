//! All access paths of all rules as one automaton.
//!
//! Owns states and transitions. A library value is a set of states; following a member, a call, an argument is a
//! transition; facts hang on states. Must not know what the facts mean.

use super::path::{Alternatives, Path, Root, Step};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::atomic::{AtomicBool, Ordering};

/// A state.
pub type State = u32;

/// The states a value is in: sorted, without repetition. Empty: the rules do not know it.
pub type States = SmallVec<[State; 4]>;

/// The compiled paths. `F` is the type of the facts' ids.
#[derive(Debug)]
pub struct Automaton<F> {
    nodes: Vec<Node<F>>,
    roots: FxHashMap<Root, State>,
    /// The states that values were in, where that is watched.
    met: Option<Box<[AtomicBool]>>,
}

impl<F: Clone> Clone for Automaton<F> {
    /// What is watched is not copied.
    fn clone(&self) -> Self {
        Automaton { nodes: self.nodes.clone(), roots: self.roots.clone(), met: None }
    }
}

#[derive(Clone, Debug)]
struct Node<F> {
    edges: FxHashMap<Step, State>,
    /// Types whose root this state also is.
    also: Vec<State>,
    facts: Vec<F>,
}

impl<F: Copy> Default for Automaton<F> {
    fn default() -> Self {
        Automaton { nodes: Vec::new(), roots: FxHashMap::default(), met: None }
    }
}

impl<F: Copy> Automaton<F> {
    /// The state of `path`, made if it is new.
    pub fn insert(&mut self, path: &Path) -> State {
        let root = self.root_or_new(&path.root);
        path.steps.iter().fold(root, |state, step| self.next_or_new(state, step))
    }

    /// The state of each of the paths, in order.
    pub fn insert_all(&mut self, paths: &Alternatives) -> Vec<State> {
        let mut states: Vec<State> = paths.roots.iter().map(|root| self.root_or_new(root)).collect();
        for steps in &paths.steps {
            let mut next = Vec::with_capacity(states.len() * steps.len());
            for state in states {
                next.extend(steps.iter().map(|step| self.next_or_new(state, step)));
            }
            states = next;
        }
        states
    }

    fn root_or_new(&mut self, root: &Root) -> State {
        self.roots.get(root).copied().unwrap_or_else(|| {
            let state = self.node();
            self.roots.insert(root.clone(), state);
            state
        })
    }

    fn next_or_new(&mut self, state: State, step: &Step) -> State {
        self.nodes[state as usize].edges.get(step).copied().unwrap_or_else(|| {
            let next = self.node();
            self.nodes[state as usize].edges.insert(step.clone(), next);
            next
        })
    }

    /// Hang a fact on a state.
    pub fn add_fact(&mut self, state: State, fact: F) {
        self.nodes[state as usize].facts.push(fact);
    }

    /// Take a fact off every state.
    pub fn remove_fact(&mut self, fact: F)
    where
        F: PartialEq,
    {
        self.nodes.iter_mut().for_each(|node| node.facts.retain(|known| *known != fact));
    }

    /// A value in `state` is no longer of the type whose root is `of`.
    pub fn remove_type(&mut self, state: State, of: State) {
        self.nodes[state as usize].also.retain(|known| *known != of);
    }

    /// A value in `state` is also of the type whose root is `of`.
    pub fn add_type(&mut self, state: State, of: State) {
        if !self.nodes[state as usize].also.contains(&of) {
            self.nodes[state as usize].also.push(of);
        }
    }

    /// The states of a root; empty where no rule mentions it.
    pub fn root(&self, root: &Root) -> States {
        self.roots.get(root).map_or_else(States::new, |&state| self.close([state]))
    }

    /// The states after `step`.
    pub fn step(&self, states: &[State], step: &Step) -> States {
        let wild = match step {
            Step::Member(_) => Some(Step::AnyMember),
            Step::Arg(_) => Some(Step::AnyArg),
            _ => None,
        };
        let next = states.iter().flat_map(|&state| {
            let edges = &self.nodes[state as usize].edges;
            edges.get(step).into_iter().chain(wild.as_ref().and_then(|wild| edges.get(wild))).copied()
        });
        self.close(next)
    }

    /// Every state.
    pub fn states(&self) -> impl Iterator<Item = State> + use<F> {
        0..State::try_from(self.nodes.len()).unwrap_or(State::MAX)
    }

    /// The types that a state also is.
    pub fn types(&self, state: State) -> &[State] {
        &self.nodes[state as usize].also
    }

    /// Whether nothing is known of what can be done with a value in `states`.
    pub fn is_leaf(&self, states: &[State]) -> bool {
        states.iter().all(|&state| self.nodes[state as usize].edges.is_empty())
    }

    /// The facts on `states`.
    pub fn facts<'a, 's>(&'a self, states: &'s [State]) -> impl Iterator<Item = F> + use<'a, 's, F> {
        states.iter().flat_map(|&state| self.nodes[state as usize].facts.iter().copied())
    }

    /// From now on, remember the states that values are in.
    pub fn watch(&mut self) {
        self.met = Some(self.nodes.iter().map(|_| AtomicBool::new(false)).collect());
    }

    /// Whether a value was in a state since they are watched.
    pub fn is_met(&self, state: State) -> bool {
        let flag = self.met.as_ref().and_then(|met| met.get(state as usize));
        flag.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    fn node(&mut self) -> State {
        let state = State::try_from(self.nodes.len()).unwrap_or(State::MAX);
        self.nodes.push(Node { edges: FxHashMap::default(), also: Vec::new(), facts: Vec::new() });
        state
    }

    fn close(&self, states: impl IntoIterator<Item = State>) -> States {
        let mut all: States = states.into_iter().collect();
        let mut next = 0;
        while next < all.len() {
            for &also in &self.nodes[all[next] as usize].also {
                if !all.contains(&also) {
                    all.push(also);
                }
            }
            next += 1;
        }
        all.sort_unstable();
        all.dedup();
        if let Some(met) = &self.met {
            all.iter()
                .filter_map(|&state| met.get(state as usize))
                .for_each(|flag| flag.store(true, Ordering::Relaxed));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::path::parse;

    #[test]
    fn wildcards_types_and_facts() {
        let mut automaton = Automaton::<u8>::default();
        let ty = automaton.insert(&parse("type client").unwrap()[0]);
        let made = automaton.insert(&parse("import x .create()").unwrap()[0]);
        automaton.add_type(made, ty);
        let sent = automaton.insert(&parse("type client .*()").unwrap()[0]);
        automaton.add_fact(sent, 7);
        let member = |name: &str| Step::Member(name.into());
        let states = automaton.root(&Root::Import("x".into()));
        let states = automaton.step(&states, &member("create"));
        let states = automaton.step(&states, &Step::Call);
        let states = automaton.step(&states, &member("anything"));
        let states = automaton.step(&states, &Step::Call);
        assert_eq!(automaton.facts(&states).collect::<Vec<_>>(), [7]);
        assert!(automaton.root(&Root::Import("y".into())).is_empty());
    }
}
