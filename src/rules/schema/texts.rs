//! What is written in a rule file as a text of its own kind, with its place.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

/// A value with its place in the file: what was packed has none.
fn placed<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Spanned<T>, D::Error> {
    if deserializer.is_human_readable() {
        return Spanned::deserialize(deserializer);
    }
    T::deserialize(deserializer).map(|value| Spanned::new(0..0, value))
}

/// A text with its place in the file.
macro_rules! text {
    (#[doc = $meaning:literal] $name:ident) => {
        #[doc = $meaning]
        #[derive(Clone, Debug, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(deserialize_with = "placed")] Spanned<String>);

        impl $name {
            /// The text.
            pub fn get_ref(&self) -> &String {
                self.0.get_ref()
            }

            /// Its bytes in the file, quotes included.
            pub fn span(&self) -> std::ops::Range<usize> {
                self.0.span()
            }
        }

        #[cfg(test)]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $meaning.trim() })
            }
        }
    };
}

text! {
    /// An access path: `import axios .get()`.
    PathText
}
text! {
    /// A place in a call: `arg(0).headers`, or a literal in single quotes.
    SlotText
}
text! {
    /// An endpoint of the migration table: `GET /api/v2/users/{id}`.
    EndpointText
}
text! {
    /// Versions of a package: `<=0.2.0`.
    VersionText
}
/// The versions of packages that a table is about, where they differ: `{ angular2-jwt = "<=0.2.0" }`. It counts where
/// the manifests around the code allow one of them, or say nothing.
pub type VersionsText = BTreeMap<String, VersionText>;

/// What the examples of a table are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExampleLang {
    /// JavaScript.
    #[default]
    Js,
    /// TypeScript.
    Ts,
    /// Rust.
    Rust,
}

/// A small program; where `@{a,b}` stands, one with each of these names.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Code(#[serde(deserialize_with = "placed")] Spanned<Program>);

impl Code {
    /// The program.
    pub fn get_ref(&self) -> &Program {
        self.0.get_ref()
    }

    /// Its bytes in the file, quotes included.
    pub fn span(&self) -> std::ops::Range<usize> {
        self.0.span()
    }
}

#[cfg(test)]
impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let other = generator.subschema_for::<OtherProgram>();
        let written = "A small program; where `@{a,b}` stands, one with each of these names.";
        schemars::json_schema!({ "anyOf": [{ "type": "string", "description": written }, other] })
    }
}

/// How a program is written.
#[derive(Clone, Debug)]
pub enum Program {
    /// As it is.
    Written(String),
    /// By naming another one.
    Other(OtherProgram),
}

/// A program that differs from another one.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OtherProgram {
    /// The other one: a name under `[programs]` in the same file; without it, the table's first `yes`.
    pub of: Option<String>,
    /// A text in it, which must be there …
    pub change: Option<String>,
    /// … and what stands in its place, wherever it stands.
    pub to: Option<String>,
}

impl<'de> Deserialize<'de> for Program {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Program;

            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("a program, or a table that says how it differs from another one")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Program, E> {
                Ok(Program::Written(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Program, A::Error> {
                OtherProgram::deserialize(MapAccessDeserializer::new(map)).map(Program::Other)
            }
        }
        deserializer.deserialize_any(Either)
    }
}
