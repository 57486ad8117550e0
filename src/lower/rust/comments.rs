//! Comments and statements of Rust, by its brackets and semicolons: the parser drops comments.

use super::skim;
use crate::lower::comments::Comments;
use crate::text::Span;

/// The comments and statements of a text.
pub(crate) fn comments(text: &str) -> Comments {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, levels: vec![Level::braces()], found: Comments::default() };
    scan.run();
    scan.found
}

/// What is open.
struct Level {
    /// Whether statements stand here, or only arguments.
    has_units: bool,
    /// Where the current statement began.
    start: Option<usize>,
    /// Where its last token ended.
    end: usize,
    /// Whether that was a block.
    after_block: bool,
}

impl Level {
    fn braces() -> Level {
        Level { has_units: true, start: None, end: 0, after_block: false }
    }
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    levels: Vec<Level>,
    found: Comments,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            let next = self.bytes.get(self.at + 1).copied().unwrap_or(0);
            let start = self.at;
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'/' if next == b'/' || next == b'*' => {
                    self.at =
                        if next == b'/' { skim::line(self.bytes, start) } else { skim::comment(self.bytes, start) };
                    self.found.comments.push(Span::new(start, self.at));
                }
                b'"' => self.token(skim::string(self.bytes, start), true),
                b'\'' => self.token(skim::quote(self.bytes, start), true),
                b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => self.word(),
                b'0'..=b'9' => self.token(skim::word(self.bytes, start), true),
                b'(' | b'[' | b'{' => {
                    self.token(start + 1, byte == b'(');
                    let braces = byte == b'{';
                    self.levels.push(Level { has_units: braces, ..Level::braces() });
                }
                b')' | b']' | b'}' => self.close(byte),
                b';' | b',' => {
                    self.token(start + 1, false);
                    let outermost = self.levels.len() == 1;
                    if byte == b';' || !outermost {
                        self.end_unit();
                    }
                }
                _ => self.token(start + 1, matches!(byte, b'#' | b'*' | b'&')),
            }
        }
        while !self.levels.is_empty() {
            self.end_unit();
            self.levels.pop();
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let end = skim::word(self.bytes, start);
        let word = &self.bytes[start..end];
        let next = self.bytes.get(end).copied().unwrap_or(0);
        if matches!(word, b"r" | b"br" | b"cr")
            && matches!(next, b'"' | b'#')
            && let Some(end) = skim::raw_string(self.bytes, end)
        {
            return self.token(end, true);
        }
        // `else` goes on with what the block ended
        self.token(end, !matches!(word, b"else" | b"as"));
    }

    /// A token up to `end`; behind a block, one that `begins` something begins the next statement.
    fn token(&mut self, end: usize, begins: bool) {
        if self.levels.last().is_some_and(|level| level.after_block) && begins {
            self.end_unit();
        }
        let start = self.at;
        if let Some(level) = self.levels.last_mut() {
            level.start.get_or_insert(start);
            level.end = end;
            level.after_block = false;
        }
        self.at = end;
    }

    fn close(&mut self, byte: u8) {
        self.end_unit();
        // the text may close more than it opens
        if self.levels.len() > 1 {
            self.levels.pop();
        }
        self.token(self.at + 1, false);
        if let Some(level) = self.levels.last_mut() {
            level.after_block = byte == b'}';
        }
    }

    fn end_unit(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        level.after_block = false;
        if let Some(start) = level.start.take().filter(|_| level.has_units) {
            self.found.units.push(Span::new(start, level.end));
        }
    }
}
