//! What many threads note about files at the same time.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many lists: threads rarely come to one that another is at.
const LISTS: usize = 64;

/// Notes, in no order.
pub(super) struct Gathered<T> {
    lists: [Mutex<Vec<T>>; LISTS],
}

impl<T> Default for Gathered<T> {
    fn default() -> Self {
        Gathered { lists: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<T> Gathered<T> {
    /// Add a note; `hash` is one of what it is about.
    pub(super) fn add(&self, hash: u64, note: T) {
        lock(&self.lists[hash as usize % LISTS]).push(note);
    }

    /// All that was added.
    pub(super) fn all(self) -> Vec<T> {
        self.lists.into_iter().flat_map(inner).collect()
    }
}

/// What a thread that panicked left is as good as before.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Likewise, when nobody else has it any more.
pub(super) fn inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}
