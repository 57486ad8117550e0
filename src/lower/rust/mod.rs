//! Rust, read with `syn`, as an expression graph.
//!
//! Owns everything that is Rust's: paths and namespaces, patterns, macros, serde's names. Does not know any crate
//! besides the language's own wrappers (`Option`, `Box`, `Arc`, `Mutex`, …). A file `syn` cannot parse, or one nested so
//! deeply that the parser could overflow, is refused; inside a file that parses everything has some lowering.
//!
//! A file is read in two passes: the first declares all items of all inline modules (so that an `impl` finds its type
//! wherever it stands), the second lowers what is in them.

mod block;
mod comments;
mod control;
mod expr;
mod extent;
mod format;
mod func;
mod impls;
mod items;
mod json;
mod literal;
mod macros;
mod nesting;
mod paths;
mod pattern;
mod place;
mod preamble;
mod rules;
mod scope;
mod select;
mod serde;
mod skim;
#[cfg(test)]
mod tests;
mod types;
mod uses;

pub(crate) use comments::comments;

use crate::ir::{BindingId, Builder, ClassId, ExprId, FileIr, Lang, Name, ThisOf};
use crate::lower::Refused;
use crate::text::Span;
use rustc_hash::FxHashMap;
use scope::{Fact, Module, Scope};
use syn::ext::IdentExt as _;

/// Lower one file.
pub fn lower(text: &str) -> Result<FileIr, Refused> {
    let text = preamble::blank(text);
    nesting::check(&text)?;
    let _spans = SpanGuard;
    let mut file = syn::parse_str::<syn::File>(&text).map_err(|error| {
        let place = error.span().start();
        // A span that points nowhere (the end of the input) is reported as line 1, column 0.
        let line = (error.span().byte_range() != (0..0)).then_some(place.line);
        Refused { line, reason: error.to_string() }
    })?;
    let mut lower = Lower::new(text.len());
    lower.file(&mut file.items);
    Ok(lower.b.finish())
}

/// Gives back the source texts that the span machinery keeps per thread.
struct SpanGuard;

impl Drop for SpanGuard {
    fn drop(&mut self) {
        proc_macro2::extra::invalidate_current_thread_spans();
    }
}

/// What a construct's evaluation comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Flow {
    /// It does not come back: `return`, `panic!`, `break`.
    Never,
    /// Nothing that is worth an expression: `()`.
    Unit,
    /// A value.
    Value(ExprId),
}

/// A `loop`, or a labelled block, with the values of its `break`s.
struct Target {
    label: Option<String>,
    /// Whether a bare `break` ends it.
    is_loop: bool,
    broken: bool,
    values: Vec<ExprId>,
}

/// The state of one file's lowering.
struct Lower {
    b: Builder,
    /// The file's module and its inline ones; the first is the file.
    modules: Vec<Module>,
    /// The module whose items are being lowered.
    module: usize,
    /// The names in scope, innermost last.
    scopes: Vec<Scope>,
    /// What is known of a binding beyond the graph.
    facts: FxHashMap<BindingId, Fact>,
    /// Type parameters in scope, with the trait that bounds them.
    generics: Vec<FxHashMap<Name, Option<ExprId>>>,
    /// What `Self` is.
    class: Option<ClassId>,
    /// What `self` is.
    this: ThisOf,
    /// What `break` may end in the current function.
    targets: Vec<Target>,
    /// The same of the functions around it.
    outer_targets: Vec<Vec<Target>>,
    /// Guards and `&mut` borrows: the place that `*name = …` changes.
    borrows: FxHashMap<BindingId, ExprId>,
    /// The file's `macro_rules!`.
    rules: FxHashMap<String, std::rc::Rc<rules::MacroRules>>,
    /// How many more tokens macros may expand to.
    tokens_left: u32,
    /// How many macro expansions are going on inside each other.
    expanding: u32,
    depth: u32,
    /// What the `if` that was lowered last says of the statements behind it.
    left_by: Option<crate::ir::Guard>,
    /// What the pattern that was bound last asks for besides: `pat if test`.
    arm_test: Option<ExprId>,
}

impl Lower {
    fn new(end: usize) -> Self {
        Lower {
            b: Builder::new(Lang::Rust, end),
            modules: vec![Module::default()],
            module: 0,
            scopes: Vec::new(),
            facts: FxHashMap::default(),
            generics: Vec::new(),
            class: None,
            this: ThisOf::Module,
            targets: Vec::new(),
            outer_targets: Vec::new(),
            borrows: FxHashMap::default(),
            rules: FxHashMap::default(),
            tokens_left: rules::TOKENS,
            expanding: 0,
            depth: 0,
            left_by: None,
            arm_test: None,
        }
    }
}

/// A token's place in the file.
fn place(span: proc_macro2::Span) -> Span {
    let range = span.byte_range();
    Span::new(range.start, range.end)
}

/// An identifier without `r#`.
fn name(ident: &syn::Ident) -> Name {
    ident.unraw().to_string().into()
}
