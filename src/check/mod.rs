//! From values to verdicts.
//!
//! Owns the request record, the endpoint match, the verdict, the scopes and the findings. Must not know how a report is
//! printed, nor any library by name.

mod advice;
mod answered;
mod body;
mod by_caller;
mod chain;
mod effects;
pub mod examples;
mod fingerprint;
mod hooks;
mod host;
mod login;
pub mod merge;
mod methods;
pub mod model;
mod origin;
pub mod outside;
pub mod policy;
pub mod readiness;
mod request;
mod roots;
mod run;
mod runtime;
mod sites;
mod subject;
pub mod suppress;
mod target;
pub mod unite;
mod verdict;
pub mod watch;

pub use run::{Scope, run};
pub use verdict::REASONS;
