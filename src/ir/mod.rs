//! The expression graph: one small language for every front-end.
//!
//! A file becomes typed arenas: expressions, bindings with *sets of definitions*, functions, classes and writes.
//! There are no statements and no control flow; a [`Block`] tree keeps just enough of both to know which of several
//! definitions reach a use. Front-ends (`lower`) build it through [`Builder`]; the evaluator reads it.
//!
//! Conventions that both front-ends keep:
//! - A value that passes unchanged through syntax (`await x`, `x?`, `x!`, `x as T`, `(x)`, `&x`, `Some(x)`, `Ok(x)`)
//!   is [`Expr::Through`].
//! - Destructuring is a path into a value: `const {a: {b = 1}} = e` defines `b` as `Either[Field(Field(e, a), b), 1]`;
//!   a parameter's pattern starts from [`Expr::Param`]. `Some(x)`, `Ok(x)` and `ref x` patterns are transparent; an
//!   enum's or tuple struct's pattern `V(x, ..)` is `Field(scrutinee, Index(0))`.
//! - A JSX element `<C a={x}/>` is a call of `C` with one object, [`CallKind::Jsx`].
//! - A string built from pieces, however it is written, is one flat [`Expr::Concat`].
//! - What a front-end does not understand is [`Expr::Opaque`] and keeps its kind; children that were understood are
//!   lowered all the same, so that calls inside are in the arena.
//! - What decides whether a block runs is its [`Guard`]; in `a && b`, `c ? a : b`, `a || b` the operands that run perhaps
//!   have blocks of their own.
//! - Nothing here knows a library, an endpoint or a rule.

mod absent;
mod builder;
mod dump;
mod questions;

pub use builder::Builder;

use crate::text::Span;
use std::sync::Arc;

/// An identifier, a property key or a literal's text.
pub type Name = Arc<str>;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The place in the arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
ids! {
    /// An expression of one file.
    ExprId,
    /// A variable, parameter, function, class or import name of one file.
    BindingId,
    /// A block of one file.
    BlockId,
    /// A function of one file; [`FuncId::MODULE`] is the file's own code.
    FuncId,
    /// A class, struct, enum, trait or interface of one file.
    ClassId,
    /// A reference to another module.
    ImportId
}

impl FuncId {
    /// The code of the module itself.
    pub const MODULE: FuncId = FuncId(0);
}

/// The language a file was read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// JavaScript or TypeScript in any dialect.
    Js,
    /// Rust.
    Rust,
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Lit {
    /// A string, unescaped.
    Str(Name),
    /// A number, as written.
    Num(Name),
    /// A boolean.
    Bool(bool),
    /// A regular expression, as JavaScript writes it.
    Regex(Name),
    /// `null`, `undefined`, `None`, `()`: no value.
    Null,
}

/// A property key.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// `.name`, `["name"]`.
    Name(Name),
    /// `[0]`, `.0`, the place in an array or tuple pattern.
    Index(u32),
    /// `[expr]`.
    Computed(ExprId),
}

/// What kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// `f(x)`, `a.f(x)`, `A::f(x)`, `m!(x)` of an unknown macro (its callee is `Global("m!")`).
    Plain,
    /// `new C(x)`.
    New,
    /// `<C a={x}/>`: one object argument with the attributes, spreads and `children`.
    Jsx,
    /// A tagged template; the one argument is the `Concat`.
    Tagged,
}

/// An argument of a call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arg {
    /// Its value.
    pub expr: ExprId,
    /// `...xs`.
    pub spread: bool,
}

/// A property of an object or struct literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Prop {
    /// `key: value`, shorthand, a method (value is a `Func`).
    Field(Key, ExprId),
    /// `get key() {…}`.
    Getter(Key, FuncId),
    /// `...value`, struct update `..value`.
    Spread(ExprId),
}

/// Why a value passes through unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `await e`, `e.await`.
    Await,
    /// `e?`, `e!` of TypeScript.
    Assert,
    /// `e as T`, `<T>e`, `e satisfies T`.
    Cast,
    /// `&e`, `*e`.
    Ref,
    /// `Some(e)`, `Ok(e)`, `Box::new`-like wrappers known to the language.
    Wrap,
    /// The remainder `...rest` of a destructuring: everything of the base but the named keys.
    Rest,
    /// `yield e`: what the generator's driver gives back for `e`.
    Yield,
    /// `f.call(o, …)`, `f.bind(o)`: the function, with this object for its `this`.
    On(ExprId),
}

/// Whose `this` / `self`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThisOf {
    /// An instance of the class.
    Class(ClassId),
    /// The class itself (static methods, `Self` as a value).
    Static(ClassId),
    /// The object literal whose method this is.
    Object(ExprId),
    /// A plain function's own `this` (constructor functions, AngularJS services).
    Func(FuncId),
    /// The module's `this`, or one that cannot be placed.
    Module,
}

/// Why an expression is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpaqueKind {
    /// The parser reported an error here.
    Syntax,
    /// Understood, but of no use to the evaluation (arithmetic, comparison, `typeof`, ranges, …).
    Operator,
    /// A caught exception, an `Err(_)`.
    Error,
    /// A syntax form the front-end has no lowering for.
    Unsupported,
    /// Nested deeper than the front-end follows.
    TooDeep,
    /// A macro whose arguments are not expressions.
    Macro,
    /// A declared value without an initializer (`declare const`, `extern`, a trait's required method).
    Undeclared,
}

/// Which values give way to the other one of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivesWay {
    /// What was not handed over: a default.
    Missing,
    /// No value: `??`.
    Null,
    /// Whatever is not true: `||`.
    False,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// They are equal; or the right one names the variant or constructor that made the left one: `==`, a `case`, a `match`
    /// arm's pattern.
    Same,
    /// The left one is less.
    Less,
    /// The left one is not greater.
    LessOrSame,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A literal.
    Lit(Lit),
    /// Strings and values joined in order: `a + b` with a string in it, templates, `format!`, `concat!`.
    Concat(Box<[ExprId]>),
    /// A read of a binding of this file.
    Local(BindingId),
    /// A name no scope of this file declares.
    Global(Name),
    /// `this`, `self`.
    This(ThisOf),
    /// The value of a function's parameter: `index` counts without Rust's `self`. With `rest`, the list from there on.
    Param {
        /// The function.
        func: FuncId,
        /// 0-based position.
        index: u32,
        /// `...args`.
        rest: bool,
    },
    /// `arguments`.
    Arguments(FuncId),
    /// `base.key`.
    Field {
        /// The value looked into.
        base: ExprId,
        /// The key.
        key: Key,
    },
    /// A call. A method call's callee is a `Field`.
    Call {
        /// What is called.
        callee: ExprId,
        /// The arguments in order, without Rust's receiver.
        args: Box<[Arg]>,
        /// What kind.
        kind: CallKind,
    },
    /// An object or struct literal; `ty` names the struct.
    Object {
        /// In source order: later ones win.
        props: Box<[Prop]>,
        /// The struct's path in Rust.
        ty: Option<ExprId>,
    },
    /// An array, tuple or `vec!`.
    List(Box<[Arg]>),
    /// A function value.
    Func(FuncId),
    /// A class value (Rust: the struct, enum or trait as a path).
    Class(ClassId),
    /// Any of these: `?:`, `if`, `match`.
    Either(Box<[ExprId]>),
    /// `first`, or `second` where that gives way: `||`, `??`, a default.
    Or {
        /// Preferred.
        first: ExprId,
        /// Instead.
        second: ExprId,
        /// What gives way.
        gives_way: GivesWay,
    },
    /// A comparison: a truth value.
    Test {
        /// Which.
        op: Op,
        /// What is compared …
        left: ExprId,
        /// … with what.
        right: ExprId,
    },
    /// `!e`, `not`: the other truth value.
    Not(ExprId),
    /// The same value, seen through some syntax.
    Through(ExprId, Why),
    /// A module: `import`, `require`, `import()`, an extern crate, `crate`, `super`.
    Import(ImportId),
    /// Any element of what is iterated: the variable of `for (x of e)`, `for x in e`.
    Elem(ExprId),
    /// A key of what is iterated: `for (k in e)`.
    Keys(ExprId),
    /// A type: that of what a function returns, `ReturnType<typeof f>`.
    Returned(ExprId),
    /// Not understood.
    Opaque(OpaqueKind),
}

/// How a block relates to the one around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// The file, or a function's body.
    Func,
    /// Runs whenever the block around it runs; with a guard: the rest of a block behind a branch that leaves it.
    Plain,
    /// Runs perhaps: branches, `catch`, a `try` body, `case`, the right side of `&&`, `||`, `??`.
    Branch,
    /// Runs any number of times.
    Loop,
}

/// A region of code.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    /// The block around it; the module's block has none.
    pub parent: Option<BlockId>,
    /// How it runs.
    pub kind: BlockKind,
    /// The function whose code it is.
    pub func: FuncId,
    /// What must hold for it to run, besides what holds around it.
    pub guard: Option<Guard>,
}

/// A condition for a block to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// What is tested; evaluated around the block.
    pub test: ExprId,
    /// Whether it must be true, or must not.
    pub holds: bool,
}

/// What a binding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// `const`, Rust `let` without `mut`, `const`, `static`.
    Const,
    /// `let`, `var`, `let mut`.
    Var,
    /// A parameter, or a name in its pattern.
    Param,
    /// A function declaration or item.
    Func,
    /// A class, struct, enum, trait, interface.
    Class,
    /// An imported name.
    Import,
    /// A caught error.
    Catch,
}

/// One assignment to a binding.
#[derive(Clone, Copy, Debug)]
pub struct Def {
    /// What is assigned. For `x += y` a `Concat` of a read of `x` and `y`.
    pub value: ExprId,
    /// Where the assignment takes effect: the end of its expression.
    pub at: u32,
    /// In which block.
    pub block: BlockId,
}

/// A name and everything it may hold.
#[derive(Clone, Debug)]
pub struct Binding {
    /// As written.
    pub name: Name,
    /// Of the name at its declaration.
    pub span: Span,
    /// What it is.
    pub kind: BindingKind,
    /// The function it belongs to.
    pub func: FuncId,
    /// All assignments, in source order.
    pub defs: Vec<Def>,
    /// Its declared type, as an expression that names it (see [`Func::returns_ty`]).
    pub ty: Option<ExprId>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// Its name where it is a plain identifier.
    pub name: Option<Name>,
    /// Of the pattern.
    pub span: Span,
    /// Its default value.
    pub default: Option<ExprId>,
    /// Its declared type.
    pub ty: Option<ExprId>,
    /// `...rest`.
    pub rest: bool,
    /// The key under which a decorator takes its value from somewhere else: `@Headers('x-token')`.
    pub key: Option<Name>,
    /// What decorates it.
    pub decorator: Option<ExprId>,
}

/// A function, method, closure, getter, or the module's own code.
#[derive(Clone, Debug)]
pub struct Func {
    /// The name it is known by: its own, the binding or property it is assigned to, the method's.
    pub name: Option<Name>,
    /// The whole function.
    pub span: Span,
    /// The expression that is this function.
    pub expr: ExprId,
    /// Without Rust's `self`.
    pub params: Vec<Param>,
    /// Every value it may return: `return e`, an arrow's body, a Rust block's tail, `break 'label e` not included.
    pub returns: Vec<ExprId>,
    /// Every value it yields.
    pub yields: Vec<ExprId>,
    /// Its outermost block.
    pub block: BlockId,
    /// The function around it.
    pub parent: Option<FuncId>,
    /// What `this` means in it.
    pub this: ThisOf,
    /// The class whose method, getter, setter or constructor it is.
    pub class: Option<ClassId>,
    /// A Rust method with `self`, a JS non-static method.
    pub is_method: bool,
    /// The declared result type: a `Local`, `Global`, `Import` or `Field` that names it. References, `Promise`, `Option`,
    /// `Result`, `Arc` and such wrappers of the language are left off; a union is an `Either`.
    pub returns_ty: Option<ExprId>,
}

/// What kind of class member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKind {
    /// Called.
    Method,
    /// Read like a field.
    Getter,
    /// Runs on assignment.
    Setter,
    /// Runs on `new`.
    Constructor,
}

/// A method of a class.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub key: Key,
    /// Its code.
    pub func: FuncId,
    /// What kind.
    pub kind: MethodKind,
    /// `static`, or a Rust associated function without `self`.
    pub is_static: bool,
}

/// A declared field.
#[derive(Clone, Debug)]
pub struct ClassField {
    /// Its name; tuple structs have `Index` keys.
    pub key: Key,
    /// Its initializer. A constructor parameter property (`constructor(private a: A)`) has the `Param` here.
    pub value: Option<ExprId>,
    /// Its declared type.
    pub ty: Option<ExprId>,
    /// `static`, an associated const, an enum's variant.
    pub is_static: bool,
    /// The key under which the field is read or written as data (serde `rename`, `rename_all`), where it differs.
    pub data_name: Option<Name>,
    /// Of the declaration.
    pub span: Span,
}

/// What kind of type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassKind {
    /// A class, a constructor function with a prototype, a struct.
    Class,
    /// An interface, object type alias or trait.
    Interface,
    /// A Rust enum: its variants are static fields.
    Enum,
}

/// A class, struct, enum, trait or interface.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Option<Name>,
    /// The whole declaration.
    pub span: Span,
    /// The expression that is this class.
    pub expr: ExprId,
    /// What kind.
    pub kind: ClassKind,
    /// `extends`, and what it `implements`; in Rust the traits of its impls.
    pub bases: Vec<ExprId>,
    /// Declared fields and variants.
    pub fields: Vec<ClassField>,
    /// Methods, with those of all `impl` blocks of this file.
    pub methods: Vec<Method>,
    /// Decorators and attributes that are calls or names.
    pub decorators: Vec<ExprId>,
}

/// An `impl` block for a type that this file does not declare.
#[derive(Clone, Debug)]
pub struct ForeignImpl {
    /// The type, as an expression that names it.
    pub ty: ExprId,
    /// The trait.
    pub interface: Option<ExprId>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Its associated consts.
    pub fields: Vec<ClassField>,
    /// The class that is `Self` in it (an empty stand-in in `classes`).
    pub class: ClassId,
}

/// A reference to another module.
#[derive(Clone, Debug, PartialEq)]
pub struct Import {
    /// JS: the specifier as written. Rust: `crate`, `super` (`super::super`), `self` or a crate's name for a path's first
    /// segment; `mod:name` for `mod name;` (`mod:#path` with `#[path = "…"]`), `mod:a/name` inside the inline module `a`.
    pub specifier: Name,
    /// Of the specifier.
    pub span: Span,
    /// Rust: how many inline `mod {…}` lie around it, for `self` and `super`.
    pub inline_mods: u32,
    /// JS: whether a loader is asked for it (`define(['a'], …)`), which looks for names from its own base on.
    pub loaded: bool,
}

/// What a module offers.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// By name; `default` for ES defaults. `exports.a = …` counts too. In Rust every item.
    pub names: Vec<(Name, ExprId)>,
    /// `module.exports = …`, `export = …`.
    pub whole: Vec<ExprId>,
    /// `export * from`, Rust `pub use m::*` and `use m::*`: the modules.
    pub stars: Vec<ExprId>,
}

/// An assignment to a property: `base.key = value`.
#[derive(Clone, Debug)]
pub struct Write {
    /// The object.
    pub base: ExprId,
    /// The property.
    pub key: Key,
    /// The value.
    pub value: ExprId,
    /// Where it takes effect.
    pub at: u32,
    /// In which block.
    pub block: BlockId,
    /// The whole assignment.
    pub span: Span,
    /// Whether a bare name is assigned, in strict code, that nothing in the file declares: this makes no global, there
    /// has to be one.
    pub needs_global: bool,
}

/// One file, lowered.
#[derive(Clone, Debug)]
pub struct FileIr {
    /// What it was read as.
    pub lang: Lang,
    /// The expressions.
    pub exprs: Vec<Expr>,
    /// The span of each expression.
    pub spans: Vec<Span>,
    /// The block of each expression.
    pub blocks_of: Vec<BlockId>,
    /// The expression that syntactically holds each one (the first that was built), if any.
    pub parents: Vec<Option<ExprId>>,
    /// The bindings.
    pub bindings: Vec<Binding>,
    /// The blocks; the first is the module's.
    pub blocks: Vec<Block>,
    /// The functions; the first is the module.
    pub funcs: Vec<Func>,
    /// The classes.
    pub classes: Vec<Class>,
    /// `impl` blocks of types declared elsewhere.
    pub foreign_impls: Vec<ForeignImpl>,
    /// The modules referred to.
    pub imports: Vec<Import>,
    /// What others can import.
    pub exports: Exports,
    /// Assignments to properties, in source order.
    pub writes: Vec<Write>,
    /// Every call, in source order.
    pub calls: Vec<ExprId>,
    /// Names that the top level declares and other scripts see: none of a JS module's.
    pub top_level: Vec<(Name, BindingId)>,
    /// Regions that did not parse.
    pub errors: Vec<Span>,
    /// The languages of scripts in it that are not read.
    pub unread: Vec<String>,
}
