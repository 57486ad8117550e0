//! `exports` and `imports` of a `package.json`, and from what is built to what it is built from.
//!
//! Pure: candidates are named in the order in which they are to be tried, nothing is looked up.

use super::json::Json;

/// Folders that builds write to.
const BUILT: &[&str] = &[
    "dist", "build", "lib", "out", "output", "es", "esm", "cjs", "umd", "module", "commonjs", "_esm", "_cjs",
    "bundles", "esm2015", "esm2020", "esm2022", "fesm2015", "fesm2020", "fesm2022",
];

/// Folders that hold sources.
const SOURCES: &[&str] = &["src", "source", "lib"];

/// Endings of what may be built, longest first.
const BUILT_ENDINGS: &[&str] =
    &[".d.ts", ".d.mts", ".d.cts", ".mjs", ".cjs", ".jsx", ".js", ".mts", ".cts", ".tsx", ".ts"];

/// What a build puts into the names of its results.
const FLAVOURS: &[&str] = &[
    ".min",
    ".esm",
    ".cjs",
    ".umd",
    ".iife",
    ".mjs",
    ".es",
    ".modern",
    ".module",
    ".browser",
    ".node",
    ".prod",
    ".production",
    ".development",
    ".production.min",
    ".esm-bundler",
    ".bundle",
];

/// The targets of `subpath` (`.`, `./x`, `#x`) in `exports` or `imports`, best first.
pub(super) fn targets(map: &Json, subpath: &str) -> Vec<String> {
    let is_conditions = |members: &[(Box<str>, Json)]| !members.iter().any(|(key, _)| key.starts_with(['.', '#']));
    let mut found: Vec<(u8, String)> = Vec::new();
    match map {
        Json::Object(members) if !is_conditions(members) => {
            if let Some((value, rest)) = matching(members, subpath) {
                leaves(value, rest, 0, &mut found);
            }
        }
        _ if subpath == "." => leaves(map, None, 0, &mut found),
        _ => {}
    }
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().map(|(_, target)| target).collect()
}

/// The member for a subpath: the exact one, or the pattern with the longest beginning; and what its `*` stands for.
fn matching<'j, 's>(members: &'j [(Box<str>, Json)], subpath: &'s str) -> Option<(&'j Json, Option<&'s str>)> {
    if let Some((_, value)) = members.iter().rev().find(|(key, _)| **key == *subpath) {
        return Some((value, None));
    }
    let stands_for = |key: &str| match key.split_once('*') {
        Some((before, after)) => subpath
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .filter(|rest| !rest.is_empty())
            .map(|rest| (before.len(), rest)),
        // `"./lib/": "./src/"`
        None if key.ends_with('/') => subpath.strip_prefix(key).map(|rest| (key.len(), rest)),
        None => None,
    };
    members
        .iter()
        .filter_map(|(key, value)| stands_for(key).map(|(length, rest)| ((length, key.len()), value, rest)))
        .max_by_key(|(length, ..)| *length)
        .map(|(_, value, rest)| (value, Some(rest)))
}

/// All targets below a value, with how far from the source the conditions on the way lead.
fn leaves(value: &Json, rest: Option<&str>, rank: u8, into: &mut Vec<(u8, String)>) {
    match value {
        Json::Text(target) => into.push((
            rank,
            match rest {
                Some(rest) if target.contains('*') => target.replace('*', rest),
                Some(rest) if target.ends_with('/') => format!("{target}{rest}"),
                _ => target.to_string(),
            },
        )),
        Json::List(items) => items.iter().for_each(|item| leaves(item, rest, rank, into)),
        Json::Object(members) => {
            for (condition, value) in members {
                let own = match &**condition {
                    "source" | "src" => 0,
                    "import" | "module" | "module-sync" | "require" | "default" | "node" | "browser" => 1,
                    "types" | "typings" => 3,
                    other if other.starts_with("types@") => 3,
                    _ => 2,
                };
                leaves(value, rest, rank.max(own), into);
            }
        }
        Json::Other => {}
    }
}

/// Where the source of something built at `target` (relative to its package) would lie, without ending.
pub(super) fn sources_of(target: &str) -> Vec<String> {
    let stem = without_ending(target);
    let segments: Vec<&str> = stem.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect();
    let built = segments.iter().take_while(|segment| BUILT.contains(segment)).count();
    let whole = segments.join("/");
    let rest = segments[built.min(segments.len().saturating_sub(1))..].join("/");
    if built == 0 || rest.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |path: String| {
        if path != whole && !found.contains(&path) {
            found.push(path);
        }
    };
    // a build that keeps the folder: `dist/src/x`
    if SOURCES.iter().any(|source| rest.starts_with(&format!("{source}/"))) {
        add(rest.clone());
    }
    for source in SOURCES {
        add(format!("{source}/{rest}"));
    }
    add(rest);
    found
}

/// Where the sources of something that a build made may begin, without ending, where nothing answers to its own name.
pub(super) fn entries_of(target: &str) -> Vec<String> {
    let mut found = Vec::new();
    let plain = FLAVOURS.iter().find_map(|flavour| without_ending(target).strip_suffix(flavour));
    if let Some(plain) = plain {
        found.extend(sources_of(&format!("{plain}.js")));
    }
    found.extend(ENTRIES.iter().map(|entry| (*entry).to_owned()));
    found
}

/// Where a package's own code begins by custom.
pub(super) const ENTRIES: &[&str] = &[
    "src/index",
    "index",
    "source/index",
    "lib/index",
    "src/main",
    "main",
    "src/public-api",
    "src/public_api",
    "public-api",
    "mod",
    "src/mod",
];

/// Whether a target lies where builds write, and nowhere else.
pub(super) fn is_built(target: &str) -> bool {
    let first = target.trim_start_matches("./").split('/').next().unwrap_or_default();
    // `lib` holds sources as often
    first != "lib" && BUILT.contains(&first)
}

fn without_ending(target: &str) -> &str {
    BUILT_ENDINGS.iter().find_map(|ending| target.strip_suffix(ending)).unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(map: &str, subpath: &str) -> Vec<String> {
        targets(&Json::parse(map).unwrap(), subpath)
    }

    #[test]
    fn exports_lead_to_their_targets() {
        assert_eq!(found("\"./a.js\"", "."), ["./a.js"]);
        assert_eq!(found("\"./a.js\"", "./b"), [""; 0]);
        assert_eq!(found("{\"./b\": \"./src/b.js\"}", "./b"), ["./src/b.js"]);
        assert_eq!(found("{\"./b\": null}", "./b"), [""; 0]);
        let conditions =
            "{\".\": {\"types\": \"./t.d.ts\", \"import\": {\"default\": \"./m.js\"}, \"source\": \"./s.ts\"}}";
        assert_eq!(found(conditions, "."), ["./s.ts", "./m.js", "./t.d.ts"]);
        assert_eq!(found("{\"import\": \"./m.js\", \"require\": [\"./c.js\", 1]}", "."), ["./m.js", "./c.js"]);
    }

    #[test]
    fn the_longest_pattern_counts() {
        let map = "{\"./*\": \"./src/*.ts\", \"./ui/*.js\": \"./src/ui/*/index.ts\", \"./old/\": \"./legacy/\"}";
        assert_eq!(found(map, "./a/b"), ["./src/a/b.ts"]);
        assert_eq!(found(map, "./ui/x.js"), ["./src/ui/x/index.ts"]);
        assert_eq!(found(map, "./old/x.js"), ["./legacy/x.js"]);
        assert_eq!(found("{\"#in/*\": \"./src/*.js\"}", "#in/x"), ["./src/x.js"]);
    }

    proptest::proptest! {
        #[test]
        fn any_target_is_taken_apart(key in "[./*#aé]{0,8}", target in "[./*distré-]{0,20}", subpath in "[./#aé]{0,8}") {
            let map = Json::Object(vec![(key.into(), Json::Text(target.as_str().into()))]);
            let _ = (targets(&map, &subpath), sources_of(&target), entries_of(&target), is_built(&target));
        }
    }

    #[test]
    fn what_is_built_has_sources() {
        assert_eq!(sources_of("./dist/index.js"), ["src/index", "source/index", "lib/index", "index"]);
        assert_eq!(sources_of("./dist/esm/src/a.d.ts")[0], "src/a");
        assert_eq!(sources_of("./lib/a.js"), ["src/a", "source/a", "a"]);
        assert_eq!(sources_of("./dist"), ["src/dist", "source/dist", "lib/dist"]);
        assert_eq!(sources_of("./src/a.js"), [""; 0]);
        assert_eq!(entries_of("./dist/api.umd.js")[0], "src/api");
        assert_eq!(entries_of("./dist/x.js")[0], "src/index");
        assert!(is_built("./dist/a.js") && !is_built("./lib/a.js") && !is_built("./src/dist/a.js"));
    }
}
