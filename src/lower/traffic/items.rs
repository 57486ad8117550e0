//! Requests whose parts are words of a command: `PATCH example.com/x Authorization:"Bearer …" name=value age:=7`.

use super::{Body, bearer, is_authorization};

/// What such words say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Items {
    pub(super) method: Option<String>,
    pub(super) url: String,
    pub(super) bearer: Option<String>,
    pub(super) body: Body,
}

/// What parts a name and its value, and what the value is. Of those at one place, the first counts.
const SEPARATORS: &[(&str, Part)] = &[
    (":=@", Part::FieldFile),
    ("==@", Part::Query),
    ("==", Part::Query),
    (":=", Part::Json),
    ("=@", Part::FieldFile),
    (":@", Part::HeaderFile),
    ("=", Part::Field),
    (":", Part::Header),
    ("@", Part::FieldFile),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Header,
    HeaderFile,
    Query,
    Field,
    Json,
    FieldFile,
}

/// What the words say that are no options; nothing where there is no URL. `input` is what the command is given to read.
pub(super) fn read(words: &[&str], input: Option<Body>) -> Option<Items> {
    let is_method = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (method, url, rest) = match words {
        [method, url, rest @ ..] if is_method(method) => (Some(method.to_ascii_uppercase()), *url, rest),
        [url, rest @ ..] => (None, *url, rest),
        [] => return None,
    };
    let mut items = Items { method, url: url.to_owned(), ..Items::default() };
    let mut fields = Vec::new();
    for word in rest {
        let Some((name, part, value)) = parted(word) else { continue };
        match part {
            Part::Header if is_authorization(&name) => items.bearer = bearer(value),
            // a header's value in a file is not looked at
            Part::Header | Part::HeaderFile | Part::Query => {}
            Part::Field => fields.push((top(&name), Some(value.to_owned()))),
            Part::Json => fields.push((top(&name), json_text(value))),
            Part::FieldFile => fields.push((top(&name), None)),
        }
    }
    items.body = if fields.is_empty() { input.unwrap_or_default() } else { Body::Fields(fields) };
    Some(items)
}

/// Name, kind and value of a word. What a backslash stands before is part of the name.
fn parted(word: &str) -> Option<(String, Part, &str)> {
    let mut name = String::new();
    let mut rest = word;
    while let Some(c) = rest.chars().next() {
        if let Some((separator, part)) = SEPARATORS.iter().find(|(separator, _)| rest.starts_with(separator)) {
            return Some((name, *part, &rest[separator.len()..]));
        }
        rest = &rest[c.len_utf8()..];
        let escaped = rest.chars().next().filter(|_| c == '\\');
        if let Some(escaped) = escaped {
            rest = &rest[escaped.len_utf8()..];
        }
        name.push(escaped.unwrap_or(c));
    }
    None
}

/// The key at the top of what a name leads to: `user_metadata` of `user_metadata[theme]`.
fn top(name: &str) -> String {
    name.split('[').next().unwrap_or_default().to_owned()
}

fn json_text(value: &str) -> Option<String> {
    serde_json::from_str::<String>(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_parts() {
        let read = |words: &[&str]| read(words, None).unwrap();
        let field = |name: &str, value: Option<&str>| (name.to_owned(), value.map(str::to_owned));
        let items = read(&[
            "patch",
            "a.example/users/1?x=y",
            "Authorization:Bearer t",
            "fields==name",
            "link_with=abc",
            "user_metadata[theme]=dark",
            "blocked:=true",
            "name:=\"x\"",
            "file@a.json",
            "bio=@bio.txt",
            "app\\:id=1",
            "Accept:*/*",
        ]);
        assert_eq!((items.method.as_deref(), &*items.url), (Some("PATCH"), "a.example/users/1?x=y"));
        assert_eq!(items.bearer.as_deref(), Some("t"));
        let wanted = vec![
            field("link_with", Some("abc")),
            field("user_metadata", Some("dark")),
            field("blocked", None),
            field("name", Some("x")),
            field("file", None),
            field("bio", None),
            field("app:id", Some("1")),
        ];
        assert_eq!(items.body, Body::Fields(wanted));
        let items = read(&["a.example/x", "Authorization:Basic t"]);
        assert_eq!((items.method, items.bearer, items.body), (None, None, Body::Nothing));
    }

    #[test]
    fn what_is_piped_in_is_the_body() {
        let input = Body::Text("{}".to_owned());
        assert_eq!(read(&["a.example/x"], Some(input.clone())).unwrap().body, input);
        let fields = read(&["a.example/x", "a=b"], Some(input)).unwrap().body;
        assert_eq!(fields, Body::Fields(vec![("a".to_owned(), Some("b".to_owned()))]));
        assert_eq!(read(&[], None), None);
    }
}
