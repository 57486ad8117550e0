//! What nests to the left: member accesses, calls and binary operators.
//!
//! `a.b().c()` and `a + b + c` may have thousands of links, so both are followed in a loop from the innermost on.

use super::kinds::{F, K};
use super::{Lower, Nodes};
use crate::ir::{Arg, BindingKind, BlockKind, CallKind, Expr, ExprId, GivesWay, Guard, Key, Lit, Op, Why};
use crate::text::Span;
use tree_sitter::Node;

/// The left side of a chain of operators so far. Pieces are kept apart until the operator changes.
enum Left {
    Value(ExprId),
    Concat(Vec<ExprId>),
    Either(Vec<ExprId>, GivesWay),
}

impl<'t> Lower<'t> {
    /// A chain of member accesses, calls and `!`.
    pub(super) fn chain(&mut self, node: Node<'t>) -> ExprId {
        let mut links = Nodes::new();
        let mut inner = node;
        loop {
            let next = match self.kind(inner) {
                K::Member | K::Subscript => self.at(inner, F::Object),
                K::Call => self.at(inner, F::Function),
                K::NonNull => self.only(inner),
                _ => None,
            };
            let Some(next) = next else { break };
            links.push(inner);
            inner = next;
        }
        let mut value = match self.kind(inner) {
            // A link whose left part is missing: the parser had to guess.
            K::Member | K::Subscript | K::Call | K::NonNull => {
                for child in self.kids(inner) {
                    self.any(child);
                }
                self.syntax(inner)
            }
            _ => self.expr(inner),
        };
        while let Some(link) = links.pop() {
            value = self.link(link, value);
        }
        value
    }

    fn link(&mut self, node: Node<'t>, base: ExprId) -> ExprId {
        let span = self.span(node);
        match self.kind(node) {
            K::Member => match self.at(node, F::Property) {
                Some(property) => self.b.field(base, self.text(property), span),
                None => self.syntax(node),
            },
            K::Subscript => match self.at(node, F::Index) {
                Some(index) => {
                    let key = self.index_key(index);
                    self.b.expr(Expr::Field { base, key }, span)
                }
                None => self.syntax(node),
            },
            K::NonNull => self.b.through(base, Why::Assert, span),
            _ => self.call(node, base),
        }
    }

    /// What stands in brackets.
    pub(super) fn index_key(&mut self, index: Node<'t>) -> Key {
        let value = self.expr(index);
        match self.b.ir().expr(value) {
            Expr::Lit(Lit::Str(name)) => Key::Name(name.clone()),
            Expr::Lit(Lit::Num(text)) => text.parse().map_or(Key::Computed(value), Key::Index),
            _ => Key::Computed(value),
        }
    }

    fn call(&mut self, node: Node<'t>, callee: ExprId) -> ExprId {
        let span = self.span(node);
        let Some(arguments) = self.at(node, F::Arguments) else { return self.syntax(node) };
        if self.kind(arguments) == K::Template {
            let parts = self.template_parts(arguments);
            let text_span = self.span(arguments);
            let text = self.b.concat(parts, text_span);
            return self.b.call(callee, vec![text], CallKind::Tagged, span);
        }
        let loading = self.loading(callee, arguments);
        let around = loading.is_some().then(|| std::mem::replace(&mut self.loading, loading.clone()));
        let args = self.args(arguments);
        if let Some(around) = around {
            self.loading = around;
        }
        if let Some(loading) = loading {
            let factory = args.iter().map(|arg| arg.expr).find(|arg| self.is_factory(*arg));
            if let Some(made) = self.settle_loading(&loading, factory, span) {
                return made;
            }
        }
        if let Some(specifier) = self.module_reference(callee, &args) {
            return self.import_at(&specifier.0, specifier.1, span);
        }
        self.note_call(callee, &args);
        if let Some(applied) = self.applied(callee, &args, span) {
            return applied;
        }
        self.b.expr(Expr::Call { callee, args: args.into(), kind: CallKind::Plain }, span)
    }

    /// The module that `require('x')` or `import('x')` names. A `require` that is declared is one that was made for this
    /// module (`createRequire`); one that is handed in is a bundle's.
    fn module_reference(&self, callee: ExprId, args: &[Arg]) -> Option<(crate::ir::Name, Span)> {
        let ir = self.b.ir();
        let is_reference = match ir.expr(callee) {
            Expr::Global(name) => matches!(&**name, "require" | "import"),
            Expr::Local(binding) => {
                let binding = ir.binding(*binding);
                &*binding.name == "require" && matches!(binding.kind, BindingKind::Const | BindingKind::Var)
                    || self.stands_for(callee).is_some_and(|name| &*name == "require")
            }
            _ => false,
        };
        let first = args.first().filter(|arg| is_reference && !arg.spread)?;
        self.specifier(first.expr, 0).map(|specifier| (specifier.into(), ir.span(first.expr)))
    }

    /// A specifier that is written out, or joined to the module's own folder: `__dirname + '/x'`,
    /// `path.join(__dirname, 'x')`.
    fn specifier(&self, id: ExprId, depth: u32) -> Option<String> {
        let ir = self.b.ir();
        let deeper = |id: ExprId| if depth < 4 { self.specifier(id, depth + 1) } else { None };
        let is_here = |id: ExprId| match ir.expr(id) {
            Expr::Global(name) => &**name == "__dirname",
            Expr::Field { base, key: Key::Name(key) } => {
                &**key == "dirname" && matches!(ir.expr(*base), Expr::Global(name) if &**name == "import.meta")
            }
            _ => false,
        };
        match ir.expr(ir.strip(id)) {
            Expr::Lit(Lit::Str(text)) => Some(text.to_string()),
            Expr::Concat(parts) => {
                let (first, rest) = parts.split_first()?;
                let start = if is_here(*first) { ".".to_owned() } else { deeper(*first)? };
                rest.iter().try_fold(start, |text, part| Some(text + &deeper(*part)?))
            }
            Expr::Call { callee, args, .. } => {
                let joins = |name: &str| matches!(name, "join" | "resolve");
                let is_join = match ir.expr(*callee) {
                    Expr::Field { key: Key::Name(name), .. } | Expr::Global(name) => joins(name),
                    Expr::Local(binding) => joins(&ir.binding(*binding).name),
                    _ => false,
                };
                let (first, rest) = args.split_first().filter(|(first, _)| is_join && is_here(first.expr))?;
                let start = if first.spread { None } else { Some(".".to_owned()) };
                rest.iter().try_fold(start?, |text, part| Some(text + "/" + &deeper(part.expr)?))
            }
            _ => None,
        }
    }

    /// A module as an expression at `span`; `named` is the span of its specifier.
    pub(super) fn import_at(&mut self, specifier: &str, named: Span, span: Span) -> ExprId {
        let id = self.b.import(specifier, 0, named);
        self.b.ir_mut().spans[id.index()] = span;
        id
    }

    /// The arguments of a call or the elements of an array.
    pub(super) fn args(&mut self, list: Node<'t>) -> Vec<Arg> {
        let mut args = Vec::new();
        let mut empty = true;
        for part in self.parts(list) {
            if part.is_named() {
                if self.kind(part) != K::Error {
                    args.push(Arg { expr: self.expr(part), spread: self.kind(part) == K::Spread });
                    empty = false;
                }
            } else if self.text(part) == "," {
                // `[a, , b]`: a hole is an element without a value.
                if empty {
                    let expr = self.null(part);
                    args.push(Arg { expr, spread: false });
                }
                empty = true;
            }
        }
        args
    }

    /// `new C(…)`.
    pub(super) fn new_expression(&mut self, node: Node<'t>) -> ExprId {
        let Some(constructor) = self.at(node, F::Constructor) else { return self.syntax(node) };
        let callee = self.expr(constructor);
        let args = self.at(node, F::Arguments).map(|list| self.args(list)).unwrap_or_default();
        if let Expr::Local(binding) = self.b.ir().expr(callee) {
            let binding = *binding;
            self.prototypes.made_with_new(binding);
        }
        let span = self.span(node);
        self.b.expr(Expr::Call { callee, args: args.into(), kind: CallKind::New }, span)
    }

    /// A chain of binary operators.
    pub(super) fn binary(&mut self, node: Node<'t>) -> ExprId {
        let mut links = Nodes::new();
        let mut inner = node;
        while self.kind(inner) == K::Binary {
            links.push(inner);
            match self.at(inner, F::Left) {
                Some(left) => inner = left,
                None => break,
            }
        }
        let first = if self.kind(inner) == K::Binary { self.syntax(inner) } else { self.operand(inner) };
        let mut left = Left::Value(first);
        let mut span = self.span(inner);
        while let Some(link) = links.pop() {
            let operator = self.at(link, F::Operator).map_or("", |operator| self.text(operator));
            let right = self.at(link, F::Right);
            left = match operator {
                "+" => self.plus(left, span, link, right),
                "||" | "??" => {
                    let gives_way = if operator == "??" { GivesWay::Null } else { GivesWay::False };
                    let mut options = match left {
                        Left::Either(options, before) if before == gives_way => options,
                        other => vec![self.settle(other, span)],
                    };
                    options.extend(right.map(|right| self.branch(right, None)));
                    Left::Either(options, gives_way)
                }
                "&&" => {
                    let before = self.settle(left, span);
                    // A falsy left side is the value too, but never one that matters.
                    let guard = Some(Guard { test: before, holds: true });
                    Left::Value(right.map_or(before, |right| self.branch(right, guard)))
                }
                _ => {
                    let before = self.settle(left, span);
                    let right = right.map(|right| self.expr(right));
                    Left::Value(match right {
                        Some(right) => self.compared(link, operator, before, right),
                        None => self.operator(link),
                    })
                }
            };
            span = self.span(link);
        }
        self.settle(left, span)
    }

    /// A comparison; any other operator is of no use.
    fn compared(&mut self, node: Node<'t>, operator: &str, left: ExprId, right: ExprId) -> ExprId {
        let (op, left, right) = match operator {
            "===" | "==" | "!==" | "!=" => (Op::Same, left, right),
            "<" => (Op::Less, left, right),
            ">" => (Op::Less, right, left),
            "<=" => (Op::LessOrSame, left, right),
            ">=" => (Op::LessOrSame, right, left),
            _ => return self.operator(node),
        };
        let span = self.span(node);
        let test = self.b.test(op, left, right, span);
        if operator.starts_with('!') { self.b.not(test, span) } else { test }
    }

    /// `#x in y` has a left side that is no expression.
    fn operand(&mut self, node: Node<'t>) -> ExprId {
        if self.kind(node) == K::PrivateIdentifier { self.operator(node) } else { self.expr(node) }
    }

    fn plus(&mut self, left: Left, span: Span, node: Node<'t>, right: Option<Node<'t>>) -> Left {
        let Some(right) = right else { return left };
        let mut parts = match left {
            Left::Concat(parts) => parts,
            other => vec![self.settle(other, span)],
        };
        let right = self.expr(right);
        if let [only] = parts[..]
            && self.is_number(only)
            && self.is_number(right)
        {
            return Left::Value(self.operator(node));
        }
        parts.push(right);
        Left::Concat(parts)
    }

    fn is_number(&self, id: ExprId) -> bool {
        matches!(self.b.ir().expr(id), Expr::Lit(Lit::Num(_)) | Expr::Opaque(crate::ir::OpaqueKind::Operator))
    }

    fn settle(&mut self, left: Left, span: Span) -> ExprId {
        match left {
            Left::Value(id) => id,
            Left::Concat(parts) => self.b.concat(parts, span),
            Left::Either(options, gives_way) => {
                let mut options = options.into_iter();
                let first = options.next();
                match first {
                    Some(first) => options.fold(first, |first, second| self.b.or(first, second, gives_way, span)),
                    None => self.b.null(span),
                }
            }
        }
    }

    /// Run `work` where it runs perhaps.
    pub(super) fn perhaps<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> R {
        self.in_block(BlockKind::Branch, work)
    }
}
