//! `idtoken-lint.toml`: where it is found, what it says, and what is said about a broken one.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// An ID token by its name, sent to `host`.
fn call(host: &str) -> String {
    format!("fetch('https://{host}/api/v2/users/1', {{ headers: {{ Authorization: 'Bearer ' + idToken }} }});\n")
}

/// A call of which nothing is known but its endpoint.
const UNKNOWN: &str = "import { forUser } from './generated';\n\
                       fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: forUser() } });\n";

/// The report of `audit` with `arguments`, and the exit status.
fn audit(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let arguments: Vec<&str> = ["audit", "--format", "json"].iter().chain(arguments).copied().collect();
    let (status, out, err) = run(folder, &arguments);
    assert_eq!(err, "", "{arguments:?}");
    (status, serde_json::from_str(&out).unwrap())
}

fn calls(folder: &Path, arguments: &[&str]) -> usize {
    audit(folder, arguments).1["calls"].as_array().unwrap().len()
}

/// A repository with a configuration at its top that makes `login.acme.example` a tenant's host.
fn repository(files: &[(&str, &str)]) -> TempDir {
    let own = call("login.acme.example");
    let mut all = vec![
        (".git/HEAD", ""),
        ("idtoken-lint.toml", "custom-domains = ['login.acme.example']\n"),
        ("web/src/a.js", &own),
    ];
    all.extend(files);
    folder(&all)
}

#[test]
fn the_nearest_file_counts_up_to_the_repository() {
    let here = repository(&[]);
    for (from, arguments) in
        [("", &[][..]), ("", &["web"]), ("", &["web/src/a.js"]), ("web/src", &[]), ("web", &["--root", "..", "src"])]
    {
        assert_eq!(calls(&here.path().join(from), arguments), 1, "{from} {arguments:?}");
    }
    assert_eq!(calls(Path::new("/"), &[here.path().to_str().unwrap()]), 1, "from elsewhere");
    // a nearer one takes its place
    fs::write(here.path().join("web/idtoken-lint.toml"), "").unwrap();
    assert_eq!(calls(here.path(), &["web"]), 0);
    fs::remove_file(here.path().join("web/idtoken-lint.toml")).unwrap();
    // a repository of its own, whose `.git` is a file, ends the search
    fs::write(here.path().join("web/.git"), "gitdir: elsewhere\n").unwrap();
    assert_eq!(calls(here.path(), &["web"]), 0);
}

#[test]
fn without_a_repository_the_search_ends_at_the_working_directory() {
    let own = call("login.acme.example");
    let here = folder(&[("idtoken-lint.toml", "tenants = ['login.acme.example']\n"), ("web/a.js", &own)]);
    assert_eq!(calls(here.path(), &["web"]), 1);
    assert_eq!(calls(&here.path().join("web"), &[]), 0);
}

#[test]
fn another_file_or_none_can_be_named() {
    let here = repository(&[("other.toml", "tenants = ['x.acme.example']\n")]);
    assert_eq!(calls(here.path(), &["--no-config"]), 0);
    assert_eq!(calls(here.path(), &["--config", "other.toml"]), 0);
    assert_eq!(calls(here.path(), &["--config", "other.toml", "--host", "login.acme.example"]), 1);
    for (arguments, said) in [
        (&["check", "--config", "no.toml"][..], "\"no.toml\": cannot be read"),
        (&["check", "--config", "other.toml", "--no-config"], "cannot be used with"),
    ] {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""));
        assert!(err.contains(said), "{err}");
    }
}

#[test]
fn a_broken_file_stops_the_run_and_is_shown() {
    let here = repository(&[]);
    fs::write(here.path().join("idtoken-lint.toml"), "\ncustom-domain = []\n").unwrap();
    for arguments in [&["check"][..], &["audit", "web/src"], &["config", "show"], &["rules", "list"]] {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        for said in ["unknown key `custom-domain`", "idtoken-lint.toml:2:1", "Did you mean custom-domains?"] {
            assert!(err.contains(said), "{said}: {err}");
        }
    }
}

#[test]
fn hosts_are_those_of_the_team() {
    let own = call("acme.auth0.com") + &call("mine.auth0.com") + &call("users") + &call("sub.login.acme.example");
    let here = folder(&[("a.js", &own)]);
    assert_eq!(calls(here.path(), &[]), 3, "a host without a dot may be filled in");
    let config = "own-hosts = ['mine.auth0.com', 'users']\ncustom-domains = ['login.acme.example']\n";
    fs::write(here.path().join("idtoken-lint.toml"), config).unwrap();
    let (_, report) = audit(here.path(), &[]);
    let lines: Vec<&Value> = report["calls"].as_array().unwrap().iter().map(|call| &call["line"]).collect();
    assert_eq!(lines, [1, 4]);
}

#[test]
fn excluded_files_are_not_there_even_if_they_are_named() {
    let (own, config) = (call("acme.auth0.com"), "exclude = ['dist/', '*.min.js', '!keep.min.js']\n");
    let here = folder(&[
        ("web/idtoken-lint.toml", config),
        ("web/dist/a.js", &own),
        ("web/src/b.min.js", &own),
        ("web/src/keep.min.js", &own),
        ("web/src/c.js", &own),
    ]);
    let web = here.path().join("web");
    for (from, arguments) in
        [(&web, &[][..]), (&here.path().to_owned(), &["web"]), (&web.join("src"), &["--root", ".."])]
    {
        let (_, report) = audit(from, arguments);
        assert_eq!(report["summary"]["files"]["excluded"], 2, "{arguments:?}");
    }
    let (_, report) = audit(&web, &[]);
    let paths: Vec<&Value> = report["calls"].as_array().unwrap().iter().map(|call| &call["path"]).collect();
    assert_eq!(paths, ["src/c.js", "src/keep.min.js"]);
    let (status, out, _) = run(&web, &["check", "dist/a.js"]);
    assert_eq!((status, out.as_str()), (0, "no source files in dist, 1 excluded\n"));
    assert!(run(&web, &["check"]).1.ends_with("2 files seen, 2 parsed, 2 excluded\n"));
}

#[test]
fn rules_are_found_from_the_folder_of_the_file() {
    let rule = "[[token]]\nkind = 'id'\nat = ['import generated .forUser()']\nwhat = 'the header'\n";
    let here = folder(&[(".git/HEAD", ""), ("conf/own.toml", rule), ("web/a.js", UNKNOWN)]);
    fs::write(here.path().join("idtoken-lint.toml"), "rules = ['conf']\n").unwrap();
    for from in ["", "web"] {
        let (_, report) = audit(&here.path().join(from), &[]);
        assert_eq!(report["calls"][0]["verdict"], "id-token", "{from}");
    }
    let (_, out, _) = run(&here.path().join("web"), &["rules", "list"]);
    assert!(out.starts_with("../conf/own.toml (own)\n"), "{out}");
}

#[test]
fn severities_are_those_of_the_team() {
    let here = folder(&[("a.js", &call("acme.auth0.com")), ("b.js", UNKNOWN)]);
    let config = |text: &str| fs::write(here.path().join("idtoken-lint.toml"), text).unwrap();
    config("[severity]\nid-token-as-bearer = 'warning'\nunresolved-bearer = 'error'\n");
    assert!(run(here.path(), &["check", "-q"]).1.starts_with("2 findings (1 error, 1 warning) ·"));
    config("[severity]\nunresolved-bearer = 'off'\n");
    assert!(run(here.path(), &["check", "-q"]).1.starts_with("1 finding (1 error) ·"));
    config("[severity]\nunresolved-bearer = 'off'\nid-token-as-bearer = 'off'\n");
    assert_eq!(run(here.path(), &["check"]).0, 0);
    // what is sent is sent, whatever is reported
    let (status, out, _) = run(here.path(), &["audit", "-q"]);
    assert_eq!(status, 1);
    assert_eq!(out, "The toggle cannot be turned off yet: 1 call sends an ID token, 1 is unknown.\n");
}

#[test]
fn accepted_unknowns_do_not_count_and_are_named() {
    let here = folder(&[("src/a.js", UNKNOWN), ("src/b.js", &call("acme.auth0.com"))]);
    let accept = |unknown: &str| {
        let text = format!("[[accept]]\nfiles = ['/src/']\nunknown = '{unknown}'\nbecause = 'the gateway adds it'\n");
        fs::write(here.path().join("idtoken-lint.toml"), text).unwrap();
    };
    accept("unresolved-import");
    let (status, report) = audit(here.path(), &["src/a.js", "--root", "."]);
    assert_eq!((status, &report["summary"]["ready"]), (0, &true.into()), "{report}");
    assert_eq!((&report["summary"]["accepted"], &report["summary"]["suppressed"]), (&1.into(), &1.into()));
    assert_eq!(report["calls"][0]["accepted"], "the gateway adds it");
    assert_eq!(report["suppressed"][0]["by"], "configuration");
    assert_eq!(report["suppressed"][0]["finding"]["rule"], "unresolved-bearer");
    assert_eq!(report["notices"].as_array().unwrap().len(), 0);
    let (status, out, _) = run(here.path(), &["audit", "src/a.js", "--root", "."]);
    assert!(status == 0 && out.contains("(accepted: the gateway adds it)"), "{out}");
    let last = "The toggle can be turned off, provided that the 1 accepted call sends no ID token.\n";
    assert!(out.ends_with(last), "{out}");
    let (_, out, _) = run(here.path(), &["check", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&out).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["suppressions"]), (2, &Value::Null));
    assert_eq!(results[1]["suppressions"][0]["kind"], "external");
    assert_eq!(results[1]["suppressions"][0]["justification"], "the gateway adds it");
    // an ID token is never accepted, and what accepts nothing is noticed, if all was looked at
    accept("storage");
    let (status, report) = audit(here.path(), &[]);
    assert_eq!((status, &report["summary"]["accepted"]), (1, &0.into()));
    assert_eq!((&report["notices"][0]["id"], &report["notices"][0]["line"]), (&"unused-accept".into(), &1.into()));
    assert!(run(here.path(), &["check"]).1.contains("to tidy up\n  idtoken-lint.toml:1: this accepts no call"));
    assert_eq!(audit(here.path(), &["src/b.js", "--root", "."]).1["notices"].as_array().unwrap().len(), 0);
}

#[test]
fn what_counts_is_shown_and_can_be_read_again() {
    let text = "own-hosts = ['users']\nexclude = ['dist/']\n[severity]\nunresolved-bearer = 'off'\n[[accept]]\n\
                files = ['a']\nendpoint = 'GET /api/v2/users/{id}'\nbecause = \"it's fine\"\n";
    let here = repository(&[("web/idtoken-lint.toml", text)]);
    let (status, out, err) = run(here.path(), &["config", "show", "web/src"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.starts_with("# from web/idtoken-lint.toml\n"), "{out}");
    fs::write(here.path().join("web/idtoken-lint.toml"), &out).unwrap();
    assert_eq!(run(here.path(), &["config", "show", "web"]).1, out);
    let (_, out, _) = run(here.path(), &["config", "show", "--no-config"]);
    assert!(
        out.starts_with("# no idtoken-lint.toml is found") && out.contains("\nunresolved-bearer = \"warning\"\n"),
        "{out}"
    );
}

#[test]
fn the_schema_is_printed_and_accepts_what_the_program_does() {
    let here = folder(&[]);
    let (status, out, _) = run(here.path(), &["config", "schema"]);
    assert_eq!(status, 0);
    let validator = jsonschema::validator_for(&serde_json::from_str(&out).unwrap()).unwrap();
    let valid = |text: &str| validator.is_valid(&serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap());
    for good in [
        "",
        "tenants = ['a.b']\ncustom-domains = []\nown-hosts = []\nexclude = ['a']\nrules = ['b']\n[severity]\nx = 'off'\n",
        "[[accept]]\nfiles = ['a']\nunknown = 'storage'\nendpoint = 'GET'\nbecause = 'c'\n",
    ] {
        assert!(valid(good), "{good}");
    }
    for bad in ["tenant = []\n", "exclude = 'a'\n", "[severity]\nx = 'of'\n", "[[accept]]\nfiles = ['a']\n"] {
        assert!(!valid(bad), "{bad}");
    }
}
