//! Lists the rule files and the pages about them, so that adding one is adding a file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    write_list(&root, "toml", "rule_files.rs")?;
    write_list(&root, "md", "doc_files.rs")
}

/// Path and text of every file under `rules/` with this ending.
fn write_list(root: &Path, ending: &str, name: &str) -> std::io::Result<()> {
    let mut files = Vec::new();
    collect(&root.join("rules"), ending, &mut files)?;
    files.sort();
    // these have a shape of their own
    files.retain(|file| !file.starts_with(root.join("rules/evidence")));
    let mut list = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(list, "    ({name:?}, include_str!({:?})),", file.to_string_lossy());
    }
    list.push_str("]\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    std::fs::write(out.join(name), list)
}

fn collect(folder: &Path, wanted: &str, into: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, wanted, into)?;
        } else if path.extension().is_some_and(|ending| ending == wanted) {
            into.push(path);
        }
    }
    Ok(())
}
