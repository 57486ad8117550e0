//! Where tokens are asked for, compiled from its tables.

use super::place::Place;
use super::schema::{EnvironmentTable, ExchangeTable, NeedsTable, RuleFile, TwinTable};
use super::slot::Slot;
use super::versions::Versions;
use super::{Fact, Rules};
use crate::text::Mistake;
use std::sync::Arc;

/// A way into an object, member by member.
pub type Way = Vec<String>;

/// See [`LoginTable`](super::schema::LoginTable).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct LoginFact {
    pub sdk: Arc<str>,
    pub url: Option<String>,
    pub options: Option<Slot>,
    pub audience: Vec<Way>,
    pub scope: Vec<Way>,
    pub default_scope: Option<String>,
    pub keeps: Option<[Way; 2]>,
    pub response_type: Vec<Way>,
    pub default_response_type: Option<String>,
    pub wanted_response_type: Option<String>,
    pub response_needs: Option<NeedsTable>,
    pub algorithm: Vec<Way>,
    pub domain: Vec<Slot>,
    pub redirect: Vec<Way>,
    pub client_id: Vec<Way>,
    pub client: Vec<Slot>,
    pub only: Option<(Slot, Slot)>,
    pub unless: Vec<Slot>,
    pub when: Vec<Slot>,
    pub given: Option<u32>,
    pub requires: Vec<Way>,
    pub part: bool,
    pub public: bool,
    pub beside: bool,
    pub twins: Vec<TwinTable>,
    pub exchange: Option<ExchangeTable>,
    pub older: Vec<String>,
    pub outdated: Option<String>,
    pub made_by: Option<MadeBy>,
    pub environment: Option<EnvironmentTable>,
}

/// See `MadeByTable`, which is its shape in a rule file.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct MadeBy {
    pub name: String,
    pub unless: Versions,
}

/// What a token may always be called.
pub const TOKEN: &str = "token";

impl Rules {
    pub(super) fn add_logins(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        let ways = |texts: &[String]| -> Vec<Way> {
            texts.iter().map(|text| text.split('.').map(str::to_owned).collect()).collect()
        };
        for table in &file.login {
            let number = self.logins.len();
            let client = table.sdk.as_deref().or(file.client.as_deref()).unwrap_or_default();
            self.logins.push(LoginFact {
                sdk: client.into(),
                url: table.url.clone(),
                options: place.slot_opt(table.options.as_ref())?,
                audience: ways(&table.audience),
                scope: ways(&table.scope),
                default_scope: table.default_scope.clone(),
                keeps: table
                    .keeps
                    .as_ref()
                    .map(|two| two.each_ref().map(|text| text.split('.').map(str::to_owned).collect())),
                response_type: ways(&table.response_type),
                default_response_type: table.default_response_type.clone(),
                wanted_response_type: table.wanted_response_type.clone(),
                response_needs: table.response_needs.clone(),
                algorithm: ways(&table.algorithm),
                domain: place.slots(&table.domain)?,
                redirect: ways(&table.redirect),
                client_id: ways(&table.client_id),
                client: place.slots(&table.client)?,
                only: match &table.only {
                    Some([slot, text]) => Some((place.slot(slot)?, place.slot(text)?)),
                    None => None,
                },
                unless: place.slots(&table.unless)?,
                when: place.slots(&table.when)?,
                given: table.given,
                requires: ways(&table.requires),
                part: table.part,
                public: table.public,
                beside: table.beside,
                twins: table.twins.clone(),
                exchange: table.exchange.clone(),
                older: table.older.clone(),
                outdated: table.outdated.clone(),
                made_by: match &table.made_by {
                    Some(made) => Some(MadeBy { name: made.name.clone(), unless: place.versions(&made.unless)? }),
                    None => None,
                },
                environment: table.environment.clone(),
            });
            for text in &table.on {
                self.login_members.extend(place.alternatives(text)?.called().into_iter().cloned());
            }
            self.hang(place, &table.on, Fact::Login(number))?;
            self.hang(place, &table.feeds, Fact::Feeds(number))?;
        }
        for table in &file.query {
            self.hang(place, &table.on, Fact::Query)?;
            self.query_adds.extend(table.adds.iter().cloned());
        }
        for table in &file.answer {
            self.hang(place, &table.on, Fact::Answer)?;
        }
        for table in &file.own {
            self.hang(place, &table.on, Fact::Own(self.own.len()))?;
            self.own.push(table.clone());
        }
        self.parties.extend(file.party.iter().cloned());
        self.misspelt.extend(file.misspelt.iter().cloned());
        self.token_members.extend(file.member.iter().cloned());
        Ok(())
    }

    /// The scope that is meant by one that does not exist.
    pub fn meant_scope(&self, scope: &str) -> Option<&str> {
        self.misspelt.iter().find(|table| table.scope == scope).map(|table| table.means.as_str())
    }

    /// What a variable is called that holds an access token.
    pub fn access_name(&self) -> &str {
        self.token_members.first().map_or(TOKEN, |table| &table.access)
    }

    /// The member that holds the access token beside the one of this name, which holds the ID token.
    pub fn access_member(&self, name: &str) -> Option<&str> {
        self.token_members.iter().find(|table| table.id == name).map(|table| table.access.as_str())
    }

    /// What a function is called that hands out the access token, beside the one of this name, which hands out the ID token:
    /// `getAccessToken` for `getIdToken`.
    pub fn access_function(&self, name: &str) -> Option<String> {
        self.token_members.iter().find_map(|table| {
            let words = |first: &str| {
                let mut chars = first.chars();
                chars.next().map(|one| one.to_uppercase().chain(chars).collect::<String>())
            };
            let (id, access) = (words(&table.id)?, words(&table.access)?);
            [(id, access), (table.id.clone(), table.access.clone())]
                .into_iter()
                .find(|(id, _)| name.contains(id.as_str()))
                .map(|(id, access)| name.replacen(id.as_str(), &access, 1))
        })
    }
}
