//! The shape of tables about states that functions make of actions, and about components that others give values to.

use super::texts::{Code, ExampleLang, PathText, SlotText};
use serde::Deserialize;

/// `[[reducer]]`: the values at `on` make a state of the state before and an action, like any function of the two.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReducerTable {
    /// The values. Slots are about the call that made the value, or about its receiver.
    pub on: Vec<PathText>,
    /// An object of reducers: each makes the member of its name.
    pub parts: Option<SlotText>,
    /// The first state.
    pub initial: Vec<SlotText>,
    /// Functions of state and action, each for one kind of action: members of an object by the kind's name, cases that
    /// [`CaseTable`] describes, or what a function that is given a builder tells it.
    pub cases: Vec<SlotText>,
    /// Whether the members of `cases` are named after the actions that the same library makes, not after kinds.
    pub own: bool,
    /// The builder's method that is given a kind of action and a function.
    pub builder: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[reduced]]`: the calls at `on` make something that has a state, which a reducer makes.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ReducedTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The reducer, or an object of reducers by the names of the members that they make.
    pub of: Option<SlotText>,
    /// The first state.
    pub initial: Vec<SlotText>,
    /// What is the state: a member, `name()` for calling it.
    pub read: Vec<String>,
    /// The element of the pair that is called with actions.
    pub dispatch: Option<u32>,
    /// Whether it is the application's: what the slot `state` stands for.
    pub root: bool,
    /// The name of the only member of the application's state that it makes.
    pub under: Option<SlotText>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[action]]`: the values at `on` are actions, or, where they end in `()`, what makes them when it is called.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ActionTable {
    /// The values.
    pub on: Vec<PathText>,
    /// What the member `member` is; without it, the action has the members of `value`.
    pub member: Option<String>,
    /// The first of these that is there.
    pub value: Vec<SlotText>,
    /// The kind's name, where it is a text.
    pub kind: Option<SlotText>,
    /// A function that makes the action's members of what its maker is given.
    pub prepare: Option<SlotText>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[case]]`: the calls at `on` say which function handles the kinds of actions that their other arguments are.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CaseTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The function.
    pub function: SlotText,
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

/// `[[injector]]`: what the calls at `on` make is applied to a component, which is given the members of what a function
/// makes.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InjectorTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The function …
    pub calls: SlotText,
    /// … called with these.
    #[serde(default)]
    pub with: Vec<SlotText>,
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

/// `[[event]]`: a function that is given to one of the methods `listen`, behind the name of an event, is called with what
/// one of the methods `emit` is given behind the same name.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct EventTable {
    /// The methods that are given functions.
    pub listen: Vec<String>,
    /// The methods that call them.
    pub emit: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}
