//! Lists the rule files and the pages about them, so that adding one is adding a file; and packs the rule files, so that
//! no run has to parse TOML before it can begin.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default());
    let rules = files(&root, "toml")?;
    for (name, path) in &rules {
        pack(name, path, &out.join(format!("{name}.mpk")))?;
    }
    // these have a shape of their own
    let tables = rules.into_iter().filter(|(name, _)| !name.starts_with("rules/evidence/")).collect();
    write_list(&out.join("rule_files.rs"), tables, &|name| {
        format!(", include_bytes!({:?})", out.join(format!("{name}.mpk")).to_string_lossy())
    })?;
    write_list(&out.join("doc_files.rs"), files(&root, "md")?, &|_| String::new())
}

/// Path in the project and path on this machine of every file under `rules/` with this ending, in order.
fn files(root: &Path, ending: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    collect(&root.join("rules"), ending, &mut files)?;
    files.sort();
    let named = |path: PathBuf| {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        (name, path)
    };
    Ok(files.into_iter().map(named).collect())
}

/// A list of tuples: path and text of every file, and what `more` adds.
fn write_list(to: &Path, files: Vec<(String, PathBuf)>, more: &dyn Fn(&str) -> String) -> io::Result<()> {
    let mut list = String::from("&[\n");
    for (name, path) in files {
        let _ = writeln!(list, "    ({name:?}, include_str!({:?}){}),", path.to_string_lossy(), more(&name));
    }
    list.push_str("]\n");
    std::fs::write(to, list)
}

/// Write the tables of the file at `path` to another one, as MessagePack.
fn pack(name: &str, path: &Path, to: &Path) -> io::Result<()> {
    let tables: toml::Table =
        std::fs::read_to_string(path)?.parse().map_err(|error| io::Error::other(format!("{name}: {error}")))?;
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(to, rmp_serde::to_vec(&tables).map_err(io::Error::other)?)
}

fn collect(folder: &Path, wanted: &str, into: &mut Vec<PathBuf>) -> io::Result<()> {
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
