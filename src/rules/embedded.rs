//! The rule files and pages of this build.

/// Path and text of every file under `rules/`.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));

/// Path and text of every page under `rules/docs/`.
pub(super) const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/doc_files.rs"));
