//! Where tokens are asked for: the calls, and what their options are called.

use super::texts::{Code, ExampleLang, PathText, SlotText, VersionsText};
use serde::Deserialize;

/// `[[login]]`: the calls at `on` ask for tokens, or set up what does.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LoginTable {
    /// The calls: paths that end in `()` or `@new`.
    pub on: Vec<PathText>,
    /// Instead: URLs with this path, whose query holds the options, or whose request's body does.
    pub url: Option<String>,
    /// How reports name what asks; without it, the file's client.
    pub sdk: Option<String>,
    /// The object with the options.
    pub options: Option<SlotText>,
    /// The ways to the audience from there, dotted; the first is proposed.
    pub audience: Vec<String>,
    /// The ways to the scope.
    pub scope: Vec<String>,
    /// The scope where none is given, of which nothing is to be lost when one is.
    pub default_scope: Option<String>,
    /// Where the first of these ways is given, the second must be, too, or the access token is not kept beside the ID token.
    pub keeps: Option<[String; 2]>,
    /// The ways to the response type.
    pub response_type: Vec<String>,
    /// The response type where none is given, if that matters.
    pub default_response_type: Option<String>,
    /// The response type that brings an access token.
    pub wanted_response_type: Option<String>,
    /// What has to be given, too, with that.
    pub response_needs: Option<NeedsTable>,
    /// The ways to the algorithm with which ID tokens have to be signed.
    pub algorithm: Vec<String>,
    /// The tenant's host name.
    pub domain: Vec<SlotText>,
    /// The ways to the address to which the answer is sent.
    pub redirect: Vec<String>,
    /// The ways to the id of the client that logs in.
    pub client_id: Vec<String>,
    /// Where that is, if it is not among the options.
    pub client: Vec<SlotText>,
    /// Only where this slot holds this text.
    pub only: Option<[SlotText; 2]>,
    /// Where one of these is given, the table does not count.
    pub unless: Vec<SlotText>,
    /// Only where one of these is given.
    pub when: Vec<SlotText>,
    /// Only where the call is given so many arguments.
    pub given: Option<u32>,
    /// Only where one of these ways from the options leads to something.
    pub requires: Vec<String>,
    /// Whether it adds to the login that its receiver was made as.
    pub part: bool,
    /// Whether what it is for cannot keep a secret: its tokens are the logged-in user's, and none has any-user scopes.
    pub public: bool,
    /// Whether results hold both tokens side by side, as strings.
    pub beside: bool,
    /// Members that hold the two tokens in its results, where they are not those of all logins; the second may be dotted.
    pub twins: Vec<TwinTable>,
    /// How the call that hands out the ID token becomes the one that hands out the access token.
    pub exchange: Option<ExchangeTable>,
    /// Members of the options that only their older shape has, in which the second of the ways counts.
    pub older: Vec<String>,
    /// The settings of the environment from which options come that are not given.
    pub environment: Option<EnvironmentTable>,
    /// Why nothing that is set here brings an access token, and what has to be done first: the rest of a sentence.
    pub outdated: Option<String>,
    /// Where the options are those of another import of the same module, which has to be called with them.
    pub made_by: Option<MadeByTable>,
    /// Values that are made of its tokens, wherever they are read.
    pub feeds: Vec<PathText>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// The settings of the environment that a login reads by itself.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EnvironmentTable {
    /// The one with the audience.
    pub audience: String,
    /// The one with the scope.
    pub scope: String,
    /// Those with the tenant's host name, or a URL of it.
    #[serde(default)]
    pub domain: Vec<String>,
    /// The one with the id of the client.
    pub client: Option<String>,
}

/// The call that makes something of options.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MadeByTable {
    /// Its name in the module that the login is imported from.
    pub name: String,
    /// Not in these versions, which take options otherwise.
    pub unless: VersionsText,
}

/// An option that another one needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NeedsTable {
    /// The option.
    pub option: String,
    /// The setting of the environment from which it comes where it is not given.
    pub environment: String,
}

/// The members of a login's results that hold the two tokens.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TwinTable {
    /// The ID token's.
    pub id: String,
    /// The access token's, dotted where it lies deeper.
    pub access: String,
}

/// What hands out claims with the raw ID token among them, and the one that hands out the access token alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ExchangeTable {
    /// The name of the call that hands out claims, as a promise.
    #[serde(default)]
    pub call: Option<String>,
    /// The name of the member that holds them, wrapped or not.
    #[serde(default)]
    pub held: Option<String>,
    /// The name of the member that is a stream of them; the call that hands out the access token makes a stream, too.
    #[serde(default)]
    pub stream: Option<String>,
    /// Their member that is the raw ID token.
    pub member: String,
    /// The name of the call that hands out the access token.
    pub access: String,
}

/// `[[query]]`: calls that make a query, or the body of a form, of the members of their first argument. `[[answer]]`:
/// calls that make what parts of a login's answer are read off, by calls whose first argument is the part's name.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct QueryTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The methods of what they make that add a member: its name, its value.
    #[serde(default)]
    pub adds: Vec<String>,
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

/// `[[setting]]`: the calls at `at` read a setting of the program's own configuration, which lies in files of its folder or of
/// one around that.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SettingTable {
    /// The calls.
    pub at: Vec<PathText>,
    /// The setting's name.
    pub name: SlotText,
    /// The ways to the maps that hold settings under their names, which may have another name before a colon.
    pub given: Vec<String>,
    /// What these files are called: each for some place where the program runs.
    pub values: Vec<String>,
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

/// `[[party]]`: requests whose answer holds tokens for another party: whatever its members are called, they are no ID tokens
/// of the tenant.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartyTable {
    /// The end of the address, without its query.
    pub url: String,
    /// The options of the body that name the party; without these, the answer always is another's.
    #[serde(default)]
    pub named_by: Vec<String>,
    /// What they hold where the answer is the tenant's own all the same.
    #[serde(default)]
    pub own: Vec<String>,
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

/// `[[own]]`: access tokens that a program gets for itself: they are about no user.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OwnTable {
    /// What hands them out.
    #[serde(default)]
    pub on: Vec<PathText>,
    /// Instead: the end of the address, without its query, of requests that are answered with them.
    pub url: Option<String>,
    /// The member of the call's first argument, or of the request's body, that decides; without it, nothing else is handed
    /// out.
    pub option: Option<String>,
    /// What that holds then.
    #[serde(default)]
    pub holds: Vec<String>,
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

/// `[[misspelt]]`: a scope that does not exist, and the one that is meant.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MisspeltTable {
    /// As it is written.
    pub scope: String,
    /// As it should be.
    pub means: String,
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

/// `[[member]]`: the members of login results that hold the two tokens.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MemberTable {
    /// The ID token's.
    pub id: String,
    /// The access token's beside it.
    pub access: String,
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
