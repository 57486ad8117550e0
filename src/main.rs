//! The command line: parse arguments, call the library, map to an exit status.

fn main() {}
