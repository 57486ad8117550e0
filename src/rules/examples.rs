//! The examples of rule tables: small programs that show what a table is for, and what it is not for.
//!
//! Owns what each example must come to. Must not know how a program is analysed.

use super::files::RuleFiles;
use super::place::Place;
use super::schema::{
    CallTable, Code, EndpointTable, ExampleLang, MemberTable, MisspeltTable, NameTable, OtherProgram, PassTable,
    Program, RuleFile, RuntimeTable, Side, SlotText, SubjectKind, SubjectTable, TokenKind, TokenTable, TypeTable,
};
use crate::text::nearest::did_you_mean;
use crate::text::{Mistake, Span};
use std::borrow::Cow;
use std::ops::Range;

/// `send(token)`, which sends a token, for examples that only say where a token comes from.
const SEND_JS: &str = include_str!("../../rules/examples/send.js");
const SEND_RUST: &str = include_str!("../../rules/examples/send.rs");

/// What stands before the name of a further file of an example, on a line of its own: `--- package.json`.
const FILE_MARK: &str = "\n--- ";

/// The files of a program, with the names of those behind the first.
pub fn files_of<'a>(first: &'a str, program: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut parts = program.split(FILE_MARK);
    let mut all = vec![(first, parts.next().unwrap_or_default())];
    all.extend(parts.filter_map(|part| part.split_once('\n')).map(|(name, text)| (name.trim(), text)));
    all
}

/// What a table leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A call that sends such a token.
    Token(TokenKind),
    /// A call about such a user.
    Subject(SubjectKind),
    /// A call in code that runs there.
    Runs(Side),
    /// A call that sends an ID token to this endpoint.
    Endpoint(String),
    /// A finding about a login.
    Login,
    /// A finding that names this scope.
    Scope(String),
    /// An edit that puts this in the place of a member.
    Edit(String),
    /// A call whose body needs a token for any user.
    Body,
    /// A finding about the tenant's toggle.
    Toggle,
    /// A finding about how a client signs ID tokens.
    Signing,
    /// A call, whatever it sends.
    Call,
    /// No call that sends an ID token.
    Nothing,
}

/// One table that can hold examples.
#[derive(Clone, Debug)]
pub struct Holder<'a> {
    /// The file's place in [`RuleFiles::sources`].
    pub source: usize,
    /// The table's key: `token`, `call`, …
    pub kind: &'static str,
    /// Which table of its kind, in its file.
    pub nth: usize,
    /// Programs that it is for.
    pub yes: &'a [Code],
    /// Programs that it is not for.
    pub no: &'a [Code],
    lang: Option<ExampleLang>,
    expected: Expected,
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
    /// Where it is written in the file.
    pub span: Span,
    /// The program.
    pub text: Cow<'a, str>,
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
        // where it calls a function `send` that it does not have, that is added at the end of its first file
        let whole = |code: String| {
            if !calls_send(&code) {
                return code;
            }
            match code.split_once(FILE_MARK) {
                Some((first, others)) => format!("{first}\n{send}{FILE_MARK}{others}"),
                None => format!("{code}\n{send}"),
            }
        };
        variants(&self.text).into_iter().map(|(name, code)| (name, whole(code))).collect()
    }
}

/// The programs that are meant where `@{get,delete}` stands for one name in each: every name once, the others at their
/// first.
pub(super) fn variants(code: &str) -> Vec<(Option<&str>, String)> {
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
    /// Every example of every file. Those that name a program that is not there are left out: [`RuleFiles::compile`] says so.
    pub fn examples(&self) -> Vec<Example<'_>> {
        self.holders().iter().flat_map(|holder| self.of_holder(holder)).filter_map(Result::ok).collect()
    }

    /// Every table that can hold examples.
    pub fn holders(&self) -> Vec<Holder<'_>> {
        let mut all = Vec::new();
        let endpoints = self.sources().iter().flat_map(|source| &source.file.endpoint);
        let methods: Vec<&str> = endpoints.map(|endpoint| endpoint.method.as_str()).collect();
        for (nth, source) in self.sources().iter().enumerate() {
            holders(nth, &source.file, &methods, &mut all);
        }
        all
    }

    /// Whether every example that is written as a change of another program can be made of it.
    pub(super) fn check_examples(&self) -> Result<(), Mistake> {
        let holders = self.holders();
        holders.iter().flat_map(|holder| self.of_holder(holder)).try_for_each(|example| example.map(drop))
    }

    fn of_holder<'a>(&'a self, holder: &Holder<'a>) -> impl Iterator<Item = Result<Example<'a>, Mistake>> {
        let both = holder.yes.iter().map(|code| (true, code)).chain(holder.no.iter().map(|code| (false, code)));
        let holder = holder.clone();
        both.filter_map(move |(yes, code)| {
            let source = self.sources().get(holder.source)?;
            let span = Span::new(code.span().start, code.span().end);
            let text = text_of(&source.file, holder.yes, code).map_err(|(message, help)| {
                Place::new(&source.name, &source.text).mistake(span, &message, "named here", &help)
            });
            let lang = holder.lang.unwrap_or(source.file.lang);
            let (kind, nth, expected) = (holder.kind, holder.nth, holder.expected.clone());
            Some(text.map(|text| Example { source: holder.source, kind, nth, yes, span, text, lang, expected }))
        })
    }
}

/// The text of a program; else what is wrong with it, and what may help.
fn text_of<'a>(file: &'a RuleFile, yes: &'a [Code], code: &'a Code) -> Result<Cow<'a, str>, (String, String)> {
    let other = match code.get_ref() {
        Program::Written(text) => return Ok(text.into()),
        Program::Other(other) => other,
    };
    let OtherProgram { of, change, to } = other;
    let base = match of {
        Some(name) => file.programs.get(name).ok_or_else(|| {
            let known: Vec<&str> = file.programs.keys().map(String::as_str).collect();
            (format!("no program is named `{name}` under `[programs]`"), did_you_mean(name, "programs", &known))
        })?,
        None => match yes.first() {
            Some(first) if first.span() != code.span() => return changed(text_of(file, &[], first)?, other),
            _ => return Err(("this names no program".to_owned(), "Write `of`, or a `yes` before it.".to_owned())),
        },
    };
    match (change, to) {
        (None, None) => Ok(base.into()),
        _ => changed(base.into(), other),
    }
}

/// A program with one text put in another one's place.
fn changed<'a>(base: Cow<'a, str>, other: &OtherProgram) -> Result<Cow<'a, str>, (String, String)> {
    let (Some(change), Some(to)) = (&other.change, &other.to) else {
        return Err(("`change` and `to` belong together".to_owned(), String::new()));
    };
    if change.is_empty() || !base.contains(change) {
        let help = "A change of nothing shows nothing.".to_owned();
        return Err((format!("`{change}` is not in the program that this is a change of"), help));
    }
    Ok(base.replace(change, to).into())
}

/// The tables of a file that can hold examples.
fn holders<'a>(source: usize, file: &'a RuleFile, methods: &[&str], all: &mut Vec<Holder<'a>>) {
    let id = || Expected::Token(TokenKind::Id);
    macro_rules! add {
        ($kind:literal, $tables:expr) => {
            add!($kind, $tables, |_| id())
        };
        ($kind:literal, $tables:expr, $expected:expr) => {
            all.extend($tables.iter().enumerate().map(|(nth, table)| {
                let of: &dyn Fn(_) -> Expected = &$expected;
                let (yes, no) = (table.yes.as_slice(), table.no.as_slice());
                Holder { source, kind: $kind, nth, yes, no, lang: table.lang, expected: of(table) }
            }))
        };
    }
    add!("type", &file.r#type, |table: &TypeTable| type_leads_to(table, file));
    add!("token", &file.token, |table: &TokenTable| Expected::Token(table.kind));
    add!("call", &file.call, |table: &CallTable| call_leads_to(table, methods));
    // what is only said to be known is no request
    add!("pass", &file.pass, |table: &PassTable| if table.says_nothing() { Expected::Nothing } else { id() });
    add!("store", &file.store);
    add!("name", &file.name, |table: &NameTable| Expected::Token(table.kind));
    add!("host", &file.host);
    add!("subject", &file.subject, |table: &SubjectTable| Expected::Subject(table.kind));
    add!("runtime", &file.runtime, |table: &RuntimeTable| Expected::Runs(table.is.unwrap_or(Side::Server)));
    add!("endpoint", &file.endpoint, |table: &EndpointTable| {
        Expected::Endpoint(format!("{} {}", table.method, table.path))
    });
    add!("cell", &file.cell);
    add!("setter", &file.setter);
    add!("context", &file.context);
    add!("refs", &file.refs);
    add!("mapper", &file.mapper);
    add!("container", &file.container);
    add!("reducer", &file.reducer);
    add!("reduced", &file.reduced);
    add!("action", &file.action);
    add!("case", &file.case);
    add!("flow", &file.flow);
    add!("event", &file.event);
    add!("injector", &file.injector);
    add!("outlet", &file.outlet);
    add!("test", &file.test);
    add!("part", &file.part);
    add!("handed", &file.handed);
    add!("ambient", &file.ambient);
    add!("login", &file.login, |_| Expected::Login);
    add!("setting", &file.setting, |_| Expected::Toggle);
    add!("query", &file.query, |_| Expected::Login);
    add!("answer", &file.answer, |_| Expected::Login);
    add!("party", &file.party, |_| Expected::Token(TokenKind::Other));
    add!("own", &file.own, |_| Expected::Subject(SubjectKind::AnyUser));
    add!("misspelt", &file.misspelt, |table: &MisspeltTable| Expected::Scope(table.scope.clone()));
    add!("member", &file.member, |table: &MemberTable| Expected::Edit(table.access.clone()));
    add!("evidence", &file.evidence);
    let has_component = !file.component.sections.is_empty() || !file.component.yes.is_empty();
    let component = has_component.then_some(&file.component);
    add!("component", component.into_iter().collect::<Vec<_>>());
    let imported = (!file.auto_import.folders.is_empty()).then_some(&file.auto_import);
    add!("auto-import", imported.into_iter().collect::<Vec<_>>());
}

/// What a type leads to: a finding about a login, where its values are asked for tokens here; another's token, where the
/// file knows no other; the library's own, where its calls are given none; else an ID token, itself or sent.
fn type_leads_to(table: &TypeTable, file: &RuleFile) -> Expected {
    let root = format!("type {} ", table.name);
    if file.login.iter().flat_map(|login| &login.on).any(|path| path.get_ref().starts_with(&root)) {
        return Expected::Login;
    }
    let is_other = !file.token.is_empty() && file.token.iter().all(|token| token.kind == TokenKind::Other);
    let own = file.call.iter().map(|call| if call.bearer.is_empty() { call.fallback } else { None });
    let own = own.reduce(|first, other| first.filter(|_| first == other)).flatten();
    Expected::Token(if is_other { TokenKind::Other } else { own.unwrap_or(TokenKind::Id) })
}

/// What a table of calls leads to; `methods` are those of the endpoints.
fn call_leads_to(table: &CallTable, methods: &[&str]) -> Expected {
    let literal = |slot: &SlotText| slot.get_ref().strip_prefix('\'')?.strip_suffix('\'').map(str::to_owned);
    let is_of_none = match table.method.as_slice() {
        [only] => literal(only).is_some_and(|method| !methods.contains(&method.as_str())),
        _ => false,
    };
    if is_of_none || !table.alone.is_empty() {
        return Expected::Nothing;
    }
    if !table.settings.is_empty() {
        return Expected::Toggle;
    }
    if !table.registers.is_empty() {
        return Expected::Signing;
    }
    if table.says_the_body_alone() {
        return Expected::Body;
    }
    if table.sends_without_a_credential() || table.says_the_keys_alone() {
        return Expected::Call;
    }
    // what the library sends by itself
    let own = table.fallback.or(table.stored.as_ref().and_then(|stored| stored.kind));
    Expected::Token(own.unwrap_or(TokenKind::Id))
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
