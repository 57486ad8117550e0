//! The tags of a text in HTML or a dialect of it, as far as finding scripts needs.
//!
//! Owns what the HTML standard's tokenizer says about tags, attributes, comments and elements whose content is plain text
//! (`script`, `style` and others), and what component languages add: expressions in braces. Builds no tree and knows no
//! element by what it means. Reads every byte a bounded number of times, whatever the text.

use super::code;
use memchr::{memchr, memchr2, memmem};
use std::ops::Range;

/// How a dialect differs from HTML.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dialect {
    /// It is a component's: `<Script>` is not `<script>`, `<script/>` is complete.
    pub(super) is_component: bool,
    /// `{…}` in a tag is an expression.
    pub(super) tag_braces: bool,
    /// What begins and ends an expression between tags.
    pub(super) expression: Option<(&'static str, &'static str)>,
    /// The element whose content does not stand on its own.
    pub(super) holder: &'static str,
    /// Whether all elements but the holder that stand on their own have plain text as their content.
    pub(super) is_blocks: bool,
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag<'t> {
    /// As written.
    pub(super) name: &'t str,
    /// Names and values, as written but without quotes; empty where no value is given.
    pub(super) attributes: Vec<(&'t str, &'t str)>,
    /// The content, where it is plain text.
    pub(super) content: Option<Range<usize>>,
    /// Whether it stands inside the dialect's holder.
    pub(super) is_held: bool,
}

impl<'t> Tag<'t> {
    /// An attribute's value, its name compared without case.
    pub(super) fn attribute(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// The element this is all about.
const SCRIPT: &str = "script";

/// Elements whose content is plain text up to their end tag.
const PLAIN: &[&str] = &[SCRIPT, "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"];

/// Elements of other vocabularies, in which a tag that closes itself has no content.
const FOREIGN: &[&str] = &["svg", "math"];

/// The start tags of a text, one after the other.
pub(super) struct Tags<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    dialect: Dialect,
    /// How many holders are open.
    held: usize,
    /// How many foreign elements are open.
    foreign: usize,
    /// A brace that nothing closes was met: from there on braces mean nothing.
    has_open_brace: bool,
    /// A comment in a script that nothing closes was met: from there on end tags in such comments count.
    has_open_comment: bool,
    /// A block that nothing closes was met: from there on only elements of HTML are blocks.
    has_open_block: bool,
    /// The comments gone over so far, with what marks them as comments.
    pub(super) comments: Vec<Range<usize>>,
}

impl<'t> Tags<'t> {
    /// Those from byte `at` on.
    pub(super) fn new(text: &'t str, at: usize, dialect: Dialect) -> Tags<'t> {
        Tags {
            text,
            bytes: text.as_bytes(),
            at,
            dialect,
            held: 0,
            foreign: 0,
            has_open_brace: false,
            has_open_comment: false,
            has_open_block: false,
            comments: Vec::new(),
        }
    }

    /// Whether a holder was not closed: what stood inside it may not have.
    pub(super) fn is_held_open(&self) -> bool {
        self.held > 0
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn starts(&self, with: &[u8]) -> bool {
        self.rest().starts_with(with)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    /// To behind the next `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.at = memmem::find(self.rest(), end.as_bytes()).map_or(self.bytes.len(), |at| self.at + at + end.len());
    }

    fn skip_while(&mut self, is_part: impl Fn(u8) -> bool) {
        self.at += self.rest().iter().take_while(|byte| is_part(**byte)).count();
    }

    fn skip_spaces(&mut self) {
        self.skip_while(|byte| byte.is_ascii_whitespace());
    }

    /// Over an expression that begins here; false where it is none. One that holds a line with a script is taken for a
    /// brace that nothing closes: no quote or slash of another meaning hides a script.
    fn skip_expression(&mut self, open: &str, close: &str) -> bool {
        if self.has_open_brace || !self.starts(open.as_bytes()) {
            return false;
        }
        let end = if open == "{" {
            code::behind_braces(self.text, self.at)
        } else {
            memmem::find(self.rest(), close.as_bytes()).map(|at| self.at + at + close.len())
        };
        match end.filter(|end| memmem::find(&self.bytes[self.at..*end], b"\n<script").is_none()) {
            Some(end) => self.at = end,
            None => self.has_open_brace = true,
        }
        !self.has_open_brace
    }

    /// To the next `<`, over the expressions before it.
    fn skip_to_markup(&mut self) -> Option<()> {
        loop {
            match self.dialect.expression {
                Some((open, close)) if !self.has_open_brace => {
                    self.at += memchr2(b'<', b'{', self.rest())?;
                    if self.peek() == Some(b'<') {
                        return Some(());
                    }
                    if !self.skip_expression(open, close) {
                        self.at += 1;
                    }
                }
                _ => {
                    self.at += memchr(b'<', self.rest())?;
                    return Some(());
                }
            }
        }
    }

    fn name(&mut self) -> &'t str {
        let start = self.at;
        self.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>'));
        self.slice(start..self.at)
    }

    /// Behind a tag's name: its attributes, up to and over its `>`, and whether it closes itself. `None` without a `>`.
    fn attributes(&mut self) -> Option<(Vec<(&'t str, &'t str)>, bool)> {
        let mut attributes = Vec::new();
        loop {
            self.skip_spaces();
            match self.peek()? {
                b'>' => {
                    self.at += 1;
                    return Some((attributes, false));
                }
                b'/' if self.starts(b"/>") => {
                    self.at += 2;
                    return Some((attributes, true));
                }
                b'/' => self.at += 1,
                b'{' if self.dialect.tag_braces && self.skip_expression("{", "}") => {}
                _ => attributes.push(self.attribute()),
            }
        }
    }

    fn attribute(&mut self) -> (&'t str, &'t str) {
        let start = self.at;
        // the first character belongs to the name, whatever it is
        self.at += 1;
        self.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
        let name = start..self.at;
        self.skip_spaces();
        if self.peek() != Some(b'=') {
            self.at = name.end;
            return (self.slice(name), "");
        }
        self.at += 1;
        self.skip_spaces();
        let start = self.at;
        let value = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => {
                self.at += 1;
                let length = memchr(quote, self.rest()).unwrap_or(self.rest().len());
                self.at += length;
                let value = start + 1..self.at;
                self.at = (self.at + 1).min(self.bytes.len());
                value
            }
            Some(b'{') if self.dialect.tag_braces && self.skip_expression("{", "}") => start..self.at,
            _ => {
                self.skip_while(|byte| !byte.is_ascii_whitespace() && byte != b'>');
                start..self.at
            }
        };
        (self.slice(name), self.slice(value))
    }

    /// Whether the name of a tag stands at `at`, and its end.
    fn is_tag(&self, at: usize, name: &str) -> bool {
        let end = at + name.len();
        self.bytes.get(at..end).is_some_and(|found| self.same(found, name.as_bytes()))
            && self.bytes.get(end).is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
    }

    fn same(&self, name: &[u8], known: &[u8]) -> bool {
        if self.dialect.is_component { name == known } else { name.eq_ignore_ascii_case(known) }
    }

    fn is_one_of(&self, name: &str, list: &[&str]) -> bool {
        list.iter().any(|known| self.same(name.as_bytes(), known.as_bytes()))
    }

    /// Where the plain text that begins here ends: at its end tag.
    fn plain_end(&self, name: &str) -> Option<usize> {
        let mut at = self.at;
        loop {
            at += memmem::find(self.bytes.get(at..).unwrap_or_default(), b"</")?;
            if self.is_tag(at + 2, name) {
                return Some(at);
            }
            at += 2;
        }
    }

    /// Where the script of an HTML page that begins here ends. Its end tag does not count in a comment in which a script
    /// was opened: old pages write them into strings.
    fn script_end(&mut self) -> Option<usize> {
        let (mut in_comment, mut in_script) = (false, false);
        let mut at = self.at;
        while !self.has_open_comment {
            let Some(found) = memchr2(b'<', b'-', self.bytes.get(at..).unwrap_or_default()) else {
                self.has_open_comment = in_comment;
                break;
            };
            at += found;
            let here = &self.bytes[at..];
            let mut length = 1;
            if here.starts_with(b"<!--") {
                in_comment = true;
                // its dashes may end it
                length = 2;
            } else if in_comment && here.starts_with(b"-->") {
                (in_comment, in_script) = (false, false);
            } else if here.starts_with(b"</") && self.is_tag(at + 2, SCRIPT) {
                if !in_script {
                    return Some(at);
                }
                in_script = false;
            } else if in_comment && here[0] == b'<' && self.is_tag(at + 1, SCRIPT) {
                in_script = true;
            }
            at += length;
        }
        self.plain_end(SCRIPT)
    }

    /// Behind the start tag of an element with plain text: the text; then on behind its end tag. `None` for a block that
    /// nothing closes.
    fn content(&mut self, name: &str) -> Option<Range<usize>> {
        let is_html = self.is_one_of(name, PLAIN);
        let start = self.at;
        let end = if !self.dialect.is_component && self.is_one_of(name, &[SCRIPT]) {
            self.script_end()
        } else if is_html || !self.has_open_block {
            self.plain_end(name)
        } else {
            None
        };
        match end {
            Some(end) => {
                self.at = end;
                self.skip_past(">");
                Some(start..end)
            }
            // a script without an end is read up to the end of the text
            None if is_html => {
                self.at = self.bytes.len();
                Some(start..self.at)
            }
            None => {
                self.has_open_block = true;
                None
            }
        }
    }

    fn open(&mut self) -> Option<Tag<'t>> {
        let name = self.name();
        let (attributes, slash) = self.attributes()?;
        if !slash && self.is_one_of(name, FOREIGN) {
            self.foreign += 1;
        }
        let is_held = self.held > 0;
        let is_empty = slash && (self.dialect.is_component || self.foreign > 0);
        let is_holder = name == self.dialect.holder;
        // a block in another language than HTML has no tags
        let other = |(name, value): &(&str, &str)| *name == "lang" && !value.is_empty() && *value != "html";
        let is_block = self.dialect.is_blocks && !is_held && (!is_holder || attributes.iter().any(other));
        let mut content = None;
        if is_block || self.is_one_of(name, PLAIN) {
            content = if is_empty { Some(self.at..self.at) } else { self.content(name) };
        } else if is_holder && !is_empty {
            self.held += 1;
        }
        Some(Tag { name, attributes, content, is_held })
    }

    fn close(&mut self) -> Option<()> {
        let name = self.name();
        self.attributes()?;
        if self.is_one_of(name, FOREIGN) {
            self.foreign = self.foreign.saturating_sub(1);
        }
        if name == self.dialect.holder {
            self.held = self.held.saturating_sub(1);
        }
        Some(())
    }

    /// At `<!--`: over the comment, which `<!-->` and `<!--->` are already.
    fn comment(&mut self) {
        let start = self.at;
        self.at += 4;
        if self.starts(b">") || self.starts(b"->") {
            self.skip_past(">")
        } else {
            self.skip_past("-->")
        }
        self.comments.push(start..self.at);
    }
}

impl<'t> Iterator for Tags<'t> {
    type Item = Tag<'t>;

    fn next(&mut self) -> Option<Tag<'t>> {
        loop {
            self.skip_to_markup()?;
            let rest = self.rest();
            match *rest.get(1)? {
                b'!' if rest.starts_with(b"<!--") => self.comment(),
                b'!' if self.foreign > 0 && rest.starts_with(b"<![CDATA[") => self.skip_past("]]>"),
                // a doctype, an instruction
                b'!' | b'?' => self.skip_past(">"),
                b'/' if rest.get(2).is_some_and(u8::is_ascii_alphabetic) => {
                    self.at += 2;
                    self.close()?;
                }
                b'/' => self.skip_past(">"),
                first if first.is_ascii_alphabetic() => {
                    self.at += 1;
                    return self.open();
                }
                _ => self.at += 1,
            }
        }
    }
}
