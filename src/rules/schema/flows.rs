//! The shape of tables about functions that a library runs in turn, and that call it back with what they found.

use super::texts::{Code, ExampleLang, PathText, SlotText};
use serde::Deserialize;

/// What one of the functions that a library runs is given of what the others found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Hands {
    /// Nothing: what they found comes together in the end, under the place or the name of each.
    #[default]
    Nothing,
    /// What the one before found; the end gets what the last found.
    Next,
    /// An object with what those found whose names stand before it in its list; in the end all comes together.
    Named,
}

/// `[[flow]]`: the calls at `on` run functions whose last parameter is called with an error and what they found, or that
/// return what they found. The call's last argument is called with an error and the whole; the result is the whole, too.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FlowTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The functions: a list, or an object. Or one function, which is run for each of several things.
    pub tasks: SlotText,
    /// What each is given of what the others found.
    #[serde(default)]
    pub hands: Hands,
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
