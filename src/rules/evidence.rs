//! The literals of the first look: those that tables give, those that follow from the endpoints and hosts, and those that
//! own rules need besides.

use super::place::Place;
use super::schema::{RuleFile, SlotText};
use super::slot::Base;
use super::{Rules, Segment};
use crate::text::Mistake;

impl Rules {
    /// The literals that a file's tables give.
    pub(super) fn add_evidence(&mut self, file: &RuleFile) {
        for evidence in &file.evidence {
            self.literals.project.extend(evidence.project.iter().map(|word| word.to_lowercase()));
            self.literals.file.extend(evidence.file.iter().cloned());
            self.literals.call.extend(evidence.call.iter().cloned());
        }
    }

    /// What own rules recognise may have none of the literals without which nothing is looked at: calls that say no
    /// path of their own, and hosts under other names.
    pub(super) fn add_own_evidence(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        for table in &file.call {
            let is_literal = |text: &SlotText| Ok(matches!(place.slot(text)?.base, Base::Literal(_)));
            let slots = table.url.iter().chain(&table.base).chain(&table.path).chain(&table.host);
            let literal = slots.map(is_literal).collect::<Result<Vec<bool>, Mistake>>()?;
            if table.endpoint.is_none() && !literal.contains(&true) {
                continue;
            }
            for text in &table.on {
                let paths = place.alternatives(text)?;
                let mut words: Vec<String> = paths.last_members().cloned().collect();
                if words.is_empty() {
                    words.extend(paths.roots.iter().flat_map(|root| place.names_of_root(root)));
                }
                self.literals.project.extend(words.iter().map(|word| word.to_lowercase()));
                self.literals.call.extend(words.iter().cloned());
                self.literals.file.extend(words);
            }
        }
        for host in &file.host {
            self.literals.project.extend(host.suffix.iter().map(|name| name.trim_start_matches('.').to_lowercase()));
            for phrase in host.words.iter().chain(&host.base_words) {
                // of the words of a name, the longest is the rarest
                let longest = phrase.split(' ').max_by_key(|word| word.len());
                self.literals.project.extend(longest.map(str::to_lowercase));
            }
        }
        Ok(())
    }

    /// The literals that follow from all rules together, when all are in.
    pub(super) fn finish_literals(&mut self) {
        let heads = self.endpoints.iter().filter_map(|endpoint| match endpoint.segments.first() {
            Some(Segment::Literal(head)) => Some(head.clone()),
            _ => None,
        });
        self.literals.heads = heads.collect();
        self.literals.prefix = self.prefix().to_owned();
        self.literals.hosts = self.hosts.suffix.clone();
        let literals = &mut self.literals;
        for list in [&mut literals.project, &mut literals.file, &mut literals.call, &mut literals.heads] {
            list.sort();
            list.dedup();
        }
    }
}
