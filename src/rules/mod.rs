//! The knowledge, as data.

pub mod docs;
