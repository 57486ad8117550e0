//! A panic is a mistake in this program, and must look like one: a message and status 2, not findings.

use super::Failure;
use std::panic::{AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};

/// Do `work`; where it panics, on whatever thread, say so instead of printing a backtrace.
pub(super) fn guard<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    let first = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&first);
    std::panic::set_hook(Box::new(move |info| {
        // later panics are often only about the first
        seen.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| describe(info));
    }));
    let result = std::panic::catch_unwind(AssertUnwindSafe(work));
    // the default hook again
    drop(std::panic::take_hook());
    result.unwrap_or_else(|_| {
        let first = first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(Failure::new(
            format!("internal error: {}", first.unwrap_or_else(|| "unknown".to_owned())),
            "This is a mistake in idtoken-lint, not in your code. Please report it, with the file that causes it if \
             you can find and show it: run with single folders as PATHS to narrow it down.",
        ))
    })
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let message =
        payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = message.unwrap_or("panic");
    info.location().map_or_else(|| message.to_owned(), |at| format!("{message} ({}:{})", at.file(), at.line()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_failure() {
        let failure = guard(|| -> Result<(), Failure> { panic!("over the edge") }).unwrap_err();
        assert!(failure.problem.starts_with("internal error: over the edge (src"), "{}", failure.problem);
        assert_eq!(guard(|| Ok(3)).unwrap(), 3);
    }
}
