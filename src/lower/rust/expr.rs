//! Expressions.
//!
//! Chains (`a.b().c()`, `a + b + c`) are walked in a loop from their leftmost operand on, everything else by recursion
//! with a bound.

use super::scope::Ns;
use super::{Flow, Lower, extent, name, place};
use crate::ir::{
    BlockKind, CallKind, Expr as IrExpr, ExprId, GivesWay, Guard, Key, Lit as IrLit, Op, OpaqueKind, Prop, Why,
};
use crate::text::Span;
use syn::{BinOp, Expr, ExprCall, ExprStruct, Lit, UnOp};

/// How deep expressions and patterns are followed. The check before parsing refuses what is deeper; macro expansion
/// may still get here.
pub(super) const DEPTH: u32 = 512;

/// The language's constructors of wrappers that hold one value.
const WRAPPING: &[&str] =
    &["Box", "Arc", "Rc", "Mutex", "RwLock", "RefCell", "Cell", "Pin", "Cow", "UnsafeCell", "Reverse"];

impl Lower {
    /// The value of an expression; no value where it has none.
    pub(super) fn expr(&mut self, node: &Expr) -> ExprId {
        match self.flow(node) {
            Flow::Value(value) => value,
            Flow::Unit | Flow::Never => {
                let span = extent::expr(node);
                self.b.null(span)
            }
        }
    }

    /// What an expression comes to.
    pub(super) fn flow(&mut self, node: &Expr) -> Flow {
        if self.depth >= DEPTH {
            let span = extent::expr(node);
            return Flow::Value(self.b.opaque(OpaqueKind::TooDeep, span));
        }
        self.depth += 1;
        let flow = self.flow_within(node);
        self.depth -= 1;
        flow
    }

    fn flow_within(&mut self, node: &Expr) -> Flow {
        match node {
            Expr::Paren(e) => self.flow(&e.expr),
            Expr::Group(e) => self.flow(&e.expr),
            Expr::Block(e) => self.plain_block(e.label.as_ref(), &e.block),
            Expr::Unsafe(e) => self.plain_block(None, &e.block),
            Expr::Async(e) => self.plain_block(None, &e.block),
            Expr::Const(e) => self.plain_block(None, &e.block),
            Expr::TryBlock(e) => self.plain_block(None, &e.block),
            Expr::If(e) => self.if_else(e),
            Expr::Match(e) => self.match_arms(e),
            Expr::Loop(e) => self.endless(e.label.as_ref(), &e.body, extent::expr(node)),
            Expr::While(e) => {
                self.while_loop(e);
                Flow::Unit
            }
            Expr::ForLoop(e) => {
                self.for_loop(e);
                Flow::Unit
            }
            Expr::Return(e) => {
                self.return_value(e.expr.as_deref());
                Flow::Never
            }
            Expr::Break(e) => {
                self.break_to(e.label.as_ref(), e.expr.as_deref());
                Flow::Never
            }
            Expr::Continue(_) => Flow::Never,
            // A lone `;`.
            Expr::Verbatim(tokens) if tokens.is_empty() => Flow::Unit,
            Expr::Macro(e) => self.macro_call(&e.mac),
            Expr::Assign(e) => {
                self.assign(&e.left, &e.right, extent::expr(node));
                Flow::Unit
            }
            Expr::Binary(e) if is_assignment(&e.op) => {
                self.assign_op(&e.op, &e.left, &e.right, extent::expr(node));
                Flow::Unit
            }
            _ => Flow::Value(self.chain(node)),
        }
    }

    /// A chain of postfix and binary operators, from its leftmost operand outwards.
    fn chain(&mut self, node: &Expr) -> ExprId {
        let mut links = Vec::new();
        let mut base = node;
        while let Some(inner) = left_operand(base) {
            links.push(base);
            base = inner;
        }
        if links.is_empty() {
            return self.operand(node);
        }
        let start = extent::start(base);
        let mut value = if is_operand(base) { self.operand(base) } else { self.expr(base) };
        // The parts of a run of `+`, joined once at its end.
        let mut sum: Vec<ExprId> = Vec::new();
        let mut end = start;
        for link in links.into_iter().rev() {
            if let Expr::Binary(binary) = link
                && matches!(binary.op, BinOp::Add(_))
            {
                if sum.is_empty() {
                    sum.push(value);
                }
                sum.push(self.expr(&binary.right));
                end = extent::end(&binary.right);
                continue;
            }
            if !sum.is_empty() {
                value = self.b.concat(std::mem::take(&mut sum), start.to(end));
            }
            value = self.link(value, link, start);
        }
        if sum.is_empty() { value } else { self.b.concat(sum, start.to(end)) }
    }

    /// One operator of a chain, applied to what is left of it.
    fn link(&mut self, value: ExprId, link: &Expr, start: Span) -> ExprId {
        match link {
            Expr::MethodCall(e) => {
                let method = name(&e.method);
                let key = Key::Name(method);
                let callee = self.b.expr(IrExpr::Field { base: value, key }, start.to(place(e.method.span())));
                let args = e.args.iter().map(|arg| self.expr(arg)).collect();
                self.b.call(callee, args, CallKind::Plain, start.to(place(e.paren_token.span.join())))
            }
            Expr::Call(e) => {
                let args = e.args.iter().map(|arg| self.expr(arg)).collect();
                self.b.call(value, args, CallKind::Plain, start.to(place(e.paren_token.span.join())))
            }
            Expr::Field(e) => {
                let key = super::pattern::member_key(&e.member);
                let span = start.to(place(extent::member(&e.member)));
                self.b.expr(IrExpr::Field { base: value, key }, span)
            }
            Expr::Await(e) => self.b.through(value, Why::Await, start.to(place(e.await_token.span))),
            Expr::Try(e) => self.b.through(value, Why::Assert, start.to(place(e.question_token.spans[0]))),
            Expr::Cast(e) => self.b.through(value, Why::Cast, start.to(extent::ty(&e.ty))),
            Expr::Index(e) => {
                let span = start.to(place(e.bracket_token.span.join()));
                let key = match &*e.index {
                    Expr::Lit(lit) => match &lit.lit {
                        Lit::Str(text) => Key::Name(text.value().into()),
                        Lit::Int(number) => match number.base10_parse() {
                            Ok(index) => Key::Index(index),
                            Err(_) => Key::Computed(self.expr(&e.index)),
                        },
                        _ => Key::Computed(self.expr(&e.index)),
                    },
                    // `x[..]` is all of `x`.
                    Expr::Range(range) if range.start.is_none() && range.end.is_none() => {
                        return self.b.through(value, Why::Ref, span);
                    }
                    index => Key::Computed(self.expr(index)),
                };
                self.b.expr(IrExpr::Field { base: value, key }, span)
            }
            Expr::Binary(e) => self.binary(value, e, start.to(extent::end(&e.right))),
            _ => value,
        }
    }

    /// A comparison, or truth values joined; any other operator is of no use.
    fn binary(&mut self, left: ExprId, e: &syn::ExprBinary, span: Span) -> ExprId {
        if let BinOp::And(_) | BinOp::Or(_) = e.op {
            let holds = matches!(e.op, BinOp::And(_));
            self.b.enter_guarded(BlockKind::Branch, Some(Guard { test: left, holds }));
            let right = self.expr(&e.right);
            self.b.leave_block();
            if !holds {
                return self.b.or(left, right, GivesWay::False, span);
            }
            // both: not one of them not
            let (left, right) = (self.b.not(left, span), self.b.not(right, span));
            let neither = self.b.or(left, right, GivesWay::False, span);
            return self.b.not(neither, span);
        }
        let right = self.expr(&e.right);
        let (op, left, right) = match e.op {
            BinOp::Eq(_) | BinOp::Ne(_) => (Op::Same, left, right),
            BinOp::Lt(_) => (Op::Less, left, right),
            BinOp::Gt(_) => (Op::Less, right, left),
            BinOp::Le(_) => (Op::LessOrSame, left, right),
            BinOp::Ge(_) => (Op::LessOrSame, right, left),
            _ => return self.b.opaque(OpaqueKind::Operator, span),
        };
        let test = self.b.test(op, left, right, span);
        if matches!(e.op, BinOp::Ne(_)) { self.b.not(test, span) } else { test }
    }

    /// An expression that begins with its own token.
    fn operand(&mut self, node: &Expr) -> ExprId {
        match node {
            Expr::Lit(e) => self.literal(&e.lit),
            Expr::Path(e) => self.path_value(e),
            Expr::Call(e) => self.path_call(e),
            Expr::Reference(e) => {
                let inner = self.expr(&e.expr);
                let span = place(e.and_token.spans[0]).to(extent::end(&e.expr));
                self.b.through(inner, Why::Ref, span)
            }
            Expr::RawAddr(e) => {
                let inner = self.expr(&e.expr);
                let span = place(e.and_token.spans[0]).to(extent::end(&e.expr));
                self.b.through(inner, Why::Ref, span)
            }
            Expr::Unary(e) => self.unary(e),
            Expr::Struct(e) => self.struct_literal(e),
            Expr::Closure(e) => self.closure(e),
            Expr::Tuple(e) if e.elems.is_empty() => self.b.null(place(e.paren_token.span.join())),
            Expr::Tuple(e) => self.list(e.elems.iter(), place(e.paren_token.span.join())),
            Expr::Array(e) => self.list(e.elems.iter(), place(e.bracket_token.span.join())),
            Expr::Repeat(e) => self.list(std::iter::once(&*e.expr), place(e.bracket_token.span.join())),
            Expr::Let(e) => {
                let value = self.expr(&e.expr);
                let at = extent::end(&e.expr);
                self.bind(&e.pat, value, None, at.end, None);
                self.b.opaque(OpaqueKind::Operator, place(e.let_token.span).to(at))
            }
            Expr::Range(e) => {
                for bound in e.start.iter().chain(&e.end) {
                    self.expr(bound);
                }
                let span = extent::expr(node);
                self.b.opaque(OpaqueKind::Operator, span)
            }
            Expr::Yield(e) => {
                let span = extent::expr(node);
                let value = e.expr.as_ref().map(|value| self.expr(value));
                let func = self.b.func();
                self.b.func_mut(func).yields.extend(value);
                self.b.opaque(OpaqueKind::Unsupported, span)
            }
            _ => {
                let span = extent::expr(node);
                self.b.opaque(OpaqueKind::Unsupported, span)
            }
        }
    }

    fn unary(&mut self, e: &syn::ExprUnary) -> ExprId {
        let (token, is_deref) = match &e.op {
            UnOp::Deref(token) => (token.spans[0], true),
            UnOp::Not(token) => (token.spans[0], false),
            UnOp::Neg(token) => (token.spans[0], false),
            _ => return self.expr(&e.expr),
        };
        let span = place(token).to(extent::end(&e.expr));
        let inner = self.expr(&e.expr);
        if is_deref {
            return self.b.through(inner, Why::Ref, span);
        }
        match (&e.op, self.b.ir().expr(inner)) {
            (UnOp::Not(_), _) => self.b.not(inner, span),
            (UnOp::Neg(_), IrExpr::Lit(IrLit::Num(number))) => {
                let negative = format!("-{number}").into();
                self.b.expr(IrExpr::Lit(IrLit::Num(negative)), span)
            }
            _ => self.b.opaque(OpaqueKind::Operator, span),
        }
    }

    fn path_value(&mut self, e: &syn::ExprPath) -> ExprId {
        let is_none = e.qself.is_none() && self.is_prelude(&e.path, "Option", "None");
        if is_none {
            return self.b.null(Self::path_span(&e.path));
        }
        self.path(e.qself.as_ref(), &e.path, Ns::Value)
    }

    /// Whether a path is `variant` or `ty::variant` and this file does not declare another one.
    fn is_prelude(&self, path: &syn::Path, ty: &str, variant: &str) -> bool {
        let Some(last) = path.segments.last().filter(|last| last.ident == variant) else { return false };
        let count = path.segments.len();
        if count == 1 {
            return self.lookup(&name(&last.ident), Ns::Value).is_none();
        }
        path.segments[count - 2].ident == ty && self.language_path(path).is_some()
    }

    /// A call whose callee is a path: a function, or a constructor that the language sees through.
    fn path_call(&mut self, e: &ExprCall) -> ExprId {
        let span = extent::start(&e.func).to(place(e.paren_token.span.join()));
        let Expr::Path(callee) = &*e.func else {
            return self.b.opaque(OpaqueKind::Unsupported, span);
        };
        if callee.qself.is_none()
            && let (Some(arg), 1) = (e.args.first(), e.args.len())
        {
            if self.is_prelude(&callee.path, "Option", "Some")
                || self.is_prelude(&callee.path, "Result", "Ok")
                || self.is_wrapping(&callee.path)
            {
                let inner = self.expr(arg);
                return self.b.through(inner, Why::Wrap, span);
            }
            if self.is_prelude(&callee.path, "Result", "Err") {
                self.expr(arg);
                return self.b.opaque(OpaqueKind::Error, span);
            }
        }
        let function = self.path(callee.qself.as_ref(), &callee.path, Ns::Value);
        let args = e.args.iter().map(|arg| self.expr(arg)).collect();
        self.b.call(function, args, CallKind::Plain, span)
    }

    /// `Box::new`, `Arc::new`, `Box::pin`, `Cow::Borrowed`, …
    fn is_wrapping(&self, path: &syn::Path) -> bool {
        let count = path.segments.len();
        if count < 2 || self.language_path(path).is_none() {
            return false;
        }
        let (ty, function) = (&path.segments[count - 2].ident, &path.segments[count - 1].ident);
        (function == "new" || function == "pin" || function == "Borrowed" || function == "Owned")
            && WRAPPING.iter().any(|wrapper| ty == wrapper)
    }

    /// `S { a, b: x, ..base }`. The base comes first, so that later properties win.
    fn struct_literal(&mut self, e: &ExprStruct) -> ExprId {
        let ty = self.path(e.qself.as_ref(), &e.path, Ns::Type);
        let mut props = Vec::with_capacity(e.fields.len() + 1);
        if let Some(base) = &e.rest {
            props.push(Prop::Spread(self.expr(base)));
        }
        for field in &e.fields {
            let value = self.expr(&field.expr);
            let key = super::pattern::member_key(&field.member);
            if let Key::Name(key) = &key {
                self.name_func(value, &key.clone());
            }
            props.push(Prop::Field(key, value));
        }
        let start = e.qself.as_ref().map_or_else(|| extent::path(&e.path), |qself| place(qself.lt_token.spans[0]));
        let span = start.to(place(e.brace_token.span.join()));
        self.b.expr(IrExpr::Object { props: props.into(), ty: Some(ty) }, span)
    }

    pub(super) fn list<'e>(&mut self, items: impl Iterator<Item = &'e Expr>, span: Span) -> ExprId {
        let items = items.map(|item| crate::ir::Arg { expr: self.expr(item), spread: false }).collect();
        self.b.expr(IrExpr::List(items), span)
    }
}

/// What a chain's operator stands to the right of.
fn left_operand(node: &Expr) -> Option<&Expr> {
    match node {
        Expr::MethodCall(e) => Some(&e.receiver),
        Expr::Field(e) => Some(&e.base),
        Expr::Await(e) => Some(&e.base),
        Expr::Try(e) => Some(&e.expr),
        Expr::Index(e) => Some(&e.expr),
        Expr::Cast(e) => Some(&e.expr),
        Expr::Call(e) if !matches!(*e.func, Expr::Path(_)) => Some(&e.func),
        Expr::Binary(e) if !is_assignment(&e.op) => Some(&e.left),
        _ => None,
    }
}

/// Whether [`Lower::operand`] handles it; the rest has a [`Flow`].
fn is_operand(node: &Expr) -> bool {
    matches!(
        node,
        Expr::Lit(_)
            | Expr::Path(_)
            | Expr::Call(_)
            | Expr::Reference(_)
            | Expr::RawAddr(_)
            | Expr::Unary(_)
            | Expr::Struct(_)
            | Expr::Closure(_)
            | Expr::Tuple(_)
            | Expr::Array(_)
            | Expr::Repeat(_)
    )
}

fn is_assignment(op: &BinOp) -> bool {
    matches!(
        op,
        BinOp::AddAssign(_)
            | BinOp::SubAssign(_)
            | BinOp::MulAssign(_)
            | BinOp::DivAssign(_)
            | BinOp::RemAssign(_)
            | BinOp::BitXorAssign(_)
            | BinOp::BitAndAssign(_)
            | BinOp::BitOrAssign(_)
            | BinOp::ShlAssign(_)
            | BinOp::ShrAssign(_)
    )
}
