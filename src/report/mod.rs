//! How a report is written: one module per format.
//!
//! Owns the formats and what must not leave in any of them (secrets). Every format reads the plain data of
//! [`crate::check::model`] and owns its structs, so that a refactoring of the analysis cannot change a contract.
//! Nothing here touches the system: a format writes to the writer it is given.

pub mod json;
pub mod redact;
pub mod sarif;
pub mod text;

/// An output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For scripts: `idtoken-lint/1`.
    Json,
    /// For code-scanning services: SARIF 2.1.0.
    Sarif,
}
