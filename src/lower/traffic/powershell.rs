//! Commands of PowerShell that send a request: `Invoke-RestMethod -Uri … -Headers @{ Authorization = "Bearer …" }`.
//!
//! Owns the words of the language as far as such commands and the variables before them need it. Which commands there are,
//! and what their parameters mean, is told.

use super::command::{Command, Takes};
use super::{Body, Sent, bearer, is_authorization};
use crate::text::Span;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Maps within maps and brackets within brackets that are looked into.
const DEPTH: u8 = 16;
/// A longer name is none, in characters.
const NAME: usize = 200;
/// How often each token is looked at, all together.
const LOOKS: usize = 64;
/// Words of a command that is no request.
const WORDS: usize = 64;
/// A longer text is not kept, in bytes.
const LENGTH: usize = 64 * 1024;

/// Variables by their names in lower case.
type Variables = BTreeMap<String, Value>;

/// What an expression is, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Text(String),
    Map(Vec<(String, Value)>),
    Unknown,
}

/// A part of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Text in quotes, and whether variables are filled into it.
    Quoted(String, bool),
    /// `$name`.
    Variable(String),
    /// `@name`: a map whose entries are parameters.
    Splat(String),
    /// `@{`.
    Open,
    /// Anything else that stands together.
    Word(String),
    /// One of `()[]{}=;|,+` or the end of a line.
    Sign(char),
}

/// The requests that `commands` in `text` send. The text begins at `from` of its file.
pub fn parse(text: &str, from: usize, commands: &[Command<'_>]) -> Vec<Sent> {
    let tokens = tokens(text);
    let looks = Cell::new(tokens.len().saturating_mul(LOOKS));
    let mut script = Script { tokens: &tokens, variables: Variables::new(), looks };
    let mut sent = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let command = match &tokens[at].0 {
            Token::Word(word) => commands.iter().find(|command| is_named(command, word)),
            _ => None,
        };
        let next = match command {
            Some(command) => {
                let (found, end) = script.command(at + 1, command);
                let last = tokens[end.saturating_sub(1).max(at)].1;
                let span = Span::new(from + tokens[at].1.start as usize, from + last.end as usize);
                sent.extend(found.map(|found| Sent { span, ..found }));
                end
            }
            None => script.statement(at),
        };
        at = next.max(at + 1);
    }
    sent
}

/// Whether a text may hold such a command.
pub fn is_likely(text: &str, commands: &[Command<'_>]) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '-';
    text.split(|c: char| !is_part(c)).any(|word| commands.iter().any(|command| is_named(command, word)))
}

fn is_named(command: &Command<'_>, word: &str) -> bool {
    command.names.iter().any(|name| name.eq_ignore_ascii_case(word))
}

struct Script<'t> {
    tokens: &'t [(Token, Span)],
    variables: Variables,
    /// How many more tokens are looked at.
    looks: Cell<usize>,
}

impl Script<'_> {
    /// The token at a place; none behind the last, nor where too many were looked at.
    fn token(&self, at: usize) -> Option<&Token> {
        let left = self.looks.get().checked_sub(1)?;
        self.looks.set(left);
        self.tokens.get(at).map(|(token, _)| token)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.token(at) == Some(&Token::Sign(sign))
    }

    /// What is set at `at`, and where to go on.
    fn statement(&mut self, at: usize) -> usize {
        let Some(Token::Variable(name)) = self.token(at) else { return at + 1 };
        let name = name.clone();
        match (self.token(at + 1), self.token(at + 2)) {
            // `$x = …`; a command behind it is looked at for itself
            (Some(Token::Sign('=')), Some(Token::Word(_))) => {
                let (value, _) = self.made(at + 2, DEPTH);
                self.variables.insert(name, value);
                at + 2
            }
            (Some(Token::Sign('=')), Some(Token::Sign('('))) if matches!(self.token(at + 3), Some(Token::Word(_))) => {
                let (value, _) = self.made(at + 3, DEPTH);
                self.variables.insert(name, value);
                at + 3
            }
            (Some(Token::Sign('=')), _) => {
                let (value, end) = self.value(at + 2, DEPTH);
                self.variables.insert(name, value);
                end
            }
            // `$x.Add('a', …)`
            (Some(Token::Word(method)), Some(Token::Sign('('))) if method.eq_ignore_ascii_case(".add") => {
                let (key, end) = self.value(at + 3, DEPTH);
                if !self.is_sign(end, ',') {
                    return end;
                }
                let (value, end) = self.value(end + 1, DEPTH);
                self.add(name, key, value);
                end
            }
            // `$x['a'] = …`
            (Some(Token::Sign('[')), _) => {
                let (key, end) = self.value(at + 2, DEPTH);
                if !self.is_sign(end, ']') || !self.is_sign(end + 1, '=') {
                    return end;
                }
                let (value, end) = self.value(end + 2, DEPTH);
                self.add(name, key, value);
                end
            }
            // `$x.a = …`
            (Some(Token::Word(member)), Some(Token::Sign('='))) if member.starts_with('.') => {
                let key = Value::Text(member[1..].to_owned());
                let (value, end) = self.value(at + 3, DEPTH);
                self.add(name, key, value);
                end
            }
            _ => at + 1,
        }
    }

    fn add(&mut self, name: String, key: Value, value: Value) {
        let Value::Text(key) = key else { return };
        match self.variables.get_mut(&name) {
            Some(Value::Map(entries)) => entries.push((key, value)),
            _ => _ = self.variables.insert(name, Value::Map(vec![(key, value)])),
        }
    }

    /// What a command makes that is no request: of one text or variable, the same.
    fn made(&self, at: usize, depth: u8) -> (Value, usize) {
        let mut found = Vec::new();
        let mut at = at + 1;
        let last = at + WORDS;
        while let Some(token) = self.token(at).filter(|_| at < last) {
            match token {
                Token::Open if depth > 0 => {
                    let (value, end) = self.map(at + 1, depth - 1);
                    found.push(value);
                    at = end;
                    continue;
                }
                Token::Quoted(text, fills) => found.push(Value::Text(self.filled(text, *fills))),
                Token::Variable(name) => found.extend(self.variables.get(name).cloned()),
                Token::Sign('\n' | ';' | '|' | ')' | '}') => break,
                _ => {}
            }
            at += 1;
        }
        let only = if found.len() == 1 { found.pop() } else { None };
        (only.unwrap_or(Value::Unknown), at)
    }

    /// The value at `at`, and what is behind it: texts that are joined, maps, variables, these in brackets.
    fn value(&self, at: usize, depth: u8) -> (Value, usize) {
        let (mut value, mut end) = self.part(at, depth);
        while self.is_sign(end, '+') {
            let (next, behind) = self.part(end + 1, depth);
            value = match (value, next) {
                (Value::Text(one), Value::Text(other)) if one.len() + other.len() <= LENGTH => {
                    Value::Text(one + &other)
                }
                (Value::Map(mut all), Value::Map(more)) => {
                    all.extend(more);
                    Value::Map(all)
                }
                _ => Value::Unknown,
            };
            end = behind;
        }
        (value, end)
    }

    fn part(&self, at: usize, depth: u8) -> (Value, usize) {
        match self.token(at) {
            Some(Token::Quoted(text, fills)) => (Value::Text(self.filled(text, *fills)), at + 1),
            Some(Token::Variable(name)) => {
                let value = self.variables.get(name).cloned().unwrap_or_else(|| Value::Text(format!("${name}")));
                self.member(value, at + 1)
            }
            Some(Token::Open) if depth > 0 => self.map(at + 1, depth - 1),
            Some(Token::Sign('(')) if depth > 0 => {
                let (value, end) = match self.token(at + 1) {
                    Some(Token::Word(_)) => self.made(at + 1, depth - 1),
                    _ => self.value(at + 1, depth - 1),
                };
                (value, self.closed(end))
            }
            // `[ordered]@{…}`, `[string]$x`
            Some(Token::Sign('[')) if depth > 0 => {
                match self.tokens[at..].iter().position(|(token, _)| *token == Token::Sign(']')) {
                    Some(length) if length < 8 => self.part(at + length + 1, depth - 1),
                    _ => (Value::Unknown, at + 1),
                }
            }
            Some(Token::Word(word)) => (Value::Text(word.clone()), at + 1),
            // nothing is here
            Some(Token::Sign(')' | '}' | ']' | '\n' | ';')) | None => (Value::Unknown, at),
            Some(_) => (Value::Unknown, at + 1),
        }
    }

    /// What is read off a value: `.name`.
    fn member(&self, value: Value, at: usize) -> (Value, usize) {
        let Some(Token::Word(name)) =
            self.token(at).filter(|token| matches!(token, Token::Word(name) if name.starts_with('.')))
        else {
            return (value, at);
        };
        let found = match value {
            Value::Map(entries) => {
                entries.into_iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(&name[1..])).map(|(_, value)| value)
            }
            _ => None,
        };
        (found.unwrap_or(Value::Unknown), at + 1)
    }

    /// Behind the bracket that closes the one around `at`.
    fn closed(&self, mut at: usize) -> usize {
        let mut open = 0u32;
        while let Some(token) = self.token(at) {
            at += 1;
            match token {
                Token::Sign('(') => open += 1,
                Token::Sign(')') if open == 0 => break,
                Token::Sign(')') => open -= 1,
                _ => {}
            }
        }
        at
    }

    /// The entries of a map.
    fn map(&self, mut at: usize, depth: u8) -> (Value, usize) {
        let mut entries = Vec::new();
        loop {
            let key = match self.token(at) {
                None => return (Value::Unknown, at),
                Some(Token::Sign('}')) => return (Value::Map(entries), at + 1),
                Some(Token::Word(key) | Token::Quoted(key, _)) if self.is_sign(at + 1, '=') => key.clone(),
                Some(_) => {
                    at += 1;
                    continue;
                }
            };
            let (value, mut end) = self.value(at + 2, depth);
            // `$x | ConvertTo-Json`, and what else is not looked at
            let mut open = 0u32;
            while let Some(token) = self.token(end) {
                match token {
                    Token::Sign('(' | '{' | '[') | Token::Open => open += 1,
                    Token::Sign('\n' | ';' | '}') if open == 0 => break,
                    Token::Sign(')' | '}' | ']') => open = open.saturating_sub(1),
                    _ => {}
                }
                end += 1;
            }
            entries.push((key, value));
            at = end;
        }
    }

    /// The request that a command with the parameters from `at` on sends, and where it ends.
    fn command(&self, at: usize, command: &Command<'_>) -> (Option<Sent>, usize) {
        let mut given: Vec<(Takes, Value)> = Vec::new();
        let mut free = None;
        let mut at = at;
        while let Some(token) = self.token(at) {
            match token {
                Token::Sign('\n' | ';' | '|' | ')' | '}') => break,
                Token::Splat(name) => {
                    if let Some(Value::Map(entries)) = self.variables.get(name) {
                        let known =
                            |(key, value): &(String, Value)| Some((takes(&format!("-{key}"), command)?, value.clone()));
                        given.extend(entries.iter().filter_map(known));
                    }
                    at += 1;
                }
                Token::Word(word) if word.starts_with('-') => match takes(word, command) {
                    Some(takes) => {
                        let (value, end) = self.value(at + 1, DEPTH);
                        given.push((takes, value));
                        at = end.max(at + 1);
                    }
                    None => at += 1,
                },
                _ => {
                    let (value, end) = self.value(at, DEPTH);
                    free = free.or(Some(value));
                    at = end.max(at + 1);
                }
            }
        }
        let free = free.map(|value| (Takes::Url, value));
        (request(free.into_iter().chain(given), command), at)
    }

    /// A text with the variables that it names, where it is known what they are.
    fn filled(&self, text: &str, fills: bool) -> String {
        if !fills || !text.contains('$') {
            return text.to_owned();
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let behind = &rest[at + 1..];
            let inside = |open: &str, close: char| bracketed(behind.strip_prefix(open)?, close);
            let (name, after) = inside("(", ')').or_else(|| inside("{", '}')).unwrap_or_else(|| {
                behind.split_at(behind.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(behind.len()))
            });
            out.push_str(&rest[..at]);
            let written = &rest[at..rest.len() - after.len()];
            match self.variables.get(&name.trim_start_matches('$').to_lowercase()) {
                Some(Value::Text(value)) if out.len() + value.len() <= LENGTH => out.push_str(value),
                _ => out.push_str(written),
            }
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// What a parameter takes.
fn takes(parameter: &str, command: &Command<'_>) -> Option<Takes> {
    let parameter = parameter.trim_end_matches(':');
    let is_meant = |names: &&[String]| names.iter().any(|name| name.eq_ignore_ascii_case(parameter));
    command.options.iter().find(|(_, names)| is_meant(names)).map(|(takes, _)| *takes)
}

/// The request that is made of what a command is given.
fn request(given: impl Iterator<Item = (Takes, Value)>, command: &Command<'_>) -> Option<Sent> {
    let mut sent = Sent::default();
    let (mut method, mut url, mut scheme, mut credentials) = (None, None, None, None);
    for (takes, value) in given {
        match (takes, value) {
            (Takes::Header, Value::Map(entries)) => {
                let mut values = entries.into_iter().filter(|(name, _)| is_authorization(name));
                if let Some((_, Value::Text(value))) = values.next_back() {
                    sent.bearer = bearer(&value);
                }
            }
            (Takes::Method, Value::Text(text)) => method = Some(text.to_ascii_uppercase()),
            (Takes::Url, Value::Text(text)) => url = Some(text),
            (Takes::Scheme, Value::Text(text)) => scheme = Some(text),
            (Takes::Credentials, Value::Text(text)) => credentials = Some(text),
            (Takes::Data, Value::Text(text)) if !text.starts_with('$') => sent.body = Body::of_text(&text),
            (Takes::Data, Value::Map(entries)) => {
                let text = |value| match value {
                    Value::Text(text) => Some(text),
                    Value::Map(_) | Value::Unknown => None,
                };
                sent.body = Body::Fields(entries.into_iter().map(|(name, value)| (name, text(value))).collect());
            }
            (Takes::Data | Takes::File, _) => sent.body = Body::Unread,
            _ => {}
        }
    }
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer")) {
        sent.bearer = credentials.or(sent.bearer);
    }
    let default = if sent.body == Body::Nothing { "GET" } else { command.with_body };
    Some(Sent { method: method.unwrap_or_else(|| default.to_owned()), url: url?, ..sent })
}

/// A name before the bracket that closes it, and what is behind that.
fn bracketed(text: &str, close: char) -> Option<(&str, &str)> {
    let (end, _) = text.char_indices().take(NAME).find(|(_, c)| *c == close)?;
    Some((&text[..end], &text[end + close.len_utf8()..]))
}

/// The parts of a script.
fn tokens(text: &str) -> Vec<(Token, Span)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let mut push = |token: Token, length: usize| tokens.push((token, Span::new(at, at + length)));
        let length = match c {
            '`' => match rest[1..].strip_prefix("\r\n") {
                Some(_) => 3,
                None => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            },
            '<' if rest.starts_with("<#") => rest.find("#>").map_or(rest.len(), |end| end + 2),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            '@' if rest.starts_with("@\"") || rest.starts_with("@'") => {
                let end = if rest.starts_with("@\"") { "\n\"@" } else { "\n'@" };
                let inside = rest.find('\n').map_or(rest.len(), |line| line + 1);
                let close = rest.find(end).filter(|close| *close >= inside.saturating_sub(1));
                let body = rest.get(inside..close.unwrap_or(rest.len())).unwrap_or_default();
                let length = close.map_or(rest.len(), |close| close + end.len());
                push(Token::Quoted(body.trim_end_matches('\r').to_owned(), end.contains('"')), length);
                length
            }
            '@' if rest.starts_with("@{") => {
                push(Token::Open, 2);
                2
            }
            '@' | '$' => {
                let braced =
                    rest[1..].strip_prefix('{').and_then(|inside| bracketed(inside, '}')).map(|(name, _)| name);
                let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
                let plain = &rest[1..rest[1..].find(|c: char| !is_name(c)).map_or(rest.len(), |end| end + 1)];
                let (name, length) = braced.map_or((plain, 1 + plain.len()), |name| (name, 3 + name.len()));
                if !name.is_empty() {
                    let name = name.to_lowercase();
                    push(if c == '@' { Token::Splat(name) } else { Token::Variable(name) }, length);
                }
                length.max(1)
            }
            '"' | '\'' => {
                let (inside, length) = quoted(rest, c);
                push(Token::Quoted(inside, c == '"'), length);
                length
            }
            '\n' | '(' | ')' | '[' | ']' | '{' | '}' | '=' | ';' | '|' | ',' | '+' => {
                push(Token::Sign(c), 1);
                1
            }
            c if c.is_whitespace() => c.len_utf8(),
            _ => {
                // a colon ends a parameter's name: `-Method:Patch`
                let is_parameter = c == '-';
                let mut length = 0;
                for c in rest.chars() {
                    let is_address = rest[..length].contains("://");
                    let ends = matches!(c, '(' | ')' | '{' | '}' | ';' | '|' | ',' | '"' | '\'' | '`' | '[' | ']');
                    if c.is_whitespace() || ends || !is_address && matches!(c, '=' | '+') {
                        break;
                    }
                    length += c.len_utf8();
                    if is_parameter && c == ':' || length > LENGTH {
                        break;
                    }
                }
                let length = length.max(c.len_utf8());
                push(Token::Word(rest[..length].to_owned()), length);
                length
            }
        };
        at += length;
    }
    tokens
}

/// What stands in quotes at the beginning of a text, without escapes, and how long it is with them.
fn quoted(text: &str, quote: char) -> (String, usize) {
    let mut inside = String::new();
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '`' if quote == '"' => inside.extend(characters.next().map(|(_, c)| match c {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            })),
            c if c == quote && characters.peek().is_some_and(|(_, next)| *next == quote) => {
                characters.next();
                inside.push(c);
            }
            c if c == quote => return (inside, at + 1),
            c => inside.push(c),
        }
    }
    (inside, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Sent> {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let options = [
            (Takes::Header, list(&["-Headers"])),
            (Takes::Method, list(&["-Method"])),
            (Takes::Url, list(&["-Uri"])),
            (Takes::Scheme, list(&["-Authentication"])),
            (Takes::Credentials, list(&["-Token"])),
            (Takes::Data, list(&["-Body"])),
            (Takes::File, list(&["-InFile"])),
            (Takes::Other, list(&["-ContentType"])),
        ];
        let options = options.iter().map(|(takes, names)| (*takes, names.as_slice())).collect();
        let (names, flags) = (list(&["Invoke-RestMethod", "irm"]), BTreeMap::new());
        parse(text, 0, &[Command { names: &names, options, flags: &flags, with_body: "GET", items: false }])
    }

    #[test]
    fn commands_are_read() {
        for text in [
            "Invoke-RestMethod -Uri 'https://a/b' -Method Patch -Headers @{ Authorization = 'Bearer t' }",
            "irm https://a/b -Method:PATCH -Headers @{'Authorization'=\"Bearer t\";'X'='y'}",
            "$t = 't'\n$h = @{\n  \"Content-Type\" = 'x'\n  Authorization = \"Bearer $t\"\n}\n$answer = Invoke-RestMethod `\r\n  -Uri https://a/b `\r\n  -Headers $h -Method 'PATCH' | Select-Object x",
            "$h = New-Object \"System.Collections.Generic.Dictionary[[String],[String]]\"\n$h.Add(\"Authorization\", \"Bearer t\")\n$r = Invoke-RestMethod 'https://a/b' -Method 'PATCH' -Headers $h",
            "$h = @{}\n$h['Authorization'] = 'Bearer ' + $t\n$t = 't'\n$h.Authorization = \"Bearer $($T)\"\nirm -Headers $h -Method Patch \"https://a/b\"",
            "$p = @{ Uri = 'https://a/b'; Method = 'Patch'; Headers = @{ Authorization = 'Bearer t' } }\nInvoke-RestMethod @p",
            "$s = ConvertTo-SecureString 't' -AsPlainText -Force\nirm https://a/b -Method Patch -Authentication Bearer -Token $s",
            "if ($x) { irm https://a/b -Method Patch -Headers ([ordered]@{ Authorization = 'Bearer t' }) }",
            "<# irm https://x/y #> $x = (irm https://a/b -Method Patch -Headers @{ Authorization = 'Bearer t' }).name",
        ] {
            let found = read(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            let sent = (&*found[0].method, &*found[0].url, found[0].bearer.as_deref());
            assert_eq!(sent, ("PATCH", "https://a/b", Some("t")), "{text}");
            assert!(
                text[found[0].span.range()].contains("irm") || text[found[0].span.range()].starts_with("Invoke-"),
                "{text}"
            );
        }
    }

    #[test]
    fn bodies_are_kept() {
        let fields = |value: Option<&str>| Body::Fields(vec![("a".to_owned(), value.map(str::to_owned))]);
        let text = |text: &str| Body::Text(text.to_owned());
        for (script, wanted) in [
            ("irm u/v", Body::Nothing),
            ("irm u/v -Body '{\"a\": 1}'", text("{\"a\": 1}")),
            ("irm u/v -Body \"{`\"a`\":`\"b`\"}\"", text("{\"a\":\"b\"}")),
            ("$b = @\"\n{\"a\": \"$x\"}\n\"@\n$x\nirm u/v -Body $b", text("{\"a\": \"$x\"}")),
            ("$b = @{ a = 'b' }\nirm u/v -Body ($b | ConvertTo-Json)", fields(Some("b"))),
            ("$b = @{ a = 'b' } | ConvertTo-Json\nirm u/v -Body $b -ContentType x", fields(Some("b"))),
            ("irm u/v -Body (ConvertTo-Json @{ a = 'b' })", fields(Some("b"))),
            ("irm u/v -Body (Get-Body @{ a = 'b' } 'c')", Body::Unread),
            ("$b = @{ a = 'b' }\nirm u/v -Body (ConvertTo-Json $b)", fields(Some("b"))),
            ("irm u/v -Body @{ a = @{ b = 1 } }", fields(None)),
            ("irm u/v -Body $unknown", Body::Unread),
            ("irm u/v -InFile a.json", Body::Unread),
        ] {
            let found = read(script);
            assert_eq!(found.len(), 1, "{script}");
            assert_eq!(found[0].body, wanted, "{script}");
        }
    }

    #[test]
    fn what_is_no_command_is_none() {
        for text in
            ["# irm https://a/b", "Get-Help irmx", "'irm https://a/b'", "irm", "Invoke-RestMethod -Method Get", ""]
        {
            assert!(read(text).is_empty(), "{text}");
        }
        assert_eq!(read(&"$a = @{ b = (".repeat(10_000)), []);
        assert_eq!(read(&format!("irm {}", "(".repeat(100_000))), []);
        assert_eq!(read(&"${(\"$($".repeat(50_000)), []);
        assert_eq!(read(&"$a=x @{ $a=(x ".repeat(50_000)), []);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(irm |[$]a = |@[{]|@\"\n|\n\"@|<#|[a-c'\"`$(){}\\[\\]@#.:;|+,= \n\r\té-]){0,40}") {
            for sent in read(&text) {
                let _ = &text[sent.span.range()];
            }
        }
    }
}
