//! Comments, and the statements that they stand at: for remarks to this program.
//!
//! Lowering drops comments and statements; only files with remarks are looked at again, here. Must not know what a remark
//! says. Never fails: a text that cannot be read has no comments.

use super::host::Host;
use super::{Syntax, js, rust};
use crate::text::{LineIndex, Span};

/// What remarks to this program begin with.
pub const MARK: &str = "idtoken-lint:";

/// The comments of a file, and its statements.
#[derive(Debug, Default)]
pub struct Comments {
    /// The comments, in order, with what marks them as comments.
    pub comments: Vec<Span>,
    /// Statements, and parts that can stand on lines of their own: properties, members of classes, match arms.
    /// They nest.
    pub units: Vec<Span>,
}

/// The comments and statements of a text.
pub fn comments(syntax: Syntax, text: &str) -> Comments {
    let mut found = match syntax {
        Syntax::Rust => rust::comments(text),
        Syntax::Js | Syntax::Ts | Syntax::Tsx => js::comments(syntax, text, std::slice::from_ref(&(0..text.len()))),
        Syntax::Json => Comments::default(),
        Syntax::Host(host) => in_host(host, text),
    };
    found.comments.sort_unstable();
    found
}

/// Those of the scripts in a file of another language, and the comments of its markup.
fn in_host(host: Host, text: &str) -> Comments {
    let scripts = host.scripts(text);
    let mut found = Comments::default();
    for unit in &scripts.units {
        let script = js::comments(unit.syntax, text, &unit.scripts);
        found.comments.extend(script.comments);
        found.units.extend(script.units);
    }
    found.comments.extend(scripts.comments.into_iter().map(|comment| Span::new(comment.start, comment.end)));
    found
}

/// The comments of Markdown: what looks like one in the code that it shows is as well meant for this program.
fn in_markdown(text: &str) -> Vec<Span> {
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("<!--").map(|found| at + found) {
        at = text[start..].find("-->").map_or(text.len(), |end| start + end + 3);
        comments.push(Span::new(start, at));
    }
    comments
}

/// The comments of a file that is no code, by its name; they are about whole lines.
pub fn comments_of_data(path: &str, text: &str) -> Comments {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    let (marks, anywhere): (&[&str], bool) = match extension.as_str() {
        "yaml" | "yml" | "sh" | "bash" | "zsh" => (&["#"], true),
        "tf" | "tfvars" | "hcl" => (&["#", "//"], true),
        // `#` and `//` are parts of addresses further on
        "http" | "rest" => (&["#", "//"], false),
        "md" | "markdown" => return Comments { comments: in_markdown(text), units: Vec::new() },
        _ => return Comments::default(),
    };
    let mut found = Comments::default();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let code = line.trim_end();
        if let Some(at) = mark_in(code, marks, anywhere) {
            found.comments.push(Span::new(start + at, start + code.len()));
        }
        start += line.len();
    }
    found
}

/// Where a comment begins on a line: at its first character, or outside of quotes behind a space.
fn mark_in(line: &str, marks: &[&str], anywhere: bool) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let begins = quote.is_none() && before.is_whitespace() && marks.iter().any(|mark| line[at..].starts_with(mark));
        if begins {
            return Some(at);
        }
        if !anywhere && !c.is_whitespace() {
            return None;
        }
        match quote {
            Some(open) if c == open && before != '\\' => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        before = c;
    }
    None
}

impl Comments {
    /// The line that a comment is about: its own if there is code on it, else the next with code. `None` where what
    /// holds the comment ends before that.
    pub fn line_of(&self, comment: Span, text: &str, lines: &LineIndex) -> Option<u32> {
        let own = lines.position(text, comment.start).line;
        let last = lines.position(text, comment.end.max(comment.start + 1) - 1).line;
        let begin = lines.line_span(text, own).start;
        // markup opens and closes a comment with braces of its own
        if self.skip(begin, text, '{').is_some_and(|code| code < comment.start) {
            return Some(own);
        }
        let end_of_line = lines.line_span(text, last).end;
        let behind = self.skip(comment.end, text, '}').filter(|at| *at < end_of_line);
        if behind.is_some() {
            return Some(last);
        }
        let next = self.skip(end_of_line, text, ' ')?;
        let closes = text.get(next as usize..)?.starts_with(['}', ')', ']']);
        if closes { None } else { Some(lines.position(text, next).line) }
    }

    /// The first byte from `at` on that is neither space, comment nor `brace`.
    fn skip(&self, mut at: u32, text: &str, brace: char) -> Option<u32> {
        loop {
            let rest = text.get(at as usize..)?;
            let code = rest.trim_start_matches(|c: char| c.is_whitespace() || c == brace);
            at += u32::try_from(rest.len() - code.len()).ok()?;
            if code.is_empty() {
                return None;
            }
            match self.comments.iter().find(|comment| comment.start <= at && at < comment.end) {
                Some(comment) => at = comment.end,
                None => return Some(at),
            }
        }
    }

    /// Whether what is at `place` stands on `line`, or in a statement that does.
    pub fn is_on(&self, place: Span, line: u32, text: &str, lines: &LineIndex) -> bool {
        let rows = |span: Span| {
            let last = lines.position(text, span.end.max(span.start + 1) - 1).line;
            (lines.position(text, span.start).line, last)
        };
        let holds = |(first, last): (u32, u32)| first <= line && line <= last;
        if holds(rows(place)) {
            return true;
        }
        let size = |span: &Span| span.end - span.start;
        let Some(unit) = self.units.iter().filter(|unit| unit.contains(place)).min_by_key(|unit| size(unit)) else {
            return false;
        };
        let (first, last) = rows(*unit);
        // not where another statement, inside of this one, is on the line
        let inner = |other: &&Span| unit.contains(**other) && **other != *unit && !other.contains(place);
        line == first
            || line == last
            || holds((first, last)) && !self.units.iter().filter(inner).any(|other| holds(rows(*other)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each comment, and the line it is about.
    fn about(syntax: Syntax, text: &str) -> Vec<(String, Option<u32>)> {
        let (found, lines) = (comments(syntax, text), LineIndex::new(text));
        let one = |comment: &Span| (text[comment.range()].to_owned(), found.line_of(*comment, text, &lines));
        found.comments.iter().map(one).collect()
    }

    fn lines_of(syntax: Syntax, text: &str) -> Vec<Option<u32>> {
        about(syntax, text).into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn data_has_comments_too() {
        let of = |path: &str, text: &str| {
            let (found, lines) = (comments_of_data(path, text), LineIndex::new(text));
            let one = |comment: &Span| (text[comment.range()].to_owned(), found.line_of(*comment, text, &lines));
            found.comments.iter().map(one).collect::<Vec<_>>()
        };
        let one = |text: &str, line: u32| (text.to_owned(), Some(line));
        assert_eq!(of("a.yaml", "a: '# no' # yes\nb: x#no\n# two\nc: 1\n"), [one("# yes", 1), one("# two", 4)]);
        assert_eq!(of("a.tf", "a = \"http://x\" // one\n# two\nb = 1\n"), [one("// one", 1), one("# two", 3)]);
        assert_eq!(of("a.http", "# one\nGET https://x # no\n"), [one("# one", 2)]);
        assert_eq!(of("a.md", "<!-- one -->\n    curl x\n"), [one("<!-- one -->", 2)]);
        assert_eq!(of("a.json", "{\"a\": \"# no\"}"), []);
    }

    #[test]
    fn a_comment_is_about_its_own_line_or_the_next() {
        let js = "// one\n\n/* two */ // three\na(); // four\nb(/* five */ c);\n// six\n";
        assert_eq!(lines_of(Syntax::Js, js), [Some(4), Some(4), Some(4), Some(4), Some(5), None]);
        let rust = "// one\nfn f() {\n    /* two /* nested */ */\n    a(); // three\n}\n";
        assert_eq!(lines_of(Syntax::Rust, rust), [Some(2), Some(4), Some(4)]);
        let jsx = "const x = <p>\n  {/* one */}\n  <b onClick={() => f()} />\n</p>;\n";
        assert_eq!(lines_of(Syntax::Tsx, jsx), [Some(3)]);
        let last = "f(() => {\n  a();\n  // the last\n});\nb();\n";
        assert_eq!(lines_of(Syntax::Js, last), [None]);
    }

    #[test]
    fn the_scripts_of_other_files_have_comments() {
        let vue = "<template>\n  <p>// no</p>\n</template>\n<script>\n// one\na();\n</script>\n\
                   <script setup lang=\"ts\">\nlet b: B = c(); // two\n</script>\n";
        let syntax = Syntax::of_path("a.vue").unwrap();
        assert_eq!(lines_of(syntax, vue), [Some(6), Some(9)]);
        assert_eq!(bound(syntax, vue, "c()"), [9]);
    }

    #[test]
    fn strings_hold_no_comments() {
        let js = "const a = '// no', b = \"/* no */\", c = `// no ${ d /* yes */ }`, e = /\\/\\/ no/;\n";
        assert_eq!(about(Syntax::Ts, js).len(), 1);
        let rust = "const A: &str = \"// no\"; const B: &str = r#\"/* \" no\"#; const C: char = '\"'; // yes\n\
                    fn f<'a>(x: &'a str) {} // yes\n";
        let found: Vec<String> = about(Syntax::Rust, rust).into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, ["// yes", "// yes"]);
    }

    /// The lines on which a remark is about the text `place`.
    fn bound(syntax: Syntax, text: &str, place: &str) -> Vec<u32> {
        let (found, lines) = (comments(syntax, text), LineIndex::new(text));
        let start = text.find(place).unwrap();
        let span = Span::new(start, start + place.len());
        (1..=u32::try_from(lines.len()).unwrap()).filter(|line| found.is_on(span, *line, text, &lines)).collect()
    }

    #[test]
    fn a_line_is_about_the_statements_on_it() {
        let js = "const user = await wrap(\n  get(url),\n);\nconst api = {\n  load: () =>\n    fetch(a),\n  save: () => put(b),\n};\n\
                  app.get('/', () => {\n  one();\n  two();\n});\n";
        assert_eq!(bound(Syntax::Js, js, "get(url)"), [1, 2, 3]);
        assert_eq!(bound(Syntax::Js, js, "fetch(a)"), [5, 6]);
        assert_eq!(bound(Syntax::Js, js, "put(b)"), [7]);
        assert_eq!(bound(Syntax::Js, js, "one()"), [10]);
        assert_eq!(bound(Syntax::Js, js, "app.get"), [9, 12]);
        let rust = "fn f() {\n    let user = wrap(\n        get(url),\n    );\n    match x {\n        A =>\n            put(b),\n        _ => {}\n    }\n    last()\n}\n";
        assert_eq!(bound(Syntax::Rust, rust, "get(url)"), [2, 3, 4]);
        assert_eq!(bound(Syntax::Rust, rust, "put(b)"), [6, 7]);
        assert_eq!(bound(Syntax::Rust, rust, "last()"), [10]);
    }

    #[test]
    fn components_have_comments_in_scripts_and_around_them() {
        let vue = "<!-- one -->\n<script>\n// two\nf('<!-- no -->');\n</script>\n<template><p>// no</p></template>\n";
        let found = about(Syntax::Host(Host::Vue), vue);
        assert_eq!(found, [("<!-- one -->".to_owned(), Some(2)), ("// two".to_owned(), Some(4))]);
        assert_eq!(bound(Syntax::Host(Host::Vue), vue, "f("), [4]);
        // attributes, styles and other texts have none
        for (host, text) in [
            (Host::Html, "<p title=\"<!-- no -->\">\n<!-- one -->\n<script>f()</script>"),
            (Host::Html, "<style>a { content: '<!-- no -->' }</style>\n<!-- one -->\n<script>f()</script>"),
            (Host::Vue, "<template><p a='<!-- no -->'/></template>\n<!-- one -->\n<script>f()</script>"),
            (Host::Svelte, "<p a={'<!-- no -->'} b='<!-- no -->'/>\n<!-- one -->\n<script>f()</script>"),
            (Host::Astro, "<p a={'<!-- no -->'} b='<!-- no -->'/>\n<!-- one -->\n<script>f()</script>"),
        ] {
            assert_eq!(about(Syntax::Host(host), text), [("<!-- one -->".to_owned(), Some(3))], "{text}");
        }
    }

    #[test]
    fn an_if_is_its_head() {
        let js = "if (\n  get(a)\n) {\n  one();\n} else {\n  two();\n}\n";
        assert_eq!(bound(Syntax::Js, js, "get(a)"), [1, 2, 3]);
        assert_eq!(bound(Syntax::Js, js, "two()"), [6]);
    }
}
