//! Paths as texts, with `/`: what they hold, lie in and lead to.
//!
//! Asks no file system.

use std::path::Path;

/// A folder and those around it, innermost first; the empty folder is the last.
pub fn around(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| if folder.is_empty() { None } else { Some(parent(folder)) })
}

/// How many folders two paths begin with in common.
pub fn folders_shared(one: &str, two: &str) -> usize {
    one.split('/').zip(two.split('/')).take_while(|(one, two)| one == two).count()
}

/// Whether `path` is `folder` or lies under it. Both with `/`; the empty folder holds everything.
pub fn is_under(path: &str, folder: &str) -> bool {
    let folder = folder.trim_end_matches('/');
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `path` is `folder` or lies under it, both as [`Files::named`](super::Files::named) names them: `.` is the working directory.
pub fn is_inside(path: &str, folder: &str) -> bool {
    let up = |path: &str| path.split('/').take_while(|part| *part == "..").count();
    let only_up = folder == "." || folder.split('/').all(|part| part == "..");
    if only_up {
        let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
        return !is_absolute && up(path) <= up(folder);
    }
    is_under(path, folder)
}

/// Whether `path` is that of a test, as most projects name theirs: a folder `test`, a file `user.spec.js`.
pub fn is_test(path: &str) -> bool {
    const FOLDERS: &[&str] = &["test", "tests", "__tests__", "__mocks__", "spec", "specs", "e2e", "cypress"];
    let is_mark = |part: &str| ["test", "tests", "spec"].contains(&part);
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let mut parts = file.split(['.', '-', '_']);
    let first = parts.next().unwrap_or_default();
    // `test.js` and `user_test.rs`, not `test-users.js`, which may be anything
    let is_file = (is_mark(first) && parts.clone().count() <= 1) || parts.any(is_mark);
    is_file || folder.split('/').any(|part| FOLDERS.contains(&part))
}

/// `path` without `.`, `..` and doubled slashes, with `/`.
pub fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if path.starts_with('/') { format!("/{joined}") } else { joined }
}

/// `rest` inside `folder`, normalized; the empty folder is the working directory.
pub fn join(folder: &str, rest: &str) -> String {
    if folder.is_empty() { normalize(rest) } else { normalized([folder, "/", rest].concat()) }
}

/// A path that most likely is normal.
fn normalized(path: String) -> String {
    let is_name = |part: &str| !matches!(part, "" | "." | "..");
    let is_normal = !path.contains('\\') && path.strip_prefix('/').unwrap_or(&path).split('/').all(is_name);
    if is_normal { path } else { normalize(&path) }
}

/// The folder that holds `path`; empty for a file in the working directory.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// `path` as a string with `/`.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() };
    text.strip_prefix("./").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn joined_paths_are_normal(folder in "/?([a.b]{1,3}|/|\\\\){0,5}", rest in "([a.b]{1,3}|/|\\\\){0,5}") {
            let whole = if folder.is_empty() { rest.clone() } else { format!("{folder}/{rest}") };
            proptest::prop_assert_eq!(join(&folder, &rest), normalize(&whole));
        }
    }

    #[test]
    fn paths_are_normal_and_contained() {
        assert_eq!(normalize("./a/../b//c.js"), "b/c.js");
        assert_eq!(normalize("../../x/./y"), "../../x/y");
        assert_eq!(normalize("/a/../b"), "/b");
        assert!(is_under("src/a.js", "src"));
        assert!(!is_under("src2/a.js", "src"));
        assert!(is_under("anything", ""));
    }

    #[test]
    fn tests_are_told_by_their_paths() {
        for path in [
            "test/a.js",
            "server/tests/lib/users.js",
            "src/__tests__/a.tsx",
            "user.spec.ts",
            "src/user_test.rs",
            "tests.rs",
        ] {
            assert!(is_test(path), "{path}");
        }
        for path in ["src/users.js", "testing/a.js", "latest/a.js", "src/test-users.js", "contest.js", "specials/a.js"]
        {
            assert!(!is_test(path), "{path}");
        }
    }

    #[test]
    fn folders_hold_what_lies_below_them() {
        for (path, folder) in [
            ("a.js", "."),
            ("a.js", ".."),
            ("../b/a.js", ".."),
            (".", ".."),
            ("src/a.js", "src"),
            ("../b/a.js", "../b"),
        ] {
            assert!(is_inside(path, folder), "{path} {folder}");
        }
        for (path, folder) in [
            ("../a.js", "."),
            ("../../a.js", ".."),
            ("/x/a.js", ".."),
            ("..", "."),
            ("src2/a.js", "src"),
            ("a.js", "../b"),
        ] {
            assert!(!is_inside(path, folder), "{path} {folder}");
        }
    }
}
