//! The shape of a rule file, as TOML is read into it.
//!
//! Every table can name its own `source`; a file's `source` counts for all of its tables. Unknown keys are errors.
//! Most tables can hold examples: `yes` and `no`, small programs that `rules test` runs. The JSON Schema of rule files
//! is derived from these types by a test.

mod flows;
mod logins;
mod outlets;
mod reducers;
mod requests;
mod runtimes;
mod stores;
mod texts;

pub use flows::{FlowTable, Hands};
pub use logins::{
    EnvironmentTable, ExchangeTable, LoginTable, MemberTable, MisspeltTable, NeedsTable, OwnTable, PartyTable,
    QueryTable, SettingTable, TwinTable,
};
pub use outlets::OutletTable;
pub use reducers::{ActionTable, CaseTable, EventTable, InjectorTable, ReducedTable, ReducerTable};
pub use requests::{AmbientTable, Asks, HandedTable, HookTable, PartTable, TestTable, UrlPart};
pub use runtimes::{RuntimeTable, Side};
pub use stores::{AutoImportTable, ComponentTable, ContainerTable, HandlerTable, MapperTable, RefsTable, StoreTable};
pub use texts::{
    Code, EndpointText, ExampleLang, OtherProgram, PathText, Program, SlotText, VersionText, VersionsText,
};

use serde::Deserialize;
use std::collections::BTreeMap;

/// One rule file.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RuleFile {
    /// Where the facts of this file come from.
    pub source: Option<String>,
    /// The HTTP client or SDK that this file is about, as reports name it.
    pub client: Option<String>,
    /// What the examples of this file are written in, where a table does not say so.
    pub lang: ExampleLang,
    /// Programs that examples of several tables share, by name.
    pub programs: BTreeMap<String, String>,
    /// Values that behave alike.
    pub r#type: Vec<TypeTable>,
    /// Values that are tokens.
    pub token: Vec<TokenTable>,
    /// Calls that build or send a request.
    pub call: Vec<CallTable>,
    /// Calls that pass values through.
    pub pass: Vec<PassTable>,
    /// Places that keep values by key.
    pub store: Vec<StoreTable>,
    /// What names say.
    pub name: Vec<NameTable>,
    /// What hosts and their names say.
    pub host: Vec<HostTable>,
    /// What names say of the user whose id they hold.
    pub subject: Vec<SubjectTable>,
    /// What tells where code runs.
    pub runtime: Vec<RuntimeTable>,
    /// The migration table.
    pub endpoint: Vec<EndpointTable>,
    /// Objects that hold a value which changes.
    pub cell: Vec<CellTable>,
    /// Methods that write members of another member: `setState`.
    pub setter: Vec<SetterTable>,
    /// How components are written as options objects.
    pub component: ComponentTable,
    /// Values that reach components through a context.
    pub context: Vec<ContextTable>,
    /// Objects whose members are another object's, each wrapped.
    pub refs: Vec<RefsTable>,
    /// Objects whose members are those of a store, by other names.
    pub mapper: Vec<MapperTable>,
    /// Stores made of options with sections.
    pub container: Vec<ContainerTable>,
    /// What makes a state of the state before and an action.
    pub reducer: Vec<ReducerTable>,
    /// What has a state that a reducer makes.
    pub reduced: Vec<ReducedTable>,
    /// Actions, and what makes them.
    pub action: Vec<ActionTable>,
    /// What says which function handles which actions.
    pub case: Vec<CaseTable>,
    /// Calls that run functions one after the other or side by side.
    pub flow: Vec<FlowTable>,
    /// What gives values to components.
    pub injector: Vec<InjectorTable>,
    /// What gives values to components without naming them.
    pub outlet: Vec<OutletTable>,
    /// Methods that hand values on by the name of an event.
    pub event: Vec<EventTable>,
    /// Names that a framework imports by itself.
    pub auto_import: AutoImportTable,
    /// What is said about requests by writing to a client's settings or by implementing an interface.
    pub ambient: Vec<AmbientTable>,
    /// Where tokens are asked for.
    pub login: Vec<LoginTable>,
    /// Calls that read a setting from files.
    pub setting: Vec<SettingTable>,
    /// Calls that make a query of an object.
    pub query: Vec<QueryTable>,
    /// Calls that read a login's answer.
    pub answer: Vec<QueryTable>,
    /// Requests whose answer is for another party.
    pub party: Vec<PartyTable>,
    /// Access tokens that are the program's own.
    pub own: Vec<OwnTable>,
    /// Scopes that do not exist.
    pub misspelt: Vec<MisspeltTable>,
    /// The members of login results.
    pub member: Vec<MemberTable>,
    /// Where functions that clients call for a request find it.
    pub handed: Vec<HandedTable>,
    /// Calls that tell something of a text.
    pub test: Vec<TestTable>,
    /// Members of URLs.
    pub part: Vec<PartTable>,
    /// Words that make a file worth parsing.
    pub evidence: Vec<EvidenceTable>,
}

/// `[[type]]`: all values at `is` behave like `type NAME`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TypeTable {
    /// The name after `type` in paths.
    pub name: String,
    /// The values.
    pub is: Vec<PathText>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TokenKind {
    /// A raw ID token of Auth0.
    Id,
    /// An access token.
    Access,
    /// Neither: a refresh token, somebody else's token, claims.
    Other,
}

/// `[[token]]`: the values at `at` are tokens.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TokenTable {
    /// Which kind.
    pub kind: TokenKind,
    /// Where.
    pub at: Vec<PathText>,
    /// How a trace names it: "result of …".
    pub what: String,
    /// It counts only where these members are known to be missing …
    #[serde(default)]
    pub lacks: Vec<SlotText>,
    /// … or to be one of these texts.
    #[serde(default)]
    pub or_is: Vec<String>,
    /// In which versions.
    #[serde(default)]
    pub versions: VersionsText,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[call]]`: what the calls at `on` add to a request.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CallTable {
    /// The calls: paths that end in `()` or `@new`.
    pub on: Vec<PathText>,
    /// The URL, or a value that carries a whole request.
    pub url: Vec<SlotText>,
    /// What a relative URL is relative to.
    pub base: Vec<SlotText>,
    /// What comes behind the base that was given before.
    pub path: Vec<SlotText>,
    /// The host name alone, where `endpoint` gives the path.
    pub host: Vec<SlotText>,
    /// The method. The first that is a string counts.
    pub method: Vec<SlotText>,
    /// An endpoint of the migration table that this call stands for.
    pub endpoint: Option<EndpointText>,
    /// The user's id, where `endpoint` is given.
    pub subject: Vec<SlotText>,
    /// One header: its name and its value.
    pub header: Option<[SlotText; 2]>,
    /// Many headers: an object, a list of pairs, a header map.
    pub headers: Vec<SlotText>,
    /// The Bearer token alone.
    pub bearer: Vec<SlotText>,
    /// The Authorization header's whole value.
    pub authorization: Vec<SlotText>,
    /// Whole headers, each a string of name and value: `Name: value`.
    pub header_line: Vec<SlotText>,
    /// Objects of the library that carry more of the request.
    pub options: Vec<SlotText>,
    /// The body.
    pub body: Vec<SlotText>,
    /// The keys of the body that the call makes by itself.
    pub body_keys: Vec<String>,
    /// Flags of the tenant that the call sets.
    pub settings: Vec<SlotText>,
    /// Settings of a client of the tenant that the call sets.
    pub registers: Vec<SlotText>,
    /// Functions that change the request before it goes out.
    pub hook: Vec<HookTable>,
    /// Where a function that gives the token finds the request that it is asked for: the name of a `[[handed]]` table.
    pub handed: Option<String>,
    /// The token that the library obtains by itself where none is given.
    pub fallback: Option<TokenKind>,
    /// The header value lies under this key of a store where the call gives none.
    pub stored: Option<StoredTable>,
    /// The only hosts whose requests carry an ambient credential: names, URLs, patterns. Where none is given, none do.
    pub allowed: Vec<SlotText>,
    /// Where one of these is given, the table does not count.
    pub unless: Vec<SlotText>,
    /// Where one of these is given, the request carries no ambient credential.
    pub alone: Vec<SlotText>,
    /// Whether the request goes out with this call.
    pub sends: bool,
    /// Whether the call changes the object it is called on.
    pub mutates: bool,
    /// The call changes this argument instead.
    pub changes: Option<u32>,
    /// Whether it says something about all requests of the client, wherever they are made.
    pub ambient: bool,
    /// Whether it counts only where a credential is found: the client is not known.
    pub tentative: bool,
    /// Although it only counts with a credential: it counts without one where the host is surely a tenant's.
    pub on_tenant: bool,
    /// How reports name the client, where it differs from the file's.
    pub client: Option<String>,
    /// In which versions.
    pub versions: VersionsText,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// A default credential of a library.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StoredTable {
    /// The store.
    pub store: String,
    /// The key.
    pub key: SlotText,
    /// What lies there by the library's own convention, if nobody writes it.
    pub kind: Option<TokenKind>,
}

/// `[[pass]]`: calls whose result is made of what they get.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PassTable {
    /// The calls: paths that end in `()` or `@new`, or members.
    pub on: Vec<PathText>,
    /// The result is any of these.
    pub value: Vec<SlotText>,
    /// This function is called …
    pub calls: Option<SlotText>,
    /// … with these arguments …
    pub with: Vec<SlotText>,
    /// … and the result is what it returns.
    pub returns: bool,
    /// The function is called by calls of these members of what the call makes, with their arguments behind those of `with`.
    pub by: Vec<String>,
    /// Those arguments are this member of an object.
    pub by_under: Option<String>,
    /// Whether a function of several parameters gets the elements of the first argument one by one.
    pub spreads: bool,
    /// The result is these joined as strings.
    pub concat: Vec<SlotText>,
    /// The result is the elements of the receiver joined by this.
    pub join: Option<SlotText>,
    /// The result is an object with the members of all of these, later ones first.
    pub merge: Vec<SlotText>,
    /// The result is the URL `[path, base]`.
    pub url: Vec<SlotText>,
    /// The result is the list of these.
    pub list: Vec<SlotText>,
    /// The result is the member of the receiver that this names.
    pub member: Option<SlotText>,
    /// What separates the steps of a way to a member that `member` may be: `/a/b`.
    pub steps: Option<String>,
    /// The result is what stands behind this text in the receiver, where the text names it: `id_token=`. A token, in which
    /// nothing but dots separates parts, stays whole.
    pub behind: Option<SlotText>,
    /// The result is the receiver with the first of these texts replaced by the second, which may be a function that makes it.
    pub replaces: Vec<SlotText>,
    /// Whether it is replaced wherever it stands.
    pub every: bool,
    /// The result is what a function makes of a value and the elements of a list, one after the other: `[list, function, value]`.
    pub folds: Vec<SlotText>,
    /// The result is a text with the members of an object in the places that have their names: `[text, object]`.
    pub fills: Vec<SlotText>,
    /// The result is the list of this object's keys.
    pub keys: Option<SlotText>,
    /// The result is the list of this object's pairs of key and value.
    pub pairs: Option<SlotText>,
    /// The result is what this function calls its first parameter with.
    pub resolves: Option<SlotText>,
    /// The result is an instance of the class or type that this names.
    pub instance: Option<SlotText>,
    /// The result is any element of this.
    pub element: Option<SlotText>,
    /// The receiver is a string that grows by this.
    pub append: Option<SlotText>,
    /// Everybody who asks gets the same object, which is made of what the call is given.
    pub shared: bool,
    /// What it is called on belongs to a URL that grows by this segment, or by these where it is a list.
    pub segment: Option<SlotText>,
    /// The result is the receiver, handed from argument to argument.
    pub pipes: bool,
    /// Only where the call is given so many arguments.
    pub given: Option<u32>,
    /// There is no such member but where the project writes it.
    pub absent: bool,
    /// As a decorator of a class: its constructor is given instances of the arguments.
    pub injects: bool,
    /// The call made a function of its arguments, which are functions: the last gets what the others make.
    pub selects: bool,
    /// What `member` is a member of, or `behind` is looked for in, where it is not the receiver; `member` may be a way to
    /// one, then: `a.b`, `['a', 'b']`.
    pub of: Option<SlotText>,
    /// Where everybody gets the same object: the parameter of the function that makes it that is a function which gives it.
    pub gets: Option<u32>,
    /// Where everybody gets the same object: the parameter of the function that makes it that is a function which writes
    /// the members of what it is given.
    pub sets: Option<u32>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// How a kept value is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// By calling it.
    Call,
    /// By `new`.
    New,
}

/// `[[cell]]`: what the calls at `on` make holds a value that changes.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct CellTable {
    /// The calls that make it.
    pub on: Vec<PathText>,
    /// The first value.
    pub initial: Vec<SlotText>,
    /// Members that are the value; `()` for calling it.
    pub read: Vec<String>,
    /// Methods that set it to their first argument.
    pub set: Vec<String>,
    /// The element that sets it when it is called, where it is a pair.
    pub setter: Option<u32>,
    /// Functions that set it to what follows it among their arguments.
    pub set_by: Vec<String>,
    /// Functions that, given it, make the function that sets it …
    pub setter_by: Vec<String>,
    /// … or a pair with that as its second element.
    pub pair_by: Vec<String>,
    /// Whether the object itself stands for its value: a stream.
    pub transparent: bool,
    /// All that are made under the same key hold the same value …
    pub key: Option<SlotText>,
    /// … which is the entry of that key in this store, too.
    pub store: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[setter]]`: a method of components that writes members of another member.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SetterTable {
    /// The method.
    pub method: String,
    /// The member whose members it writes.
    pub member: String,
    /// The method of a component written as an options object that makes the member.
    pub initial: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[context]]`: the calls at `on` give what a component of the same context was given.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContextTable {
    /// The calls, with the context as their first argument.
    pub on: Vec<PathText>,
    /// The member of the context that is the component.
    pub component: String,
    /// The property that is given.
    pub property: String,
    /// The member of an instance of a class that is the same …
    #[serde(default)]
    pub member: Option<String>,
    /// … where the class has the context as this member.
    #[serde(default)]
    pub named_by: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[name]]`: identifiers with one of these phrases hold such a token, if nothing better is known.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NameTable {
    /// Which kind.
    pub kind: TokenKind,
    /// Phrases of words.
    pub words: Vec<String>,
    /// Phrases that rule it out.
    #[serde(default)]
    pub except: Vec<String>,
    /// It says so only of methods called on something of one of these names.
    #[serde(default)]
    pub of: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[host]]`: what tells a tenant's host.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HostTable {
    /// Endings of host names that are tenants.
    pub suffix: Vec<String>,
    /// Phrases in the name of a setting that holds a tenant's host or issuer.
    pub words: Vec<String>,
    /// Phrases in the name of a setting that holds the whole Management URL or audience.
    pub base_words: Vec<String>,
    /// Phrases in the name of a setting that holds an own host.
    pub own_words: Vec<String>,
    /// The path that all affected endpoints begin with.
    pub prefix: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// Whose id a name holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// The logged-in user's.
    CurrentUser,
    /// Any user's.
    AnyUser,
}

/// `[[subject]]`: names on the way to a user's id.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SubjectTable {
    /// Whose.
    pub kind: SubjectKind,
    /// Access paths, dotted, of which one occurs in the value's path: `profile.sub`; one word stands alone.
    #[serde(default)]
    pub path: Vec<String>,
    /// It says so only of what is a member of something, not of a bare name.
    #[serde(default)]
    pub member: bool,
    /// Phrases in the names of functions whose parameters hold such ids.
    #[serde(default)]
    pub within: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[endpoint]]`: one of the eight.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EndpointTable {
    /// The HTTP method.
    pub method: String,
    /// The path template.
    pub path: String,
    /// What it is used for.
    pub r#use: String,
    /// The template's segment that is the user acted on; none where the token's own user is meant.
    pub subject: Option<String>,
    /// What every id of a user has in it.
    pub subject_has: Option<String>,
    /// The rows of the scope table.
    pub scope: Vec<ScopeTable>,
    /// The rule that reports an ID token here.
    pub rule: String,
    /// What today's API description says otherwise.
    #[serde(default)]
    pub note: Vec<String>,
    /// Which keys of the body need which token.
    pub body: Option<BodyTable>,
    /// How the body decides, where it links accounts.
    pub linking: Option<LinkingTable>,
    /// Where this is known from.
    pub source: String,
    /// Programs in which this table leads to its verdict.
    #[serde(default)]
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    #[serde(default)]
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// One row of the scope table.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScopeTable {
    /// With the logged-in user's own token.
    pub current_user: String,
    /// With a token for any user.
    pub any_user: String,
}

/// Which keys of a body need which token.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BodyTable {
    /// Keys that the logged-in user's own token may send.
    pub current_user_keys: Vec<String>,
    /// Keys that only a token for any user may send.
    pub any_user_keys: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// Which body members link accounts, and with which token.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LinkingTable {
    /// The member that holds the secondary account's ID token, which is right there.
    pub id_token_member: String,
    /// The only algorithm with which that may be signed.
    pub algorithm: String,
    /// Members that only an any-user token may send.
    pub any_user_members: Vec<String>,
    /// Where this is known from.
    pub source: String,
}

/// `[[evidence]]`: literals without which nothing can be found.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EvidenceTable {
    /// One of these, in any case, in some file of the project: else nothing is parsed.
    pub project: Vec<String>,
    /// One of these in a file makes it a root.
    pub file: Vec<String>,
    /// One of these, as it is written and no part of a host, is in every program that calls the API by the functions of an
    /// SDK.
    pub call: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE_SCHEMAS=1` writes it anew.
    #[test]
    fn the_schema_is_that_of_the_types() {
        let mut schema = schemars::schema_for!(RuleFile);
        schema.insert("title".into(), "Rules of idtoken-lint".into());
        let expected = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/rules.schema.json");
            std::fs::write(path, &expected).unwrap();
            return;
        }
        assert_eq!(crate::rules::SCHEMA, expected, "run the test with UPDATE_SCHEMAS=1");
    }
}
