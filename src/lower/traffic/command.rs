//! What the words of a command say of the request that it sends.
//!
//! Owns what an option's argument can mean, and how options are written. Which options a command has is told.

use super::{Body, Sent, bearer, is_authorization, items};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// A command, and what it takes.
#[derive(Clone, Debug)]
pub struct Command<'r> {
    /// What it is called.
    pub names: &'r [String],
    /// Options with an argument, each with its dashes, by what that is.
    pub options: Vec<(Takes, &'r [String])>,
    /// Options without an argument that mean a method.
    pub flags: &'r BTreeMap<String, String>,
    /// The method of a request with a body, where none is given.
    pub with_body: &'r str,
    /// Whether the method, headers and fields of the body are words of their own: `PATCH example.com/x Name:value a=b`.
    pub items: bool,
}

/// What an option's argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A header, or a file with headers: `@file`.
    Header,
    /// The method.
    Method,
    /// The URL.
    Url,
    /// A token that is sent as the Bearer.
    Bearer,
    /// How the credentials are sent.
    Scheme,
    /// What is sent in that way.
    Credentials,
    /// A body, or a file with one: `@file`.
    Data,
    /// A body as it is.
    Text,
    /// A part of a form that is encoded first: `name=content`, `name@file`.
    Encoded,
    /// A field of a form: `name=content`, `name=@file`.
    Field,
    /// A file with a body.
    File,
    /// A file with more options.
    Config,
    /// Something else.
    Other,
}

/// The words of a command with those that stand in the files with more options that they name. `read` says what is in a file;
/// `-` is what the command is given to read.
pub(super) fn with_config(
    words: Vec<String>,
    input: Option<&Body>,
    command: &Command<'_>,
    read: &dyn Fn(&str) -> Option<String>,
) -> Vec<String> {
    if command.options.iter().all(|(takes, _)| *takes != Takes::Config) {
        return words;
    }
    let mut all = Vec::with_capacity(words.len());
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let Some((Takes::Config, glued)) = option_of(&word, command) else {
            all.push(word);
            continue;
        };
        let Some(name) = glued.or_else(|| words.next()) else { break };
        match (&*name, input) {
            ("-", Some(Body::Text(text))) => all.extend(config_words(text)),
            ("-", _) => {}
            (name, _) => all.extend(read(name).iter().flat_map(|text| config_words(text))),
        }
    }
    all
}

/// The words that lines with options stand for: `header = "Name: value"`, `-H "Name: value"`, `url: https://…`.
fn config_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let end = line.find(|c: char| c.is_whitespace() || matches!(c, '=' | ':')).unwrap_or(line.len());
        let (name, rest) = line.split_at(end);
        words.push(if name.starts_with('-') { name.to_owned() } else { format!("--{name}") });
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '=' | ':'));
        match value.strip_prefix('"') {
            Some(quoted) => words.push(unquoted(quoted)),
            None if value.is_empty() => {}
            None => words.push(value.split_whitespace().next().unwrap_or_default().to_owned()),
        }
    }
    words
}

/// What stands before the closing quote, without its escapes.
fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => break,
            '\\' => out.extend(characters.next().map(|escaped| match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            })),
            c => out.push(c),
        }
    }
    out
}

/// The request that a command with these words sends, its name left out. `input` is what it is given to read.
pub(super) fn read(words: &[String], input: Option<Body>, command: &Command<'_>) -> Option<Sent> {
    let mut sent = Sent::default();
    let (mut method, mut url, mut free) = (None, None, Vec::new());
    let (mut scheme, mut credentials, mut in_url) = (None, None, false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if let Some(means) = flag(word, command) {
            method.get_or_insert_with(|| means.to_owned());
            in_url = true;
            continue;
        }
        let Some((takes, glued)) = option_of(word, command) else {
            if !word.starts_with('-') {
                free.push(word.as_str());
            }
            continue;
        };
        let Some(argument) = glued.or_else(|| words.next().cloned()) else { break };
        let mut carry = |part: Body| sent.body = std::mem::take(&mut sent.body).and(part);
        match takes {
            Takes::Header => match (argument.strip_prefix('@'), argument.split_once(':')) {
                (Some(file), _) => sent.header_files.push(file.to_owned()),
                (None, Some((name, value))) if is_authorization(name) => sent.bearer = bearer(value),
                _ => {}
            },
            Takes::Bearer => sent.bearer = Some(argument),
            Takes::Scheme => scheme = Some(argument),
            Takes::Credentials => credentials = Some(argument),
            Takes::Method => method = Some(argument.to_ascii_uppercase()),
            Takes::Url => url = Some(argument),
            Takes::Data if argument == "@-" => carry(input.clone().unwrap_or(Body::Unread)),
            Takes::Data if argument.starts_with('@') => carry(Body::Unread),
            Takes::Data | Takes::Text => carry(Body::of_text(&argument)),
            Takes::Encoded => carry(encoded(&argument)),
            Takes::Field => carry(field(&argument)),
            Takes::File => carry(Body::Unread),
            Takes::Config | Takes::Other => {}
        }
    }
    if scheme.is_some_and(|scheme: String| scheme.eq_ignore_ascii_case("bearer")) {
        sent.bearer = credentials.or(sent.bearer);
    }
    if command.items {
        let found = items::read(&free, input)?;
        method = method.or(found.method);
        url = Some(found.url);
        sent.bearer = found.bearer.or(sent.bearer);
        sent.body = sent.body.and(found.body);
    } else {
        // of several URLs, the first
        url = url.or_else(|| free.iter().find(|word| word.contains('/')).map(|word| (*word).to_owned()));
    }
    let default = if sent.body == Body::Nothing { "GET" } else { command.with_body };
    if in_url {
        // what would have been the body is a part of the URL
        sent.body = Body::Nothing;
    }
    Some(Sent { method: method.unwrap_or_else(|| default.to_owned()), url: url?, ..sent })
}

/// The method that an option without an argument means; of letters that stand together, one of them.
fn flag<'r>(word: &str, command: &Command<'r>) -> Option<&'r str> {
    if let Some(means) = command.flags.get(word) {
        return Some(means);
    }
    let letters = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    // behind a letter that takes an argument stands the argument
    if letters.chars().any(|letter| takes(&format!("-{letter}"), command).is_some()) {
        return None;
    }
    letters.chars().find_map(|letter| command.flags.get(&format!("-{letter}"))).map(String::as_str)
}

fn takes(option: &str, command: &Command<'_>) -> Option<Takes> {
    let mut known = command.options.iter();
    known.find(|(_, options)| options.iter().any(|known| known == option)).map(|(takes, _)| *takes)
}

/// What the option with an argument that a word is takes, and the argument if it is glued to it: `-XPATCH`, `-sH`,
/// `--header=x`.
fn option_of(word: &str, command: &Command<'_>) -> Option<(Takes, Option<String>)> {
    if word.starts_with("--") {
        let (option, glued) = word.split_once('=').map_or((word, None), |(option, value)| (option, Some(value)));
        return Some((takes(option, command)?, glued.map(str::to_owned)));
    }
    let letters = word.strip_prefix('-')?;
    letters.char_indices().find_map(|(at, letter)| {
        let rest = &letters[at + letter.len_utf8()..];
        let takes = takes(&format!("-{letter}"), command)?;
        Some((takes, (!rest.is_empty()).then(|| rest.to_owned())))
    })
}

/// A part of a form that the command encodes.
fn encoded(argument: &str) -> Body {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    match argument.find(['=', '@']).map(|at| argument.split_at(at)) {
        Some((_, rest)) if rest.starts_with('@') => Body::Unread,
        Some(("", rest)) => Body::of_text(&encode(&rest[1..])),
        Some((name, rest)) => Body::of_text(&format!("{name}={}", encode(&rest[1..]))),
        None => Body::of_text(&encode(argument)),
    }
}

/// A field of a form in parts.
fn field(argument: &str) -> Body {
    let Some((name, value)) = argument.split_once('=') else { return Body::Unread };
    let is_file = value.starts_with(['@', '<']);
    Body::Fields(vec![(name.to_owned(), (!is_file).then(|| value.to_owned()))])
}
