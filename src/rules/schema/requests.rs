//! What clients hand to functions about a request, and what is asked of texts.

use super::{Code, ExampleLang, PathText, SlotText};
use serde::Deserialize;

/// A function given to a library, which calls it with a value of a type.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HookTable {
    /// The function.
    pub r#fn: SlotText,
    /// Which of its parameters.
    pub param: u32,
    /// The type of what it gets. Without it, the parameter is the request's options object.
    pub r#as: Option<String>,
    /// The function is this member of what `fn` makes: of the object that a factory returns or a service is.
    pub member: Option<String>,
    /// The request or its options are this member of the parameter.
    pub within: Option<String>,
    /// Where it finds the request: the name of a `[[handed]]` table.
    pub handed: Option<String>,
}

/// `[[handed]]`: where a function that a client calls for a request finds that request in its arguments.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct HandedTable {
    /// The name under which hooks and getters refer to it.
    pub name: String,
    /// The URL as the call gives it: `arg(0).url`.
    pub url: Vec<SlotText>,
    /// What that is relative to.
    pub base: Vec<SlotText>,
    /// The whole URL.
    pub whole: Vec<SlotText>,
    /// The method.
    pub method: Vec<SlotText>,
    /// The arguments are handed over by name: what is said of `arg(0)` is meant of the parameter with one of these names.
    pub named: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// What is asked of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// Whether it begins with the other one.
    Start,
    /// Whether it ends with it.
    End,
    /// Whether it holds it; of a list, whether one of its elements is it.
    Part,
    /// Where it holds it: -1 where it does not.
    Place,
    /// Whether it equals it.
    Same,
    /// Whether it fits the regular expression.
    Match,
}

/// `[[test]]`: the calls at `on` tell something of a text.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TestTable {
    /// The calls: paths that end in `()`.
    pub on: Vec<PathText>,
    /// What they tell.
    pub asks: Asks,
    /// The text.
    pub text: SlotText,
    /// What it is held against.
    pub part: SlotText,
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

/// A part of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum UrlPart {
    /// The host's name.
    Host,
    /// The path without the query.
    Path,
    /// Scheme and host.
    Origin,
    /// The scheme with its colon.
    Protocol,
    /// All of it.
    Whole,
}

/// `[[part]]`: members of a URL that are parts of its text.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PartTable {
    /// Which part.
    pub is: UrlPart,
    /// The members, read or called.
    #[serde(default)]
    pub member: Vec<String>,
    /// Members that change it: written to, or called with the new text.
    #[serde(default)]
    pub set: Vec<String>,
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

/// `[[ambient]]`: credentials that are kept apart from the requests that carry them.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AmbientTable {
    /// The client whose requests carry it; without it, those of the object that is written to.
    pub client: Option<String>,
    /// Objects whose settings are written …
    pub object: Vec<PathText>,
    /// … at one of these places, dotted.
    pub path: Vec<String>,
    /// The value written is a function, or an annotated list with one, whose result is the token.
    pub getter: bool,
    /// The value written is a function that is called in the client's place, and sends the request itself.
    pub replaces: bool,
    /// The value written is no credential but what relative URLs are relative to.
    pub base: bool,
    /// Interfaces whose implementors change requests …
    pub class: Vec<PathText>,
    /// … with this method …
    pub method: Option<String>,
    /// … whose first parameter is of this type.
    pub r#as: Option<String>,
    /// Where the getter or method finds the request: the name of a `[[handed]]` table.
    pub handed: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}
