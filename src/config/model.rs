//! The shape of the file, as TOML is read into it. Unknown keys are errors.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// The configuration of idtoken-lint for a project.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct ConfigFile {
    /// Hosts of your Auth0 tenants. Hosts under auth0.com are known without being listed.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) tenants: Vec<Spanned<String>>,
    /// Hosts of your own under which your tenants are reached.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) custom_domains: Vec<Spanned<String>>,
    /// Hosts of your own APIs: what is sent there is never a finding, whatever the path.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) own_hosts: Vec<Spanned<String>>,
    /// Files and folders that are not read, as in an ignore file, relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) exclude: Vec<Spanned<String>>,
    /// Rules of your own: files, and folders of files, relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) rules: Vec<Spanned<String>>,
    /// The baseline, relative to the folder of this file: findings that it knows do not count.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) baseline: Option<Spanned<String>>,
    /// The file of unknown calls that are accepted one by one, relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) accept_unknown: Option<Spanned<String>>,
    /// What becomes of each rule's findings, by rule id.
    #[cfg_attr(test, schemars(with = "BTreeMap<String, LevelText>"))]
    pub(super) severity: BTreeMap<Spanned<String>, LevelText>,
    /// Unknown calls that somebody looked at, and that send no ID token.
    #[cfg_attr(test, schemars(with = "Vec<AcceptTable>"))]
    pub(super) accept: Vec<Spanned<AcceptTable>>,
}

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum LevelText {
    /// They are errors.
    Error,
    /// They are warnings.
    Warning,
    /// They are not reported.
    Off,
}

/// Unknown calls that somebody looked at.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AcceptTable {
    /// In which files, as in an ignore file, relative to the folder of this file.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    pub(super) files: Vec<Spanned<String>>,
    /// To which endpoint; without it, to any.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) endpoint: Option<Spanned<String>>,
    /// Unknown for which reason: the id before the colon. Without it, for any.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    pub(super) unknown: Option<Spanned<String>>,
    /// What was found out about these calls.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(super) because: Spanned<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `UPDATE_SCHEMAS=1` writes it anew.
    #[test]
    fn the_schema_is_that_of_the_types() {
        let mut schema = schemars::schema_for!(ConfigFile);
        schema.insert("title".into(), "idtoken-lint.toml".into());
        let expected = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/config/config.schema.json");
            std::fs::write(path, &expected).unwrap();
            return;
        }
        assert_eq!(crate::config::SCHEMA, expected, "run the test with UPDATE_SCHEMAS=1");
    }
}
