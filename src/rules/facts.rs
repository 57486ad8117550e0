//! What the rules know of values, compiled from their tables.

use super::automaton::State;
use super::containers::{MapperFact, RefsFact};
use super::reducers::{ActionFact, ReducerFact};
use super::schema::{Asks, Hands, Made, TokenKind};
use super::slot::Slot;
use super::stored::StoredFact;
use super::versions::Versions;
use std::sync::Arc;

/// A fact's place in [`Rules::facts`](super::Rules::facts).
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
    /// The call asks for tokens, or sets up what does: number `.0`.
    Login(usize),
    /// The value is made of the tokens of login number `.0`, wherever that is.
    Feeds(usize),
    /// It hands out tokens of the program's own, if what number `.0` says holds.
    Own(usize),
    /// The call reads a setting, as number `.0` says.
    Setting(usize),
    /// A query, or the body of a form, is made of the members of the first argument.
    Query,
    /// Parts of a login's answer are read off it by their names.
    Answer,
    /// It is a store made of options, number `.0`.
    Container(usize),
    /// It makes a state of the state before and an action.
    Reducer(Box<ReducerFact>),
    /// It has a state, as number `.0` says.
    Reduced(usize),
    /// It is the state of what it was reached from, as number `.0` says.
    StateOf(usize),
    /// It is an action, or makes one.
    Action(Box<ActionFact>),
    /// The call says which function handles some actions.
    Case(Slot),
    /// The call runs functions.
    Flow(FlowFact),
    /// The call gives values to a component, as number `.0` says.
    Injector(usize),
    /// The element gives values to components that it does not name, as number `.0` says.
    Outlet(usize),
    /// The call tells something of a text.
    Test(TestFact),
}

/// See [`TokenTable`](super::schema::TokenTable).
#[derive(Clone, Debug)]
pub struct TokenFact {
    /// Which kind.
    pub kind: TokenKind,
    /// How a trace names it.
    pub what: Arc<str>,
    /// Members that must be missing.
    pub lacks: Vec<Slot>,
    /// Texts that those may be nonetheless.
    pub or_is: Vec<String>,
    /// In which versions.
    pub versions: Versions,
}

/// See [`HookTable`](super::schema::HookTable).
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
    /// Where it finds the request.
    pub handed: Option<Arc<HandedFact>>,
}

/// See [`HandedTable`](super::schema::HandedTable).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct HandedFact {
    pub url: Vec<Slot>,
    pub base: Vec<Slot>,
    pub whole: Vec<Slot>,
    pub method: Vec<Slot>,
    pub named: Vec<String>,
}

/// See [`TestTable`](super::schema::TestTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct TestFact {
    pub asks: Asks,
    pub text: Slot,
    pub part: Slot,
}

/// See [`CallTable`](super::schema::CallTable).
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
    pub body_keys: Vec<String>,
    pub settings: Vec<Slot>,
    pub registers: Vec<Slot>,
    pub hooks: Vec<Hook>,
    pub handed: Option<Arc<HandedFact>>,
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

/// See [`PassTable`](super::schema::PassTable).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct PassFact {
    pub value: Vec<Slot>,
    pub calls: Option<Slot>,
    pub with: Vec<Slot>,
    pub returns: bool,
    pub by: Vec<String>,
    pub by_under: Option<Arc<str>>,
    pub spreads: bool,
    pub concat: Vec<Slot>,
    pub join: Option<Slot>,
    pub merge: Vec<Slot>,
    pub url: Vec<Slot>,
    pub list: Vec<Slot>,
    pub member: Option<Slot>,
    pub steps: Option<Arc<str>>,
    pub behind: Option<Slot>,
    pub replaces: Vec<Slot>,
    pub every: bool,
    pub folds: Vec<Slot>,
    pub fills: Vec<Slot>,
    pub keys: Option<Slot>,
    pub pairs: Option<Slot>,
    pub resolves: Option<Slot>,
    pub instance: Option<Slot>,
    pub element: Option<Slot>,
    pub append: Option<Slot>,
    pub shared: bool,
    pub segment: Option<Slot>,
    pub pipes: bool,
    pub given: Option<u32>,
    pub absent: bool,
    pub injects: bool,
    pub selects: bool,
    pub sets: Option<u32>,
    pub gets: Option<u32>,
    pub of: Option<Slot>,
}

/// See [`StoreTable`](super::schema::StoreTable).
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
    /// The object whose members are written.
    pub entries: Option<Slot>,
    /// Whether a dot in a key leads to a member.
    pub dotted: bool,
    /// Whether each object has entries of its own.
    pub own: bool,
    /// What stands before an entry's name where it is read.
    pub mark: Arc<str>,
}

/// See [`CellTable`](super::schema::CellTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct CellFact {
    pub initial: Vec<Slot>,
    pub read: Vec<String>,
    pub set: Vec<String>,
    pub setter: Option<u32>,
    pub set_by: Vec<String>,
    pub setter_by: Vec<String>,
    pub pair_by: Vec<String>,
    pub transparent: bool,
    pub key: Option<Slot>,
    pub store: Option<Arc<str>>,
}

/// See [`FlowTable`](super::schema::FlowTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct FlowFact {
    pub tasks: Slot,
    pub hands: Hands,
}

/// See [`OutletTable`](super::schema::OutletTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct OutletFact {
    pub gives: Slot,
    pub shows: Option<Slot>,
    pub under: Option<Arc<str>>,
    pub routes: Vec<String>,
    /// Names of the elements or calls.
    pub named: Vec<String>,
}

/// See [`ContextTable`](super::schema::ContextTable).
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct ContextFact {
    pub component: Arc<str>,
    pub property: Arc<str>,
    pub member: Option<Arc<str>>,
    pub named_by: Option<Arc<str>>,
}

/// See [`AmbientTable`](super::schema::AmbientTable).
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "the members are those of the table")]
pub struct AmbientFact {
    pub client: Option<Arc<str>>,
    pub objects: Vec<State>,
    pub paths: Vec<Vec<String>>,
    pub getter: bool,
    pub replaces: bool,
    pub base: bool,
    pub classes: Vec<State>,
    pub method: Option<String>,
    pub ty: Option<State>,
    pub handed: Option<Arc<HandedFact>>,
}
