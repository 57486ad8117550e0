//! Stores that keep values by key, compiled from `[[store]]`, and the credentials that a library keeps in one by itself.

use super::path::{Path, Root, Step};
use super::place::Place;
use super::schema::{RuleFile, SlotText, TokenKind};
use super::slot::{Base, Slot};
use super::{Fact, Rules, StoreFact};
use crate::text::Mistake;
use std::sync::Arc;

/// See [`StoredTable`](super::schema::StoredTable).
#[derive(Clone, Debug)]
pub struct StoredFact {
    /// The store.
    pub store: Arc<str>,
    /// The key.
    pub key: Slot,
    /// What lies there if nobody writes it.
    pub kind: Option<TokenKind>,
}

impl Rules {
    pub(super) fn add_keyed_stores(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        for table in &file.store {
            let store: Arc<str> = table.name.as_str().into();
            if table.inherited {
                self.inherited_stores.push(store.clone());
            }
            let slot = |written: Option<&SlotText>, default| match written {
                Some(text) => place.slot(text),
                None => Ok(Slot { base: default, path: Vec::new() }),
            };
            let fact = StoreFact {
                store: store.clone(),
                key: slot(table.key.as_ref(), Base::Arg(0))?,
                value: slot(table.value.as_ref(), Base::Arg(1))?,
                made: table.made,
                entries: place.slot_opt(table.entries.as_ref())?,
                dotted: table.dotted,
                own: table.own,
                mark: table.mark.as_deref().unwrap_or_default().into(),
            };
            for key in &table.under {
                self.store_members.push((key.clone(), fact.clone()));
            }
            for text in &table.object {
                let paths = place.alternatives(text)?;
                self.store_names.extend(paths.called().into_iter().cloned());
                if paths.last_members().next().is_none() {
                    let types = paths.roots.iter().filter(|root| matches!(root, Root::Type(_)));
                    self.store_names.extend(types.flat_map(|root| place.names_of_root(root)));
                }
            }
            self.hang(place, &table.object, Fact::Store(store))?;
            self.hang(place, &table.read, Fact::Read(fact.clone()))?;
            for text in &table.write {
                for path in place.paths(text)? {
                    match path.steps.as_slice() {
                        [.., Step::Member(name), Step::Call | Step::New] if !table.near.is_empty() => {
                            self.write_near.push((name.clone(), table.near.clone()));
                        }
                        [.., Step::Member(name), Step::Call | Step::New] => self.write_members.push(name.clone()),
                        // a function that is handed out, or the library itself
                        _ => match &path.root {
                            Root::Import(name) => self.write_words.push(name.clone()),
                            Root::Global(name) | Root::Name(name) | Root::Param(name) => {
                                self.write_members.push(name.clone());
                            }
                            Root::Type(ty) => {
                                for text in file.r#type.iter().filter(|table| table.name == *ty).flat_map(|t| &t.is) {
                                    let package = |path: Path| match path.root {
                                        Root::Import(name) => Some(name),
                                        _ => None,
                                    };
                                    self.write_words.extend(place.paths(text)?.into_iter().filter_map(package));
                                }
                            }
                            Root::Any => {}
                        },
                    }
                }
            }
            self.hang(place, &table.write, Fact::Write(fact))?;
        }
        Ok(())
    }
}
