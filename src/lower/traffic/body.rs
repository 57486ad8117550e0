//! What a request carried, and the fields of it: those of a JSON object or of a form.

use crate::lower::data::{self, Format, Value};
use url::form_urlencoded;

/// A larger body is not read, in bytes.
const LENGTH: usize = 256 * 1024;

/// A field's name, and its value where that is a text.
pub type Field = (String, Option<String>);

/// What a request carried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// Nothing, as far as the recording tells.
    #[default]
    Nothing,
    /// Something that does not stand here: a file's text, or what a program prints.
    Unread,
    /// A text.
    Text(String),
    /// The fields of a form or of an object.
    Fields(Vec<Field>),
}

impl Body {
    /// A text as a body.
    pub(super) fn of_text(text: &str) -> Body {
        match text.trim() {
            "" => Body::Nothing,
            text if text.len() > LENGTH => Body::Unread,
            text => Body::Text(text.to_owned()),
        }
    }

    /// Both together, as a client joins the parts of a form.
    pub(super) fn and(self, other: Body) -> Body {
        match (self, other) {
            (Body::Nothing, one) | (one, Body::Nothing) => one,
            (Body::Text(one), Body::Text(other)) => Body::of_text(&format!("{one}&{other}")),
            (Body::Fields(mut all), Body::Fields(others)) => {
                all.extend(others);
                Body::Fields(all)
            }
            // what is not known of one is not known of the whole
            _ => Body::Unread,
        }
    }

    /// Its fields, in order; nothing where they cannot be told.
    pub fn fields(&self) -> Option<Vec<Field>> {
        match self {
            Body::Nothing => Some(Vec::new()),
            Body::Unread => None,
            Body::Fields(fields) => Some(fields.clone()),
            Body::Text(text) if text.starts_with('{') => {
                let documents = data::parse(Format::Json, text).ok()?;
                let whole = documents.first().filter(|whole| matches!(whole.value, Value::Map(_)))?;
                let entries = whole.entries().iter();
                Some(entries.map(|(name, value)| (name.to_string(), value.text().map(str::to_owned))).collect())
            }
            Body::Text(text) => {
                let is_form = text.contains('=') && !text.contains(|c: char| c.is_whitespace() || "<>{}\"".contains(c));
                is_form.then(|| {
                    let pairs = form_urlencoded::parse(text.as_bytes());
                    pairs.map(|(name, value)| (name.into_owned(), Some(value.into_owned()))).collect()
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Option<Vec<String>> {
        Some(Body::of_text(text).fields()?.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn objects_and_forms_have_fields() {
        let wanted = Some(vec!["a".to_owned(), "b".to_owned()]);
        for text in [" {\"a\": \"x\", \"b\": {\"c\": 1}} ", "a=x&b=%7B", "{\n  // why\n  \"a\": 1,\n  \"b\": null,\n}"]
        {
            assert_eq!(names(text), wanted, "{text}");
        }
        assert_eq!(Body::of_text("a=x%20y").fields(), Some(vec![("a".to_owned(), Some("x y".to_owned()))]));
        assert_eq!(Body::of_text("{\"a\": 1}").fields(), Some(vec![("a".to_owned(), None)]));
        assert_eq!(names(""), Some(Vec::new()));
    }

    #[test]
    fn what_has_no_fields_is_not_guessed() {
        for text in ["[1]", "{\"a\": {{b}}}", "{\"a\"", "<a b=\"c\"/>", "text", "a = b\nc", &"{\"a\":[".repeat(10_000)]
        {
            assert_eq!(names(text), None, "{text}");
        }
        assert_eq!(Body::of_text(&"a=b&".repeat(LENGTH)), Body::Unread);
    }

    #[test]
    fn parts_are_joined() {
        let text = |text: &str| Body::of_text(text);
        assert_eq!(text("a=1").and(text("b=2")), text("a=1&b=2"));
        assert_eq!(text("a=1").and(Body::Unread), Body::Unread);
        assert_eq!(Body::Nothing.and(text("a=1")), text("a=1"));
    }
}
