//! What keeps a value and gives it back, on the way forward: stores under their keys, and cells (states, subjects, stores of
//! one value).

use super::flow::{At, Flow, Holds, above_callee, is_callee, parts_of};
use super::stores::Stores;
use super::uses::{Goes, is_plumbing, mentions};
use crate::eval::value::{Api, ApiStep, Node, Traced, Value};
use crate::ir::{Expr, Key, Name};
use crate::project::{Lowered, PlaceKey, Root};
use crate::rules::{CellFact, Fact};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Files that are searched for the mentions of a cell.
const FILES: usize = 60;

impl<'a> Flow<'_, 'a> {
    /// The value lies in a store under a key: all that reads it.
    pub(super) fn stored(&mut self, at: &At, call: Node, nth: usize, depth: u32) -> Goes {
        let stores = Stores { shared: self.uses.shared };
        let (store, key) = stores.written_by(call, nth).ok_or(at.node)?;
        // what lies there already when the program changes is an ID token, and its key says so
        let says_so = self.uses.shared.rules.access_member(&key).is_some();
        if !at.way.is_empty() || says_so {
            return Err(at.node);
        }
        let reads = stores.all_reads(&store, &key, call).ok_or(at.node)?;
        self.all(reads, at, depth)
    }

    /// The cell whose setting function a value is.
    pub(super) fn cell_set_by(&self, api: &Rc<Api>) -> Option<(Rc<Api>, &'a CellFact)> {
        let ApiStep::Member(name) = &api.step else { return None };
        let Some(Traced { value: Value::Api(from), .. }) = &api.from else { return None };
        let rules = self.uses.shared.rules;
        let cell = rules.facts(&from.states).find_map(|fact| match fact {
            Fact::Cell(cell) => Some(cell),
            _ => None,
        })?;
        let is_element = cell.setter.is_some_and(|nth| *nth.to_string() == **name);
        (is_element || cell.set.iter().any(|set| **set == **name)).then(|| (from.clone(), cell))
    }

    /// The value lies in a cell: all that reads that.
    pub(super) fn kept(&mut self, cell: &Rc<Api>, fact: &CellFact, at: &At, depth: u32) -> Goes {
        if fact.key.is_some() || fact.store.is_some() {
            return Err(at.node);
        }
        let mut calls = BTreeSet::new();
        let mut read = false;
        let made = self.lowered(cell.node.file).ok_or(at.node)?;
        if let Some(setter) = fact.setter {
            // the other elements of the pair
            for part in parts_of(made, cell.node.expr) {
                if !matches!(made.ir.expr(part), Expr::Field { key: Key::Index(nth), .. } if *nth == setter) {
                    read = true;
                    calls.extend(self.follow(&at.to(Node { file: cell.node.file, expr: part }), depth - 1)?);
                }
            }
        } else {
            for name in self.names_of(cell) {
                let (files, cut) = self.uses.shared.project.files_with(&name, FILES);
                if cut {
                    return Err(at.node);
                }
                for file in files {
                    let Some(lowered) = self.lowered(file) else { continue };
                    for expr in mentions(&lowered.ir, &name).collect::<Vec<_>>() {
                        if is_plumbing(&lowered.ir, expr) || lowered.index.binding_of.contains_key(&expr) {
                            continue;
                        }
                        if let Some(goes) = self.read_of_cell(lowered, Node { file, expr }, fact, at, depth)? {
                            read = true;
                            calls.extend(goes);
                        }
                    }
                }
            }
        }
        if read { Ok(calls) } else { Err(at.node) }
    }

    /// What a mention of a cell reads of it; nothing where it only sets it.
    fn read_of_cell(
        &mut self,
        lowered: &'a Lowered,
        mention: Node,
        fact: &CellFact,
        at: &At,
        depth: u32,
    ) -> Result<Option<BTreeSet<usize>>, Node> {
        let ir = &lowered.ir;
        let is_in = |names: &[String], name: &Name| names.iter().any(|known| **known == **name);
        let Some(parent) = ir.parents[mention.expr.index()] else { return Err(mention) };
        let up = Node { file: mention.file, expr: parent };
        match ir.expr(parent) {
            Expr::Field { key: Key::Name(name), .. } if is_callee(ir, parent) => {
                if is_in(&fact.set, name) {
                    return Ok(None);
                }
                let call = above_callee(ir, parent).map(|expr| Node { file: mention.file, expr }).ok_or(mention)?;
                match self.called_back(lowered, call, at, depth)? {
                    Some(calls) => Ok(Some(calls)),
                    None => self.given_back(call, at, depth).map(Some),
                }
            }
            Expr::Field { key: Key::Name(name), .. } if is_in(&fact.read, name) => {
                self.follow(&at.to(up), depth - 1).map(Some)
            }
            Expr::Call { .. } => self.given_back(up, at, depth).map(Some),
            _ => Err(mention),
        }
    }

    /// What a call gives back that is the value.
    fn given_back(&mut self, call: Node, at: &At, depth: u32) -> Goes {
        if at.way.is_empty() && self.holds(call) == Holds::It {
            return self.follow(&at.to(call), depth - 1);
        }
        Err(call)
    }

    /// The names that a cell is held under.
    fn names_of(&self, cell: &Api) -> Vec<Name> {
        let mut names = Vec::new();
        for owner in &cell.owners {
            match (owner.path.last(), &owner.root) {
                (Some(PlaceKey::Name(name)), _) | (None, Root::Global(name)) => names.push(name.clone()),
                (None, Root::Local(binding)) => {
                    names.extend(self.lowered(owner.file).map(|lowered| lowered.ir.binding(*binding).name.clone()));
                }
                _ => {}
            }
        }
        if let Some(lowered) = self.lowered(cell.node.file) {
            let held = lowered.index.binding_of.get(&cell.node.expr);
            names.extend(held.map(|binding| lowered.ir.binding(*binding).name.clone()));
            let written = lowered.index.write_of.get(&cell.node.expr).map(|nth| &lowered.ir.writes[*nth].key);
            if let Some(Key::Name(name)) = written {
                names.push(name.clone());
            }
        }
        names.sort();
        names.dedup();
        names
    }
}
