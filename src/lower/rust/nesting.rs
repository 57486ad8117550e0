//! Refuses texts that are nested deeper than a recursive-descent parser may follow.
//!
//! `syn` recurses once per bracket, and also where no bracket shows it: `----x`, `|a| |b| |c| x`, `a = b = c`,
//! `A<B<C<D>>>`, `fn() -> fn() -> fn()`. Its trees are freed by recursion along chains (`a.b().c()`, `a + b + c`), which
//! are cheaper per link. A rough scan of the text bounds all of these before the parser sees it. It never refuses what
//! people write: real files stay below a tenth of each limit.

use super::skim;
use crate::lower::Refused;

/// Open brackets, prefix operators and right-recursive forms at one place.
const DEEP: u32 = 256;
/// Open `<`; a comparison counts until its statement ends, hence more.
const ANGLES: u32 = 400;
/// Links of one chain.
const LINKS: u32 = 20_000;

/// `Err` if parsing `text` could overflow the stack.
pub(super) fn check(text: &str) -> Result<(), Refused> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, levels: vec![Level::default()], outer: 0, angles: 0 };
    scan.run().map_err(|reason| Refused {
        line: Some(1 + text.as_bytes()[..scan.at.min(text.len())].iter().filter(|byte| **byte == b'\n').count()),
        reason: reason.to_owned(),
    })
}

/// What is open between two brackets.
#[derive(Default)]
struct Level {
    /// Unary operators directly before the next operand.
    tight: u32,
    /// Forms that take everything to their right: closures, `return`, `=`, `->`.
    loose: u32,
    /// Open `<`.
    angles: u32,
    /// `.`, `?` and binary operators since the statement began.
    links: u32,
    /// `::` of one path.
    path: u32,
    /// Inside `|…|`.
    closure: bool,
    /// The last token ended an operand.
    operand: bool,
    /// The last token was `}`.
    braced: bool,
    /// The last token was `else`: `else if` is a chain, not a nest.
    chained: bool,
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    levels: Vec<Level>,
    /// `tight + loose` of the levels around the current one.
    outer: u32,
    /// The same for `angles`.
    angles: u32,
}

/// Keywords after which an expression or type follows that they take whole.
const TAKING: &[&[u8]] =
    &[b"return", b"break", b"yield", b"become", b"match", b"if", b"while", b"for", b"dyn", b"impl", b"do"];
/// Keywords that are no operands.
const BARE: &[&[u8]] = &[
    b"in", b"let", b"mut", b"ref", b"move", b"async", b"unsafe", b"else", b"as", b"where", b"const", b"static",
    b"loop", b"box", b"fn", b"type", b"use", b"pub", b"mod", b"struct", b"enum", b"trait", b"extern", b"raw",
];

impl Scan<'_> {
    fn run(&mut self) -> Result<(), &'static str> {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            let next = self.bytes.get(self.at + 1).copied().unwrap_or(0);
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if next == b'/' => self.skip_line(),
                b'/' if next == b'*' => self.skip_comment(),
                b'"' => {
                    self.skip_string();
                    self.operand();
                }
                b'\'' => {
                    self.skip_quote();
                    self.operand();
                }
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(),
                b'0'..=b'9' => {
                    self.skip_word();
                    self.operand();
                }
                b'(' | b'[' | b'{' => self.open(),
                b')' | b']' | b'}' => self.close(byte),
                _ => self.punct(byte, next),
            }
            let (outer, angles) = (self.outer, self.angles);
            let depth = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
            let level = self.level();
            if depth + outer + level.tight + level.loose > DEEP || level.path > DEEP {
                return Err("nested too deeply");
            }
            if angles + level.angles > ANGLES {
                return Err("generic arguments nested too deeply");
            }
            if level.links > LINKS {
                return Err("an expression of too many links");
            }
        }
        Ok(())
    }

    fn level(&mut self) -> &mut Level {
        if self.levels.is_empty() {
            self.levels.push(Level::default());
        }
        let last = self.levels.len() - 1;
        &mut self.levels[last]
    }

    fn open(&mut self) {
        let level = self.level();
        let (prefix, angles) = (level.tight + level.loose, level.angles);
        level.braced = false;
        self.outer += prefix;
        self.angles += angles;
        self.levels.push(Level::default());
        self.at += 1;
    }

    fn close(&mut self, byte: u8) {
        // The text may close more than it opens; the parser will say so.
        if self.levels.len() > 1 {
            self.levels.pop();
            let level = self.level();
            let (prefix, angles) = (level.tight + level.loose, level.angles);
            self.outer = self.outer.saturating_sub(prefix);
            self.angles = self.angles.saturating_sub(angles);
        }
        let level = self.level();
        level.operand = true;
        level.tight = 0;
        level.path = 0;
        level.braced = byte == b'}';
        self.at += 1;
    }

    /// A word, literal or lifetime: after `}` it begins something new.
    fn operand(&mut self) {
        let level = self.level();
        if level.braced {
            *level = Level::default();
        }
        level.operand = true;
        level.tight = 0;
    }

    fn word(&mut self) {
        let from = self.at;
        self.skip_word();
        let word = &self.bytes[from..self.at];
        let next = self.bytes.get(self.at).copied().unwrap_or(0);
        if matches!(word, b"r" | b"br" | b"cr") && matches!(next, b'"' | b'#') && self.skip_raw() {
            return self.operand();
        }
        if matches!(word, b"b" | b"c") && matches!(next, b'"' | b'\'') {
            // The quote is the next token.
            return;
        }
        let chained = matches!(word, b"else" | b"as");
        let taking = TAKING.contains(&word);
        let bare = BARE.contains(&word);
        let level = self.level();
        if chained {
            level.links += 1;
        } else if level.braced {
            *level = Level::default();
        }
        level.braced = false;
        level.loose += u32::from(taking && !(level.chained && word == b"if"));
        level.chained = word == b"else";
        level.operand = !taking && !bare;
        if level.operand {
            level.tight = 0;
        }
    }

    fn punct(&mut self, byte: u8, next: u8) {
        let number_follows =
            self.bytes[self.at + 1..].iter().find(|b| !matches!(b, b' ' | b'<')).is_some_and(u8::is_ascii_digit);
        let level = self.level();
        let (operand, braced) = (level.operand, level.braced);
        level.braced = false;
        let mut width = 1;
        match (byte, next) {
            (b';', _) => *level = Level::default(),
            (b',', _) => {
                if !level.closure {
                    (level.links, level.loose) = (0, 0);
                }
                (level.operand, level.tight, level.path) = (false, 0, 0);
            }
            // After `}`, an attribute begins an item or statement.
            (b'#', _) if braced => *level = Level::default(),
            (b'#', _) => level.operand = false,
            (b'.', _) => {
                level.links += 1;
                level.operand = false;
            }
            (b'?', _) => level.links += 1,
            (b':', b':') => {
                level.path += 1;
                level.operand = false;
                width = 2;
            }
            (b':', _) => {
                level.operand = false;
                level.path = 0;
            }
            (b'=', b'>') => {
                *level = Level { angles: level.angles, ..Level::default() };
                width = 2;
            }
            (b'-', b'>') => {
                level.loose += 1;
                level.operand = false;
                width = 2;
            }
            (b'=' | b'!' | b'<' | b'>', b'=') if operand => {
                level.links += 1;
                level.operand = false;
                width = 2;
            }
            (b'=' | b'@', _) => {
                level.loose += 1;
                level.operand = false;
            }
            (b'<', _) if operand && number_follows => {
                level.links += 1;
                level.operand = false;
                width = 1 + usize::from(next == b'<');
            }
            (b'<', _) => {
                level.angles += 1;
                level.operand = false;
            }
            (b'>', _) => {
                level.angles = level.angles.saturating_sub(1);
                level.operand = true;
            }
            (b'|', _) if level.closure => {
                level.closure = false;
                level.operand = false;
            }
            (b'|', b'|') => {
                if operand {
                    level.links += 1
                } else {
                    level.loose += 1
                }
                level.operand = false;
                width = 2;
            }
            (b'|', _) if !operand => {
                level.closure = true;
                level.loose += 1;
            }
            (b'&', b'&') if operand => {
                level.links += 1;
                level.operand = false;
                width = 2;
            }
            (b'-' | b'!' | b'*' | b'&', _) if !operand => level.tight += 1,
            _ => {
                level.links += 1;
                level.path = 0;
                level.operand = false;
            }
        }
        self.at += width;
    }

    fn skip_word(&mut self) {
        self.at = skim::word(self.bytes, self.at);
    }

    fn skip_line(&mut self) {
        self.at = skim::line(self.bytes, self.at);
    }

    fn skip_comment(&mut self) {
        self.at = skim::comment(self.bytes, self.at);
    }

    fn skip_string(&mut self) {
        self.at = skim::string(self.bytes, self.at);
    }

    /// `#"…"#` after an `r`; `false` for a raw identifier.
    fn skip_raw(&mut self) -> bool {
        if let Some(end) = skim::raw_string(self.bytes, self.at) {
            self.at = end;
            return true;
        }
        let hashes = self.bytes[self.at..].iter().take_while(|byte| **byte == b'#').count();
        if hashes == 1 {
            self.at += 1;
            self.skip_word();
        }
        false
    }

    /// A character literal or a lifetime.
    fn skip_quote(&mut self) {
        self.at = skim::quote(self.bytes, self.at);
    }
}
