//! The invariants of the layout: who may import whom, who may touch the system, who may know names.

use std::path::{Path, PathBuf};

/// From the bottom up: a layer imports only from those before it.
const LAYERS: &[&str] = &["text", "rules", "ir", "lower", "project", "eval", "check", "report", "config", "cli"];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| {
            entry.path().extension().is_some_and(|ending| ending == "rs") && !entry.path().ends_with("tests.rs")
        })
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            (entry.into_path(), text)
        })
        .collect()
}

/// The code of a file without its unit tests and comments.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn layer(path: &Path) -> Option<usize> {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).ok()?;
    let first = inside.components().next()?.as_os_str().to_str()?.to_owned();
    LAYERS.iter().position(|layer| *layer == first)
}

#[test]
fn imports_run_downward_only() {
    let mut seen = 0;
    for (path, text) in sources() {
        let Some(own) = layer(&path) else { continue };
        let code = code(&text);
        for (other, name) in LAYERS.iter().enumerate() {
            let uses = [format!("crate::{name}::"), format!("idtoken_lint::{name}::")];
            if !uses.iter().any(|import| code.contains(import.as_str())) {
                continue;
            }
            seen += 1;
            assert!(other <= own, "{} imports from the layer {name} above it", path.display());
            let apart = [("lower", "rules"), ("project", "rules"), ("ir", "rules")];
            assert!(!apart.contains(&(LAYERS[own], name)), "{} must not see {name}", path.display());
        }
    }
    assert!(seen > 20, "the test looks at nothing");
}

#[test]
fn only_the_edges_touch_the_system() {
    let touching =
        ["std::fs", "std::env", "std::net", "std::process", "std::io::stdout", "std::time", "println!", "eprintln!"];
    for (path, text) in sources() {
        let allowed = layer(&path).is_some_and(|own| ["text", "config", "cli"].contains(&LAYERS[own]))
            || path.ends_with("main.rs");
        let code = code(&text);
        for call in touching {
            assert!(allowed || !code.contains(call), "{} touches the system: {call}", path.display());
        }
    }
}

#[test]
fn the_library_does_not_print_or_exit() {
    for (path, text) in sources() {
        if layer(&path).is_some_and(|own| LAYERS[own] == "cli") || path.ends_with("main.rs") {
            continue;
        }
        let code = code(&text);
        for call in ["println!", "print!(", "eprintln!", "process::exit", "env::var"] {
            assert!(!code.contains(call), "{} uses {call}", path.display());
        }
    }
}

/// Names of libraries, endpoints and scopes live in `rules/`.
#[test]
fn no_library_is_known_by_name_in_the_code() {
    let names = [
        "axios",
        "jquery",
        "XMLHttpRequest",
        "superagent",
        "reqwest",
        "ureq",
        "hyper",
        "HttpClient",
        "auth0-js",
        "auth0-spa",
        "ManagementClient",
        "localStorage",
        "sessionStorage",
        "id_token",
        "idToken",
        "access_token",
        "accessToken",
        "auth0.com",
        "api/v2",
        "device-credentials",
        "identities",
        "multifactor",
        "current_user",
        "read:users",
        "update:users",
        "link_with",
        "bearer_auth",
        "setRequestHeader",
        "getItem",
    ];
    for (path, text) in sources() {
        // examples in documentation name real things
        let code = code(&text);
        for name in names {
            let quoted = [format!("\"{name}"), format!("{name}\""), format!("/{name}"), format!("'{name}")];
            let found = quoted.iter().find(|quoted| code.contains(quoted.as_str()));
            // the scopes' column has the name of the format's key
            let is_key = name == "current_user" && !code.contains(":current_user");
            assert!(found.is_none() || is_key, "{} knows {name}", path.display());
        }
    }
}

#[test]
fn no_internal_type_is_serialized() {
    for (path, text) in sources() {
        let allowed = layer(&path).is_some_and(|own| LAYERS[own] == "report");
        assert!(allowed || !code(&text).contains("Serialize)"), "{} derives Serialize", path.display());
    }
}

#[test]
fn one_idea_per_file() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 700, "{} has {lines} lines", path.display());
        assert!(text.starts_with("//!") || text.starts_with("#![doc"), "{} does not say what it is", path.display());
    }
}
