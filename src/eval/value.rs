//! Abstract values, each alternative with the way it came.

use crate::ir::{ClassId, ExprId, FuncId, Name, OpaqueKind};
use crate::project::{PlaceKey, Root};
use crate::rules::TokenKind;
use crate::rules::automaton::States;
use crate::rules::slot::Into;
use crate::text::{FileId, Span};
use std::rc::Rc;

/// An expression of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// In which file.
    pub file: FileId,
    /// Which.
    pub expr: ExprId,
}

/// A function of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FuncRef {
    /// In which file.
    pub file: FileId,
    /// Which.
    pub func: FuncId,
}

/// A class of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassRef {
    /// In which file.
    pub file: FileId,
    /// Which.
    pub class: ClassId,
}

/// Under which calls an expression is evaluated; `None`: under any.
pub type Ctx = Option<Rc<Frame>>;

/// One assumption about how the code is reached.
#[derive(Debug)]
pub struct Frame {
    /// The assumption.
    pub kind: FrameKind,
    /// Those about the code around it.
    pub up: Ctx,
    /// How many calls deep.
    pub depth: u8,
}

/// What a frame assumes.
#[derive(Debug)]
pub enum FrameKind {
    /// `func` was called like this.
    Call {
        /// The function.
        func: FuncRef,
        /// With these arguments.
        args: Args,
        /// On this object.
        this: Option<Traced>,
    },
    /// The loop over this literal list is at this element.
    Element {
        /// The list.
        list: Node,
        /// The element's place.
        index: usize,
    },
}

/// Where a call's arguments come from.
#[derive(Clone, Debug)]
pub enum Args {
    /// From this call, evaluated under the caller's context.
    Of(Node, Ctx),
    /// From a library or an indirect call.
    Given(Vec<Vals>),
    /// From a client, for the request at hand: some parameters, by their places; of the others nothing is said.
    Handed(Rc<Vec<(u32, Traced)>>),
}

/// An argument that a client hands to a function for a request.
#[derive(Clone, Debug)]
pub struct Handed {
    /// What is known of the request, by the way to it from here.
    pub known: Vec<(Vec<Into>, Rc<Vals>)>,
    /// What it is otherwise.
    pub otherwise: Traced,
}

/// The texts among values that are wholly known.
pub(crate) fn texts(values: &[Traced]) -> Vec<Name> {
    let text = |value: &Traced| match &value.value {
        Value::Str(pattern) => pattern.text().map(Name::from),
        _ => None,
    };
    values.iter().filter_map(text).collect()
}

/// How a token was recognised, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A library's documented result.
    Api,
    /// A library's convention about a storage key.
    Convention,
    /// A name.
    Name,
}

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A parameter of a function that nothing in the project calls.
    NoCallers,
    /// More callers than are followed.
    TooManyCallers,
    /// A relative import of a file that is not there.
    UnresolvedImport(Name),
    /// A value of a library that the rules do not describe.
    Library(Name),
    /// A name that nothing declares.
    Undeclared(Name),
    /// A setting of the environment.
    Environment,
    /// A storage key that nothing writes.
    Storage(Name),
    /// A member of an object about which nothing is known.
    Member(Name),
    /// A member that the object does not have.
    Absent(Name),
    /// The result of a function about which nothing is known.
    Call,
    /// A key that is computed.
    DynamicKey,
    /// The evaluation took too many steps or went too deep.
    Budget,
    /// It depends on itself alone.
    Cycle,
    /// Syntax that is not followed.
    Syntax(OpaqueKind),
    /// Declared, but never given a value in the project.
    Unassigned,
}

/// What decides a value that was deliberately left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Open {
    /// The function's callers.
    Param(FuncRef),
    /// Which element of the list of this many the loop is at.
    Element(Node, usize),
}

/// A value that is not known.
#[derive(Clone, Debug)]
pub struct Unknown {
    /// Why.
    pub reason: Reason,
    /// Names on its way, from the origin on: `process`, `env`, `AUTH0_DOMAIN`.
    pub names: Vec<Name>,
    /// What would decide it.
    pub open: Option<Open>,
}

/// An object or list literal, an instance made by a call, with everything that is done to it later.
#[derive(Clone, Debug)]
pub struct Object {
    /// The literal; for tuple structs the call.
    pub node: Node,
    /// Under which calls.
    pub ctx: Ctx,
    /// Where it is held.
    pub owners: Vec<Owner>,
    /// Its class, where it has one.
    pub class: Option<ClassRef>,
    /// Where a call merged several objects: these, later ones first.
    pub parts: Vec<Vals>,
}

/// A place that holds an object.
#[derive(Clone, Debug)]
pub struct Owner {
    /// In which file.
    pub file: FileId,
    /// The root.
    pub root: Root,
    /// The way from there.
    pub path: Vec<PlaceKey>,
    /// The read through which it was seen: later writes do not count for it.
    pub seen: Option<ExprId>,
    /// Under which calls the code around it runs.
    pub ctx: Ctx,
}

impl Owner {
    /// A place that holds an object, whoever looks.
    pub fn new(file: FileId, root: Root) -> Owner {
        Owner { file, root, path: Vec::new(), seen: None, ctx: None }
    }
}

/// A function with what it closes over.
#[derive(Clone, Debug)]
pub struct Closure {
    /// The function.
    pub func: FuncRef,
    /// Where it was made.
    pub ctx: Ctx,
    /// The object it is a method of.
    pub this: Option<Traced>,
}

/// How a library value was reached from the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiStep {
    /// It is a root, by this name.
    Root(Name),
    /// A member.
    Member(Name),
    /// The result of the call at its node.
    Call,
    /// An instance made at its node, or of a declared type.
    New,
    /// Something a library hands to a callback.
    Given,
    /// The state that the value before makes; without one, the application's.
    State,
}

/// A library's value.
#[derive(Clone, Debug)]
pub struct Api {
    /// What the rules know about it.
    pub states: States,
    /// How it was reached …
    pub step: ApiStep,
    /// … from this value.
    pub from: Option<Traced>,
    /// The expression.
    pub node: Node,
    /// Under which calls.
    pub ctx: Ctx,
    /// Where it is held.
    pub owners: Vec<Owner>,
}

impl Api {
    /// The names on the way, from the root on.
    pub fn names(&self) -> Vec<Name> {
        let mut names = self.from.as_ref().map(|from| from.value.names()).unwrap_or_default();
        if let ApiStep::Root(name) | ApiStep::Member(name) = &self.step {
            names.push(name.clone());
        }
        names
    }
}

/// A piece of a string.
#[derive(Clone, Debug)]
pub enum Piece {
    /// Known text.
    Lit(Rc<str>),
    /// Text that depends on a value.
    Hole(Traced),
}

/// A string of known pieces and holes; no two literals are neighbours, none is empty.
#[derive(Clone, Debug, Default)]
pub struct Pattern {
    /// The pieces in order, at most 64.
    pub pieces: Vec<Piece>,
    /// Whether a limit was met: the last hole stands for what is lost, and nothing is appended any more.
    cut: bool,
}

/// Pieces of one string.
const PIECES: usize = 64;
/// Bytes of known text in one string.
const LENGTH: usize = 64 * 1024;

impl Pattern {
    /// A known string.
    pub fn lit(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        pattern.push_lit(text);
        pattern
    }

    /// A string that is one value.
    pub fn of(value: &Traced) -> Pattern {
        let mut pattern = Pattern::default();
        pattern.push(value);
        pattern
    }

    /// Append text.
    pub fn push_lit(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.length() + text.len() > LENGTH {
            return self.cut();
        }
        match self.pieces.last_mut() {
            Some(Piece::Lit(last)) if !self.cut => *last = format!("{last}{text}").into(),
            _ => self.push_piece(Piece::Lit(text.into())),
        }
    }

    /// Append a value: a string's pieces, anything else as a hole.
    pub fn push(&mut self, value: &Traced) {
        match &value.value {
            Value::Str(pattern) => self.extend(pattern),
            _ => self.push_piece(Piece::Hole(value.clone())),
        }
    }

    /// Append another string.
    pub fn extend(&mut self, other: &Pattern) {
        self.append(&other.pieces);
    }

    /// Append pieces of another string.
    pub fn append(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match piece {
                Piece::Lit(text) => self.push_lit(text),
                Piece::Hole(_) => self.push_piece(piece.clone()),
            }
        }
    }

    fn push_piece(&mut self, piece: Piece) {
        if self.pieces.len() + 1 >= PIECES {
            return self.cut();
        }
        if !self.cut {
            self.pieces.push(piece);
        }
    }

    /// What follows is lost: a last hole says so.
    fn cut(&mut self) {
        if !std::mem::replace(&mut self.cut, true) {
            self.pieces.push(Piece::Hole(Traced::new(Value::unknown(Reason::Budget, Vec::new()))));
        }
    }

    /// Bytes of known text.
    fn length(&self) -> usize {
        let text = |piece: &Piece| match piece {
            Piece::Lit(text) => text.len(),
            Piece::Hole(_) => 0,
        };
        self.pieces.iter().map(text).sum()
    }

    /// The text, if there are no holes.
    pub fn text(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Lit(text)] => Some(text),
            _ => None,
        }
    }

    /// The literal text it begins with.
    pub fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Lit(text)) => text,
            _ => "",
        }
    }

    /// The holes in order.
    pub fn holes(&self) -> impl Iterator<Item = &Traced> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(value) => Some(value),
            Piece::Lit(_) => None,
        })
    }
}

/// One alternative of what an expression may be.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string.
    Str(Pattern),
    /// No value.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number that is not known, but is no less than this.
    AtLeast(u32),
    /// A regular expression, as JavaScript writes it.
    Regex(Name),
    /// Nothing that is followed.
    Plain,
    /// What a client hands to a function about the request at hand.
    Handed(Rc<Handed>),
    /// An object or list.
    Object(Rc<Object>),
    /// A function.
    Func(Rc<Closure>),
    /// A class.
    Class(ClassRef),
    /// Some instance of a class, it is not known which.
    Instance(ClassRef),
    /// A module of the project.
    Module(FileId),
    /// A library's value.
    Api(Rc<Api>),
    /// A token.
    Token(TokenKind, Evidence),
    /// A type, by values of it: what a function returns.
    Returned(Rc<Vals>),
    /// Not known.
    Unknown(Rc<Unknown>),
}

impl Value {
    /// Not known, with its names.
    pub fn unknown(reason: Reason, names: Vec<Name>) -> Value {
        Value::Unknown(Rc::new(Unknown { reason, names, open: None }))
    }

    /// Not known: left open.
    pub fn open_at(open: Open) -> Value {
        Value::Unknown(Rc::new(Unknown { reason: Reason::NoCallers, names: Vec::new(), open: Some(open) }))
    }

    /// The names on the way to a value that is not known.
    pub fn names(&self) -> Vec<Name> {
        match self {
            Value::Unknown(unknown) => unknown.names.clone(),
            Value::Api(api) => api.names(),
            Value::Handed(handed) => handed.otherwise.value.names(),
            _ => Vec::new(),
        }
    }

    /// Whether it is a value that nobody sends.
    pub fn is_plain(&self) -> bool {
        matches!(self, Value::Plain | Value::Bool(_) | Value::AtLeast(_) | Value::Regex(_) | Value::Returned(_))
    }

    /// Whether it is surely something: a token, or a text that is not empty.
    pub fn is_there(&self) -> bool {
        match self {
            Value::Token { .. } => true,
            Value::Str(text) => !text.prefix().is_empty(),
            _ => false,
        }
    }

    /// Whether nothing at all is known about it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Value::Unknown(_))
    }

    /// What would decide it.
    pub fn open(&self) -> Option<Open> {
        match self {
            Value::Unknown(unknown) => unknown.open,
            Value::Api(api) => api.from.as_ref().and_then(|from| from.value.open()),
            _ => None,
        }
    }
}

/// A step of the way a value came.
#[derive(Debug)]
pub struct Trail {
    /// Where.
    pub file: FileId,
    /// Which region.
    pub span: Span,
    /// What happens there.
    pub note: String,
    /// Whether it is not known if that happens for the request at hand.
    pub undecided: bool,
    /// The steps before.
    pub before: Option<Rc<Trail>>,
    /// At a token's origin: the library's value that it was recognised as, which tells who made it.
    pub origin: Option<Traced>,
}

impl Trail {
    /// The step that the way begins with.
    pub fn first(&self) -> &Trail {
        let mut at = self;
        while let Some(before) = &at.before {
            at = before;
        }
        at
    }
}

/// A value and the way it came, newest step first.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The value.
    pub value: Value,
    /// The way.
    pub trail: Option<Rc<Trail>>,
}

impl Traced {
    /// A value without a way.
    pub fn new(value: Value) -> Traced {
        Traced { value, trail: None }
    }

    /// With one more step.
    pub fn step(self, file: FileId, span: Span, note: impl FnOnce() -> String) -> Traced {
        if self.trail.as_ref().is_some_and(|last| last.file == file && last.span == span) {
            return self;
        }
        let trail = Trail { file, span, note: note(), undecided: false, before: self.trail, origin: None };
        let trail = Some(Rc::new(trail));
        Traced { value: self.value, trail }
    }

    /// With its first step, which is where a token comes into being as `origin`.
    pub fn begin(value: Value, file: FileId, span: Span, note: String, origin: Traced) -> Traced {
        let trail = Trail { file, span, note, undecided: false, before: None, origin: Some(origin) };
        Traced { value, trail: Some(Rc::new(trail)) }
    }
}

/// Everything an expression may be. Empty: it only depends on itself.
pub type Vals = Vec<Traced>;
