//! Credentials that a library keeps in a store by itself.

use super::schema::TokenKind;
use super::slot::Slot;
use std::sync::Arc;

/// See [`StoredTable`](super::schema::StoredTable).
#[derive(Clone, Debug)]
pub struct StoredFact {
    /// The store.
    pub store: Arc<str>,
    /// The key.
    pub key: Slot,
    /// What lies there if nobody writes it.
    pub kind: Option<TokenKind>,
}
