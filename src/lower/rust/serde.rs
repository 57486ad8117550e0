//! The names under which fields are read and written: what serde calls them, and the settings of the environment that
//! parsers of arguments and settings take them from.

use proc_macro2::TokenStream;
use syn::{Attribute, LitStr, Token, token};

/// What serde's attributes on one declaration say.
/// Attributes that say what a field is called outside: `#[serde(rename = "…")]`, `#[arg(env = "…")]`.
const ATTRIBUTES: &[&str] = &["serde", "arg", "clap", "structopt", "argh", "envconfig"];

#[derive(Default)]
pub(super) struct Naming {
    /// `rename = "…"`.
    pub(super) rename: Option<String>,
    /// `rename_all = "…"`.
    rename_all: Option<String>,
}

impl Naming {
    pub(super) fn of(attrs: &[Attribute]) -> Naming {
        let mut naming = Naming::default();
        let names_fields = |attr: &&Attribute| ATTRIBUTES.iter().any(|known| attr.path().is_ident(known));
        for attr in attrs.iter().filter(names_fields) {
            let is_data = attr.path().is_ident("serde");
            // A malformed attribute keeps what was read before it.
            let _ = attr.parse_nested_meta(|meta| {
                let slot = if meta.path.is_ident(if is_data { "rename" } else { "env" }) {
                    Some(&mut naming.rename)
                } else if is_data && meta.path.is_ident("rename_all") {
                    Some(&mut naming.rename_all)
                } else {
                    None
                };
                if meta.input.peek(Token![=]) {
                    let value: syn::Expr = meta.value()?.parse()?;
                    if let (Some(slot), Some(text)) = (slot, text(&value)) {
                        *slot = Some(text);
                    }
                } else if meta.input.peek(token::Paren) {
                    if let Some(slot) = slot {
                        // `rename(serialize = "a", deserialize = "b")`: what is sent counts, else what is read.
                        meta.parse_nested_meta(|side| {
                            let value: LitStr = side.value()?.parse()?;
                            if side.path.is_ident("serialize") || slot.is_none() {
                                *slot = Some(value.value());
                            }
                            Ok(())
                        })?;
                    } else {
                        let content;
                        syn::parenthesized!(content in meta.input);
                        let _: TokenStream = content.parse()?;
                    }
                }
                Ok(())
            });
        }
        naming
    }

    /// The data name of a field (`snake_case`) inside what `self` stands on.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.renamed(name.split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect(), name)
    }

    /// The data name of a variant (`PascalCase`).
    pub(super) fn variant(&self, name: &str) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        for letter in name.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_uppercase() => word.push(letter),
                _ => words.push(letter.to_lowercase().collect()),
            }
        }
        self.renamed(words, name)
    }

    fn renamed(&self, words: Vec<String>, name: &str) -> Option<String> {
        let new = match self.rename_all.as_deref()? {
            "lowercase" => name.to_lowercase(),
            "UPPERCASE" => name.to_uppercase(),
            "PascalCase" => words.iter().map(|word| capitalized(word)).collect(),
            "camelCase" => {
                let tail: String = words.iter().skip(1).map(|word| capitalized(word)).collect();
                words.first().map_or_else(String::new, |first| first.to_lowercase()) + &tail
            }
            "snake_case" => words.join("_"),
            "SCREAMING_SNAKE_CASE" => words.join("_").to_uppercase(),
            "kebab-case" => words.join("-"),
            "SCREAMING-KEBAB-CASE" => words.join("-").to_uppercase(),
            _ => return None,
        };
        (new != name).then_some(new)
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn text(value: &syn::Expr) -> Option<String> {
    match value {
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
