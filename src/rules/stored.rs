//! Credentials that a library keeps in a store by itself.

use super::schema::{StoredTable, TokenKind};
use super::slot::Slot;
use super::{Place, RuleError};
use std::sync::Arc;

/// See [`StoredTable`].
#[derive(Clone, Debug)]
pub struct StoredFact {
    /// The store.
    pub store: Arc<str>,
    /// The key.
    pub key: Slot,
    /// What lies there if nobody writes it.
    pub kind: Option<TokenKind>,
}

impl Place<'_> {
    pub(super) fn stored(&self, table: &StoredTable) -> Result<StoredFact, RuleError> {
        Ok(StoredFact { store: table.store.as_str().into(), key: self.slot(&table.key)?, kind: table.kind })
    }
}
