//! JSON as tools read their configuration: members in the order of the text, comments and trailing commas allowed.
//!
//! A member of the wrong type reads as missing; a text that is no JSON at all, as nothing.

use jsonc_parser::ast::Value;

/// A value of a configuration file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// A string.
    Text(Box<str>),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(Box<str>, Json)>),
    /// `null`, a boolean or a number: nothing that leads anywhere.
    Other,
}

impl Json {
    /// The value that a text holds.
    pub(super) fn parse(text: &str) -> Option<Json> {
        let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default()).ok()?;
        parsed.value.map(Json::from)
    }

    /// A member; of several, the last one.
    pub(super) fn get(&self, name: &str) -> Option<&Json> {
        self.members().iter().rev().find(|(key, _)| &**key == name).map(|(_, value)| value)
    }

    /// The members of an object.
    pub(super) fn members(&self) -> &[(Box<str>, Json)] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }

    /// The elements of an array.
    pub(super) fn items(&self) -> &[Json] {
        match self {
            Json::List(items) => items,
            _ => &[],
        }
    }

    /// A string.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The strings among a member's elements.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.get(name).map_or(&[][..], Json::items);
        items.iter().filter_map(Json::text).map(str::to_owned).collect()
    }
}

impl From<Value<'_>> for Json {
    fn from(value: Value<'_>) -> Json {
        match value {
            Value::StringLit(text) => Json::Text(text.value.into()),
            Value::Array(array) => Json::List(array.elements.into_iter().map(Json::from).collect()),
            Value::Object(object) => {
                let members = object.properties.into_iter();
                Json::Object(members.map(|prop| (prop.name.into_string().into(), Json::from(prop.value))).collect())
            }
            Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => Json::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_the_last_one_counts() {
        let json = Json::parse("{\"b\": \"1\", /* c */ \"a\": [\"x\", 2, \"y\",], \"b\": \"2\",}").unwrap();
        let keys: Vec<&str> = json.members().iter().map(|(key, _)| &**key).collect();
        assert_eq!(keys, ["b", "a", "b"]);
        assert_eq!(json.get("b").and_then(Json::text), Some("2"));
        assert_eq!(json.texts("a"), ["x", "y"]);
        assert_eq!(json.texts("b"), [""; 0]);
    }

    #[test]
    fn broken_texts_are_nothing() {
        assert_eq!(Json::parse("{"), None);
        assert_eq!(Json::parse(""), None);
        assert_eq!(Json::parse(&"[".repeat(100_000)), None);
    }
}
