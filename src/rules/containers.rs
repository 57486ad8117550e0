//! Stores and what stands for their members: components' options, wrappers, mappers, containers, names known everywhere.

use super::automaton::State;
use super::path::{Path, Root};
use super::place::Place;
use super::schema::{self, RuleFile};
use super::slot::Slot;
use super::{Fact, Rules};
use crate::text::Mistake;
use std::sync::Arc;

/// See [`schema::RefsTable`].
#[derive(Clone, Debug)]
pub struct RefsFact {
    /// The other object.
    pub of: Slot,
    /// The member of a wrapper that is the value.
    pub read: Arc<str>,
}

/// See [`schema::MapperTable`].
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct MapperFact {
    pub names: Slot,
    pub of: Option<Slot>,
    pub container: Option<Arc<str>>,
    pub part: Option<Arc<str>>,
}

/// See [`schema::ContainerTable`].
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ContainerFact {
    pub ty: Arc<str>,
    /// The type's state.
    pub state_of_type: State,
    /// Names of calls that may make one.
    pub made_by: Vec<String>,
    pub options: Slot,
    pub state: Arc<str>,
    pub root: Vec<(Arc<str>, Arc<str>)>,
    pub getters: Arc<str>,
    pub modules: Arc<str>,
    pub namespaced: Arc<str>,
    pub handlers: Vec<HandlerFact>,
    pub folders: Vec<String>,
}

/// See [`schema::HandlerTable`].
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct HandlerFact {
    pub section: Arc<str>,
    pub by: Arc<str>,
    pub gets_state: bool,
    /// Names of calls that may map them.
    pub mapped_by: Vec<String>,
}

impl Rules {
    /// Compile what a file says about stores.
    pub(super) fn add_stores(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        let component = &file.component;
        self.component.sections.extend(component.sections.iter().cloned());
        self.component.computed.extend(component.computed.iter().cloned());
        self.component.made.extend(component.made.iter().cloned());
        self.component.itself.extend(component.itself.iter().cloned());
        self.component.mixed.extend(component.mixed.iter().cloned());
        self.component.takes.extend(component.takes.iter().cloned());
        self.component.takes_from = self.component.takes_from.take().or_else(|| component.takes_from.clone());
        self.component.injects = self.component.injects.take().or_else(|| component.injects.clone());
        self.component.given = self.component.given.take().or_else(|| component.given.clone());
        self.component.patch.extend(component.patch.iter().cloned());
        self.auto_import.folders.extend(file.auto_import.folders.iter().cloned());
        // own files come first, and count before those of the build
        self.auto_import.package = self.auto_import.package.take().or_else(|| file.auto_import.package.clone());
        for table in &file.refs {
            let fact = RefsFact { of: place.slot(&table.of)?, read: table.read.as_str().into() };
            self.hang(place, &table.on, Fact::Refs(fact))?;
        }
        for table in &file.mapper {
            let fact = MapperFact {
                names: place.slot(&table.names)?,
                of: place.slot_opt(table.of.as_ref())?,
                container: table.container.as_deref().map(Arc::from),
                part: table.part.as_deref().map(Arc::from),
            };
            self.hang(place, &table.on, Fact::Mapper(Box::new(fact)))?;
        }
        for table in &file.container {
            self.add_container(place, table)?;
        }
        Ok(())
    }

    fn add_container(&mut self, place: &Place<'_>, table: &schema::ContainerTable) -> Result<(), Mistake> {
        let handler = |table: &schema::HandlerTable| -> Result<HandlerFact, Mistake> {
            Ok(HandlerFact {
                section: table.section.as_str().into(),
                by: table.by.as_str().into(),
                gets_state: table.gets_state,
                mapped_by: place.last_members(&table.mapped_by)?,
            })
        };
        let handlers = table.handlers.iter().map(handler).collect::<Result<Vec<_>, _>>()?;
        let root = Path { root: Root::Type(table.r#type.clone()), steps: Vec::new() };
        let state_of_type = self.automaton.insert(&root);
        for state in self.states(place, "container", &table.made)? {
            self.automaton.add_type(state, state_of_type);
        }
        let id = super::FactId::try_from(self.facts.len()).unwrap_or(super::FactId::MAX);
        self.facts.push(Fact::Container(self.containers.len()));
        self.automaton.add_fact(state_of_type, id);
        self.containers.push(ContainerFact {
            ty: table.r#type.as_str().into(),
            state_of_type,
            made_by: place.last_members(&table.made)?,
            options: place.slot(&table.options)?,
            state: table.state.as_str().into(),
            root: table.root.iter().map(|[name, member]| (name.as_str().into(), member.as_str().into())).collect(),
            getters: table.getters.as_str().into(),
            modules: table.modules.as_str().into(),
            namespaced: table.namespaced.as_str().into(),
            handlers,
            folders: table.folders.clone(),
        });
        Ok(())
    }
}
