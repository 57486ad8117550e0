//! From source text to the expression graph.
//!
//! Owns the choice of the front-end, and which parts of another language's file are scripts. Must not know any rule,
//! library or endpoint. Never fails and never panics: what is not understood becomes `Opaque`; only a text that no parser
//! can make anything of is refused, with the reason.

pub mod comments;
pub mod data;
pub mod host;
pub mod js;
pub mod json;
pub mod rust;
pub mod traffic;

use crate::ir::FileIr;
use host::Host;

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
    /// `.json`, `.jsonc`: data, looked at only where code imports it.
    Json,
    /// A file of another language, with scripts in it.
    Host(Host),
}

impl Syntax {
    /// By the file name's ending; `None` for what holds no code.
    pub fn of_path(path: &str) -> Option<Syntax> {
        let ending = path.rsplit_once('.')?.1;
        match ending {
            "js" | "jsx" | "mjs" | "cjs" => Some(Syntax::Js),
            "ts" | "mts" | "cts" => Some(Syntax::Ts),
            "tsx" => Some(Syntax::Tsx),
            "rs" => Some(Syntax::Rust),
            other => Host::of_ending(other).map(Syntax::Host),
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
        Syntax::Json => json::lower(text),
        Syntax::Js | Syntax::Ts | Syntax::Tsx => js::lower(syntax, text),
        Syntax::Host(host) => {
            let scripts = host.scripts(text);
            match scripts.unread.first() {
                Some(language) if scripts.units.is_empty() => {
                    let reason = format!("its script is written in {language:?}, which is not read");
                    Err(Refused { line: None, reason })
                }
                _ => {
                    let mut ir = js::lower_scripts(host, &scripts, text)?;
                    ir.unread = scripts.unread;
                    Ok(ir)
                }
            }
        }
    }
}
