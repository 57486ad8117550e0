//! From source text to the expression graph.
//!
//! Owns the choice of the front-end. Must not know any rule, library or endpoint. Never fails and never panics: what is
//! not understood becomes `Opaque`; only a text that no parser can make anything of is refused, with the reason.

pub mod comments;
pub mod js;
pub mod rust;

use crate::ir::FileIr;

/// What a file is written in, from its name's ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// `.js .jsx .mjs .cjs`: JSX allowed, Flow types tolerated.
    Js,
    /// `.ts .mts .cts`.
    Ts,
    /// `.tsx`.
    Tsx,
    /// `.rs`.
    Rust,
}

impl Syntax {
    /// By the file name's ending; `None` for what is not analysed.
    pub fn of_path(path: &str) -> Option<Syntax> {
        let ending = path.rsplit_once('.')?.1;
        match ending {
            "js" | "jsx" | "mjs" | "cjs" => Some(Syntax::Js),
            "ts" | "mts" | "cts" => Some(Syntax::Ts),
            "tsx" => Some(Syntax::Tsx),
            "rs" => Some(Syntax::Rust),
            _ => None,
        }
    }
}

/// Why a text could not be read at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// 1-based line, where the parser names one.
    pub line: Option<usize>,
    /// What the parser said.
    pub reason: String,
}

/// Lower one file.
pub fn lower(syntax: Syntax, text: &str) -> Result<FileIr, Refused> {
    match syntax {
        Syntax::Rust => rust::lower(text),
        Syntax::Js | Syntax::Ts | Syntax::Tsx => js::lower(syntax, text),
    }
}
