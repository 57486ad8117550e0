//! All knowledge of libraries, hosts and endpoints: read from `rules/`, checked, compiled.
//!
//! Owns the schema, the path and slot grammars, the automaton and the name tests. Must not know how a value is
//! evaluated. The data is embedded; broken data is an error with its file and line, never a silent skip.

pub mod automaton;
pub mod docs;
pub mod examples;
pub mod exercise;
pub mod files;
pub mod list;
pub mod path;
pub mod schema;
pub mod slot;
pub mod toml_file;
pub mod words;

mod containers;
mod embedded;
mod endpoint;
mod evidence;
mod facts;
mod logins;
mod names;
mod outside;
mod passes;
mod place;
mod questions;
mod reducers;
pub mod runtimes;
mod search;
mod soundness;
mod stored;
mod traced;
mod versions;

pub use containers::{ContainerFact, HandlerFact, MapperFact, RefsFact};
pub use endpoint::{Endpoint, Segment};
pub use facts::{
    AmbientFact, CallFact, CellFact, ContextFact, Fact, FactId, FlowFact, HandedFact, Hook, OutletFact, PassFact,
    StoreFact, TestFact, TokenFact,
};
pub use files::{RuleFiles, endpoint_names};
pub use logins::{LoginFact, MadeBy, TOKEN, Way};
pub use outside::{
    Argument, ClientsTable, CommandTable, Form, Kind as OutsideKind, Outside, Sample, SettingsFormat, SettingsTable,
    VariableTable,
};
pub use reducers::{ActionFact, InjectorFact, KIND, ReducedFact, ReducerFact};
pub use schema::{Asks, BodyTable, Hands, LinkingTable, Made, Side, SubjectKind, TokenKind, UrlPart};
pub use stored::StoredFact;
pub use versions::Versions;

use crate::text::{Literals, Mistake};
use automaton::{Automaton, State};
use path::{Path, Root};
use place::Place;
use rustc_hash::{FxHashMap, FxHashSet};
use schema::{HostTable, NameTable, PathText, RuleFile, SubjectTable};
use std::sync::Arc;

/// The JSON Schema of rule files.
pub const SCHEMA: &str = include_str!("rules.schema.json");

/// The type that the rules give the global object.
const GLOBAL_OBJECT: &str = "window";

/// The compiled rules.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// All access paths.
    pub automaton: Automaton<FactId>,
    /// What hangs on the states.
    pub facts: Vec<Fact>,
    /// The migration table.
    pub endpoints: Vec<Endpoint>,
    /// What the first look at a file looks for.
    pub literals: Literals,
    /// Names of writing calls that count in files with one of these words alone.
    pub write_near: Vec<(String, Vec<String>)>,
    /// Member names whose calls may write a store.
    pub write_members: Vec<String>,
    /// Words of files in which calls of a mere name may write a store.
    pub write_words: Vec<String>,
    /// Members of options objects whose members are a store's entries, and how.
    pub store_members: Vec<(String, StoreFact)>,
    /// Names of objects whose members are a store's entries.
    pub store_names: Vec<String>,
    /// Names of members whose calls may make or send a request.
    pub request_members: FxHashSet<String>,
    /// Names one of which every file holds that sends a request with a known client.
    pub sender_words: Vec<String>,
    /// Names of calls that change an object which they are given.
    pub changing_members: FxHashSet<String>,
    /// How components are written as options objects.
    pub component: schema::ComponentTable,
    /// Stores made of options.
    pub containers: Vec<ContainerFact>,
    /// What has a state that a reducer makes.
    pub reduced: Vec<ReducedFact>,
    /// Names of calls that make what makes actions of a kind with a name.
    pub action_makers: Vec<String>,
    /// Methods that hand values on by the name of an event.
    pub events: Vec<schema::EventTable>,
    /// What gives values to components.
    pub injectors: Vec<InjectorFact>,
    /// What gives values to components without naming them.
    pub outlets: Vec<OutletFact>,
    /// Contexts that components name as a member of their class.
    pub class_contexts: Vec<ContextFact>,
    /// Names that are known without an import.
    pub auto_import: schema::AutoImportTable,
    /// Methods that write members of another member.
    pub setters: Vec<schema::SetterTable>,
    /// Stores whose entries are members of every component's `this`.
    pub inherited_stores: Vec<Arc<str>>,
    /// What is said about requests apart from them.
    pub ambient: Vec<AmbientFact>,
    /// What is known of files that are no code.
    pub outside: Arc<Outside>,
    /// Settings that programs read: their names' slots, and where they lie.
    pub settings: Vec<(slot::Slot, VariableTable)>,
    /// Names of calls that write the tenant's settings.
    pub settings_members: Vec<String>,
    /// Names of calls that write the settings of a client of the tenant.
    pub registering_members: Vec<String>,
    /// Names of calls that say something about requests of a client made elsewhere.
    pub ambient_members: Vec<String>,
    /// Members of URLs, and which part of it each is.
    pub url_parts: FxHashMap<String, UrlPart>,
    /// Members of a URL that change a part of it.
    pub url_setters: FxHashMap<String, UrlPart>,
    /// Where functions find the request they are called for, by name.
    handed: FxHashMap<String, Arc<HandedFact>>,
    /// Types of requests under construction.
    builders: Vec<State>,
    /// Methods of anything that hand on what they are called on.
    handing_on: FxHashSet<String>,
    /// The type of the object whose members are the global names.
    global_object: Option<State>,
    names: Vec<NameTable>,
    /// Words without which no name says anything.
    name_hints: Option<aho_corasick::AhoCorasick>,
    subjects: Vec<SubjectTable>,
    runtimes: Vec<schema::RuntimeTable>,
    /// Where tokens are asked for, by number.
    pub logins: Vec<LoginFact>,
    /// Names of calls that may ask for tokens.
    pub login_members: FxHashSet<String>,
    /// Requests whose answer is for another party.
    pub parties: Vec<schema::PartyTable>,
    /// Where programs get tokens of their own, by number.
    pub own: Vec<schema::OwnTable>,
    /// The methods of a query or a form that add a member.
    pub query_adds: FxHashSet<String>,
    misspelt: Vec<schema::MisspeltTable>,
    token_members: Vec<schema::MemberTable>,
    hosts: HostTable,
    own_hosts: Vec<String>,
    /// What answered, where that is of interest.
    record: Option<Box<exercise::Record>>,
    /// What comes from which table, where that is of interest.
    trace: Option<Box<traced::Trace>>,
}

impl Rules {
    /// The embedded rules. `tenants` are hosts (tenant or custom domains) that count like those of the rules; `own` ones
    /// never count.
    pub fn load(tenants: &[String], own: &[String]) -> Result<Rules, Mistake> {
        RuleFiles::packed()?.compile(tenants, own)
    }

    /// What must be known before a project is known to be worth a look: the endpoints and the literals of the embedded
    /// rules. Costs a fraction of [`Rules::load`].
    pub fn outline(tenants: &[String], own: &[String]) -> Result<Rules, Mistake> {
        RuleFiles::embedded_outline()?.compile_outline(tenants, own)
    }

    /// The facts on `states`.
    pub fn facts<'a, 's>(&'a self, states: &'s [State]) -> impl Iterator<Item = &'a Fact> + use<'a, 's> {
        self.automaton.facts(states).map(|id| &self.facts[id as usize])
    }

    /// Whether a literal host name (no scheme, no port) is a tenant's.
    pub fn is_tenant_host(&self, host: &str) -> bool {
        self.any_of(&self.hosts.suffix, |domain| is_within(host, domain))
    }

    /// Whether a literal host name was said to be one's own.
    pub fn is_own_host(&self, host: &str) -> bool {
        self.own_hosts.iter().any(|domain| is_within(host, domain))
    }

    /// Whether one of `names` (of settings, variables, members) says that it holds a tenant's host or issuer.
    pub fn names_tenant(&self, names: &[Arc<str>]) -> bool {
        self.says(&self.hosts.words, names)
    }

    /// Whether one of `names` says that it holds the Management API's URL or audience.
    pub fn names_base(&self, names: &[Arc<str>]) -> bool {
        self.says(&self.hosts.base_words, names)
    }

    /// Whether one of `names` says that it holds an own host.
    pub fn names_own(&self, names: &[Arc<str>]) -> bool {
        self.says(&self.hosts.own_words, names)
    }

    /// The usual ending of tenants' hosts.
    pub fn tenant_suffix(&self) -> Option<&str> {
        self.hosts.suffix.first().map(|suffix| suffix.trim_start_matches('.'))
    }

    /// The path that all endpoints begin with, with slashes at both ends.
    pub fn prefix(&self) -> &str {
        self.hosts.prefix.as_deref().unwrap_or("/")
    }

    fn says(&self, phrases: &[String], names: &[Arc<str>]) -> bool {
        // a phrase may run over several names: `auth0.baseUrl`
        let words: Vec<String> = names.iter().flat_map(|name| words::split(name)).collect();
        self.any_of(phrases, |phrase| words::has(&words, phrase))
    }

    fn add_tables(&mut self, file: &RuleFile) {
        self.endpoints.extend(file.endpoint.iter().map(Endpoint::new));
        self.add_evidence(file);
        for host in &file.host {
            self.hosts.suffix.extend(host.suffix.iter().map(|name| name.to_lowercase()));
            self.hosts.words.extend(host.words.iter().cloned());
            self.hosts.base_words.extend(host.base_words.iter().cloned());
            self.hosts.own_words.extend(host.own_words.iter().cloned());
            self.hosts.prefix = host.prefix.clone().or(self.hosts.prefix.take());
        }
    }

    fn add_types(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        for (nth, table) in file.r#type.iter().enumerate() {
            self.trace(place.nth(), Some(("type", nth)));
            let root = Path { root: Root::Type(table.name.clone()), steps: Vec::new() };
            let of = self.automaton.insert(&root);
            for state in self.states(place, "type", &table.is)? {
                self.automaton.add_type(state, of);
                self.trace_type(state, of);
            }
        }
        self.trace(place.nth(), None);
        for table in &file.handed {
            let fact = HandedFact {
                url: place.slots(&table.url)?,
                base: place.slots(&table.base)?,
                whole: place.slots(&table.whole)?,
                method: place.slots(&table.method)?,
                named: table.named.clone(),
            };
            self.handed.insert(table.name.clone(), Arc::new(fact));
        }
        for table in &file.part {
            self.url_parts.extend(table.member.iter().map(|member| (member.clone(), table.is)));
            self.url_setters.extend(table.set.iter().map(|member| (member.clone(), table.is)));
        }
        Ok(())
    }

    fn add_facts(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), Mistake> {
        self.record_words(place, file);
        self.add_stores(place, file)?;
        self.add_reducers(place, file)?;
        self.add_logins(place, file)?;
        let client: Arc<str> = file.client.as_deref().unwrap_or_default().into();
        for (nth, table) in file.token.iter().enumerate() {
            self.trace(place.nth(), Some(("token", nth)));
            let versions = place.versions(&table.versions)?;
            let (lacks, or_is) = (place.slots(&table.lacks)?, table.or_is.clone());
            let what = table.what.as_str().into();
            let fact = Fact::Token(TokenFact { kind: table.kind, what, lacks, or_is, versions });
            self.hang(place, &table.at, fact)?;
        }
        self.add_passes(place, file)?;
        self.trace(place.nth(), None);
        self.add_keyed_stores(place, file)?;
        for table in &file.cell {
            let fact = CellFact {
                initial: place.slots(&table.initial)?,
                read: table.read.clone(),
                set: table.set.clone(),
                setter: table.setter,
                set_by: table.set_by.clone(),
                setter_by: table.setter_by.clone(),
                pair_by: table.pair_by.clone(),
                transparent: table.transparent,
                key: table.key.as_ref().map(|key| place.slot(key)).transpose()?,
                store: table.store.as_deref().map(Arc::from),
            };
            self.hang(place, &table.on, Fact::Cell(fact))?;
        }
        for table in &file.flow {
            let fact = FlowFact { tasks: place.slot(&table.tasks)?, hands: table.hands };
            self.hang(place, &table.on, Fact::Flow(fact))?;
        }
        for table in &file.outlet {
            let fact = OutletFact {
                gives: place.slot(&table.gives)?,
                shows: place.slot_opt(table.shows.as_ref())?,
                under: table.under.as_deref().map(Arc::from),
                routes: table.routes.clone(),
                named: place.last_members(&table.on)?,
            };
            let number = self.outlets.len();
            self.outlets.push(fact);
            self.hang(place, &table.on, Fact::Outlet(number))?;
        }
        for table in &file.context {
            let fact = ContextFact {
                component: table.component.as_str().into(),
                property: table.property.as_str().into(),
                member: table.member.as_deref().map(Arc::from),
                named_by: table.named_by.as_deref().map(Arc::from),
            };
            if fact.member.is_some() {
                self.class_contexts.push(fact.clone());
            }
            self.hang(place, &table.on, Fact::Context(fact))?;
        }
        for table in &file.setting {
            let given =
                VariableTable { given: table.given.clone(), values: table.values.clone(), ..Default::default() };
            let number = self.settings.len();
            self.settings.push((place.slot(&table.name)?, given));
            self.hang(place, &table.at, Fact::Setting(number))?;
        }
        for (nth, table) in file.test.iter().enumerate() {
            self.trace(place.nth(), Some(("test", nth)));
            let fact = TestFact { asks: table.asks, text: place.slot(&table.text)?, part: place.slot(&table.part)? };
            self.hang(place, &table.on, Fact::Test(fact))?;
        }
        self.trace(place.nth(), None);
        self.setters.extend(file.setter.iter().cloned());
        for table in &file.ambient {
            let ty = table
                .r#as
                .as_ref()
                .map(|name| self.automaton.insert(&Path { root: Root::Type(name.clone()), steps: Vec::new() }));
            let fact = AmbientFact {
                client: table.client.as_deref().map(Arc::from),
                objects: self.states(place, "ambient", &table.object)?,
                paths: table.path.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect(),
                getter: table.getter,
                replaces: table.replaces,
                base: table.base,
                classes: self.states(place, "ambient", &table.class)?,
                method: table.method.clone(),
                ty,
                handed: self.handed_at(table.handed.as_deref()),
            };
            self.ambient.push(fact);
        }
        for (nth, table) in file.call.iter().enumerate() {
            self.trace(place.nth(), Some(("call", nth)));
            if table.sends || !table.url.is_empty() || table.endpoint.is_some() {
                for text in &table.on {
                    let paths = place.alternatives(text)?;
                    if table.sends && !table.tentative {
                        self.sender_words.extend(paths.roots.iter().flat_map(|root| place.names_of_root(root)));
                    }
                    self.request_members.extend(paths.called().into_iter().cloned());
                }
            }
            if !table.settings.is_empty() {
                self.settings_members.extend(place.last_members(&table.on)?);
            }
            if !table.registers.is_empty() {
                self.registering_members.extend(place.last_members(&table.on)?);
            }
            if table.changes.is_some() {
                self.changing_members.extend(place.last_members(&table.on)?);
            }
            if table.ambient || table.mutates && !table.hook.is_empty() {
                self.ambient_members.extend(place.last_members(&table.on)?);
            }
            let fact = self.call_fact(place, &client, table)?;
            self.hang(place, &table.on, Fact::Call(Box::new(fact)))?;
        }
        self.trace(place.nth(), None);
        self.names.extend(file.name.iter().cloned());
        self.subjects.extend(file.subject.iter().cloned());
        self.runtimes.extend(file.runtime.iter().cloned());
        Ok(())
    }

    /// What is said of all rules together, when all are in.
    fn finish(&mut self, tenants: &[String], own: &[String]) {
        self.find_builders();
        let longest = |phrase: &String| phrase.split(' ').max_by_key(|word| word.len()).map(str::to_owned);
        let hints: Vec<String> = self.names.iter().flat_map(|table| &table.words).filter_map(longest).collect();
        // words that cannot be compiled rule nothing out
        self.name_hints = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(hints).ok();
        let window = Root::Type(GLOBAL_OBJECT.to_owned());
        self.global_object = self.automaton.root(&window).first().copied();
        self.hosts.suffix.extend(tenants.iter().map(|host| host.to_lowercase()));
        self.own_hosts = own.iter().map(|host| host.to_lowercase()).collect();
        for list in [&mut self.write_members, &mut self.write_words, &mut self.sender_words] {
            list.sort();
            list.dedup();
        }
        self.finish_literals();
        self.seal_record();
    }

    fn call_fact(
        &mut self,
        place: &Place<'_>,
        client: &Arc<str>,
        table: &schema::CallTable,
    ) -> Result<CallFact, Mistake> {
        let known: Vec<&str> = self.endpoints.iter().map(|endpoint| endpoint.name.as_str()).collect();
        let endpoint = table.endpoint.as_ref().map(|name| place.endpoint(name, &known)).transpose()?;
        let mut hooks = Vec::new();
        for hook in &table.hook {
            let ty = hook
                .r#as
                .as_ref()
                .map(|name| self.automaton.insert(&Path { root: Root::Type(name.clone()), steps: Vec::new() }));
            hooks.push(Hook {
                function: place.slot(&hook.r#fn)?,
                param: hook.param,
                member: hook.member.as_deref().map(Arc::from),
                within: hook.within.as_deref().map(Arc::from),
                ty,
                handed: self.handed_at(hook.handed.as_deref()),
            });
        }
        Ok(CallFact {
            client: table.client.as_deref().map_or_else(|| client.clone(), Arc::from),
            url: place.slots(&table.url)?,
            base: place.slots(&table.base)?,
            path: place.slots(&table.path)?,
            host: place.slots(&table.host)?,
            method: place.slots(&table.method)?,
            endpoint,
            subject: place.slots(&table.subject)?,
            header: match &table.header {
                Some([name, value]) => Some((place.slot(name)?, place.slot(value)?)),
                None => None,
            },
            headers: place.slots(&table.headers)?,
            bearer: place.slots(&table.bearer)?,
            authorization: place.slots(&table.authorization)?,
            header_lines: place.slots(&table.header_line)?,
            options: place.slots(&table.options)?,
            body: place.slots(&table.body)?,
            body_keys: table.body_keys.clone(),
            settings: place.slots(&table.settings)?,
            registers: place.slots(&table.registers)?,
            hooks,
            handed: self.handed_at(table.handed.as_deref()),
            fallback: table.fallback,
            stored: table.stored.as_ref().map(|stored| place.stored(stored)).transpose()?,
            allowed: place.slots(&table.allowed)?,
            unless: place.slots(&table.unless)?,
            alone: place.slots(&table.alone)?,
            versions: place.versions(&table.versions)?,
            sends: table.sends,
            mutates: table.mutates,
            changes: table.changes,
            ambient: table.ambient,
            tentative: table.tentative,
            on_tenant: table.on_tenant,
        })
    }

    /// The `[[handed]]` table of this name: that there is one was checked before.
    fn handed_at(&self, name: Option<&str>) -> Option<Arc<HandedFact>> {
        self.handed.get(name?).cloned()
    }

    fn hang(&mut self, place: &Place<'_>, paths: &[PathText], fact: Fact) -> Result<(), Mistake> {
        let id = FactId::try_from(self.facts.len()).unwrap_or(FactId::MAX);
        let (kind, nth) = (fact.kind(), fact.must_answer().then_some(self.facts.len()));
        self.facts.push(fact);
        self.trace_fact(id);
        for state in self.states_of(place, (kind, nth), paths)? {
            self.automaton.add_fact(state, id);
        }
        Ok(())
    }

    fn states(&mut self, place: &Place<'_>, kind: &'static str, paths: &[PathText]) -> Result<Vec<State>, Mistake> {
        self.states_of(place, (kind, None), paths)
    }

    /// The states of a table's paths; with the fact that must answer for them to count as made use of.
    fn states_of(
        &mut self,
        place: &Place<'_>,
        (kind, fact): (&'static str, Option<usize>),
        paths: &[PathText],
    ) -> Result<Vec<State>, Mistake> {
        let mut states = Vec::new();
        for text in paths {
            let paths = place.alternatives(text)?;
            let of_text = self.automaton.insert_all(&paths);
            if self.record.is_some() {
                for (path, state) in paths.paths().iter().zip(&of_text) {
                    self.record_path(place, kind, text, path, (*state, fact));
                }
            }
            states.extend(of_text);
        }
        Ok(states)
    }
}

/// Whether a host is `domain` or below it.
fn is_within(host: &str, domain: &str) -> bool {
    let host = host.to_lowercase();
    let bare = domain.trim_start_matches('.');
    host == bare || host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_compile_and_hold_the_whole_table() {
        let rules = Rules::load(&[], &[]).unwrap();
        assert_eq!(rules.endpoints.len(), 8);
        assert_eq!(rules.endpoints.iter().map(|endpoint| endpoint.scopes.len()).sum::<usize>(), 9);
        assert!(!rules.write_members.is_empty());
    }

    #[test]
    fn names_say_what_they_hold() {
        let rules = Rules::load(&[], &[]).unwrap();
        assert_eq!(rules.token_name("primaryIdToken"), Some(TokenKind::Id));
        assert_eq!(rules.token_name("AUTH0_ID_TOKEN"), Some(TokenKind::Id));
        assert_eq!(rules.token_name("accessToken"), Some(TokenKind::Access));
        assert_eq!(rules.token_name("idTokenPayload"), None);
        assert_eq!(rules.token_name("token"), None);
        assert_eq!(rules.token_name("tokenId"), None);
    }

    #[test]
    fn hosts_are_matched_whole() {
        let rules = Rules::load(&["login.example.com".into()], &[]).unwrap();
        assert!(rules.is_tenant_host("acme.eu.auth0.com"));
        assert!(!rules.is_tenant_host("notauth0.com"));
        assert!(rules.is_tenant_host("login.example.com"));
        assert!(!rules.is_tenant_host("xlogin.example.com"));
    }
}
