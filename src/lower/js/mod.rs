//! stub
use crate::{ir::FileIr, lower::Refused};
/// Lower.
pub fn lower(_s: crate::lower::Syntax, _t: &str) -> Result<FileIr, Refused> {
    Err(Refused { line: None, reason: String::new() })
}
