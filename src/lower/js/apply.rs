//! Functions that are called by their own methods: `f.call(this, x)`, `f.apply(this, xs)`, `f.bind(this, x)`,
//! `Reflect.apply(f, this, xs)`.
//!
//! Each becomes the call it stands for, so that whoever looks for calls finds it. Other objects have methods of these
//! names, too (`client.call('users.get', …)`), so syntax must tell: what is called is a function of this file, or the first
//! argument is what only a function's `this` can be.

use super::Lower;
use crate::ir::{Arg, CallKind, Expr, ExprId, FuncId, Key, Lit, Param, ThisOf, Why};
use crate::text::Span;

impl<'t> Lower<'t> {
    /// What the call of a function's own method stands for.
    pub(super) fn applied(&mut self, callee: ExprId, args: &[Arg], span: Span) -> Option<ExprId> {
        let (function, method, args) = self.own_method(callee, args)?;
        let (this, rest) = match args.split_first() {
            Some((this, rest)) if !this.spread => (this.expr, rest),
            _ => return None,
        };
        let bound = self.on(function, this);
        let rest: Vec<Arg> = match method {
            Method::Apply => self.listed(rest.first().copied()),
            Method::Call | Method::Bind => rest.to_vec(),
        };
        if method != Method::Bind {
            return Some(self.b.expr(Expr::Call { callee: bound, args: rest.into(), kind: CallKind::Plain }, span));
        }
        Some(if rest.is_empty() { bound } else { self.partial(bound, rest, span) })
    }

    /// The function whose method is called, which method, and what it is given.
    fn own_method<'a>(&self, callee: ExprId, args: &'a [Arg]) -> Option<(ExprId, Method, &'a [Arg])> {
        let Expr::Field { base, key: Key::Name(name) } = self.b.ir().expr(callee) else { return None };
        let first = args.first()?.expr;
        let is_reflect = matches!(self.b.ir().expr(*base), Expr::Global(object) if &**object == "Reflect");
        if is_reflect {
            return (&**name == "apply").then_some((first, Method::Apply, &args[1..]));
        }
        let method = match &**name {
            "call" => Method::Call,
            "apply" => Method::Apply,
            "bind" => Method::Bind,
            _ => return None,
        };
        (self.is_own_function(*base) || self.can_only_be_this(first, *base)).then_some((*base, method, args))
    }

    /// Whether this is a function written in this file, as far as that is lowered.
    fn is_own_function(&self, id: ExprId) -> bool {
        match self.b.ir().expr(id) {
            Expr::Local(binding) => {
                self.b.ir().binding(*binding).defs.iter().any(|def| self.function_value(def.value).is_some())
            }
            _ => self.function_value(id).is_some(),
        }
    }

    /// Whether the first argument is `this`, nothing, the page, or what the function was read from.
    fn can_only_be_this(&self, first: ExprId, function: ExprId) -> bool {
        let ir = self.b.ir();
        let is_this = match ir.expr(first) {
            Expr::This(_) | Expr::Lit(Lit::Null) => true,
            Expr::Global(name) => matches!(&**name, "window" | "self" | "globalThis" | "global"),
            // `var self = this`
            Expr::Local(binding) => match ir.binding(*binding).defs.as_slice() {
                [def] => matches!(ir.expr(ir.strip(def.value)), Expr::This(_)),
                _ => false,
            },
            _ => false,
        };
        is_this || matches!(ir.expr(function), Expr::Field { base, .. } if self.is_same(*base, first))
    }

    /// Whether two expressions read the same place.
    fn is_same(&self, left: ExprId, right: ExprId) -> bool {
        let ir = self.b.ir();
        let (mut left, mut right) = (ir.strip(left), ir.strip(right));
        loop {
            match (ir.expr(left), ir.expr(right)) {
                (Expr::Field { base, key }, Expr::Field { base: other, key: same }) if key == same => {
                    (left, right) = (ir.strip(*base), ir.strip(*other));
                }
                (Expr::Local(one), Expr::Local(other)) => return one == other,
                (Expr::This(one), Expr::This(other)) => return one == other,
                (Expr::Global(one), Expr::Global(other)) => return one == other,
                _ => return false,
            }
        }
    }

    /// The function with another `this`, unless that says nothing new.
    fn on(&mut self, function: ExprId, this: ExprId) -> ExprId {
        let ir = self.b.ir();
        let says_nothing = match ir.expr(this) {
            Expr::Lit(Lit::Null) | Expr::Global(_) | Expr::This(ThisOf::Module) => true,
            _ => matches!(ir.expr(function), Expr::Field { base, .. } if self.is_same(*base, this)),
        };
        if says_nothing {
            return function;
        }
        let span = self.b.ir().span(function);
        self.b.through(function, Why::On(this), span)
    }

    /// The elements of a list that is applied.
    fn listed(&self, list: Option<Arg>) -> Vec<Arg> {
        let Some(list) = list else { return Vec::new() };
        match self.b.ir().expr(list.expr) {
            Expr::List(items) => items.to_vec(),
            Expr::Lit(Lit::Null) => Vec::new(),
            _ => vec![Arg { expr: list.expr, spread: true }],
        }
    }

    /// A function that lacks some of its arguments: `(...rest) => f(a, ...rest)`.
    fn partial(&mut self, function: ExprId, given: Vec<Arg>, span: Span) -> ExprId {
        let around = self.this;
        let (func, expr): (FuncId, ExprId) = self.b.enter_func(None, around, span);
        let rest = self.b.expr(Expr::Param { func, index: 0, rest: true }, span);
        let param = Param { name: None, span, default: None, ty: None, rest: true, key: None, decorator: None };
        self.b.func_mut(func).params.push(param);
        let mut args = given;
        args.push(Arg { expr: rest, spread: true });
        let result = self.b.expr(Expr::Call { callee: function, args: args.into(), kind: CallKind::Plain }, span);
        self.b.func_mut(func).returns.push(result);
        self.b.leave_func();
        expr
    }
}

/// A method that every function has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Call,
    Apply,
    Bind,
}
