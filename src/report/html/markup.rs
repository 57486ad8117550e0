//! Writing HTML that cannot be broken by what is put into it.
//!
//! Names of tags and attributes are constants of the program; everything else goes through [`Html::text`] or an
//! attribute's value, which take secrets out and escape. An element is closed where its closure ends.

use crate::report::redact::clean;
use std::io;

/// Attributes: names are the program's, values anybody's.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// Elements that have no content and no end tag.
const VOID: [&str; 3] = ["input", "meta", "wbr"];

/// A document on its way to a reader.
pub(super) struct Html<'a> {
    out: &'a mut dyn io::Write,
}

impl<'a> Html<'a> {
    pub(super) fn new(out: &'a mut dyn io::Write) -> Self {
        Html { out }
    }

    /// A part of the page that is the program's own: markup, style, script.
    pub(super) fn own(&mut self, markup: &'static str) -> io::Result<()> {
        self.out.write_all(markup.as_bytes())
    }

    /// An element with what `inside` writes.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.start(name, attributes)?;
        inside(self)?;
        write!(self.out, "</{name}>")
    }

    /// An element without content.
    pub(super) fn void(&mut self, name: &'static str, attributes: Attributes<'_>) -> io::Result<()> {
        debug_assert!(VOID.contains(&name), "{name} needs an end tag");
        self.start(name, attributes)
    }

    /// An element that holds a text only.
    pub(super) fn words(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        self.element(name, attributes, |html| html.text(text))
    }

    /// A text on one line: without secrets, nothing in it that a reader does not see.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.escaped(&clean(text))
    }

    /// A sentence in which code stands between backticks.
    pub(super) fn marked(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> io::Result<()> {
        self.element(name, attributes, |html| {
            let text = clean(text);
            let parts: Vec<&str> = text.split('`').collect();
            // a backtick without a partner is none
            let paired = parts.len() - (parts.len() + 1) % 2;
            for (nth, part) in parts[..paired].iter().enumerate() {
                if nth % 2 == 0 { html.escaped(part)? } else { html.element("code", &[], |html| html.escaped(part))? }
            }
            parts[paired..].iter().try_for_each(|part| html.escaped(&format!("`{part}")))
        })
    }

    /// A path or an endpoint, in an element of its own; a line may be broken before a slash.
    pub(super) fn path(&mut self, name: &'static str, attributes: Attributes<'_>, path: &str) -> io::Result<()> {
        self.element(name, attributes, |html| {
            for (nth, part) in path.split('/').enumerate() {
                if nth > 0 {
                    html.void("wbr", &[])?;
                    html.text("/")?;
                }
                html.text(part)?;
            }
            Ok(())
        })
    }

    /// A piece of an excerpt, which is without secrets and control characters already. Tabs are kept.
    pub(super) fn shown(&mut self, excerpt: &str) -> io::Result<()> {
        self.escaped(excerpt)
    }

    /// A line feed between elements, so that the source of the page can be read.
    pub(super) fn line(&mut self) -> io::Result<()> {
        self.out.write_all(b"\n")
    }

    fn start(&mut self, name: &'static str, attributes: Attributes<'_>) -> io::Result<()> {
        write!(self.out, "<{name}")?;
        for (name, value) in attributes {
            write!(self.out, " {name}")?;
            // a flag such as `hidden` has no value
            if !value.is_empty() {
                self.out.write_all(b"=\"")?;
                self.escaped(&clean(value))?;
                self.out.write_all(b"\"")?;
            }
        }
        self.out.write_all(b">")
    }

    fn escaped(&mut self, text: &str) -> io::Result<()> {
        let mut done = 0;
        for (at, byte) in text.bytes().enumerate() {
            let entity = match byte {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                b'\'' => "&#39;",
                _ => continue,
            };
            self.out.write_all(&text.as_bytes()[done..at])?;
            self.out.write_all(entity.as_bytes())?;
            done = at + 1;
        }
        self.out.write_all(&text.as_bytes()[done..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        let mut out = Vec::new();
        let mut html = Html::new(&mut out);
        let hostile = "\"><script>alert('1')</script>&amp;\u{202e}\u{1b}";
        html.element("a", &[("title", hostile), ("hidden", "")], |html| html.text(hostile)).unwrap();
        let inside = "&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;\\u{202e}\\u{1b}";
        assert_eq!(String::from_utf8(out).unwrap(), format!("<a title=\"{inside}\" hidden>{inside}</a>"));
    }

    #[test]
    fn code_stands_out() {
        let mut out = Vec::new();
        let mut html = Html::new(&mut out);
        html.marked("p", &[], "set `a<b` and `c`; a lone ` is one").unwrap();
        html.marked("p", &[], "`").unwrap();
        let shown = "<p>set <code>a&lt;b</code> and <code>c</code>; a lone ` is one</p><p>`</p>";
        assert_eq!(String::from_utf8(out).unwrap(), shown);
    }

    #[test]
    fn secrets_stay_out() {
        let mut out = Vec::new();
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N";
        let mut html = Html::new(&mut out);
        html.words("p", &[("title", token)], token).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "<p title=\"eyJ…redacted\">eyJ…redacted</p>");
    }
}
