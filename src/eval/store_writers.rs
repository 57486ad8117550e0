//! Who writes a store under a key: for those who change all of these places.

use super::engine::Eval;
use super::store::{StoreWrite, WriteAt, store_writes};
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
        let all = store_writes(self.shared).of(store, key);
        let near = |write: &&StoreWrite| self.project.in_one_application(file, write.at.file());
        let near: Vec<&StoreWrite> = all.iter().filter(near).collect();
        let writes = if near.is_empty() { all.iter().collect() } else { near };
        let told = |write: &StoreWrite| match (&write.at, write.within) {
            (WriteAt::Call(call, fact), None) => match fact.value.base {
                Base::Arg(nth) if fact.value.path.is_empty() => self
                    .arg_expr(*call, nth)
                    .map(|expr| KeptWrite::Call { call: *call, value: Node { file: call.file, expr } }),
                _ => None,
            },
            _ => None,
        };
        writes.into_iter().map(|write| told(write).unwrap_or(KeptWrite::Other(write.at.file()))).collect()
    }
}
