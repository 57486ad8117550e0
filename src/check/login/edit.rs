//! The edits of a migration, where they are certain: the token at the call, and the options at the login. All of them or
//! none, and why none.

use super::exchange::Exchange;
use super::find::Login;
use super::kept::Kept;
use super::lacks::{Lack, Needs};
use super::options::Options;
use super::token::{name_read, read_at, read_instead};
use super::uses::Uses;
use super::{Change, Config, Left, Sent};
use crate::check::model::{Applicability, Edit, Fix, Location, Verdict};
use crate::eval::value::Node;
use crate::eval::{ORIGINS, Shared};
use crate::rules::LoginFact;
use crate::text::{FileId, Span};

/// Makes edits.
pub(super) struct Edits<'a> {
    shared: &'a Shared<'a>,
    sent: &'a [Sent<'a>],
}

impl<'a> Edits<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, sent: &'a [Sent<'a>]) -> Self {
        Edits { shared, sent }
    }

    /// The edits that mend the calls of a group and the login that feeds them.
    pub(super) fn of_group(
        &self,
        calls: &[usize],
        logins: &[Login],
        config: Config,
        target: usize,
        lacking: &[Lack],
        needs: &Needs,
    ) -> Result<Fix, Left> {
        let of_login = |nth: usize| &self.shared.rules.logins[logins[nth].number];
        let facts: Vec<&LoginFact> = [Some(target), config.0, config.1].into_iter().flatten().map(of_login).collect();
        let uses = Uses::new(self.shared, self.sent, calls);
        let mut changes: Vec<Change> = Vec::new();
        for nth in calls {
            changes.extend(self.token(*nth, &facts, &uses).map_err(|left| left.at(*nth))?);
        }
        let bases = calls.iter().map(|nth| self.sent[*nth].origin.base.as_ref());
        let base =
            bases.clone().next().flatten().filter(|first| bases.clone().all(|base| base == Some(first))).cloned();
        changes.extend(Options { shared: self.shared, base }.of_login(logins, config, target, lacking, needs)?);
        changes.sort();
        changes.dedup();
        let overlap = changes.windows(2).any(|two| two[0].0 == two[1].0 && two[0].1.end > two[1].1.start);
        if overlap {
            return Err(Left::of("the edits of several calls touch the same place"));
        }
        let what = if lacking.is_empty() { "" } else { ", and ask for it at login" };
        Ok(Fix {
            description: format!("send the access token{what}"),
            edits: changes.into_iter().map(|change| self.edit(change)).collect(),
            applicability: Applicability::Unsafe,
        })
    }

    fn edit(&self, (file, span, replacement): Change) -> Edit {
        let (start, end) = self.shared.project.range(file, span);
        let path = self.shared.project.path(file).to_owned();
        Edit { at: Location { path, start, end, span }, replacement }
    }

    /// The access token in the place of the ID token that a call sends, wherever that comes from.
    fn token(&self, nth: usize, facts: &[&LoginFact], uses: &Uses<'_>) -> Result<Vec<Change>, Left> {
        let first = self.certain_origin(nth)?;
        let mut origins = vec![first];
        origins.extend(self.sent[nth].origin.others.iter().filter_map(|other| other.at));
        origins.sort();
        origins.dedup();
        if origins.len() >= ORIGINS {
            return Err(Left::of("its token comes from more places than are told apart"));
        }
        let kept = Kept { shared: self.shared, sent: self.sent, uses };
        let mut changes = Vec::new();
        for origin in origins {
            let why = match self.at_origin(origin.0, origin.1, facts, uses) {
                Ok(direct) => {
                    changes.extend(direct);
                    continue;
                }
                Err(why) => why,
            };
            let beside = kept.changes(nth, origin).and_then(|beside| beside.ok_or(why));
            match beside {
                Ok(beside) => changes.extend(beside),
                Err(why) => {
                    if let Some(beside) = kept.beside_members(nth, origin) {
                        changes.extend(beside);
                        continue;
                    }
                    let anyway = self.at_origin(origin.0, origin.1, facts, &uses.whatever_the_name());
                    changes.extend(anyway.map_err(|_| why)?);
                }
            }
        }
        changes.sort();
        changes.dedup();
        Ok(changes)
    }

    /// The access token, taken where the ID token is.
    fn at_origin(&self, file: FileId, span: Span, facts: &[&LoginFact], uses: &Uses<'_>) -> Result<Vec<Change>, Left> {
        let sdk = facts.first().map(|fact| fact.sdk.to_string()).unwrap_or_default();
        for table in facts.iter().filter_map(|fact| fact.exchange.as_ref()) {
            if let Some(exchange) = Exchange::new(self.shared, uses, table, file)
                && let Some(read) = exchange.read_at(span)
            {
                return exchange.changes(read);
            }
        }
        let Some(fact) = facts.iter().find(|fact| fact.beside) else {
            return Err(Left::of(format!("{sdk} does not hand out both tokens side by side")));
        };
        let not_a_member = || Left::of(format!("the token that {sdk} hands out is no member that is read by its name"));
        let read = read_at(self.shared, file, span).ok_or_else(not_a_member)?;
        let ir = &self.shared.project.lowered(file).ok_or_else(not_a_member)?.ir;
        let name = name_read(ir, read).ok_or_else(not_a_member)?;
        let own = fact.twins.iter().find(|twin| twin.id == name).map(|twin| twin.access.as_str());
        let access = own.or_else(|| self.shared.rules.access_member(name)).ok_or_else(not_a_member)?;
        read_instead(self.shared, uses, Node { file, expr: read }, access)
    }

    /// Where an ID token comes from that is surely one.
    fn certain_origin(&self, nth: usize) -> Result<(FileId, Span), Left> {
        let sent = &self.sent[nth];
        if sent.call.verdict != Verdict::IdToken {
            return Err(Left::of("it is not certain that it sends an ID token"));
        }
        if sent.call.trace.last().is_some_and(|step| step.note.contains(crate::check::advice::ON_SOME_PATHS)) {
            return Err(Left::of("on other paths it sends something else"));
        }
        sent.origin.at.ok_or_else(|| Left::of(super::BY_ITSELF))
    }
}
