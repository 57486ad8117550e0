//! The shape of tables about stores of whole applications, and of what stands for their members.

use super::Made;
use super::texts::{Code, ExampleLang, PathText, SlotText};
use serde::Deserialize;

/// `[[refs]]`: what the calls at `on` make has the members of another object, each wrapped.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RefsTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// The other object.
    pub of: SlotText,
    /// The member of a wrapper that is the value.
    pub read: String,
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

/// `[[mapper]]`: what the calls at `on` make has members of a store, which are spread into a component.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MapperTable {
    /// The calls.
    pub on: Vec<PathText>,
    /// A list of the members' names; or an object whose members are names, or functions of the store.
    pub names: SlotText,
    /// The store, or a function that gives it; without it, the container of this name.
    pub of: Option<SlotText>,
    /// The container.
    pub container: Option<String>,
    /// Which of its members holds the members that are mapped.
    pub part: Option<String>,
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

/// `[[container]]`: stores made of options: a state, functions that compute from it, and functions that write it, which are
/// called by their names through the store.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContainerTable {
    /// The name of the type of such stores; a store that is given and not made stands for all that are made.
    pub r#type: String,
    /// The calls that make one.
    pub made: Vec<PathText>,
    /// The options.
    pub options: SlotText,
    /// The member of the options that is, or makes, the state; under the same name the store and its functions see it.
    pub state: String,
    /// What functions see of the outermost store under other names: name, and member of the store.
    pub root: Vec<[String; 2]>,
    /// The section whose functions compute values of the state.
    pub getters: String,
    /// The section of stores inside the store.
    pub modules: String,
    /// The option that puts a module's name before the names of its functions, with a slash.
    pub namespaced: String,
    /// The sections of functions that are called by name.
    pub handlers: Vec<HandlerTable>,
    /// Folders whose files are modules of one store, by the names of what they export.
    #[serde(default)]
    pub folders: Vec<String>,
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

/// Functions of a container that are called by name.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandlerTable {
    /// The section of the options.
    pub section: String,
    /// The method that calls them: with the name, or an object whose member `type` is the name, and what they get.
    pub by: String,
    /// Their first parameter: the state; else what the store is to its own functions.
    pub gets_state: bool,
    /// Calls that give a component methods that call them.
    pub mapped_by: Vec<PathText>,
}

/// `[auto-import]`: names that are known in every file though none declares or imports them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct AutoImportTable {
    /// Folders whose files' exports are known so.
    pub folders: Vec<String>,
    /// The package whose members are known so.
    pub package: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[component]`: the sections of an options object whose members are members of one `this`.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ComponentTable {
    /// Members that hold members of `this`.
    pub sections: Vec<String>,
    /// Those of them whose functions are read like fields.
    pub computed: Vec<String>,
    /// Functions that return members of `this`.
    pub made: Vec<String>,
    /// Members that are the object itself.
    pub itself: Vec<String>,
    /// Members that list other components whose members it has, too.
    pub mixed: Vec<String>,
    /// Members that list what it takes out of a store …
    pub takes: Vec<String>,
    /// … of this name.
    pub takes_from: Option<String>,
    /// The static member of a class that lists what its constructor is given instances of.
    pub injects: Option<String>,
    /// The member of an instance of a class that holds what it is given where it is made.
    pub given: Option<String>,
    /// Methods that write the members of what they are given, or hand the object to a function that writes them.
    pub patch: Vec<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}

/// `[[store]]`: a place that keeps values by key.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct StoreTable {
    /// Stores of one name are one store.
    pub name: String,
    /// Objects whose members are the entries.
    pub object: Vec<PathText>,
    /// Calls that read `key`, or values that are what is kept under it.
    pub read: Vec<PathText>,
    /// Calls that write `value` under `key`.
    pub write: Vec<PathText>,
    /// Words one of which a file holds that writes: for methods with names that everything has.
    pub near: Vec<String>,
    /// The key; without it `arg(0)`.
    pub key: Option<SlotText>,
    /// The value; without it `arg(1)`.
    pub value: Option<SlotText>,
    /// What is kept is made of the value.
    pub made: Option<Made>,
    /// A writing call is given an object whose members are entries, or a function that makes one.
    pub entries: Option<SlotText>,
    /// Whether a dot in a key leads to a member of what is kept under the part before it.
    pub dotted: bool,
    /// Whether each object that is made has entries of its own: a map. What it is made of counts, too.
    pub own: bool,
    /// Whether the entries are members of every component's `this`.
    pub inherited: bool,
    /// Members of options objects whose own members, or those of what they return, are entries.
    pub under: Vec<String>,
    /// What stands before an entry's name where it is read.
    pub mark: Option<String>,
    /// Where this is known from.
    pub source: Option<String>,
    /// Programs in which this table leads to its verdict.
    pub yes: Vec<Code>,
    /// Programs in which that verdict must not come out.
    pub no: Vec<Code>,
    /// What the examples are written in.
    pub lang: Option<ExampleLang>,
}
