//! The shape of tables about elements that show components which they do not name.

use super::texts::{Code, ExampleLang, PathText, SlotText};
use serde::Deserialize;

/// `[[outlet]]`: the elements or calls at `on` give properties to components of which they name none: to those that stand
/// between the tags of the component around, and to those of the routes below its own.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutletTable {
    /// The elements or calls.
    pub on: Vec<PathText>,
    /// The properties.
    pub gives: SlotText,
    /// The element or component that is shown, where the call is given it.
    pub shows: Option<SlotText>,
    /// The property that is what is given; without it, its members are the properties.
    pub under: Option<String>,
    /// Members of a route that hold its component. Without them, only what `shows` is shown.
    #[serde(default)]
    pub routes: Vec<String>,
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
