//! What was found once is not looked for again: maps that all threads share.

use rustc_hash::FxHashMap;
use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// Found values by what they were looked for.
#[derive(Debug)]
pub(crate) struct Cache<K, V>(Mutex<FxHashMap<K, V>>);

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Cache(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// What is known under `key`, or what `find` finds. Two threads may find the same at once; it must not matter which
    /// of them is kept.
    pub(crate) fn get<Q>(&self, key: &Q, find: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock().get(key).cloned();
        known.unwrap_or_else(|| {
            // without the lock: finding may take long, and may ask this cache again
            let found = find();
            lock().insert(key.to_owned(), found.clone());
            found
        })
    }
}
