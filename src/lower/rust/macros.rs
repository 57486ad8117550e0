//! Macro calls.
//!
//! The language's own macros and the few that every program has are understood; of others the arguments are lowered, if
//! they read as expressions or statements, and the call is one of `Global("name!")`.

use super::format::{Piece, pieces};
use super::json::macro_name;
use super::{Flow, Lower, extent, name};
use crate::ir::{BlockKind, CallKind, Expr as IrExpr, ExprId, Key, OpaqueKind, Why};
use crate::text::Span;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Block, Expr, Ident, Item, Lit, Macro, Pat, Token};

/// `expr`, `name = expr`, `name: expr`, and the `%expr`, `?expr` of structured logging.
struct MacroArg {
    name: Option<Ident>,
    expr: Expr,
}

impl Parse for MacroArg {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let named = input.peek(Ident::peek_any)
            && (input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
                || input.peek2(Token![:]) && !input.peek2(Token![::]));
        let mut arg_name = None;
        if named {
            arg_name = Some(input.call(Ident::parse_any)?);
            if input.peek(Token![=]) {
                input.parse::<Token![=]>()?;
            } else {
                input.parse::<Token![:]>()?;
            }
        }
        if input.peek(Token![%]) {
            input.parse::<Token![%]>()?;
        } else if input.peek(Token![?]) {
            input.parse::<Token![?]>()?;
        }
        Ok(MacroArg { name: arg_name, expr: input.parse()? })
    }
}

fn arguments(tokens: &TokenStream) -> Option<Vec<MacroArg>> {
    let args = Punctuated::<MacroArg, Token![,]>::parse_terminated.parse2(tokens.clone()).ok()?;
    Some(args.into_iter().collect())
}

impl Lower {
    /// A macro call in an expression or statement.
    pub(super) fn macro_call(&mut self, mac: &Macro) -> Flow {
        let span = extent::macro_call(mac);
        let called = macro_name(mac);
        if mac.path.segments.len() == 1
            && let Some(flow) = self.expand_rules(&called, mac, span)
        {
            return flow;
        }
        match called.as_str() {
            "format" | "format_args" => Flow::Value(self.format(mac, 0, span)),
            "write" | "writeln" => {
                let to = arguments(&mac.tokens).and_then(|args| args.into_iter().next());
                let to = to.map(|to| self.expr(&to.expr));
                let text = self.format(mac, 1, span);
                let Some(to) = to else { return Flow::Value(text) };
                let writes = self.b.expr(IrExpr::Field { base: to, key: Key::Name("write_str".into()) }, span);
                Flow::Value(self.b.call(writes, vec![text], CallKind::Plain, span))
            }
            "print" | "println" | "eprint" | "eprintln" | "log" | "trace" | "debug" | "info" | "warn" | "error"
            | "assert" | "assert_eq" | "assert_ne" | "debug_assert" | "debug_assert_eq" | "debug_assert_ne"
            | "ensure" => {
                self.discard(mac);
                Flow::Unit
            }
            "panic" | "todo" | "unimplemented" | "unreachable" | "bail" | "compile_error" => {
                self.discard(mac);
                Flow::Never
            }
            "vec" => Flow::Value(self.vec(mac, span)),
            "concat" => {
                let args = arguments(&mac.tokens).unwrap_or_default();
                let parts = args.iter().map(|arg| self.expr(&arg.expr)).collect();
                Flow::Value(self.b.concat(parts, span))
            }
            "stringify" => Flow::Value(self.b.str(&mac.tokens.to_string(), span)),
            "json" => match self.json(&mac.tokens) {
                Some(value) => Flow::Value(value),
                None => Flow::Value(self.unknown(&called, mac, span)),
            },
            "dbg" | "pin" | "try" => match arguments(&mac.tokens).as_deref() {
                Some([only]) => {
                    let inner = self.expr(&only.expr);
                    let why = if called == "try" { Why::Assert } else { Why::Wrap };
                    Flow::Value(self.b.through(inner, why, span))
                }
                _ => Flow::Value(self.unknown(&called, mac, span)),
            },
            "matches" => {
                let test = self.matches(mac, span);
                Flow::Value(test.unwrap_or_else(|| self.b.opaque(OpaqueKind::Operator, span)))
            }
            "select" | "select_biased" => match self.select(&mac.tokens, span) {
                Some(flow) => flow,
                None => Flow::Value(self.unknown(&called, mac, span)),
            },
            "cfg" => Flow::Value(self.b.opaque(OpaqueKind::Operator, span)),
            _ => Flow::Value(self.unknown(&called, mac, span)),
        }
    }

    /// Lower the arguments for what is called in them.
    fn discard(&mut self, mac: &Macro) {
        for arg in arguments(&mac.tokens).unwrap_or_default() {
            self.expr(&arg.expr);
        }
    }

    /// `name!(args)`: a call of what nobody declared.
    fn unknown(&mut self, called: &str, mac: &Macro, span: Span) -> ExprId {
        let at = extent::path(&mac.path);
        let args = if let Some(args) = arguments(&mac.tokens) {
            args.iter().map(|arg| self.expr(&arg.expr)).collect()
        } else if let Ok(stmts) = Block::parse_within.parse2(mac.tokens.clone()) {
            self.enter_scope();
            self.b.enter_block(BlockKind::Plain);
            let flow = self.statements(&stmts, span.start);
            self.b.leave_block();
            self.leave_scope();
            match flow {
                Flow::Value(tail) => vec![tail],
                _ => Vec::new(),
            }
        } else {
            return self.b.opaque(OpaqueKind::Macro, span);
        };
        let callee = self.b.expr(IrExpr::Global(format!("{called}!").into()), at);
        self.b.call(callee, args, CallKind::Plain, span)
    }

    fn vec(&mut self, mac: &Macro, span: Span) -> ExprId {
        if let Some(args) = arguments(&mac.tokens) {
            return self.list(args.iter().map(|arg| &arg.expr), span);
        }
        let repeat = |input: ParseStream| {
            let item: Expr = input.parse()?;
            input.parse::<Token![;]>()?;
            input.parse::<TokenStream>()?;
            Ok(item)
        };
        match repeat.parse2(mac.tokens.clone()) {
            Ok(item) => self.list(std::iter::once(&item), span),
            Err(_) => self.b.opaque(OpaqueKind::Macro, span),
        }
    }

    /// `matches!(value, pattern)`; `None` where that says nothing that is looked at.
    fn matches(&mut self, mac: &Macro, span: Span) -> Option<ExprId> {
        let parts = |input: ParseStream| {
            let scrutinee: Expr = input.parse()?;
            input.parse::<Token![,]>()?;
            let pat = Pat::parse_multi_with_leading_vert(input)?;
            let guard = if input.peek(Token![if]) {
                input.parse::<Token![if]>()?;
                Some(input.parse::<Expr>()?)
            } else {
                None
            };
            input.parse::<TokenStream>()?;
            Ok((scrutinee, pat, guard))
        };
        let (scrutinee, pat, guard) = parts.parse2(mac.tokens.clone()).ok()?;
        let value = self.expr(&scrutinee);
        let mut cases = Vec::new();
        let is_tested = self.variants(&pat, &mut cases) && guard.is_none();
        self.enter_scope();
        self.b.enter_block(BlockKind::Branch);
        self.bind(&pat, value, None, extent::pat(&pat).end, None);
        if let Some(guard) = guard {
            self.expr(&guard);
        }
        self.b.leave_block();
        self.leave_scope();
        self.b.one_of(value, &cases, span).filter(|_| is_tested)
    }

    fn format(&mut self, mac: &Macro, skipped: usize, span: Span) -> ExprId {
        let Some(args) = arguments(&mac.tokens) else { return self.b.opaque(OpaqueKind::Macro, span) };
        let Some((template, args)) = args.get(skipped..).and_then(<[_]>::split_first) else {
            return self.b.str("", span);
        };
        let values: Vec<(Option<&Ident>, ExprId)> =
            args.iter().map(|arg| (arg.name.as_ref(), self.expr(&arg.expr))).collect();
        let at = extent::expr(&template.expr);
        let Some(text) = constant_text(&template.expr, 0) else { return self.b.opaque(OpaqueKind::Macro, span) };
        let mut parts = Vec::new();
        for piece in pieces(&text) {
            parts.push(match piece {
                Piece::Text(text) => self.b.str(&text, at),
                Piece::Index(index) => match values.get(index) {
                    Some((_, value)) => *value,
                    None => self.b.opaque(OpaqueKind::Syntax, at),
                },
                Piece::Name(wanted) => {
                    let named = values.iter().find(|(arg, _)| arg.is_some_and(|arg| *name(arg) == *wanted));
                    match named {
                        Some((_, value)) => *value,
                        None => self.value(&wanted.trim_start_matches("r#").into(), at),
                    }
                }
            });
        }
        self.b.concat(parts, span)
    }

    /// The items that a macro call in item position stands for, if its tokens read as items.
    pub(super) fn macro_items(&mut self, mac: &Macro) -> Option<Vec<Item>> {
        let called = macro_name(mac);
        if called == "cfg_if" {
            // All branches: which one is compiled is not known.
            let blocks = mac.tokens.clone().into_iter().filter_map(|token| match token {
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => items_of(group.stream()),
                _ => None,
            });
            return Some(blocks.flatten().collect());
        }
        if matches!(called.as_str(), "lazy_static" | "thread_local") {
            return items_of(static_items(mac.tokens.clone()));
        }
        let expanded = self.transcribe_call(&called, mac)?;
        items_of(expanded)
    }

    /// Whether [`macro_items`](Self::macro_items) took a statement.
    pub(super) fn is_item_macro(&self, mac: &Macro) -> bool {
        matches!(macro_name(mac).as_str(), "cfg_if" | "lazy_static" | "thread_local")
    }

    /// Replace macro calls among items by what they stand for, and note the file's `macro_rules!`.
    pub(super) fn expand_items(&mut self, items: &mut Vec<Item>) {
        for item in &*items {
            self.note_rules(item);
        }
        let mut depth = 0;
        while depth < 8 && items.iter().any(|item| matches!(item, Item::Macro(call) if call.ident.is_none())) {
            depth += 1;
            let taken = std::mem::take(items);
            for item in taken {
                match item {
                    Item::Macro(call) if call.ident.is_none() => {
                        items.extend(self.macro_items(&call.mac).unwrap_or_default());
                    }
                    item => items.push(item),
                }
            }
        }
        for item in items {
            if let Item::Mod(inner) = item
                && let Some((_, items)) = &mut inner.content
            {
                self.expand_items(items);
            }
        }
    }
}

fn items_of(tokens: TokenStream) -> Option<Vec<Item>> {
    let all = |input: ParseStream| {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(items)
    };
    all.parse2(tokens).ok()
}

/// `static ref X: T = …;` as `static X: T = …;`, and a last `;` where it may be missing.
fn static_items(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_static = matches!(out.last(), Some(TokenTree::Ident(word)) if *word == "static");
        match &token {
            TokenTree::Ident(word) if after_static && *word == "ref" => {}
            _ => out.push(token),
        }
    }
    let closed = matches!(out.last(), None | Some(TokenTree::Punct(_)));
    if !closed {
        let mut semi = proc_macro2::Punct::new(';', proc_macro2::Spacing::Alone);
        if let Some(last) = out.last() {
            semi.set_span(last.span());
        }
        out.push(semi.into());
    }
    out.into_iter().collect()
}

/// The text of a literal, or of `concat!` of literals.
fn constant_text(expr: &Expr, depth: u32) -> Option<String> {
    match expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Some(text.value()),
            Lit::Char(letter) => Some(letter.value().to_string()),
            Lit::Int(number) => Some(number.base10_digits().to_owned()),
            Lit::Bool(value) => Some(value.value.to_string()),
            _ => None,
        },
        Expr::Group(inner) => constant_text(&inner.expr, depth),
        Expr::Macro(inner) if depth < 8 && macro_name(&inner.mac) == "concat" => {
            arguments(&inner.mac.tokens)?.iter().map(|arg| constant_text(&arg.expr, depth + 1)).collect()
        }
        _ => None,
    }
}

/// `tokens` as one operand.
pub(super) fn grouped(tokens: TokenStream) -> TokenTree {
    Group::new(Delimiter::None, tokens).into()
}

/// The whole call as one span of the token machinery.
pub(super) fn call_site(mac: &Macro) -> proc_macro2::Span {
    let close = mac.delimiter.span().close();
    let open = mac.path.segments.first().map_or(close, |first| first.ident.span());
    open.join(close).unwrap_or(open)
}
