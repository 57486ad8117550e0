//! The command line: parse arguments, call the library, map to an exit status.

mod cli;

/// Values are many and small; the system's allocator takes a third of the time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
