//! JavaScript and TypeScript to the expression graph.
//!
//! Owns the choice of the grammar and the walk over its tree; the files beside this one hold one family of syntax each.
//! Nothing here knows a library or a rule: only what the language itself says (`require`, `module.exports`, `Promise`).
//! Lowering never fails: what is not understood is `Opaque`, and recursion is bounded by `DEPTH_LIMIT`.

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
mod scope;
mod stmt;
mod string;
#[cfg(test)]
mod tests;
mod ts;

pub(crate) use comments::comments;

use crate::ir::{BlockKind, Builder, ExprId, FileIr, FuncId, Lang, Name, OpaqueKind, ThisOf};
use crate::lower::{Refused, Syntax};
use crate::text::Span;
use kinds::{F, Grammar, K};
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use tree_sitter::{Node, Parser, Tree, TreeCursor};

/// How many expressions and statements may be nested before the rest is `TooDeep`. Long chains (`a.b().c()`, `a + b + c`,
/// `else if`) do not count: they are followed in a loop.
const DEPTH_LIMIT: u32 = 400;

/// Children of a node.
type Nodes<'t> = SmallVec<[Node<'t>; 8]>;

/// Lower one file.
pub fn lower(syntax: Syntax, text: &str) -> Result<FileIr, Refused> {
    let (tree, grammar) = match syntax {
        Syntax::Ts => (parse(&kinds::TS, text)?, &*kinds::TS),
        Syntax::Tsx => (parse(&kinds::TSX, text)?, &*kinds::TSX),
        Syntax::Js | Syntax::Rust => parse_js(text)?,
    };
    Ok(Lower::new(&tree, grammar, text).run(tree.root_node()))
}

/// Plain JavaScript, or with Flow's types, whichever reads better.
fn parse_js(text: &str) -> Result<(Tree, &'static Grammar), Refused> {
    let plain = parse(&kinds::JS, text)?;
    if !plain.root_node().has_error() {
        return Ok((plain, &kinds::JS));
    }
    let typed = parse(&kinds::TSX, text)?;
    if error_bytes(&typed) < error_bytes(&plain) { Ok((typed, &kinds::TSX)) } else { Ok((plain, &kinds::JS)) }
}

fn parse(grammar: &Grammar, text: &str) -> Result<Tree, Refused> {
    let refused = |reason: String| Refused { line: None, reason };
    let mut parser = Parser::new();
    parser.set_language(&grammar.language).map_err(|error| refused(error.to_string()))?;
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
    grammar: &'static Grammar,
    cursor: TreeCursor<'t>,
    depth: u32,
    /// What `this` means here.
    this: ThisOf,
    /// Whose `arguments` are meant here: the nearest function that is not an arrow.
    arguments: Option<FuncId>,
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
    /// Constructor functions, to be made classes at the end.
    prototypes: prototype::Prototypes,
    /// Comparisons that hold here: in which function, of what, with what.
    cases: Vec<(FuncId, crate::ir::ExprId, Vec<crate::ir::ExprId>)>,
}

impl<'t> Lower<'t> {
    fn new(tree: &'t Tree, grammar: &'static Grammar, text: &'t str) -> Self {
        Lower {
            b: Builder::new(Lang::Js, text.len()),
            text,
            grammar,
            cursor: tree.walk(),
            depth: 0,
            this: ThisOf::Module,
            arguments: None,
            var_depth: 0,
            hoisted: FxHashSet::default(),
            types: FxHashSet::default(),
            namespaces: Vec::new(),
            errors: if tree.root_node().has_error() { error_nodes(tree) } else { Vec::new() },
            taken_errors: FxHashSet::default(),
            prototypes: prototype::Prototypes::default(),
            cases: Vec::new(),
        }
    }

    fn run(mut self, root: Node<'t>) -> FileIr {
        let spans = self.errors.iter().map(|node| self.span(*node)).collect();
        self.b.ir_mut().errors = spans;
        let statements = self.kids(root);
        self.function_body(&statements, 0);
        self.stray_errors(root);
        self.make_classes();
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
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let child = self.cursor.node();
                if !matches!(self.grammar.kind(child.kind_id()), K::Comment | K::HtmlComment | K::HashBang) {
                    nodes.push(child);
                }
                if !self.cursor.goto_next_sibling() {
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

    /// An expression that runs perhaps.
    fn branch(&mut self, node: Node<'t>) -> ExprId {
        self.b.enter_block(BlockKind::Branch);
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
