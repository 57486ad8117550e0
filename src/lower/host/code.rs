//! Script code as far as braces and fences need: what stands outside of strings, templates and comments.
//!
//! Owns no grammar: a regular expression with a quote in it misleads it, so its users keep to what they can check.

use memchr::{memchr, memmem};

/// The bytes of script code that stand outside of strings, templates and comments, with their places.
struct Code<'t> {
    bytes: &'t [u8],
    at: usize,
    /// How many braces are open.
    braces: usize,
    /// At how many open braces each template goes on.
    templates: Vec<usize>,
}

impl<'t> Code<'t> {
    fn new(text: &'t str, at: usize) -> Code<'t> {
        Code { bytes: text.as_bytes(), at, braces: 0, templates: Vec::new() }
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// At a quote: behind the string, which a line's end closes too.
    fn skip_string(&mut self, quote: u8) {
        self.at += 1;
        while let Some(&byte) = self.bytes.get(self.at) {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == quote || byte == b'\n' {
                return;
            }
        }
    }

    /// Inside a template: behind its end, or into its next hole.
    fn skip_template(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte == b'$' && self.bytes.get(self.at + 1) == Some(&b'{') {
                self.at += 2;
                self.templates.push(self.braces);
                return;
            }
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'`' {
                return;
            }
        }
    }
}

impl Iterator for Code<'_> {
    type Item = (usize, u8);

    fn next(&mut self) -> Option<(usize, u8)> {
        loop {
            let here = self.at;
            let byte = *self.bytes.get(here)?;
            match byte {
                b'\'' | b'"' => self.skip_string(byte),
                b'`' => {
                    self.at += 1;
                    self.skip_template();
                }
                b'/' if self.rest().starts_with(b"//") => {
                    self.at += memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
                }
                b'/' if self.rest().starts_with(b"/*") => {
                    self.at += memmem::find(self.rest(), b"*/").map_or(self.rest().len(), |end| end + 2);
                }
                b'}' if self.templates.last() == Some(&self.braces) => {
                    self.templates.pop();
                    self.at += 1;
                    self.skip_template();
                }
                _ => {
                    self.at += 1;
                    match byte {
                        b'{' => self.braces += 1,
                        b'}' => self.braces = self.braces.saturating_sub(1),
                        _ => {}
                    }
                    return Some((here, byte));
                }
            }
        }
    }
}

/// Where the expression ends whose opening brace stands at `at`: behind its closing brace. `None` where none closes it.
pub(super) fn behind_braces(text: &str, at: usize) -> Option<usize> {
    let mut code = Code::new(text, at);
    while let Some((here, byte)) = code.next() {
        if byte == b'}' && code.braces == 0 {
            return Some(here + 1);
        }
    }
    None
}

/// The first line behind byte `at` that begins with `fence` and is code: where the fence stands.
pub(super) fn fence(text: &str, at: usize, fence: &str) -> Option<usize> {
    let begins_line = |here: usize| text[at..here].rsplit('\n').next().is_some_and(|before| before.trim().is_empty());
    let mut is_line_start = false;
    for (here, byte) in Code::new(text, at) {
        if byte == b'\n' {
            is_line_start = true;
        } else if is_line_start && !byte.is_ascii_whitespace() {
            if text[here..].starts_with(fence) && begins_line(here) {
                return Some(here);
            }
            is_line_start = false;
        }
    }
    // a quote or a slash of another meaning misled the look: the first such line counts
    let mut start = at;
    for line in text[at..].split_inclusive('\n') {
        let code = line.trim_start();
        if start > at && code.starts_with(fence) {
            return Some(start + line.len() - code.len());
        }
        start += line.len();
    }
    None
}
