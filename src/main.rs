//! The command line: parse arguments, call the library, map to an exit status.

mod cli;

/// Values are many and small; the system's allocator takes a third of the time on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    // the allocator takes memory in small pieces for each thread: in huge pages, most of it would stay unused
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    cli::run()
}
