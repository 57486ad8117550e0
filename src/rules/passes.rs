//! Calls that hand values on, compiled from `[[pass]]`.

use super::place::Place;
use super::schema::RuleFile;
use super::{Fact, PassFact, Rules};
use crate::text::Mistake;

impl Rules {
    pub(super) fn add_passes(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        for (nth, table) in file.pass.iter().enumerate() {
            self.trace(place.nth(), Some(("pass", nth)));
            let fact = PassFact {
                value: place.slots(&table.value)?,
                calls: place.slot_opt(table.calls.as_ref())?,
                with: place.slots(&table.with)?,
                returns: table.returns,
                by: table.by.clone(),
                by_under: table.by_under.as_deref().map(Into::into),
                spreads: table.spreads,
                concat: place.slots(&table.concat)?,
                join: place.slot_opt(table.join.as_ref())?,
                merge: place.slots(&table.merge)?,
                url: place.slots(&table.url)?,
                list: place.slots(&table.list)?,
                member: place.slot_opt(table.member.as_ref())?,
                steps: table.steps.as_deref().map(Into::into),
                behind: place.slot_opt(table.behind.as_ref())?,
                replaces: place.slots(&table.replaces)?,
                every: table.every,
                folds: place.slots(&table.folds)?,
                fills: place.slots(&table.fills)?,
                keys: place.slot_opt(table.keys.as_ref())?,
                pairs: place.slot_opt(table.pairs.as_ref())?,
                resolves: place.slot_opt(table.resolves.as_ref())?,
                instance: place.slot_opt(table.instance.as_ref())?,
                element: place.slot_opt(table.element.as_ref())?,
                append: place.slot_opt(table.append.as_ref())?,
                shared: table.shared,
                segment: place.slot_opt(table.segment.as_ref())?,
                pipes: table.pipes,
                given: table.given,
                absent: table.absent,
                injects: table.injects,
                selects: table.selects,
                sets: table.sets,
                gets: table.gets,
                of: place.slot_opt(table.of.as_ref())?,
            };
            for text in &table.on {
                self.add_handing_on(&fact, &place.alternatives(text)?);
            }
            self.hang(place, &table.on, Fact::Pass(Box::new(fact)))?;
        }
        Ok(())
    }
}
