//! Files, texts and positions: everything below syntax.
//!
//! Owns the file systems (the real one and the in-memory one of the tests), the walk, the first look
//! at a file, spans and line indexes, and how a mistake in a file is told.
//! Must not know any language, rule or verdict. The only module of the analysis that touches the system.

pub mod files;
mod gathered;
pub mod globs;
pub mod keep;
pub mod lines;
pub mod mistake;
pub mod nearest;
pub mod overlay;
pub mod paths;
pub mod prefilter;
pub mod seen;
pub mod span;
pub mod walk;
pub mod witness;

pub use files::{Files, MemoryFiles, OsFiles};
pub use globs::Globs;
pub use lines::{LineCol, LineIndex};
pub use mistake::Mistake;
pub use prefilter::Literals;
pub use seen::Seen;
pub use span::{FileId, Span};
