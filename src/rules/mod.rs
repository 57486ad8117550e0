//! All knowledge of libraries, hosts and endpoints: read from `rules/`, checked, compiled.
//!
//! Owns the schema, the path and slot grammars, the automaton and the name tests. Must not know how a value is
//! evaluated. The data is embedded; broken data is an error with its file and line, never a silent skip.

pub mod automaton;
pub mod docs;
pub mod path;
pub mod schema;
pub mod slot;
pub mod words;

mod containers;
mod embedded;
mod endpoint;
mod names;
mod questions;
mod stored;
mod versions;

pub use containers::{ContainerFact, HandlerFact, MapperFact, RefsFact};
pub use endpoint::{Endpoint, Segment};
pub use schema::{LinkingTable, Made, SubjectKind, TokenKind};
pub use stored::StoredFact;
pub use versions::Versions;

use automaton::{Automaton, State};
use path::{Path, Root};
use rustc_hash::{FxHashMap, FxHashSet};
use schema::{HostTable, NameTable, PathText, RuleFile, SlotText, SubjectTable};
use slot::Slot;
use std::sync::Arc;
use toml::Spanned;

/// The type that the rules give the global object.
const GLOBAL_OBJECT: &str = "window";

/// A fact's place in [`Rules::facts`].
pub type FactId = u32;

/// What is known of the values in a state.
#[derive(Clone, Debug)]
pub enum Fact {
    /// It is a token.
    Token(TokenFact),
    /// The call adds to a request.
    Call(Box<CallFact>),
    /// The call's result is made of what it gets.
    Pass(Box<PassFact>),
    /// The members are a store's entries.
    Store(Arc<str>),
    /// The call reads a store.
    Read(StoreFact),
    /// The call writes a store.
    Write(StoreFact),
    /// It holds a value that changes.
    Cell(CellFact),
    /// The call gives what a component of its context was given.
    Context(ContextFact),
    /// The members are another object's, each wrapped.
    Refs(RefsFact),
    /// The members are those of a store.
    Mapper(Box<MapperFact>),
    /// It is a store made of options, number `.0`.
    Container(usize),
}

/// See [`schema::TokenTable`].
#[derive(Clone, Debug)]
pub struct TokenFact {
    /// Which kind.
    pub kind: TokenKind,
    /// How a trace names it.
    pub what: Arc<str>,
    /// In which versions.
    pub versions: Versions,
}

/// See [`schema::HookTable`].
#[derive(Clone, Debug)]
pub struct Hook {
    /// The function.
    pub function: Slot,
    /// Which parameter.
    pub param: u32,
    /// Which member of what the function makes is meant.
    pub member: Option<Arc<str>>,
    /// Which member of the parameter is the request.
    pub within: Option<Arc<str>>,
    /// The root of the type of what it gets; `None`: the request's options.
    pub ty: Option<State>,
}

/// See [`schema::CallTable`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct CallFact {
    pub client: Arc<str>,
    pub url: Vec<Slot>,
    pub base: Vec<Slot>,
    pub path: Vec<Slot>,
    pub host: Vec<Slot>,
    pub method: Vec<Slot>,
    pub endpoint: Option<usize>,
    pub subject: Vec<Slot>,
    pub header: Option<(Slot, Slot)>,
    pub headers: Vec<Slot>,
    pub bearer: Vec<Slot>,
    pub authorization: Vec<Slot>,
    pub header_lines: Vec<Slot>,
    pub options: Vec<Slot>,
    pub body: Vec<Slot>,
    pub hooks: Vec<Hook>,
    pub fallback: Option<TokenKind>,
    pub stored: Option<StoredFact>,
    pub allowed: Vec<Slot>,
    pub unless: Vec<Slot>,
    pub alone: Vec<Slot>,
    pub versions: Versions,
    pub sends: bool,
    pub mutates: bool,
    pub changes: Option<u32>,
    pub ambient: bool,
    pub tentative: bool,
    pub on_tenant: bool,
}

/// See [`schema::PassTable`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct PassFact {
    pub value: Vec<Slot>,
    pub calls: Option<Slot>,
    pub with: Vec<Slot>,
    pub returns: bool,
    pub concat: Vec<Slot>,
    pub join: Option<Slot>,
    pub merge: Vec<Slot>,
    pub url: Vec<Slot>,
    pub list: Vec<Slot>,
    pub member: Option<Slot>,
    pub resolves: Option<Slot>,
    pub instance: Option<Slot>,
    pub element: Option<Slot>,
    pub append: Option<Slot>,
    pub shared: bool,
    pub segment: Option<Slot>,
    pub pipes: bool,
}

/// See [`schema::StoreTable`].
#[derive(Clone, Debug)]
pub struct StoreFact {
    /// The store's name.
    pub store: Arc<str>,
    /// The key.
    pub key: Slot,
    /// The value written.
    pub value: Slot,
    /// What is kept is made of it.
    pub made: Option<Made>,
}

/// See [`schema::CellTable`].
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct CellFact {
    pub initial: Vec<Slot>,
    pub read: Vec<String>,
    pub set: Vec<String>,
    pub setter: Option<u32>,
    pub transparent: bool,
}

/// See [`schema::ContextTable`].
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ContextFact {
    pub component: Arc<str>,
    pub property: Arc<str>,
}

/// See [`schema::AmbientTable`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct AmbientFact {
    pub client: Option<Arc<str>>,
    pub objects: Vec<State>,
    pub paths: Vec<Vec<String>>,
    pub getter: bool,
    pub base: bool,
    pub classes: Vec<State>,
    pub method: Option<String>,
    pub ty: Option<State>,
}

/// Why the rules cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct RuleError {
    /// The rule file.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// What is wrong and what was expected.
    pub message: String,
}

/// The compiled rules.
#[derive(Debug, Default)]
pub struct Rules {
    /// All access paths.
    pub automaton: Automaton<FactId>,
    /// What hangs on the states.
    pub facts: Vec<Fact>,
    /// The migration table.
    pub endpoints: Vec<Endpoint>,
    /// Literals one of which some file of a project must hold.
    pub project_evidence: Vec<String>,
    /// Literals that make a file a root.
    pub file_evidence: Vec<String>,
    /// Member names whose calls may write a store.
    pub write_members: Vec<String>,
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
    /// Names that are known without an import.
    pub auto_import: schema::AutoImportTable,
    /// Methods that write members of another member.
    pub setters: Vec<schema::SetterTable>,
    /// Stores whose entries are members of every component's `this`.
    pub inherited_stores: Vec<Arc<str>>,
    /// What is said about requests apart from them.
    pub ambient: Vec<AmbientFact>,
    /// Names of calls that say something about requests of a client made elsewhere.
    pub ambient_members: Vec<String>,
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
    hosts: HostTable,
}

impl Rules {
    /// The embedded rules. Own `hosts` (tenant or custom domains) count like tenants'.
    pub fn load(hosts: &[String]) -> Result<Rules, RuleError> {
        let mut rules = Rules::default();
        let files = embedded::FILES
            .iter()
            .map(|(name, text)| Ok((*name, *text, read(name, text)?)))
            .collect::<Result<Vec<_>, RuleError>>()?;
        // endpoints first: calls refer to them; then types: paths lead through them
        for (name, text, file) in &files {
            rules.add_tables(file);
            rules.add_types(&Place { name, text }, file)?;
        }
        for (name, text, file) in files {
            rules.add_facts(&Place { name, text }, file)?;
        }
        rules.find_builders();
        let longest = |phrase: &String| phrase.split(' ').max_by_key(|word| word.len()).map(str::to_owned);
        let hints: Vec<String> = rules.names.iter().flat_map(|table| &table.words).filter_map(longest).collect();
        // words that cannot be compiled rule nothing out
        rules.name_hints = aho_corasick::AhoCorasick::builder().ascii_case_insensitive(true).build(hints).ok();
        let window = Root::Type(GLOBAL_OBJECT.to_owned());
        rules.global_object = rules.automaton.root(&window).first().copied();
        rules.hosts.suffix.extend(hosts.iter().map(|host| host.to_lowercase()));
        Ok(rules)
    }

    /// The facts on `states`.
    pub fn facts<'a, 's>(&'a self, states: &'s [State]) -> impl Iterator<Item = &'a Fact> + use<'a, 's> {
        self.automaton.facts(states).map(|id| &self.facts[id as usize])
    }

    /// Whether a literal host name (no scheme, no port) is a tenant's.
    pub fn is_tenant_host(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        self.hosts.suffix.iter().any(|suffix| {
            let bare = suffix.trim_start_matches('.');
            host == bare || host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.'))
        })
    }

    /// Whether one of `names` (of settings, variables, members) says that it holds a tenant's host or issuer.
    pub fn names_tenant(&self, names: &[Arc<str>]) -> bool {
        says(&self.hosts.words, names)
    }

    /// Whether one of `names` says that it holds the Management API's URL or audience.
    pub fn names_base(&self, names: &[Arc<str>]) -> bool {
        says(&self.hosts.base_words, names)
    }

    /// Whether one of `names` says that it holds an own host.
    pub fn names_own(&self, names: &[Arc<str>]) -> bool {
        says(&self.hosts.own_words, names)
    }

    /// The path that all endpoints begin with, with slashes at both ends.
    pub fn prefix(&self) -> &str {
        self.hosts.prefix.as_deref().unwrap_or("/")
    }

    fn add_tables(&mut self, file: &RuleFile) {
        self.endpoints.extend(file.endpoint.iter().map(Endpoint::new));
        for evidence in &file.evidence {
            self.project_evidence.extend(evidence.project.iter().map(|word| word.to_lowercase()));
            self.file_evidence.extend(evidence.file.iter().cloned());
        }
        for host in &file.host {
            self.hosts.suffix.extend(host.suffix.iter().cloned());
            self.hosts.words.extend(host.words.iter().cloned());
            self.hosts.base_words.extend(host.base_words.iter().cloned());
            self.hosts.own_words.extend(host.own_words.iter().cloned());
            self.hosts.prefix = host.prefix.clone().or(self.hosts.prefix.take());
        }
    }

    fn add_types(&mut self, place: &Place<'_>, file: &RuleFile) -> Result<(), RuleError> {
        for table in &file.r#type {
            let root = Path { root: Root::Type(table.name.clone()), steps: Vec::new() };
            let of = self.automaton.insert(&root);
            for state in self.states(place, &table.is)? {
                self.automaton.add_type(state, of);
            }
        }
        Ok(())
    }

    fn add_facts(&mut self, place: &Place<'_>, file: RuleFile) -> Result<(), RuleError> {
        self.add_stores(place, &file)?;
        let client: Arc<str> = file.client.unwrap_or_default().into();
        for table in file.token {
            let versions = place.versions(&table.versions)?;
            let fact = Fact::Token(TokenFact { kind: table.kind, what: table.what.into(), versions });
            self.hang(place, &table.at, fact)?;
        }
        for table in &file.pass {
            let fact = PassFact {
                value: place.slots(&table.value)?,
                calls: place.slot_opt(table.calls.as_ref())?,
                with: place.slots(&table.with)?,
                returns: table.returns,
                concat: place.slots(&table.concat)?,
                join: place.slot_opt(table.join.as_ref())?,
                merge: place.slots(&table.merge)?,
                url: place.slots(&table.url)?,
                list: place.slots(&table.list)?,
                member: place.slot_opt(table.member.as_ref())?,
                resolves: place.slot_opt(table.resolves.as_ref())?,
                instance: place.slot_opt(table.instance.as_ref())?,
                element: place.slot_opt(table.element.as_ref())?,
                append: place.slot_opt(table.append.as_ref())?,
                shared: table.shared,
                segment: place.slot_opt(table.segment.as_ref())?,
                pipes: table.pipes,
            };
            for text in &table.on {
                self.add_handing_on(&fact, &place.paths(text)?);
            }
            self.hang(place, &table.on, Fact::Pass(Box::new(fact)))?;
        }
        let type_names = place.type_names(&file.r#type)?;
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
                key: slot(table.key.as_ref(), slot::Base::Arg(0))?,
                value: slot(table.value.as_ref(), slot::Base::Arg(1))?,
                made: table.made,
            };
            for text in &table.object {
                for path in place.paths(text)? {
                    let member = path.last_member();
                    match (member, path.root) {
                        (Some(name), _) | (None, Root::Global(name) | Root::Name(name)) => self.store_names.push(name),
                        (None, Root::Type(ty)) => {
                            self.store_names.extend(type_names.get(&ty).into_iter().flatten().cloned());
                        }
                        (None, Root::Import(_) | Root::Any) => {}
                    }
                }
            }
            self.hang(place, &table.object, Fact::Store(store))?;
            self.hang(place, &table.read, Fact::Read(fact.clone()))?;
            for text in &table.write {
                for path in place.paths(text)? {
                    let member = path.last_member();
                    self.write_members.extend(member);
                }
            }
            self.hang(place, &table.write, Fact::Write(fact))?;
        }
        self.write_members.sort();
        self.write_members.dedup();
        for table in &file.cell {
            let fact = CellFact {
                initial: place.slots(&table.initial)?,
                read: table.read.clone(),
                set: table.set.clone(),
                setter: table.setter,
                transparent: table.transparent,
            };
            self.hang(place, &table.on, Fact::Cell(fact))?;
        }
        for table in &file.context {
            let fact =
                ContextFact { component: table.component.as_str().into(), property: table.property.as_str().into() };
            self.hang(place, &table.on, Fact::Context(fact))?;
        }
        self.setters.extend(file.setter);
        for table in &file.ambient {
            let ty = table
                .r#as
                .as_ref()
                .map(|name| self.automaton.insert(&Path { root: Root::Type(name.clone()), steps: Vec::new() }));
            let fact = AmbientFact {
                client: table.client.as_deref().map(Arc::from),
                objects: self.states(place, &table.object)?,
                paths: table.path.iter().map(|path| path.split('.').map(str::to_owned).collect()).collect(),
                getter: table.getter,
                base: table.base,
                classes: self.states(place, &table.class)?,
                method: table.method.clone(),
                ty,
            };
            self.ambient.push(fact);
        }
        for table in &file.call {
            if table.sends || !table.url.is_empty() || table.endpoint.is_some() {
                for text in &table.on {
                    for path in place.paths(text)? {
                        if table.sends && !table.tentative {
                            self.sender_words.extend(match &path.root {
                                Root::Global(name) | Root::Name(name) | Root::Import(name) => vec![name.clone()],
                                Root::Type(ty) => type_names.get(ty).cloned().unwrap_or_default(),
                                Root::Any => Vec::new(),
                            });
                        }
                        let last = path.last_member();
                        self.request_members.extend(last.or(match path.root {
                            Root::Global(name) | Root::Name(name) => Some(name),
                            Root::Type(_) | Root::Import(_) | Root::Any => None,
                        }));
                    }
                }
            }
            if table.changes.is_some() {
                for text in &table.on {
                    let last = |path: &Path| path.last_member();
                    self.changing_members.extend(place.paths(text)?.iter().filter_map(last));
                }
            }
            if table.ambient || table.mutates && !table.hook.is_empty() {
                for text in &table.on {
                    let last = |path: &Path| path.last_member();
                    self.ambient_members.extend(place.paths(text)?.iter().filter_map(last));
                }
            }
            let fact = self.call_fact(place, &client, table)?;
            self.hang(place, &table.on, Fact::Call(Box::new(fact)))?;
        }
        self.sender_words.sort();
        self.sender_words.dedup();
        self.names.extend(file.name);
        self.subjects.extend(file.subject);
        Ok(())
    }

    fn call_fact(
        &mut self,
        place: &Place<'_>,
        client: &Arc<str>,
        table: &schema::CallTable,
    ) -> Result<CallFact, RuleError> {
        let endpoint = match &table.endpoint {
            None => None,
            Some(name) => Some(
                self.endpoints
                    .iter()
                    .position(|endpoint| endpoint.name == *name.get_ref())
                    .ok_or_else(|| place.error(name, "the name of an endpoint of the migration table"))?,
            ),
        };
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
            hooks,
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

    fn hang(&mut self, place: &Place<'_>, paths: &[PathText], fact: Fact) -> Result<(), RuleError> {
        let id = FactId::try_from(self.facts.len()).unwrap_or(FactId::MAX);
        self.facts.push(fact);
        for state in self.states(place, paths)? {
            self.automaton.add_fact(state, id);
        }
        Ok(())
    }

    fn states(&mut self, place: &Place<'_>, paths: &[PathText]) -> Result<Vec<State>, RuleError> {
        let mut states = Vec::new();
        for text in paths {
            states.extend(place.paths(text)?.iter().map(|path| self.automaton.insert(path)));
        }
        Ok(states)
    }
}

fn says(phrases: &[String], names: &[Arc<str>]) -> bool {
    // a phrase may run over several names: `auth0.baseUrl`
    let words: Vec<String> = names.iter().flat_map(|name| words::split(name)).collect();
    phrases.iter().any(|phrase| words::has(&words, phrase))
}

fn read(name: &str, text: &str) -> Result<RuleFile, RuleError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        RuleError { file: name.to_owned(), line: line_of(text, at), message: error.message().to_owned() }
    })
}

fn line_of(text: &str, at: usize) -> u32 {
    let newlines = memchr::memchr_iter(b'\n', text.as_bytes().get(..at).unwrap_or_default()).count();
    u32::try_from(newlines + 1).unwrap_or(u32::MAX)
}

/// The file that is being compiled, for its errors.
struct Place<'a> {
    name: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn error<T>(&self, at: &Spanned<T>, expected: &str) -> RuleError {
        RuleError {
            file: self.name.to_owned(),
            line: line_of(self.text, at.span().start),
            message: format!("expected {expected}"),
        }
    }

    fn paths(&self, text: &PathText) -> Result<Vec<Path>, RuleError> {
        path::parse(text.get_ref()).map_err(|error| {
            let mut place = self.error(text, error.expected);
            place.message = format!("{error} of the path `{}`", text.get_ref());
            place
        })
    }

    /// What the values of each type are called: the last name of their paths.
    fn type_names(&self, types: &[schema::TypeTable]) -> Result<FxHashMap<String, Vec<String>>, RuleError> {
        let mut names: FxHashMap<String, Vec<String>> = FxHashMap::default();
        for table in types {
            for text in &table.is {
                for path in self.paths(text)? {
                    let member = path.last_member();
                    let root = match path.root {
                        Root::Global(name) | Root::Name(name) => Some(name),
                        _ => None,
                    };
                    names.entry(table.name.clone()).or_default().extend(member.or(root));
                }
            }
        }
        Ok(names)
    }

    fn slot(&self, text: &SlotText) -> Result<Slot, RuleError> {
        slot::parse(text.get_ref()).map_err(|expected| self.error(text, expected))
    }

    fn slots(&self, texts: &[SlotText]) -> Result<Vec<Slot>, RuleError> {
        texts.iter().map(|text| self.slot(text)).collect()
    }

    fn slot_opt(&self, text: Option<&SlotText>) -> Result<Option<Slot>, RuleError> {
        text.map(|text| self.slot(text)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_rules_compile_and_hold_the_whole_table() {
        let rules = Rules::load(&[]).unwrap();
        assert_eq!(rules.endpoints.len(), 8);
        assert_eq!(rules.endpoints.iter().map(|endpoint| endpoint.scopes.len()).sum::<usize>(), 9);
        assert!(!rules.write_members.is_empty());
    }

    #[test]
    fn names_say_what_they_hold() {
        let rules = Rules::load(&[]).unwrap();
        assert_eq!(rules.token_name("primaryIdToken"), Some(TokenKind::Id));
        assert_eq!(rules.token_name("AUTH0_ID_TOKEN"), Some(TokenKind::Id));
        assert_eq!(rules.token_name("accessToken"), Some(TokenKind::Access));
        assert_eq!(rules.token_name("idTokenPayload"), None);
        assert_eq!(rules.token_name("token"), None);
        assert_eq!(rules.token_name("tokenId"), None);
    }

    #[test]
    fn hosts_are_matched_whole() {
        let rules = Rules::load(&["login.example.com".into()]).unwrap();
        assert!(rules.is_tenant_host("acme.eu.auth0.com"));
        assert!(!rules.is_tenant_host("notauth0.com"));
        assert!(rules.is_tenant_host("login.example.com"));
        assert!(!rules.is_tenant_host("xlogin.example.com"));
    }

    #[test]
    fn a_broken_rule_file_is_named_with_its_line() {
        let text = "\n[[token]]\nkind = \"id\"\nat = [\"import x .a(\"]\nwhat = \"w\"\n";
        let file = read("mine.toml", text).unwrap();
        let error = Rules::default().add_facts(&Place { name: "mine.toml", text }, file).unwrap_err();
        assert_eq!(error.to_string().split(": ").next(), Some("mine.toml:4"));
        assert!(read("mine.toml", "[[tokens]]\n").unwrap_err().message.contains("unknown field"));
    }
}
