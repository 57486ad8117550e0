//! The rule files and pages of this build.

use super::toml_file;
use crate::text::Mistake;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// A rule file: its path, its text, and its tables as they were packed when this was built.
pub(super) type File = (&'static str, &'static str, &'static [u8]);

/// One that has a shape of its own.
macro_rules! evidence {
    ($name:literal) => {
        (
            concat!("rules/evidence/", $name, ".toml"),
            include_str!(concat!("../../rules/evidence/", $name, ".toml")),
            include_bytes!(concat!(env!("OUT_DIR"), "/rules/evidence/", $name, ".toml.mpk")),
        )
    };
}

/// Every rule file, those under `rules/evidence/` apart.
pub(super) const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// Where the tenant's toggle is set.
pub(super) const TOGGLE: File = evidence!("toggle");
/// Where the tenant's clients are set up.
pub(super) const CLIENTS: File = evidence!("clients");
/// Recorded requests.
pub(super) const RECORDED: File = evidence!("recorded");

/// Path and text of every page under `rules/docs/`.
pub(super) const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/doc_files.rs"));

/// The tables of a file, a fraction of the time that reading its text takes. They do not know where they stand in it:
/// that is only of interest where there may be mistakes, so those of the text are told if there are any.
pub(super) fn unpack<T: DeserializeOwned>((name, text, packed): &File) -> Result<T, Mistake> {
    rmp_serde::from_slice(packed).or_else(|_| toml_file::read(name, &Arc::from(*text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::outside::{ClientsTable, RecordedTable, ToggleTable};
    use crate::rules::schema::RuleFile;
    use std::fmt::Debug;

    /// Both readings of a file, without where its texts stand.
    fn same<T: DeserializeOwned + Debug>((name, text, packed): &File) {
        let places = regex::Regex::new(r"span: \d+\.\.\d+").unwrap();
        let bare = |table: &T| places.replace_all(&format!("{table:?}"), "").into_owned();
        let unpacked: T = rmp_serde::from_slice(packed).unwrap();
        assert_eq!(bare(&unpacked), bare(&toml_file::read(name, &Arc::from(*text)).unwrap()), "{name}");
    }

    #[test]
    fn what_was_packed_is_what_is_written() {
        FILES.iter().for_each(same::<RuleFile>);
        same::<ToggleTable>(&TOGGLE);
        same::<ClientsTable>(&CLIENTS);
        same::<RecordedTable>(&RECORDED);
    }

    #[test]
    fn what_cannot_be_unpacked_is_read() {
        let file: File = ("a.toml", "client = 'x'", b"\xc1");
        assert_eq!(unpack::<RuleFile>(&file).unwrap().client.as_deref(), Some("x"));
    }
}
