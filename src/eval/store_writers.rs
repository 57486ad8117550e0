//! Who writes a store under a key: for those who change all of these places.

use super::engine::Eval;
use super::store::{StoreWrite, WriteAt, writes_seen_from};
use super::value::Node;
use crate::ir::Name;
use crate::rules::slot::Base;
use crate::text::FileId;
use std::sync::Arc;

/// Where something is written under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptWrite {
    /// By a call that is given the value.
    Call {
        /// The call.
        call: Node,
        /// The value's expression.
        value: Node,
    },
    /// In a way that is not told apart here, in this file.
    Other(FileId),
}

impl Eval<'_> {
    /// Where `store` is written under `key`, in the application of a file; where that writes none, anywhere.
    pub fn writes_under(&self, store: &Arc<str>, key: &Name, file: FileId) -> Vec<KeptWrite> {
        let (writes, _) = writes_seen_from(self.shared, file, store, key);
        let told = |write: &StoreWrite| match (&write.at, write.within) {
            (WriteAt::Call(call, fact), None) => match fact.value.base {
                Base::Arg(nth) if fact.value.path.is_empty() => self
                    .arg_expr(*call, nth)
                    .map(|expr| KeptWrite::Call { call: *call, value: Node { file: call.file, expr } }),
                _ => None,
            },
            _ => None,
        };
        writes.iter().map(|write| told(write).unwrap_or(KeptWrite::Other(write.at.file()))).collect()
    }
}
