//! What is written in a rule file as a text of its own kind, with its place.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A text with its place in the file.
macro_rules! text {
    (#[doc = $meaning:literal] $name:ident) => {
        #[doc = $meaning]
        #[derive(Clone, Debug, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Spanned<String>);

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
text! {
    /// A small program; where `@{a,b}` stands, one with each of these names.
    Code
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
