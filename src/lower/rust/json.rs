//! `json!({ … })`: the literal that serde's macro reads.

use super::{Lower, name, place};
use crate::ir::{Arg, Expr as IrExpr, ExprId, Key, Prop};
use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, LitStr, Token, braced, bracketed, parenthesized, token};

/// A value of the macro's language.
pub(super) enum Json {
    Null(proc_macro2::Span),
    Object(Vec<(JsonKey, Json)>, proc_macro2::Span),
    Array(Vec<Json>, proc_macro2::Span),
    Expr(Box<Expr>),
}

/// What stands before a `:`.
pub(super) enum JsonKey {
    Text(String),
    Expr(Box<Expr>),
}

impl Parse for Json {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(token::Brace) {
            let content;
            let braces = braced!(content in input);
            let mut entries = Vec::new();
            while !content.is_empty() {
                let key = content.parse()?;
                content.parse::<Token![:]>()?;
                entries.push((key, content.parse()?));
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(Json::Object(entries, braces.span.join()));
        }
        if input.peek(token::Bracket) {
            let content;
            let brackets = bracketed!(content in input);
            let mut items = Vec::new();
            while !content.is_empty() {
                items.push(content.parse()?);
                if !content.is_empty() {
                    content.parse::<Token![,]>()?;
                }
            }
            return Ok(Json::Array(items, brackets.span.join()));
        }
        if input.peek(Ident) && (input.peek2(Token![,]) || is_last(input)) {
            let fork = input.fork();
            let ident: Ident = fork.parse()?;
            if ident == "null" {
                return Ok(Json::Null(input.parse::<Ident>()?.span()));
            }
        }
        Ok(Json::Expr(input.parse()?))
    }
}

/// Whether one token is left.
fn is_last(input: ParseStream) -> bool {
    input.cursor().token_tree().is_some_and(|(_, rest)| rest.eof())
}

impl Parse for JsonKey {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Ok(JsonKey::Text(input.parse::<LitStr>()?.value()));
        }
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            return Ok(JsonKey::Expr(content.parse()?));
        }
        Ok(JsonKey::Expr(input.parse()?))
    }
}

impl Lower {
    /// The macro's value, or `None` if its tokens are something else.
    pub(super) fn json(&mut self, tokens: &TokenStream) -> Option<ExprId> {
        let json = syn::parse2::<Json>(tokens.clone()).ok()?;
        Some(self.json_value(&json))
    }

    fn json_value(&mut self, json: &Json) -> ExprId {
        match json {
            Json::Null(span) => self.b.null(place(*span)),
            Json::Expr(expr) => self.expr(expr),
            Json::Array(items, span) => {
                let items = items.iter().map(|item| Arg { expr: self.json_value(item), spread: false }).collect();
                self.b.expr(IrExpr::List(items), place(*span))
            }
            Json::Object(entries, span) => {
                let mut props = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let key = match key {
                        JsonKey::Text(text) => Key::Name(text.as_str().into()),
                        JsonKey::Expr(expr) => self.json_key(expr),
                    };
                    props.push(Prop::Field(key, self.json_value(value)));
                }
                self.b.expr(IrExpr::Object { props: props.into(), ty: None }, place(*span))
            }
        }
    }

    fn json_key(&mut self, expr: &Expr) -> Key {
        let key = self.expr(expr);
        match self.b.ir().expr(key) {
            IrExpr::Lit(crate::ir::Lit::Str(text)) => Key::Name(text.clone()),
            _ => Key::Computed(key),
        }
    }
}

/// A macro's last name, without its module.
pub(super) fn macro_name(mac: &syn::Macro) -> String {
    mac.path.segments.last().map(|last| name(&last.ident).to_string()).unwrap_or_default()
}
