//! The examples of rule tables: small programs that show what a table is for, and what it is not for.
//!
//! Owns what each example must come to. Must not know how a program is analysed.

use super::files::RuleFiles;
use super::schema::{Code, ExampleLang, SubjectKind, TokenKind};
use std::ops::Range;

/// `send(token)`, which sends a token, for examples that only say where a token comes from.
const SEND_JS: &str = include_str!("../../rules/examples/send.js");
const SEND_RUST: &str = include_str!("../../rules/examples/send.rs");

/// What a table leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A call that sends such a token.
    Token(TokenKind),
    /// A call about such a user.
    Subject(SubjectKind),
}

/// One example.
#[derive(Clone, Debug)]
pub struct Example<'a> {
    /// The file's place in [`RuleFiles::sources`].
    pub source: usize,
    /// The table's key: `token`, `call`, …
    pub kind: &'static str,
    /// Which table of its kind, in its file.
    pub nth: usize,
    /// Whether the table is for this program, or not for it.
    pub yes: bool,
    /// The program as it is written in the table.
    pub code: &'a Code,
    /// What it is written in.
    pub lang: ExampleLang,
    /// What the table leads to.
    pub expected: Expected,
}

impl Example<'_> {
    /// The name of the file that the program is put into.
    pub fn path(&self) -> &'static str {
        match self.lang {
            ExampleLang::Js => "example.js",
            ExampleLang::Ts => "example.ts",
            ExampleLang::Rust => "example.rs",
        }
    }

    /// The whole programs that it stands for, each with the name that tells it from the first.
    pub fn programs(&self) -> Vec<(Option<&str>, String)> {
        let send = match self.lang {
            ExampleLang::Js | ExampleLang::Ts => SEND_JS,
            ExampleLang::Rust => SEND_RUST,
        };
        // where it calls a function `send` that it does not have, that is added at its end
        let whole = |code: String| if calls_send(&code) { format!("{code}\n{send}") } else { code };
        variants(self.code.get_ref()).into_iter().map(|(name, code)| (name, whole(code))).collect()
    }
}

/// The programs that are meant where `@{get,delete}` stands for one name in each: every name once, the others at their
/// first.
fn variants(code: &str) -> Vec<(Option<&str>, String)> {
    let mut groups: Vec<(Range<usize>, Vec<&str>)> = Vec::new();
    let mut from = 0;
    while let Some(start) = code.get(from..).and_then(|rest| rest.find("@{")).map(|at| from + at) {
        let Some(length) = code[start..].find('}') else { break };
        let end = start + length;
        groups.push((start..end + 1, code[start + 2..end].split(',').map(str::trim).collect()));
        from = end + 1;
    }
    let spell = |chosen: Option<(usize, usize)>| {
        let mut text = String::with_capacity(code.len());
        let mut from = 0;
        for (nth, (span, names)) in groups.iter().enumerate() {
            let name = chosen.filter(|(group, _)| *group == nth).map_or(0, |(_, name)| name);
            text.push_str(&code[from..span.start]);
            text.push_str(names.get(name).copied().unwrap_or_default());
            from = span.end;
        }
        text.push_str(&code[from..]);
        text
    };
    let mut all = vec![(None, spell(None))];
    for (group, (_, names)) in groups.iter().enumerate() {
        let others = names.iter().enumerate().skip(1);
        all.extend(others.map(|(nth, name)| (Some(*name), spell(Some((group, nth))))));
    }
    all
}

/// Whether a function `send` is called by its mere name and not declared.
fn calls_send(code: &str) -> bool {
    let mut called = false;
    for (at, _) in code.match_indices("send(") {
        let before = &code[..at];
        let is_part = before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | ':'));
        let is_declared = ["function", "fn"].iter().any(|word| before.trim_end().ends_with(word));
        if is_declared {
            return false;
        }
        called |= !is_part;
    }
    called
}

impl RuleFiles {
    /// Every example of every file.
    pub fn examples(&self) -> Vec<Example<'_>> {
        let mut all = Vec::new();
        for (nth, source) in self.sources().iter().enumerate() {
            let mut list = Examples { source: nth, all: &mut all };
            let (file, id) = (&source.file, Expected::Token(TokenKind::Id));
            list.add("type", &file.r#type, |t| (&t.yes, &t.no, t.lang, id));
            list.add("token", &file.token, |t| (&t.yes, &t.no, t.lang, Expected::Token(t.kind)));
            list.add("call", &file.call, |t| {
                // what the library sends by itself
                let own = t.fallback.or(t.stored.as_ref().and_then(|stored| stored.kind));
                (&t.yes, &t.no, t.lang, own.map_or(id, Expected::Token))
            });
            list.add("pass", &file.pass, |t| (&t.yes, &t.no, t.lang, id));
            list.add("store", &file.store, |t| (&t.yes, &t.no, t.lang, id));
            list.add("name", &file.name, |t| (&t.yes, &t.no, t.lang, Expected::Token(t.kind)));
            list.add("host", &file.host, |t| (&t.yes, &t.no, t.lang, id));
            list.add("subject", &file.subject, |t| (&t.yes, &t.no, t.lang, Expected::Subject(t.kind)));
            list.add("cell", &file.cell, |t| (&t.yes, &t.no, t.lang, id));
            list.add("setter", &file.setter, |t| (&t.yes, &t.no, t.lang, id));
            list.add("context", &file.context, |t| (&t.yes, &t.no, t.lang, id));
            list.add("refs", &file.refs, |t| (&t.yes, &t.no, t.lang, id));
            list.add("mapper", &file.mapper, |t| (&t.yes, &t.no, t.lang, id));
            list.add("container", &file.container, |t| (&t.yes, &t.no, t.lang, id));
            list.add("reducer", &file.reducer, |t| (&t.yes, &t.no, t.lang, id));
            list.add("reduced", &file.reduced, |t| (&t.yes, &t.no, t.lang, id));
            list.add("action", &file.action, |t| (&t.yes, &t.no, t.lang, id));
            list.add("case", &file.case, |t| (&t.yes, &t.no, t.lang, id));
            list.add("event", &file.event, |t| (&t.yes, &t.no, t.lang, id));
            list.add("injector", &file.injector, |t| (&t.yes, &t.no, t.lang, id));
            list.add("test", &file.test, |t| (&t.yes, &t.no, t.lang, id));
            list.add("ambient", &file.ambient, |t| (&t.yes, &t.no, t.lang, id));
            list.add("component", std::slice::from_ref(&file.component), |t| (&t.yes, &t.no, t.lang, id));
            list.add("auto-import", std::slice::from_ref(&file.auto_import), |t| (&t.yes, &t.no, t.lang, id));
            list.add("evidence", &file.evidence, |t| (&t.yes, &t.no, t.lang, id));
        }
        all
    }
}

struct Examples<'a, 'b> {
    source: usize,
    all: &'b mut Vec<Example<'a>>,
}

/// The examples of one table: yes, no, their language, and what they lead to.
type Parts<'a> = (&'a Vec<Code>, &'a Vec<Code>, ExampleLang, Expected);

impl<'a> Examples<'a, '_> {
    fn add<T>(&mut self, kind: &'static str, tables: &'a [T], parts: impl Fn(&'a T) -> Parts<'a>) {
        let source = self.source;
        for (nth, table) in tables.iter().enumerate() {
            let (yes, no, lang, expected) = parts(table);
            let both = yes.iter().map(|code| (true, code)).chain(no.iter().map(|code| (false, code)));
            self.all.extend(both.map(|(yes, code)| Example { source, kind, nth, yes, code, lang, expected }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_taken_once() {
        let all = variants("import a from '@{a,b}'; a.@{get, put}(1)");
        let texts: Vec<(Option<&str>, &str)> = all.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let expected = [
            (None, "import a from 'a'; a.get(1)"),
            (Some("b"), "import a from 'b'; a.get(1)"),
            (Some("put"), "import a from 'a'; a.put(1)"),
        ];
        assert_eq!(texts, expected);
        assert_eq!(variants("a@{"), [(None, "a@{".to_owned())]);
    }

    #[test]
    fn send_is_added_where_it_is_called_and_not_there() {
        assert!(calls_send("send(token);"));
        assert!(calls_send("await send(x)"));
        assert!(!calls_send("xhr.send(body)"));
        assert!(!calls_send("resend(x); request::send(x)"));
        assert!(!calls_send("function send(t) {}\nsend(x)"));
        assert!(!calls_send("fn send(t: &str) {}\n"));
    }
}
