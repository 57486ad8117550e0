//! From values to verdicts.
//!
//! Owns the request record, the endpoint match, the verdict, the scopes and the findings. Must not know how a report is
//! printed, nor any library by name.

mod advice;
mod effects;
mod host;
pub mod model;
mod request;
mod roots;
mod run;
mod sites;
mod target;
mod verdict;

pub use run::run;
