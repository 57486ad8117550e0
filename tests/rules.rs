//! The rules of this build and those of teams: the examples in them, the commands about them, and their page.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, run};
use idtoken_lint::check::examples;
use idtoken_lint::project::Project;
use idtoken_lint::rules::RuleFiles;
use idtoken_lint::rules::examples::Holder;
use serde_json::Value;

#[test]
fn the_examples_of_the_build_hold() {
    let files = RuleFiles::embedded().unwrap();
    let tested = Project::on_large_stack(|| examples::run(&files, |_| true)).unwrap().unwrap();
    let failed: Vec<String> = tested.failed.iter().map(|(_, mistake)| format!("{mistake} {}", mistake.help)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(tested.examples >= 75, "{} examples", tested.examples);
    let silent: Vec<&str> = (0..files.sources().len())
        .filter(|nth| files.examples().iter().all(|example| example.source != *nth))
        .map(|nth| files.sources()[nth].name.as_str())
        .collect();
    assert!(silent.len() * 5 <= files.sources().len(), "files without an example: {silent:?}");
}

/// Every table shows what it is for and what it is not for.
#[test]
fn every_table_has_examples_in_both_directions() {
    let files = RuleFiles::embedded().unwrap();
    let holders = files.holders();
    assert!(holders.len() > 750, "{} tables", holders.len());
    let lacks = |holder: &&Holder<'_>| holder.yes.is_empty() || holder.no.is_empty();
    let describe = |holder: &Holder<'_>| {
        let which = if holder.yes.is_empty() { "yes" } else { "no" };
        format!("{}: `[[{}]]` {} needs `{which}`", files.sources()[holder.source].name, holder.kind, holder.nth + 1)
    };
    let without: Vec<String> = holders.iter().filter(lacks).map(describe).collect();
    assert!(without.is_empty(), "{}", without.join("\n"));
}

#[test]
fn every_datum_cites_its_source() {
    let here = folder(&[]);
    let (_, out, _) = run(here.path(), &["rules", "list", "--format", "json"]);
    let list: Vec<Value> = serde_json::from_str(&out).unwrap();
    assert!(list.len() > 700, "{}", list.len());
    let without: Vec<&Value> =
        list.iter().filter(|datum| datum["source"].as_str().is_none_or(|source| source.trim().is_empty())).collect();
    assert!(without.is_empty(), "{without:?}");
}

/// The page's rule files, each a block of TOML.
#[test]
fn the_examples_of_the_page_hold() {
    let page = include_str!("../docs/own-rules.md");
    let blocks: Vec<&str> =
        page.split("\n```toml\n").skip(1).map(|block| block.split("\n```\n").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let here = folder(&[("own.toml", block)]);
        let (status, out, err) = run(here.path(), &["rules", "test", "own.toml"]);
        assert_eq!((status, err.as_str()), (0, ""), "{out}\n{block}");
        assert!(!out.starts_with('0') && out.ends_with(" hold\n"), "{out}");
    }
    // every root and step that the grammar knows is on the page
    for text in ["import a,b", "global a,b", "name a,b", "type t", "any", ".name", ".{a,b}", ".*", "()", "@new"] {
        assert!(page.contains(&format!("`{text}`")), "{text}");
    }
}

/// A call through a client that only an own rule knows.
const CALL: &str = "import { get } from '@acme/http';\nimport { jwt } from '@acme/session';\n\
                    get('https://acme.auth0.com/api/v2/users/1', jwt());\n";

const RULES: &str = "source = 'wiki'\nclient = 'acme-http'\n\n[[call]]\non = ['import @acme/http .get()']\n\
                     url = ['arg(0)']\nmethod = ['name']\nbearer = ['arg(1)']\nsends = true\n\n[[token]]\n\
                     kind = 'id'\nat = ['import @acme/session .jwt()']\nwhat = 'the session'\n";

#[test]
fn own_rules_join_those_of_the_program() {
    let here = folder(&[("src/a.js", CALL), ("rules/http.toml", RULES), ("rules/notes.md", "")]);
    assert_eq!(run(here.path(), &["check", "src"]).0, 0);
    for own in ["rules", "rules/http.toml"] {
        let (status, out, err) = run(here.path(), &["check", "src", "--rules", own, "--format", "json"]);
        assert_eq!((status, err.as_str()), (1, ""));
        let report: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            (&report["calls"][0]["client"], &report["calls"][0]["verdict"]),
            (&"acme-http".into(), &"id-token".into())
        );
        assert_eq!(report["calls"][0]["trace"][0]["note"], "an ID token: the session");
    }
    // rules are no part of what is analysed
    let (_, out, _) = run(here.path(), &["check", "src", "--rules", "rules", "--format", "json"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["summary"]["files"]["seen"], 1);
}

#[test]
fn a_broken_rule_file_stops_the_run_and_is_shown() {
    let here =
        folder(&[("a.js", CALL), ("own.toml", "[[token]]\nkind = 'id'\nta = ['import x .y']\n"), ("none/x.md", "")]);
    for arguments in [
        &["check", "--rules", "own.toml"][..],
        &["audit", "--rules", "own.toml", "--format", "json"],
        &["rules", "test", "own.toml"],
        &["rules", "list", "--rules", "own.toml"],
    ] {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        for said in
            ["unknown key `ta`", "own.toml:3:1", "ta = ['import x .y']", "expected `kind`, `at`", "Did you mean at?"]
        {
            assert!(err.contains(said), "{said}: {err}");
        }
    }
    for (own, said) in [("nowhere.toml", "there is no file or folder"), ("none", "no rule file")] {
        let (status, _, err) = run(here.path(), &["check", "--rules", own]);
        assert_eq!(status, 2);
        assert!(err.contains(said) && err.contains(own), "{err}");
    }
}

#[test]
fn mistakes_of_beginners_are_told_where_they_are() {
    for (own, place, said) in [
        ("[[store]]\nread = ['import @acme/s .read()']\n", "1:1", "this store has no `name`"),
        (
            "[[token]]\nkind = 'id'\nat = ['import @acme/s .jwt()']\nwhat = 'x'\nno = [{ of = 'a' }]\n",
            "5:7",
            "There are no programs.",
        ),
        ("[[call]]\non = ['import @acme/s .get']\nsends = true\n", "2:7", "expected a path that ends in `()`"),
        ("[[call]]\non = ['imports @acme/s .get()']\nsends = true\n", "2:8", "Did you mean import?"),
        ("[call]\non = []\n", "1:1", "write `[[call]]`."),
        ("[[call]]\non = ['import @acme/s .get()']\nurl = ['arg[0]']\n", "3:9", "expected `arg(N)`"),
    ] {
        let here = folder(&[("own.toml", own)]);
        let (status, out, err) = run(here.path(), &["rules", "test", "own.toml"]);
        assert_eq!((status, out.as_str()), (2, ""), "{own}");
        let flat = err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&format!("own.toml:{place}]")) && flat.contains(said), "{own}\n{err}");
    }
}

#[test]
fn examples_that_do_not_hold_are_named() {
    let table = |examples: &str| format!("{RULES}{examples}\n");
    let here = folder(&[
        ("good.toml", &table("yes = [\"import { jwt } from '@acme/session'; send(jwt())\"]\nno = ['send(other())']")),
        ("missing.toml", &table("yes = ['send(other())']")),
        ("idle.toml", &table("yes = ['send(result.idToken)']")),
        ("noisy.toml", &table("no = [\"import { jwt } from '@acme/session'; send(jwt())\"]")),
    ]);
    let (status, out, err) = run(here.path(), &["rules", "test", "good.toml"]);
    assert_eq!((status, out.as_str(), err.as_str()), (0, "2 examples: 2 hold; 1 table has no example\n", ""));
    for (kind, line) in [("missing", "15:8"), ("idle", "15:8"), ("noisy", "15:7")] {
        let file = format!("{kind}.toml");
        let (status, out, err) = run(here.path(), &["rules", "test", &file]);
        assert_eq!((status, err.as_str()), (1, ""));
        assert!(out.contains(&format!("× {kind}: a `")) && out.contains(&format!("[{file}:{line}]")), "{out}");
        assert!(out.ends_with(&format!("1 example: 0 hold, 1 {kind}; 1 table has no example\n")), "{out}");
    }
    assert_eq!(run(here.path(), &["rules", "test", "."]).0, 1, "a folder is all of its files");
    assert_eq!(run(here.path(), &["rules", "test"]).0, 2);
}

/// Every row of what is to be known is there, with at least so much of it as it says.
#[test]
fn every_library_is_known() {
    let here = folder(&[]);
    let (status, out, _) = run(here.path(), &["rules", "list", "--format", "json"]);
    assert_eq!(status, 0);
    let list: Vec<Value> = serde_json::from_str(&out).unwrap();
    let title = |datum: &Value| {
        let kind = datum["kind"].as_str().unwrap();
        match (kind, datum["says"]["kind"].as_str()) {
            ("token", Some("id")) => "ID token".to_owned(),
            ("token", Some(of)) => format!("{of} token"),
            ("call", _) if !datum["says"]["endpoint"].is_null() => "endpoint".to_owned(),
            _ => kind.to_owned(),
        }
    };
    let mut missing = Vec::new();
    let rows =
        include_str!("data/known-libraries.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut count = 0;
    for row in rows {
        count += 1;
        let (name, wanted) = row.split_once(": ").unwrap();
        let is_about = |datum: &&Value| match name.strip_prefix('~') {
            Some(said) => datum.to_string().contains(said),
            None => datum["libraries"].as_array().unwrap().iter().any(|library| library == name),
        };
        let about: Vec<&Value> = list.iter().filter(is_about).collect();
        for part in wanted.split(", ") {
            let (what, least) = match part.rsplit_once(' ') {
                Some((what, digits)) if digits.parse::<usize>().is_ok() => (what, digits.parse().unwrap()),
                _ => (part, 1),
            };
            let found = about.iter().filter(|datum| title(datum) == what || datum["kind"] == what).count();
            if found < least {
                missing.push(format!("{name}: {least} × {what}, found {found}"));
            }
        }
        if about.iter().any(|datum| datum["source"].is_null()) {
            missing.push(format!("{name}: a datum without a source"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(count >= 100, "{count} rows");
}

#[test]
fn every_datum_is_listed() {
    let here = folder(&[("own.toml", RULES)]);
    let (status, out, err) = run(here.path(), &["rules", "list", "--rules", "own.toml"]);
    assert_eq!((status, err.as_str()), (0, ""));
    let own = "own.toml (own)\n  from wiki\n    4  call       bearer = [\"arg(1)\"], method = [\"name\"], sends = true, \
               url = [\"arg(0)\"]\n         import @acme/http .get()\n";
    assert!(out.starts_with(own), "{out}");
    assert!(out.contains("\n@acme/http: call\n    from wiki\n"), "{out}");
    assert!(out.contains("\naxios: "), "{out}");
    assert!(out.ends_with(" 2 of them own\n"), "{out}");
    let (_, out, _) = run(here.path(), &["rules", "list", "--full"]);
    assert!(out.contains("\nrules/migration.toml\n"), "{out}");
    let (_, out, _) = run(here.path(), &["rules", "list", "minreq"]);
    assert!(out.contains("import minreq .Request.new()") && !out.contains("import surf"), "{out}");
    let (status, _, err) = run(here.path(), &["rules", "list", "axois"]);
    assert!(status == 2 && err.contains("Did you mean axios?"), "{err}");
    let (_, out, _) = run(here.path(), &["rules", "list", "--format", "json", "--rules", "own.toml"]);
    let list: Value = serde_json::from_str(&out).unwrap();
    let first = &list[0];
    assert_eq!((&first["kind"], &first["own"], &first["line"]), (&"call".into(), &true.into(), &4.into()));
    assert_eq!((&first["file"], &first["source"]), (&"own.toml".into(), &"wiki".into()));
    assert_eq!(first["says"]["url"][0], "arg(0)");
    let hosts: Vec<&Value> = list.as_array().unwrap().iter().filter(|datum| datum["kind"] == "host").collect();
    assert!(hosts.iter().any(|datum| datum["matches"].as_array().unwrap().contains(&".auth0.com".into())));
}

/// What the schema accepts and refuses is what the program does.
#[test]
fn the_schema_is_printed_and_fits_the_files() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["rules", "schema"]);
    assert_eq!((status, err.as_str()), (0, ""));
    let validator = jsonschema::validator_for(&serde_json::from_str(&out).unwrap()).unwrap();
    let as_json = |text: &str| serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    for source in RuleFiles::embedded().unwrap().sources() {
        let errors: Vec<String> =
            validator.iter_errors(&as_json(&source.text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", source.name);
    }
    for broken in ["[[tokens]]\nkind = 'id'\n", "[[token]]\nkind = 'idd'\nat = []\nwhat = ''\n", "[[token]]\nat = []\n"]
    {
        assert!(!validator.is_valid(&as_json(broken)), "{broken}");
    }
}
