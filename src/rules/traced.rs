//! Which table each fact and each type comes from, so that the rules without one table need not be compiled anew: for the
//! examples, which must need theirs.
//!
//! Nothing is traced unless the rules were compiled for it. Must not know what the tables mean.

use super::automaton::State;
use super::{FactId, Rules};

/// One table: the number of its file, its kind and its place among those of its kind.
type Table = (usize, &'static str, usize);

/// What comes from which table.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    /// The table under work.
    now: Option<Table>,
    facts: Vec<(FactId, Table)>,
    types: Vec<((State, State), Table)>,
}

impl Rules {
    /// From now on, what is compiled is traced.
    pub(super) fn start_trace(&mut self) {
        self.trace = Some(Box::default());
    }

    /// What is compiled from now on comes from this table; from none that is traced, without one.
    pub(super) fn trace(&mut self, source: usize, table: Option<(&'static str, usize)>) {
        if let Some(trace) = &mut self.trace {
            trace.now = table.map(|(kind, nth)| (source, kind, nth));
        }
    }

    /// A fact was made.
    pub(super) fn trace_fact(&mut self, fact: FactId) {
        if let Some(trace) = &mut self.trace {
            trace.facts.extend(trace.now.map(|table| (fact, table)));
        }
    }

    /// A type was given to a state.
    pub(super) fn trace_type(&mut self, state: State, of: State) {
        if let Some(trace) = &mut self.trace {
            trace.types.extend(trace.now.map(|table| ((state, of), table)));
        }
    }

    /// The rules without a table; none where that cannot be told from what was traced. Words that files are looked for by
    /// stay: they decide nothing.
    pub fn without(&self, source: usize, kind: &str, nth: usize) -> Option<Rules> {
        let trace = self.trace.as_ref()?;
        let is_meant = |table: &Table| matches!(*table, (of, what, at) if (of, what, at) == (source, kind, nth));
        let facts: Vec<FactId> =
            trace.facts.iter().filter(|(_, table)| is_meant(table)).map(|(fact, _)| *fact).collect();
        let (meant, others): (Vec<_>, Vec<_>) = trace.types.iter().partition(|(_, table)| is_meant(table));
        if facts.is_empty() && meant.is_empty() {
            return None;
        }
        let mut rules = self.clone();
        rules.trace = None;
        facts.into_iter().for_each(|fact| rules.automaton.remove_fact(fact));
        for (edge, _) in meant {
            // another table may say the same
            if !others.iter().any(|(other, _)| *other == edge) {
                rules.automaton.remove_type(edge.0, edge.1);
            }
        }
        Some(rules)
    }
}
