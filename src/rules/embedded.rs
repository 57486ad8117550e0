//! The rule files of this build.

/// Path and text of every file under `rules/`.
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule_files.rs"));
