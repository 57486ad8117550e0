//! Commands that send a request, in shell scripts and in what people paste: `curl -H 'Authorization: …' https://…`.
//!
//! Owns where a command ends, its words, and the variables that the same text sets. Which commands there are, and what
//! their options mean, is told.

use super::{Sent, bearer, is_authorization};
use crate::text::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A command's text beyond this is not looked at, in bytes.
const LENGTH: usize = 64 * 1024;
/// How often a variable's value is looked into for others.
const DEPTH: usize = 4;

/// A command and its options, each with its dashes.
#[derive(Clone, Debug)]
pub struct Command<'r> {
    /// What it is called.
    pub name: &'r str,
    /// Options whose argument is a header.
    pub header: &'r [String],
    /// Options whose argument is the method.
    pub method: &'r [String],
    /// Options whose argument is the URL.
    pub url: &'r [String],
    /// Options whose argument is a token that is sent as the Bearer.
    pub bearer: &'r [String],
    /// Options whose argument is a body.
    pub body: &'r [String],
    /// Options with another argument.
    pub other: &'r [String],
    /// Options without an argument that mean a method.
    pub flags: &'r BTreeMap<String, String>,
    /// The method of a request with a body, where none is given.
    pub with_body: &'r str,
}

/// The requests that `commands` in `text` send. The text begins at `from` of its file.
/// Variables that it does not set are those of `before`, to which its own are added.
pub fn parse<'t>(
    text: &'t str,
    from: usize,
    commands: &[Command<'_>],
    before: &mut BTreeMap<&'t str, String>,
) -> Vec<Sent> {
    before.extend(variables(text));
    let variables = &*before;
    let mut sent = Vec::new();
    for command in commands {
        let mut done = 0;
        for at in memchr::memmem::find_iter(text.as_bytes(), command.name) {
            if at < done || !is_command(text, at, command.name) {
                continue;
            }
            let end = end_of(text, at);
            done = end;
            let Some(words) = words(&text[at..end]) else { continue };
            let words: Vec<String> = words.iter().skip(1).map(|word| expand(word, variables).into_owned()).collect();
            if let Some((method, url, bearer)) = read(&words, command) {
                sent.push(Sent { span: Span::new(from + at, from + end), method, url, bearer });
            }
        }
    }
    sent
}

/// Whether the word at `at` is a command: it stands alone, where one may stand, and not in a comment.
fn is_command(text: &str, at: usize, name: &str) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + name.len()..].chars().next();
    let alone = before.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '|' | '&' | '(' | '`' | '/' | '"'))
        && after.is_some_and(char::is_whitespace);
    let line = text[..at].rsplit('\n').next().unwrap_or_default();
    alone && !line.trim_start().starts_with('#')
}

/// Where the command that begins at `at` ends: at the end of its line, of its pipe or of what is put in its place.
fn end_of(text: &str, at: usize) -> usize {
    let bytes = &text.as_bytes()[..text.len().min(at + LENGTH)];
    let (mut quote, mut depth, mut place) = (None, 0u32, at);
    while let Some(&byte) = bytes.get(place) {
        match (quote, byte) {
            // as copied for another shell, `^` continues a line
            (None | Some(b'"'), b'\\') | (None, b'^') => {
                let is_crlf = bytes.get(place + 1) == Some(&b'\r') && bytes.get(place + 2) == Some(&b'\n');
                place += if is_crlf { 2 } else { 1 };
            }
            (None, b'\'' | b'"') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'(') if bytes[..place].ends_with(b"$") => depth += 1,
            (None, b')') if depth > 0 => depth -= 1,
            (None, b'\n' | b';' | b'|' | b'&' | b')' | b'`') if depth == 0 => break,
            _ => {}
        }
        place += 1;
    }
    // an escape may have led beyond, or into the middle of a character
    let mut end = place.min(bytes.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

/// The words of a command; `None` where its quotes are not closed.
fn words(command: &str) -> Option<Vec<String>> {
    let command = command.replace("^\r\n", " ").replace("^\n", " ").replace("\\\r\n", " ").replace(" $'", " '");
    shlex::split(&command)
}

/// The variables that a text gives a text, each the last time.
fn variables(text: &str) -> BTreeMap<&str, String> {
    let mut variables = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches("$ ");
        let line =
            ["export ", "set ", "local ", "readonly "].iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else { continue };
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name
            && value.len() <= LENGTH
            && let Some(value) = shlex::split(value).and_then(|words| words.into_iter().next())
        {
            variables.insert(name, value);
        }
    }
    variables
}

/// A word with `$NAME` and `${NAME}` filled in where the text says what they are.
fn expand<'w>(word: &'w str, variables: &BTreeMap<&str, String>) -> Cow<'w, str> {
    let mut word = Cow::Borrowed(word);
    for _ in 0..DEPTH {
        let mut out = String::new();
        let mut rest: &str = &word;
        let mut any = false;
        while let Some(at) = rest.find('$') {
            let behind = &rest[at + 1..];
            let braced = behind.strip_prefix('{').and_then(|inside| inside.split_once('}'));
            let (name, after) = braced.unwrap_or_else(|| {
                behind.split_at(behind.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(behind.len()))
            });
            out.push_str(&rest[..at]);
            match variables.get(name).filter(|value| out.len() + value.len() <= LENGTH) {
                Some(value) => {
                    any = true;
                    out.push_str(value);
                }
                None => out.push_str(&rest[at..rest.len() - after.len()]),
            }
            rest = after;
        }
        if !any {
            break;
        }
        out.push_str(rest);
        word = Cow::Owned(out);
    }
    word
}

/// Method, URL and Bearer of a command with these words.
fn read(words: &[String], command: &Command<'_>) -> Option<(String, String, Option<String>)> {
    let (mut method, mut url, mut token, mut has_body) = (None, None, None, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some((_, means)) = command.flags.get_key_value(word) {
            method.get_or_insert_with(|| means.clone());
            continue;
        }
        let Some((option, glued)) = option_of(word, command) else {
            // of several URLs, the first
            if !word.starts_with('-') && word.contains('/') {
                url.get_or_insert_with(|| word.clone());
            }
            continue;
        };
        let Some(argument) = glued.or_else(|| words.next().cloned()) else { break };
        let is = |options: &[String]| options.contains(&option);
        if is(command.header) {
            if let Some((name, value)) = argument.split_once(':')
                && is_authorization(name)
            {
                token = bearer(value);
            }
        } else if is(command.bearer) {
            token = Some(argument);
        } else if is(command.method) {
            method = Some(argument.to_ascii_uppercase());
        } else if is(command.url) {
            url = Some(argument);
        } else if is(command.body) {
            has_body = true;
        }
    }
    let default = if has_body { command.with_body } else { "GET" };
    Some((method.unwrap_or_else(|| default.to_owned()), url?, token))
}

/// The option with an argument that a word is, and the argument if it is glued to it: `-XPATCH`, `-sH`, `--header=x`.
fn option_of(word: &str, command: &Command<'_>) -> Option<(String, Option<String>)> {
    let all = [command.header, command.method, command.url, command.bearer, command.body, command.other];
    let takes = |option: &str| all.iter().any(|options| options.iter().any(|known| known == option));
    if word.starts_with("--") {
        let (option, glued) = word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
        return takes(option).then(|| (option.to_owned(), glued.map(str::to_owned)));
    }
    let letters = word.strip_prefix('-')?;
    letters.char_indices().find_map(|(at, letter)| {
        let option = format!("-{letter}");
        let rest = &letters[at + letter.len_utf8()..];
        takes(&option).then(|| (option, (!rest.is_empty()).then(|| rest.to_owned())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> Vec<(String, String, Option<String>)> {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let (header, method, url) = (list(&["-H", "--header"]), list(&["-X", "--request"]), list(&["--url"]));
        let (bearer, body, other) = (list(&["--oauth2-bearer"]), list(&["-d", "--data-raw"]), list(&["-o", "-u"]));
        let flags = BTreeMap::from([("-I".to_owned(), "HEAD".to_owned())]);
        let command = Command {
            name: "curl",
            header: &header,
            method: &method,
            url: &url,
            bearer: &bearer,
            body: &body,
            other: &other,
            flags: &flags,
            with_body: "POST",
        };
        parse(text, 0, &[command], &mut BTreeMap::new())
            .into_iter()
            .map(|sent| (sent.method, sent.url, sent.bearer))
            .collect()
    }

    fn row(method: &str, url: &str, bearer: Option<&str>) -> (String, String, Option<String>) {
        (method.to_owned(), url.to_owned(), bearer.map(str::to_owned))
    }

    #[test]
    fn commands_are_read() {
        for (text, wanted) in [
            ("curl https://a/b", row("GET", "https://a/b", None)),
            ("$ curl -sXPATCH -H 'Authorization: Bearer t' https://a/b | jq .", row("PATCH", "https://a/b", Some("t"))),
            (
                "curl --request POST \\\n  --url https://a/b \\\r\n  --header \"authorization: Bearer t\" -o x/y",
                row("POST", "https://a/b", Some("t")),
            ),
            (
                "curl \"https://a/b\" ^\n -H \"Authorization: Bearer t\" ^\n --data-raw x/y",
                row("POST", "https://a/b", Some("t")),
            ),
            ("X=$(curl -I a/b --oauth2-bearer t) # c", row("HEAD", "a/b", Some("t"))),
            (
                "T='t'\nexport U=https://a\ncurl \"$U/b\" -H \"Authorization: Bearer ${T}\"",
                row("GET", "https://a/b", Some("t")),
            ),
            (
                "curl $U/b -H \"Authorization: Bearer $(get token | head)\"",
                row("GET", "$U/b", Some("$(get token | head)")),
            ),
            ("/usr/bin/curl -H'Authorization:Bearer t' https://a/b; rm x", row("GET", "https://a/b", Some("t"))),
        ] {
            assert_eq!(sent(text), [wanted], "{text}");
        }
    }

    #[test]
    fn what_is_no_command_is_none() {
        for text in [
            "# curl https://a/b",
            "apt install curl",
            "libcurl https://a/b",
            "curly https://a/b",
            "curl 'https://a/b",
            "curl",
            "curl -d a/b",
        ] {
            assert!(sent(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn two_commands_are_two() {
        let text = "curl a/1 && curl a/2\ncurl a/3 \\\n  -H 'x: curl a/4'\n";
        let urls: Vec<String> = sent(text).into_iter().map(|(_, url, _)| url).collect();
        assert_eq!(urls, ["a/1", "a/2", "a/3"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(curl |[a-c'\"\\\\$(){}^;|&/ =\n\r\té-]){0,40}") {
            let _ = sent(&text);
        }
    }
}
