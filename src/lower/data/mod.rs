//! Data files as one tree: JSON, YAML and HCL, every value with its place.
//!
//! Owns the tree, the way to a value by its keys, and the choice of the parser. Must not know what a key means. Never
//! panics: what cannot be parsed is refused with the reason, nesting and aliases are bounded.

mod hcl;
mod json;
mod yaml;

use super::Refused;
use crate::text::Span;
use std::borrow::Cow;

/// How a data file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// JSON, with comments and trailing commas.
    Json,
    /// YAML 1.2, any number of documents.
    Yaml,
    /// The language of Terraform.
    Hcl,
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Data<'t> {
    /// Where it stands; of a string with its quotes.
    pub span: Span,
    /// What it is.
    pub value: Value<'t>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `true`, `false`.
    Bool(bool),
    /// A string.
    Text(Cow<'t, str>),
    /// Numbers, `null`, and what is computed: `var.allow`, `"${…}"`.
    Other,
    /// An array.
    List(Vec<Data<'t>>),
    /// An object, a mapping, a block: the entries in order, of one key perhaps several.
    Map(Vec<(Cow<'t, str>, Data<'t>)>),
}

/// A part of the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The entry of this key.
    Key(String),
    /// Any entry.
    Any,
    /// Entries within entries, any number of them or none.
    Deep,
}

impl Step {
    /// `resource.*.**.flag`: names, `*` for any, `**` for any number of any.
    pub fn path(text: &str) -> Vec<Step> {
        let step = |part: &str| match part {
            "*" => Step::Any,
            "**" => Step::Deep,
            name => Step::Key(name.to_owned()),
        };
        text.split('.').map(step).collect()
    }
}

/// Parse a data file: the documents in it.
pub fn parse(format: Format, text: &str) -> Result<Vec<Data<'_>>, Refused> {
    match format {
        Format::Json => json::parse(text).map(|data| data.into_iter().collect()),
        Format::Yaml => yaml::parse(text),
        Format::Hcl => hcl::parse(text).map(|data| vec![data]),
    }
}

impl<'t> Data<'t> {
    /// The entry of a key; of several, the last one.
    pub fn get(&self, key: &str) -> Option<&Data<'t>> {
        self.entries().iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value at the end of a way through entries.
    pub fn at(&self, keys: &[&str]) -> Option<&Data<'t>> {
        keys.iter().try_fold(self, |data, key| data.get(key))
    }

    /// The entries of a map.
    pub fn entries(&self) -> &[(Cow<'t, str>, Data<'t>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list.
    pub fn items(&self) -> &[Data<'t>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// A string.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The string of an entry.
    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// Every value to which a way leads. Lists, and mappings that are merged in, are passed through.
    pub fn find<'d>(&'d self, path: &[Step], into: &mut Vec<&'d Data<'t>>) {
        match &self.value {
            Value::List(items) => items.iter().for_each(|item| item.find(path, into)),
            Value::Map(entries) => {
                let Some((step, rest)) = path.split_first() else { return into.push(self) };
                if *step == Step::Deep {
                    self.find(rest, into);
                }
                for (key, value) in entries {
                    match step {
                        _ if key == "<<" => value.find(path, into),
                        Step::Key(name) if key == name => value.find(rest, into),
                        Step::Key(_) => {}
                        Step::Any => value.find(rest, into),
                        Step::Deep => value.find(path, into),
                    }
                }
            }
            _ if path.is_empty() => into.push(self),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(format: Format, text: &str, path: &str) -> Vec<String> {
        let documents = parse(format, text).unwrap();
        let mut found = Vec::new();
        documents.iter().for_each(|data| data.find(&Step::path(path), &mut found));
        found.iter().map(|data| text[data.span.range()].to_owned()).collect()
    }

    #[test]
    fn the_same_way_leads_through_every_format() {
        let json = "{ \"é\": 1, \"tenant\": { \"flags\": [{ \"a\": true }, { \"a\": \"x\" }] } }";
        assert_eq!(found(Format::Json, json, "tenant.flags.a"), ["true", "\"x\""]);
        let yaml = "é: 1\ntenant:\n  # why\n  flags: { a: true }\n---\ntenant:\n  flags:\n    - a: 'x'\n";
        assert_eq!(found(Format::Yaml, yaml, "tenant.flags.a"), ["true", "'x'"]);
        let hcl = "# é\nresource \"tenant\" \"main\" {\n  flags {\n    a = true\n  }\n}\nlocals {\n  flags = { a = var.x }\n}\n";
        assert_eq!(found(Format::Hcl, hcl, "resource.tenant.*.flags.a"), ["true"]);
        assert_eq!(found(Format::Hcl, hcl, "**.flags.a"), ["true", "var.x"]);
        assert_eq!(found(Format::Hcl, hcl, "**.b"), [""; 0]);
    }

    #[test]
    fn what_is_merged_in_is_found_where_it_stands() {
        let yaml = "base: &base\n  flags: &flags { a: false }\none:\n  <<: *base\ntwo:\n  flags: *flags\n";
        assert_eq!(found(Format::Yaml, yaml, "one.flags.a"), ["false"]);
        assert_eq!(found(Format::Yaml, yaml, "two.flags.a"), ["false"]);
    }

    #[test]
    fn only_what_is_written_without_quotes_is_a_boolean() {
        let values = |format, text| -> Vec<Value<'_>> {
            let data = parse(format, text).unwrap().remove(0);
            data.entries().iter().map(|(_, data)| data.value.clone()).collect()
        };
        let text = |text: &'static str| Value::Text(text.into());
        assert_eq!(
            values(Format::Yaml, "a: True\nb: 'true'\nc: yes\nd: 1\ne:\nf: !!str true\n"),
            [Value::Bool(true), text("true"), text("yes"), text("1"), Value::Other, text("true")]
        );
        assert_eq!(
            values(Format::Hcl, "a = false\nb = \"false\"\nc = \"${x}\"\nd = (true)\n"),
            [Value::Bool(false), text("false"), Value::Other, Value::Bool(true)]
        );
    }

    #[test]
    fn hostile_texts_are_refused() {
        for format in [Format::Json, Format::Yaml, Format::Hcl] {
            for text in ["[".repeat(100_000), "{\"a\":".repeat(50_000)] {
                assert!(parse(format, &text).is_err(), "{format:?}");
            }
        }
        assert!(parse(Format::Hcl, &("a = [".to_owned() + &"(".repeat(50_000))).is_err());
        let bomb: String = std::iter::once("a0: &a0 [x, x]\n".to_owned())
            .chain((1..40).map(|n| format!("a{n}: &a{n} [*a{}, *a{}]\n", n - 1, n - 1)))
            .collect();
        assert!(parse(Format::Yaml, &bomb).is_err());
        assert!(parse(Format::Yaml, "a: [1, 2\nb: }").is_err());
        assert!(parse(Format::Hcl, "resource {").is_err());
        assert!(parse(Format::Yaml, "").unwrap().is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_parsed_or_refused(text in "[a-c{}\\[\\]:,\"'=&*<#@ \n\té-]{0,60}") {
            for format in [Format::Json, Format::Yaml, Format::Hcl] {
                if let Ok(documents) = parse(format, &text) {
                    let mut found = Vec::new();
                    documents.iter().for_each(|data| data.find(&Step::path("**.a"), &mut found));
                    for data in found {
                        proptest::prop_assert!(text.get(data.span.range()).is_some());
                    }
                }
            }
        }
    }
}
