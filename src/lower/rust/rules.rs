//! The file's own `macro_rules!`, expanded by tokens.
//!
//! Hygiene, nested repetitions of different lengths and macros of other files are left out: an expansion that does not
//! parse is no expansion, and the call stays one of an unknown macro.

use super::json::macro_name;
use super::macros::{call_site, grouped};
use super::{Flow, Lower, name};
use crate::ir::BlockKind;
use crate::text::Span;
use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Block, Expr, Item, Macro};

/// One definition.
pub(super) struct MacroRules {
    arms: Vec<(Vec<Matcher>, TokenStream)>,
}

/// A part of an arm's left side.
enum Matcher {
    Token(TokenTree),
    Group(Delimiter, Vec<Matcher>),
    /// `$name:kind`.
    Var(String, String),
    /// `$(…) separator op`.
    Repeat(Vec<Matcher>, Option<char>, char),
}

/// What a metavariable stands for.
#[derive(Clone)]
enum Bound {
    /// Tokens, and how many they are.
    One(TokenStream, u32),
    Many(Rc<Vec<Bindings>>),
}

/// How deep macros expand to calls of macros.
const NESTED: u32 = 32;

/// How many tokens all expansions of a file may make: they may grow exponentially.
pub(super) const TOKENS: u32 = 50_000;

type Bindings = FxHashMap<String, Bound>;

impl Lower {
    /// Remember a `macro_rules!` definition.
    pub(super) fn note_rules(&mut self, item: &Item) {
        if let Item::Macro(definition) = item
            && let Some(ident) = &definition.ident
            && macro_name(&definition.mac) == "macro_rules"
            && let Some(rules) = parse_rules(&definition.mac.tokens)
        {
            self.rules.insert(name(ident).to_string(), Rc::new(rules));
        }
    }

    /// The call's expansion, lowered; `None` if the file does not define the macro or it fits no arm.
    pub(super) fn expand_rules(&mut self, called: &str, mac: &Macro, span: Span) -> Option<Flow> {
        let tokens = self.transcribe_call(called, mac)?;
        self.expanding += 1;
        let flow = self.expansion(tokens, span);
        self.expanding -= 1;
        flow
    }

    fn expansion(&mut self, tokens: TokenStream, span: Span) -> Option<Flow> {
        if let Ok(expr) = syn::parse2::<Expr>(tokens.clone()) {
            return Some(self.flow(&expr));
        }
        let stmts = Block::parse_within.parse2(tokens).ok()?;
        self.enter_scope();
        self.b.enter_block(BlockKind::Plain);
        let flow = self.statements(&stmts, span.start);
        self.b.leave_block();
        self.leave_scope();
        Some(flow)
    }

    /// The tokens that a call of one of the file's macros stands for.
    pub(super) fn transcribe_call(&mut self, called: &str, mac: &Macro) -> Option<TokenStream> {
        let rules = Rc::clone(self.rules.get(called)?);
        if self.expanding >= NESTED {
            return None;
        }
        let site = call_site(mac);
        let (bindings, right) = rules.arms.iter().find_map(|(left, right)| {
            let mut bindings = Bindings::default();
            let whole = |input: ParseStream| match_all(left, input, &mut bindings);
            whole.parse2(mac.tokens.clone()).ok()?;
            Some((bindings, right))
        })?;
        let tokens = transcribe(right, &bindings, site, &mut self.tokens_left)?;
        // Each round may nest its argument deeper; the parser recurses over it like over the file.
        super::nesting::check(&tokens.to_string()).is_ok().then_some(tokens)
    }
}

fn parse_rules(tokens: &TokenStream) -> Option<MacroRules> {
    let mut arms = Vec::new();
    let mut tokens = tokens.clone().into_iter().filter(|token| !is_punct(token, ';')).peekable();
    while let Some(left) = tokens.next() {
        let TokenTree::Group(left) = left else { return None };
        if !is_punct(&tokens.next()?, '=') || !is_punct(&tokens.next()?, '>') {
            return None;
        }
        let TokenTree::Group(right) = tokens.next()? else { return None };
        arms.push((parse_matchers(left.stream())?, right.stream()));
    }
    Some(MacroRules { arms })
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// After `$(…)`: the separator, if any, and one of `*`, `+`, `?`.
fn repetition(tokens: &mut std::iter::Peekable<impl Iterator<Item = TokenTree>>) -> Option<(Option<char>, char)> {
    let TokenTree::Punct(first) = tokens.next()? else { return None };
    if matches!(first.as_char(), '*' | '+' | '?') {
        return Some((None, first.as_char()));
    }
    let TokenTree::Punct(op) = tokens.next()? else { return None };
    // Separators of two characters (`=>`) are left out.
    matches!(op.as_char(), '*' | '+' | '?').then(|| (Some(first.as_char()), op.as_char()))
}

fn parse_matchers(tokens: TokenStream) -> Option<Vec<Matcher>> {
    let mut matchers = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        matchers.push(match token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next()? {
                TokenTree::Ident(var) => {
                    if !is_punct(&tokens.next()?, ':') {
                        return None;
                    }
                    let TokenTree::Ident(kind) = tokens.next()? else { return None };
                    Matcher::Var(var.to_string(), kind.to_string())
                }
                TokenTree::Group(group) => {
                    let inner = parse_matchers(group.stream())?;
                    let (separator, op) = repetition(&mut tokens)?;
                    Matcher::Repeat(inner, separator, op)
                }
                _ => return None,
            },
            TokenTree::Group(group) => Matcher::Group(group.delimiter(), parse_matchers(group.stream())?),
            token => Matcher::Token(token),
        });
    }
    Some(matchers)
}

/// The whole input, or nothing.
fn match_all(matchers: &[Matcher], input: ParseStream, bindings: &mut Bindings) -> syn::Result<()> {
    match_some(matchers, input, bindings)?;
    if input.is_empty() { Ok(()) } else { Err(input.error("unexpected token")) }
}

fn match_some(matchers: &[Matcher], input: ParseStream, bindings: &mut Bindings) -> syn::Result<()> {
    for matcher in matchers {
        match matcher {
            Matcher::Token(wanted) => {
                let found: TokenTree = input.parse()?;
                if found.to_string() != wanted.to_string() {
                    return Err(input.error("unexpected token"));
                }
            }
            Matcher::Group(delimiter, inner) => {
                let TokenTree::Group(found) = input.parse()? else { return Err(input.error("expected a group")) };
                if found.delimiter() != *delimiter {
                    return Err(input.error("another delimiter"));
                }
                let whole = |input: ParseStream| match_all(inner, input, bindings);
                whole.parse2(found.stream())?;
            }
            Matcher::Var(var, kind) => {
                let tokens = fragment(kind, input)?;
                let count = size(&tokens);
                bindings.insert(var.clone(), Bound::One(tokens, count));
            }
            Matcher::Repeat(inner, separator, op) => {
                let mut rounds = Vec::new();
                while !input.is_empty() {
                    let ahead = input.fork();
                    let mut round = Bindings::default();
                    if let Some(separator) = separator
                        && !rounds.is_empty()
                    {
                        let between: TokenTree = ahead.parse()?;
                        if !is_punct(&between, *separator) {
                            break;
                        }
                    }
                    let before = ahead.cursor();
                    if match_some(inner, &ahead, &mut round).is_err() || ahead.cursor() == before {
                        break;
                    }
                    syn::parse::discouraged::Speculative::advance_to(input, &ahead);
                    rounds.push(round);
                    if *op == '?' {
                        break;
                    }
                }
                if rounds.is_empty() && *op == '+' {
                    return Err(input.error("expected at least one"));
                }
                let rounds = Rc::new(rounds);
                for var in variables(inner) {
                    bindings.insert(var, Bound::Many(Rc::clone(&rounds)));
                }
            }
        }
    }
    Ok(())
}

fn variables(matchers: &[Matcher]) -> Vec<String> {
    let mut names = Vec::new();
    for matcher in matchers {
        match matcher {
            Matcher::Var(var, _) => names.push(var.clone()),
            Matcher::Group(_, inner) | Matcher::Repeat(inner, ..) => names.extend(variables(inner)),
            Matcher::Token(_) => {}
        }
    }
    names
}

/// The tokens of one fragment.
fn fragment(kind: &str, input: ParseStream) -> syn::Result<TokenStream> {
    let begin = input.cursor();
    match kind {
        "expr" | "expr_2021" => drop(input.parse::<Expr>()?),
        "ident" => drop(input.call(Ident::parse_any)?),
        "ty" => drop(input.parse::<syn::Type>()?),
        "path" => drop(input.parse::<syn::Path>()?),
        "literal" => drop(input.parse::<syn::Lit>()?),
        "pat" | "pat_param" => drop(syn::Pat::parse_multi_with_leading_vert(input)?),
        "block" => drop(input.parse::<Block>()?),
        "stmt" => drop(input.parse::<syn::Stmt>()?),
        "item" => drop(input.parse::<Item>()?),
        "lifetime" => drop(input.parse::<syn::Lifetime>()?),
        "vis" => drop(input.parse::<syn::Visibility>()?),
        "meta" => drop(input.parse::<syn::Meta>()?),
        _ => drop(input.parse::<TokenTree>()?),
    }
    let end = input.cursor();
    let mut tokens = Vec::new();
    let mut at = begin;
    while at != end
        && let Some((token, next)) = at.token_tree()
    {
        tokens.push(token);
        at = next;
    }
    let tokens: TokenStream = tokens.into_iter().collect();
    // An expression stays one operand wherever it is put.
    Ok(if kind.starts_with("expr") { grouped(tokens).into() } else { tokens })
}

/// All tokens, also inside groups.
fn size(tokens: &TokenStream) -> u32 {
    tokens.clone().into_iter().fold(0, |sum: u32, token| {
        sum.saturating_add(match token {
            TokenTree::Group(group) => size(&group.stream()).saturating_add(1),
            _ => 1,
        })
    })
}

fn transcribe(body: &TokenStream, bindings: &Bindings, site: proc_macro2::Span, left: &mut u32) -> Option<TokenStream> {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut tokens = body.clone().into_iter().peekable();
    while let Some(mut token) = tokens.next() {
        *left = left.checked_sub(1)?;
        match &token {
            TokenTree::Punct(dollar) if dollar.as_char() == '$' => match tokens.next()? {
                TokenTree::Ident(var) if var == "crate" => out.push(Ident::new("crate", site).into()),
                TokenTree::Ident(var) => match bindings.get(&var.to_string())? {
                    Bound::One(value, count) => {
                        *left = left.checked_sub(*count)?;
                        out.extend(value.clone());
                    }
                    Bound::Many(_) => return None,
                },
                TokenTree::Group(group) => {
                    let (separator, _) = repetition(&mut tokens)?;
                    let rounds = rounds_of(group.stream(), bindings)?;
                    for (nth, round) in rounds.iter().enumerate() {
                        if let Some(separator) = separator
                            && nth > 0
                        {
                            out.push(proc_macro2::Punct::new(separator, Spacing::Alone).into());
                        }
                        let mut inner = bindings.clone();
                        inner.extend(round.clone());
                        out.extend(transcribe(&group.stream(), &inner, site, left)?);
                    }
                }
                _ => return None,
            },
            TokenTree::Group(group) => {
                let mut copy = Group::new(group.delimiter(), transcribe(&group.stream(), bindings, site, left)?);
                copy.set_span(site);
                out.push(copy.into());
            }
            _ => {
                token.set_span(site);
                out.push(token);
            }
        }
    }
    for token in &mut out {
        // Separators have no place of their own.
        if let TokenTree::Punct(punct) = token
            && punct.span().byte_range() == (0..0)
        {
            punct.set_span(site);
        }
    }
    Some(out.into_iter().collect())
}

/// The rounds of the first repeated metavariable that is used in `body`.
fn rounds_of(body: TokenStream, bindings: &Bindings) -> Option<Rc<Vec<Bindings>>> {
    let mut after_dollar = false;
    for token in body {
        match &token {
            TokenTree::Ident(var) if after_dollar => {
                if let Some(Bound::Many(rounds)) = bindings.get(&var.to_string()) {
                    return Some(Rc::clone(rounds));
                }
            }
            TokenTree::Group(group) => {
                if let Some(rounds) = rounds_of(group.stream(), bindings) {
                    return Some(rounds);
                }
            }
            _ => {}
        }
        after_dollar = is_punct(&token, '$');
    }
    None
}
