//! `select! { pattern = future => body, … }`: one of the bodies.

use super::{Flow, Lower, extent};
use crate::ir::{BlockKind, Why};
use crate::text::Span;
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, Pat, Token, token};

/// One branch.
struct Branch {
    /// What it waits for, and what it binds; `else`, `default` and `complete` have none.
    arm: Option<(Pat, Expr)>,
    guard: Option<Expr>,
    body: Expr,
}

/// The macro's content.
struct Select(Vec<Branch>);

impl Parse for Select {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Ident) && input.peek2(Token![;]) {
            // `biased;`
            input.parse::<Ident>()?;
            input.parse::<Token![;]>()?;
        }
        let mut branches = Vec::new();
        while !input.is_empty() {
            let mut branch_guard = None;
            let arm = if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                None
            } else if input.peek(Ident) && input.peek2(Token![=>]) {
                input.parse::<Ident>()?;
                None
            } else {
                let pat = Pat::parse_multi_with_leading_vert(input)?;
                input.parse::<Token![=]>()?;
                let future = input.parse()?;
                if input.peek(Token![,]) {
                    input.parse::<Token![,]>()?;
                    input.parse::<Token![if]>()?;
                    branch_guard = Some(input.parse()?);
                }
                Some((pat, future))
            };
            input.parse::<Token![=>]>()?;
            let block = input.peek(token::Brace);
            let body = if block { Expr::Block(input.parse()?) } else { input.parse()? };
            if !input.is_empty() && (!block || input.peek(Token![,])) {
                input.parse::<Token![,]>()?;
            }
            branches.push(Branch { arm, guard: branch_guard, body });
        }
        Ok(Select(branches))
    }
}

impl Lower {
    /// `None` if the tokens are something else.
    pub(super) fn select(&mut self, tokens: &TokenStream, span: Span) -> Option<Flow> {
        let Select(branches) = syn::parse2(tokens.clone()).ok()?;
        let mut flows = Vec::with_capacity(branches.len());
        for branch in &branches {
            let value = branch.arm.as_ref().map(|(pat, future)| {
                let value = self.expr(future);
                let at = extent::expr(future);
                (pat, self.b.through(value, Why::Await, at), at.end)
            });
            self.enter_scope();
            self.b.enter_block(BlockKind::Branch);
            if let Some(guard) = &branch.guard {
                self.expr(guard);
            }
            if let Some((pat, value, at)) = value {
                self.bind(pat, value, None, at, None);
            }
            flows.push(self.body(&branch.body));
            self.b.leave_block();
            self.leave_scope();
        }
        Some(self.join(&flows, span))
    }
}
