//! JavaScript and TypeScript to the expression graph.
//!
//! Owns the choice of the grammar and the walk over its tree; the files beside this one hold one family of syntax each.
//! Nothing here knows a library or a rule: only what the language itself says (`require`, `module.exports`, `Promise`).
//! Lowering never fails: what is not understood is `Opaque`, and recursion is bounded by `DEPTH_LIMIT`.

mod amd;
mod apply;
mod assign;
mod chain;
mod class;
mod comments;
mod expr;
mod func;
mod jsx;
mod kinds;
mod literal;
mod module;
mod pattern;
mod prototype;
mod reactive;
mod scope;
mod stmt;
mod string;
#[cfg(test)]
mod tests;
mod ts;

pub(crate) use comments::comments;

use crate::ir::{BlockKind, Builder, ExprId, FileIr, FuncId, Guard, Lang, Name, OpaqueKind, ThisOf};
use crate::lower::host::{Host, Scope, Scripts};
use crate::lower::{Refused, Syntax};
use crate::text::Span;
use kinds::{F, Grammar, K};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::ops::Range;
use tree_sitter::{Node, Parser, Tree, TreeCursor};

/// How many expressions and statements may be nested before the rest is `TooDeep`. Long chains (`a.b().c()`, `a + b + c`,
/// `else if`) do not count: they are followed in a loop.
const DEPTH_LIMIT: u32 = 1200;

/// Children of a node.
type Nodes<'t> = SmallVec<[Node<'t>; 8]>;

/// Lower one file.
pub fn lower(syntax: Syntax, text: &str) -> Result<FileIr, Refused> {
    let parsed = parse(syntax, text, std::slice::from_ref(&(0..text.len())))?;
    let mut lower = Lower::new(None, text);
    lower.unit(&parsed, false);
    let mut ir = lower.finish();
    let imports = ir.imports.iter().any(|import| !import.loaded);
    if imports || ir.exports.names.len() + ir.exports.whole.len() > 0 {
        // a module
        ir.top_level.clear();
    }
    Ok(ir)
}

/// Lower the scripts in a file of another language: those of each scope as one script or module.
pub fn lower_scripts(host: Host, scripts: &Scripts, text: &str) -> Result<FileIr, Refused> {
    let parsed = scripts
        .units
        .iter()
        .map(|unit| parse(unit.syntax, text, &unit.scripts))
        .collect::<Result<Vec<_>, Refused>>()?;
    let mut lower = Lower::new(Some(host), text);
    let mut is_module_open = false;
    for (unit, parsed) in scripts.units.iter().zip(&parsed) {
        // a module stays open for the scripts that see its names
        if is_module_open && unit.scope != Scope::Inner {
            lower.b.leave_scope();
            is_module_open = false;
        }
        if unit.scope != Scope::Page {
            lower.b.enter_scope();
        }
        lower.unit(parsed, unit.scope != Scope::Page);
        match unit.scope {
            Scope::Page => {}
            Scope::Module => is_module_open = true,
            Scope::Inner => lower.b.leave_scope(),
        }
    }
    if host.exports_sources() {
        lower.export_sources(scripts);
    }
    Ok(lower.finish())
}

/// The trees of scripts that share a scope, all read with one grammar.
struct Parsed {
    trees: Vec<Tree>,
    grammar: &'static Grammar,
}

/// Parse parts of a text: as TypeScript; or as plain JavaScript or with Flow's types, whichever reads better.
fn parse(syntax: Syntax, text: &str, parts: &[Range<usize>]) -> Result<Parsed, Refused> {
    let with = |grammar: &'static Grammar| -> Result<Parsed, Refused> {
        let trees = parts.iter().map(|part| parse_part(grammar, text, part)).collect::<Result<_, _>>()?;
        Ok(Parsed { trees, grammar })
    };
    match syntax {
        Syntax::Ts => return with(&kinds::TS),
        Syntax::Tsx => return with(&kinds::TSX),
        Syntax::Js | Syntax::Rust | Syntax::Json | Syntax::Host(_) => {}
    }
    let plain = with(&kinds::JS)?;
    if !plain.trees.iter().any(|tree| tree.root_node().has_error()) {
        return Ok(plain);
    }
    let typed = with(&kinds::TSX)?;
    let wrong = |parsed: &Parsed| parsed.trees.iter().map(error_bytes).sum::<usize>();
    Ok(if wrong(&typed) < wrong(&plain) { typed } else { plain })
}

fn parse_part(grammar: &Grammar, text: &str, part: &Range<usize>) -> Result<Tree, Refused> {
    let refused = |reason: String| Refused { line: None, reason };
    let mut parser = Parser::new();
    parser.set_language(&grammar.language).map_err(|error| refused(error.to_string()))?;
    if *part != (0..text.len()) {
        // nobody asks for rows, so the text counts as one
        let point = |at| tree_sitter::Point { row: 0, column: at };
        let range = tree_sitter::Range {
            start_byte: part.start,
            end_byte: part.end,
            start_point: point(part.start),
            end_point: point(part.end),
        };
        parser.set_included_ranges(&[range]).map_err(|error| refused(error.to_string()))?;
    }
    parser.parse(text, None).ok_or_else(|| refused("the parser gave up".to_owned()))
}

/// How much of the text the parser skipped.
fn error_bytes(tree: &Tree) -> usize {
    error_nodes(tree).iter().map(|node| node.end_byte() - node.start_byte() + 1).sum()
}

/// The outermost regions in error and the tokens the parser made up, in source order.
fn error_nodes(tree: &Tree) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    let mut cursor = tree.walk();
    loop {
        let node = cursor.node();
        let wrong = node.is_error() || node.is_missing();
        if wrong {
            found.push(node);
        }
        if !wrong && node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// One file on its way into the graph.
struct Lower<'t> {
    b: Builder,
    text: &'t str,
    /// What kind of file the scripts stand in, where it is not all script.
    host: Option<Host>,
    grammar: &'static Grammar,
    /// Used again and again; made with the first node.
    cursor: Option<TreeCursor<'t>>,
    depth: u32,
    /// What `this` means here.
    this: ThisOf,
    /// Whose `arguments` are meant here: the nearest function that is not an arrow.
    arguments: Option<FuncId>,
    /// What `this` means in functions that are members by way of a call, by node id.
    wrapped: FxHashMap<usize, ThisOf>,
    /// The scope that takes `var` declarations.
    var_depth: usize,
    /// Function declarations that were lowered when their block was entered, by node id.
    hoisted: FxHashSet<usize>,
    /// Bindings that are only types.
    types: FxHashSet<crate::ir::BindingId>,
    /// What the namespaces around export; outside of any the module's exports are meant.
    namespaces: Vec<Vec<(Name, ExprId)>>,
    /// Regions in error that no expression or statement has taken yet.
    errors: Vec<Node<'t>>,
    taken_errors: FxHashSet<usize>,
    /// Whether it is strict code: a module's, or a script's that says so.
    is_strict: bool,
    /// Constructor functions, to be made classes at the end.
    prototypes: prototype::Prototypes,
    /// What the statement lowered last says of those behind it in its list.
    left_by: Vec<Guard>,
    /// The call whose factory's parameters a loader gives, while its arguments are lowered.
    loading: Option<amd::Loading>,
    /// The modules that loaders are told of, by name, and what each may be.
    defined: Vec<(Option<Name>, Vec<ExprId>)>,
}

impl<'t> Lower<'t> {
    fn new(host: Option<Host>, text: &'t str) -> Self {
        Lower {
            b: Builder::new(Lang::Js, text.len()),
            text,
            host,
            grammar: &kinds::JS,
            cursor: None,
            depth: 0,
            this: ThisOf::Module,
            arguments: None,
            var_depth: 0,
            hoisted: FxHashSet::default(),
            wrapped: FxHashMap::default(),
            types: FxHashSet::default(),
            namespaces: Vec::new(),
            errors: Vec::new(),
            taken_errors: FxHashSet::default(),
            is_strict: false,
            prototypes: prototype::Prototypes::default(),
            left_by: Vec::new(),
            loading: None,
            defined: Vec::new(),
        }
    }

    /// Lower scripts into the current scope, as one.
    fn unit(&mut self, parsed: &'t Parsed, is_module: bool) {
        self.grammar = parsed.grammar;
        let roots: Vec<Node<'t>> = parsed.trees.iter().map(Tree::root_node).collect();
        self.errors = parsed.trees.iter().filter(|tree| tree.root_node().has_error()).flat_map(error_nodes).collect();
        let spans: Vec<Span> = self.errors.iter().map(|node| self.span(*node)).collect();
        self.b.ir_mut().errors.extend(spans);
        let statements: Vec<Node<'t>> = roots.iter().flat_map(|root| self.kids(*root)).collect();
        self.is_strict = is_module || statements.iter().any(|statement| self.makes_strict(*statement));
        self.declare_reactive(&statements);
        self.function_body(&statements, 0);
        for root in roots {
            self.stray_errors(root);
        }
    }

    /// Whether a statement of the outermost ones says that all of them are strict.
    fn makes_strict(&self, statement: Node<'t>) -> bool {
        match self.kind(statement) {
            K::Export | K::ImportStatement => true,
            _ => matches!(self.text(statement).trim_end_matches(';'), "'use strict'" | "\"use strict\""),
        }
    }

    fn finish(mut self) -> FileIr {
        self.make_classes();
        self.settle_modules();
        self.b.finish()
    }

    fn kind(&self, node: Node<'t>) -> K {
        self.grammar.kind(node.kind_id())
    }

    fn span(&self, node: Node<'t>) -> Span {
        Span::new(node.start_byte(), node.end_byte())
    }

    fn text(&self, node: Node<'t>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// The child in a field.
    fn at(&self, node: Node<'t>, field: F) -> Option<Node<'t>> {
        match self.grammar.field(field) {
            0 => None,
            id => node.child_by_field_id(id),
        }
    }

    /// The children with a name, without comments.
    fn kids(&mut self, node: Node<'t>) -> Nodes<'t> {
        let mut nodes = self.parts(node);
        nodes.retain(|child| child.is_named());
        nodes
    }

    /// All children, tokens too, without comments.
    fn parts(&mut self, node: Node<'t>) -> Nodes<'t> {
        let mut nodes = Nodes::new();
        let cursor = self.cursor.get_or_insert_with(|| node.walk());
        cursor.reset(node);
        if cursor.goto_first_child() {
            loop {
                let child = cursor.node();
                if !matches!(self.grammar.kind(child.kind_id()), K::Comment | K::HtmlComment | K::HashBang) {
                    nodes.push(child);
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        nodes
    }

    /// The first child with a name.
    fn only(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        self.kids(node).into_iter().find(|child| self.kind(*child) != K::Error)
    }

    /// Whether one of the children is this token.
    fn has_token(&mut self, node: Node<'t>, token: &str) -> bool {
        self.parts(node).into_iter().any(|child| !child.is_named() && self.text(child) == token)
    }

    /// Without parentheses, and without a type written in them.
    fn bare(&mut self, mut node: Node<'t>) -> Node<'t> {
        while self.kind(node) == K::Paren {
            match self.only(node) {
                Some(inner) => node = inner,
                None => break,
            }
        }
        node
    }

    /// Run `work` in a block of its own.
    fn in_block<R>(&mut self, kind: BlockKind, work: impl FnOnce(&mut Self) -> R) -> R {
        self.b.enter_block(kind);
        let result = work(self);
        self.b.leave_block();
        result
    }

    /// An expression that runs perhaps: where `guard` says so.
    fn branch(&mut self, node: Node<'t>, guard: Option<Guard>) -> ExprId {
        self.b.enter_guarded(BlockKind::Branch, guard);
        let value = self.expr(node);
        self.b.leave_block();
        value
    }

    /// Lower whatever is understood in and below `node`, so that its calls are known.
    fn any(&mut self, node: Node<'t>) {
        let kind = self.kind(node);
        if kind.is_statement() {
            self.stmt(node);
        } else if kind.is_expression() {
            self.expr(node);
        } else if kind == K::TypeAnnotation || kind == K::TypeParameters || kind == K::TypeArguments {
            // Types have no calls.
        } else if self.depth < DEPTH_LIMIT {
            self.depth += 1;
            let children = self.kids(node);
            if kind == K::Error {
                self.taken_errors.insert(node.id());
                self.hoist_block(&children, node.start_byte());
            }
            for child in children {
                self.any(child);
            }
            self.depth -= 1;
        }
    }

    /// Lower what lies in the regions in error inside `node` that the forms around them had no place for.
    fn stray_errors(&mut self, node: Node<'t>) {
        let first = self.errors.partition_point(|error| error.start_byte() < node.start_byte());
        for index in first..self.errors.len() {
            let error = self.errors[index];
            if error.start_byte() > node.end_byte() {
                break;
            }
            if error.end_byte() <= node.end_byte() && error.is_error() && self.taken_errors.insert(error.id()) {
                self.b.opaque(OpaqueKind::Syntax, Span::new(error.start_byte(), error.end_byte()));
                let children = self.kids(error);
                self.hoist_block(&children, error.start_byte());
                for child in children {
                    self.any(child);
                }
            }
        }
    }
}
