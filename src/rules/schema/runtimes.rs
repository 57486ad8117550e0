//! The tables about where code runs.

use super::{Code, ExampleLang};
use serde::Deserialize;

/// Where code runs, as far as it matters which tokens it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// In a browser or on a user's device: a public client, which cannot keep a secret.
    Client,
    /// On a server.
    Server,
}

/// `[[runtime]]`: what tells where a file's code runs.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RuntimeTable {
    /// Where.
    pub is: Option<Side>,
    /// Packages that only such code imports; `name/*` stands for everything below a name.
    pub module: Vec<String>,
    /// Global names that only such code uses.
    pub global: Vec<String>,
    /// What stands as a string at the beginning of a file.
    pub directive: Vec<String>,
    /// Names of functions whose code runs there, whatever else the file says.
    pub within: Vec<String>,
    /// Patterns for the paths of files, as ignore files have them.
    pub files: Vec<String>,
    /// Whether markup in code says so: JSX.
    pub markup: bool,
    /// Languages whose files run there.
    pub language: Vec<ExampleLang>,
    /// Whether it counts only where nothing else tells.
    pub weak: bool,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}
