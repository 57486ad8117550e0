//! Commands that send a request, in shell scripts and in what people paste: `curl -H 'Authorization: …' https://…`.
//!
//! Owns where a command ends, its words, what it is given to read, and the variables that the same text sets. Which
//! commands there are is told.

use super::command::{self, Command};
use super::{Body, Sent};
use crate::text::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A command's text beyond this is not looked at, in bytes.
const LENGTH: usize = 64 * 1024;
/// How often a variable's value is looked into for others.
const DEPTH: usize = 4;

/// The requests that `commands` in `text` send. The text begins at `from` of its file.
/// Variables that it does not set are those of `before`, to which its own are added. `read` says what is in a file that a
/// command takes options from.
pub fn parse<'t>(
    text: &'t str,
    from: usize,
    commands: &[Command<'_>],
    before: &mut BTreeMap<&'t str, String>,
    read: &dyn Fn(&str) -> Option<String>,
) -> Vec<Sent> {
    before.extend(variables(text));
    let variables = &*before;
    let mut sent = Vec::new();
    for (command, name) in commands.iter().flat_map(|command| command.names.iter().map(move |name| (command, name))) {
        let mut done = 0;
        for at in memchr::memmem::find_iter(text.as_bytes(), name) {
            if at < done || !is_command(text, at, name) {
                continue;
            }
            let end = end_of(text, at);
            done = end;
            let Some(words) = words(&text[at..end]) else { continue };
            let (words, redirected) = redirected(words);
            let words: Vec<String> = words.iter().skip(1).map(|word| expand(word, variables).into_owned()).collect();
            let input = match redirected {
                Some(Input::Until(word)) => Some(heredoc(text, end, &word)),
                Some(Input::Body(body)) => Some(body),
                None => piped(text, at),
            };
            let input = input.map(|body| match body {
                Body::Text(text) => Body::of_text(&expand(&text, variables)),
                other => other,
            });
            let words = command::with_config(words, input.as_ref(), command, read);
            if let Some(found) = command::read(&words, input, command) {
                sent.push(Sent { span: Span::new(from + at, from + end), ..found });
            }
        }
    }
    sent.sort_by_key(|sent| sent.span);
    sent
}

/// Texts shown in one command that are looked at.
const SHOWN: u8 = 8;

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
    // `$'…'`, in which a backslash escapes
    let mut is_escaped = false;
    let mut looks = SHOWN;
    while let Some(&byte) = bytes.get(place) {
        match (quote, byte) {
            (Some(b'\''), b'\\') if is_escaped => place += 1,
            // as copied for another shell, `^` continues a line
            (None | Some(b'"'), b'\\') | (None, b'^') => {
                let is_crlf = bytes.get(place + 1) == Some(&b'\r') && bytes.get(place + 2) == Some(&b'\n');
                place += if is_crlf { 2 } else { 1 };
            }
            (None, b'\'' | b'"') => {
                is_escaped = bytes[..place].ends_with(b"$");
                quote = Some(byte);
            }
            (Some(open), _) if open == byte => quote = None,
            (None | Some(b'"'), b'$') if let Some(shown) = Shown::at(text, place, &mut looks) => place = shown.end - 1,
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
    if command.contains("^\"") {
        // as copied for another shell: `^` makes the next character a plain one
        let joined = command.replace("^\r\n", " ").replace("^\n", " ");
        let mut plain = String::with_capacity(joined.len());
        let mut characters = joined.chars();
        while let Some(c) = characters.next() {
            plain.extend(if c == '^' { characters.next() } else { Some(c) });
        }
        return shlex::split(&plain);
    }
    let command = shown(command)?;
    let command = command.replace("^\r\n", " ").replace("^\n", " ").replace("\\\r\n", " ");
    shlex::split(&escaped(&command)?)
}

/// `$(cat <<END …)`: lines that are shown in the place of a word.
struct Shown {
    /// The lines.
    lines: std::ops::Range<usize>,
    /// Behind the bracket.
    end: usize,
}

impl Shown {
    /// The one that begins at `at`; so many more are looked at.
    fn at(text: &str, at: usize, looks: &mut u8) -> Option<Shown> {
        let rest = text.get(at..)?.strip_prefix("$(cat")?.trim_start().strip_prefix("<<")?;
        *looks = looks.checked_sub(1)?;
        let (first, _) = rest.split_once('\n')?;
        let word = first.trim_start_matches('-').trim().trim_matches(['\'', '"', '\\']);
        if word.is_empty() || word.contains(char::is_whitespace) {
            return None;
        }
        let begin = text.len() - rest.len() + first.len() + 1;
        let mut line_at = begin;
        for line in text.get(begin..)?.split_inclusive('\n') {
            let behind = line_at + line.len();
            // the bracket may stand behind the word, which some shells take
            let closes = line.trim().strip_prefix(word).map(str::trim);
            if closes.is_some_and(|rest| rest.is_empty() || rest.starts_with(')')) {
                let bracket = text[line_at..].find(')').map(|at| line_at + at)?;
                let between = text.get(line_at..bracket)?;
                return (between.trim() == word).then_some(Shown { lines: begin..line_at, end: bracket + 1 });
            }
            if behind - begin > LENGTH {
                break;
            }
            line_at = behind;
        }
        None
    }
}

/// A command with such lines in the quotes that every shell knows.
fn shown(command: &str) -> Option<Cow<'_, str>> {
    let mut out = String::new();
    let (mut done, mut looks) = (0, SHOWN);
    for (at, _) in command.match_indices("$(cat") {
        let Some(shown) = Shown::at(command, at, &mut looks).filter(|_| at >= done) else { continue };
        let quoted = shlex::try_quote(command[shown.lines].trim_end_matches('\n')).ok()?;
        let is_in_quotes = command[..at].ends_with('"') && command[shown.end..].starts_with('"');
        out.push_str(&command[done..at]);
        match is_in_quotes {
            true => out.push_str(&format!("\"{quoted}\"")),
            false => out.push_str(&quoted),
        }
        done = shown.end;
    }
    if done == 0 {
        return Some(Cow::Borrowed(command));
    }
    out.push_str(&command[done..]);
    Some(Cow::Owned(out))
}

/// Words of the form `$'it\'s'` in quotes that every shell knows; `None` where one is not closed.
fn escaped(command: &str) -> Option<Cow<'_, str>> {
    if !command.contains("$'") {
        return Some(Cow::Borrowed(command));
    }
    let mut out = String::with_capacity(command.len());
    let mut rest = command;
    while let Some(at) = rest.find([' ', '=']).filter(|_| rest.contains("$'")) {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        rest = after;
        let Some(mut inside) = after.strip_prefix("$'") else { continue };
        let mut word = String::new();
        loop {
            let c = inside.chars().next()?;
            inside = &inside[c.len_utf8()..];
            match c {
                '\'' => break,
                '\\' => inside = unescaped(inside, &mut word)?,
                c => word.push(c),
            }
        }
        out.push_str(&shlex::try_quote(&word).ok()?);
        rest = inside;
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// Add what stands behind a backslash, and say what follows it.
fn unescaped<'t>(text: &'t str, into: &mut String) -> Option<&'t str> {
    let c = text.chars().next()?;
    let rest = &text[c.len_utf8()..];
    let digits = match c {
        'x' => 2,
        'u' => 4,
        _ => 0,
    };
    let number = rest.get(..digits).filter(|_| digits > 0);
    if let Some(named) = number.and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?)) {
        into.push(named);
        return rest.get(digits..);
    }
    into.push(match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    });
    Some(rest)
}

/// What a command is given to read.
enum Input {
    /// The lines that follow, until one that is this word.
    Until(String),
    /// This.
    Body(Body),
}

/// The words of a command without those that say where it reads and writes, and what it is given to read.
fn redirected(words: Vec<String>) -> (Vec<String>, Option<Input>) {
    let (mut kept, mut input) = (Vec::with_capacity(words.len()), None);
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let is_output = |word: &str| {
            let word = word.trim_start_matches(|c: char| c.is_ascii_digit());
            word.strip_prefix(">>").or_else(|| word.strip_prefix('>')).map(str::to_owned)
        };
        if let Some(text) = word.strip_prefix("<<<") {
            let text = if text.is_empty() { words.next() } else { Some(text.to_owned()) };
            input = Some(Input::Body(Body::of_text(&text.unwrap_or_default())));
        } else if let Some(until) = word.strip_prefix("<<") {
            let until = until.trim_start_matches('-');
            let until = if until.is_empty() { words.next() } else { Some(until.to_owned()) };
            input = until.map(Input::Until);
        } else if word == "<" {
            words.next();
            input = Some(Input::Body(Body::Unread));
        } else if let Some(file) = is_output(&word) {
            if file.is_empty() {
                words.next();
            }
        } else {
            kept.push(word);
        }
    }
    (kept, input)
}

/// The lines behind the one in which the command ends at `end`, until one that is `word`.
fn heredoc(text: &str, end: usize, word: &str) -> Body {
    let mut lines = text[end..].lines().skip(1);
    let mut body = String::new();
    for line in lines.by_ref() {
        if line.trim() == word {
            return Body::of_text(&body);
        }
        if body.len() + line.len() > LENGTH {
            break;
        }
        body.push_str(line);
        body.push('\n');
    }
    Body::Unread
}

/// What a pipe gives the command at `at`, if there is one: the text of an `echo`, of lines that follow, or what is not known.
fn piped(text: &str, at: usize) -> Option<Body> {
    let before = text[..at].trim_end_matches(|c: char| c.is_whitespace() || c == '\\');
    let pipe = before.strip_suffix('|').filter(|before| !before.ends_with('|'))?;
    let mut start = pipe.rfind('\n').map_or(0, |at| at + 1);
    while pipe[..start].trim_end_matches(['\r', '\n']).ends_with('\\') {
        start = pipe[..start.saturating_sub(1)].rfind('\n').map_or(0, |at| at + 1);
    }
    let Some(words) = words(&pipe[start..]) else { return Some(Body::Unread) };
    let from = words.iter().rposition(|word| matches!(word.as_str(), "|" | "&&" | ";" | "||")).map_or(0, |at| at + 1);
    let (words, redirected) = redirected(words[from..].to_vec());
    Some(match (redirected, words.as_slice()) {
        (Some(Input::Until(word)), _) => heredoc(text, at, &word),
        (None, [echo, said @ ..]) if echo == "echo" && !said.is_empty() => {
            let said: Vec<&str> =
                said.iter().map(String::as_str).filter(|word| !matches!(*word, "-n" | "-e")).collect();
            Body::of_text(&said.join(" "))
        }
        _ => Body::Unread,
    })
}

/// The variables that a text gives a text, each the last time.
fn variables(text: &str) -> BTreeMap<&str, String> {
    let mut variables = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim_start().trim_start_matches("$ ").trim_start_matches('@');
        let words = ["export ", "set ", "SET ", "local ", "readonly "];
        let line = words.iter().find_map(|word| line.strip_prefix(word)).unwrap_or(line).trim();
        // `set "NAME=value"`
        let line = line.strip_prefix('"').and_then(|line| line.strip_suffix('"')).unwrap_or(line);
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

/// A word with `$NAME`, `${NAME}` and `%NAME%` filled in where the text says what they are.
fn expand<'w>(word: &'w str, variables: &BTreeMap<&str, String>) -> Cow<'w, str> {
    let mut word = Cow::Borrowed(word);
    if word.contains('%') && !variables.is_empty() {
        let value = |name: &str| variables.get(name).map(String::as_str);
        word = Cow::Owned(super::filled(&word, "%", "%", &value));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::traffic::command::Takes;

    fn read(text: &str) -> Vec<Sent> {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let curl = [
            (Takes::Header, list(&["-H", "--header"])),
            (Takes::Method, list(&["-X", "--request"])),
            (Takes::Url, list(&["--url"])),
            (Takes::Bearer, list(&["--oauth2-bearer"])),
            (Takes::Data, list(&["-d"])),
            (Takes::Text, list(&["--data-raw"])),
            (Takes::Encoded, list(&["--data-urlencode"])),
            (Takes::Field, list(&["-F"])),
            (Takes::File, list(&["--body-file"])),
            (Takes::Config, list(&["-K"])),
            (Takes::Other, list(&["-o", "-u"])),
        ];
        let http = [(Takes::Scheme, list(&["-A"])), (Takes::Credentials, list(&["-a"])), (Takes::Other, list(&["-p"]))];
        let flags = BTreeMap::from([("-I".to_owned(), "HEAD".to_owned()), ("-G".to_owned(), "GET".to_owned())]);
        let (curl_names, http_names, none) = (list(&["curl"]), list(&["http", "https"]), BTreeMap::new());
        let command = |names, options, flags, items| Command { names, options, flags, with_body: "POST", items };
        let curl = curl.iter().map(|(takes, names)| (*takes, names.as_slice())).collect();
        let http = http.iter().map(|(takes, names)| (*takes, names.as_slice())).collect();
        let commands = [command(&curl_names, curl, &flags, false), command(&http_names, http, &none, true)];
        let read = |name: &str| (name == "curl.txt").then(|| CONFIG.to_owned());
        parse(text, 0, &commands, &mut BTreeMap::new(), &read)
    }

    const CONFIG: &str =
        "# who\n-H \"Authorization: Bearer t\"\nheader: \"X-A: \\\"b\\\"\"\nrequest=PATCH\nurl = u/v\n-I\n";

    fn sent(text: &str) -> Vec<(String, String, Option<String>)> {
        read(text).into_iter().map(|sent| (sent.method, sent.url, sent.bearer)).collect()
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
            ("curl -sI a/b -H 'Authorization: Bearer t' 2>/dev/null", row("HEAD", "a/b", Some("t"))),
            ("http a/b Authorization:\"Bearer t\" x=y", row("POST", "a/b", Some("t"))),
            ("T=t\nhttps -p h PATCH a/b -A bearer -a \"$T\" > out", row("PATCH", "a/b", Some("t"))),
            (
                "set T=t\r\n@SET \"U=https://a\"\r\ncurl %U%/b%%7Cc -H \"Authorization: Bearer %T%\"\r\n",
                row("GET", "https://a/b%%7Cc", Some("t")),
            ),
            ("curl -sK curl.txt", row("PATCH", "u/v", Some("t"))),
            ("curl -K - <<END\nurl = u/v\noauth2-bearer = t\nEND\n", row("GET", "u/v", Some("t"))),
            ("curl -K none.txt u/v", row("GET", "u/v", None)),
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
            "http",
            "https://a/b http://c/d",
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

    #[test]
    fn bodies_are_kept() {
        let text = |text: &str| Body::Text(text.to_owned());
        let fields = |value: Option<&str>| Body::Fields(vec![("a".to_owned(), value.map(str::to_owned))]);
        for (command, body) in [
            ("curl u/v", Body::Nothing),
            ("curl u/v -d '{\"a\": 1}'", text("{\"a\": 1}")),
            ("X=y\ncurl u/v -d '{\"a\": \"'$X'\"}'", text("{\"a\": \"y\"}")),
            ("curl u/v -d a=1 -d b=2", text("a=1&b=2")),
            ("curl u/v -d @a.json", Body::Unread),
            ("curl u/v --data-raw @a.json", text("@a.json")),
            ("curl u/v --data-urlencode 'a=b c' -d d=1", text("a=b+c&d=1")),
            ("curl u/v --data-urlencode a@b", Body::Unread),
            ("curl u/v -F a=b", fields(Some("b"))),
            ("curl u/v -F a=@b", fields(None)),
            ("curl u/v --body-file a.json", Body::Unread),
            ("curl -G u/v -d a=1", Body::Nothing),
            ("curl u/v -d @-", Body::Unread),
            ("curl u/v -d @- <<'END' | jq .\n{\"a\": 1}\nEND\ncurl", text("{\"a\": 1}")),
            ("cat <<END | curl -d @- u/v\n{\"a\": 1}\nEND\n", text("{\"a\": 1}")),
            ("curl u/v -d @- <<END\n{}\n", Body::Unread),
            ("curl u/v -d \"$(cat <<EOF\n{\"a\": \"it's\"}\nEOF\n)\" -o x", text("{\"a\": \"it's\"}")),
            ("X=y\ncurl u/v -d $(cat <<-'EOF'\n{\"a\": \"$X\"}\n  EOF\n)\nls", text("{\"a\": \"y\"}")),
            ("curl u/v --data-raw $'{\"a\": \"it\\'s \\u0021\"}'", text("{\"a\": \"it's !\"}")),
            ("curl ^\"u/v^\" ^\n  --data-raw ^\"^{^\\^\"a^\\^\":1^}^\"", text("{\"a\":1}")),
            ("http u/v a=b", fields(Some("b"))),
            ("http u/v", Body::Nothing),
            ("true && echo -n '{\"a\": 1}' | http PATCH u/v", text("{\"a\": 1}")),
            ("true || http PATCH u/v", Body::Nothing),
            ("jq . a.json | http PATCH u/v", Body::Unread),
            ("http PATCH u/v < a.json", Body::Unread),
            ("http PATCH u/v <<< '{\"a\": 1}'", text("{\"a\": 1}")),
        ] {
            let found = read(command);
            assert_eq!(found.len(), 1, "{command}");
            assert_eq!(found[0].body, body, "{command}");
        }
    }

    #[test]
    fn files_with_headers_are_named() {
        assert_eq!(read("curl -H @auth.txt -H 'Accept: */*' u/v")[0].header_files, ["auth.txt"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "(curl |http |[$]'|<<a|[a-c'\"\\\\$(){}^;|&/ =\n\r\té-]){0,40}") {
            let _ = sent(&text);
        }
    }
}
