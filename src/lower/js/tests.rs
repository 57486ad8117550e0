//! Lowering of snippets.
