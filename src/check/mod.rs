//! From values to verdicts.
//!
//! Owns the request record, the endpoint match, the verdict, the scopes and the findings. Must not know how a report is
//! printed, nor any library by name.

pub mod model;
