//! What a shell and its users want: standard input, completions, manual pages, numbers, strictness, a first configuration.

#![allow(clippy::unwrap_used, reason = "in tests, a panic is the message")]

mod common;

use common::{folder, lint, run};
use serde_json::Value;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

const CALL: &str = "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: bearer() } });\n";

/// The program with `input` on its standard input.
fn fed(folder: &Path, arguments: &[&str], input: &[u8]) -> (i32, String, String) {
    let output = lint(folder, arguments).write_stdin(input).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn standard_input_takes_the_place_of_a_file() {
    let session = "export const bearer = () => 'Bearer ' + login.idToken;\n";
    let here = folder(&[(".git/HEAD", ""), ("src/session.js", session), ("src/a.js", "")]);
    let input = format!("import {{ bearer }} from './session';\n{CALL}");
    // one that is there, and one that is not
    for name in ["src/a.js", "src/new.js", "./src/../src/a.js"] {
        let arguments = ["check", "-", "--stdin-filename", name, "--format", "json"];
        let (status, out, err) = fed(here.path(), &arguments, input.as_bytes());
        assert_eq!((status, err.as_str()), (1, ""), "{name}: {out}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let call = &report["calls"][0];
        assert_eq!(call["path"], name.strip_prefix("./src/../").unwrap_or(name));
        assert_eq!((call["line"].as_u64(), call["verdict"].as_str()), (Some(2), Some("id-token")));
        assert_eq!(call["trace"][0]["path"], "src/session.js");
    }
    assert_eq!(fs::read_to_string(here.path().join("src/a.js")).unwrap(), "");
    // the configuration around it counts
    fs::write(here.path().join("src/idtoken-lint.toml"), "exclude = ['a.js']\n").unwrap();
    let arguments = ["check", "-", "--stdin-filename", "src/a.js", "-q"];
    assert_eq!(fed(here.path(), &arguments, input.as_bytes()).0, 0);
    // what is no text is skipped as a file would be
    let (_, out, _) = fed(here.path(), &["check", "-", "--stdin-filename", "src/b.js"], b"a\0b");
    assert!(out.contains("src/b.js: binary data"), "{out}");
}

#[test]
fn standard_input_needs_a_name() {
    let here = folder(&[("src/a.js", "")]);
    for (arguments, said) in [
        (&["check", "-"][..], "--stdin-filename"),
        (&["check", "--stdin-filename", "a.js"], "not asked for"),
        (&["check", "-", "--stdin-filename", "src"], "is a folder"),
    ] {
        let (status, out, err) = fed(here.path(), arguments, b"");
        assert_eq!((status, out.as_str()), (2, ""), "{arguments:?}");
        assert!(err.contains(said), "{err}");
    }
}

#[test]
fn completions_know_the_commands() {
    let here = folder(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (status, out, err) = run(here.path(), &["completions", shell]);
        assert_eq!((status, err.as_str()), (0, ""), "{shell}");
        assert!(out.contains("write-baseline") && out.contains("audit"), "{shell}: {out}");
    }
    assert_eq!(run(here.path(), &["completions", "tcsh"]).0, 2);
}

/// What bash offers for the last of `words`, by the script for it.
#[cfg(unix)]
fn offered(here: &Path, words: &[&str]) -> Vec<String> {
    let ask = "source ./script\nfunction=$(complete -p idtoken-lint | sed 's/.* -F \\([^ ]*\\) .*/\\1/')\n\
               COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n\
               $function \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD - 1]}\"\n\
               printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    let output =
        Command::new("bash").current_dir(here).args(["-c", ask, "bash", "idtoken-lint"]).args(words).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
#[cfg(unix)]
fn bash_completes_behind_a_command() {
    let here = folder(&[("src/a.js", ""), ("rules.toml", "")]);
    fs::write(here.path().join("script"), run(here.path(), &["completions", "bash"]).1).unwrap();
    for (words, expected) in [
        (&["ch"][..], &["check"][..]),
        (&["check", "--form"], &["--format"]),
        (&["check", "--format", "s"], &["sarif"]),
        (&["audit", "--all"], &["--all-files"]),
        (&["config", "show", "--no"], &["--no-config"]),
        (&["config", "s"], &["show", "schema"]),
        (&["rules", "test", "--no-such"], &[]),
        (&["completions", "f"], &["fish"]),
    ] {
        let offered = offered(here.path(), words);
        let offered: Vec<&str> = offered.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
        assert_eq!(offered, expected, "{words:?}");
    }
}

#[test]
fn manual_pages_are_there_for_every_command() {
    let here = folder(&[]);
    for (arguments, title) in [(&["man"][..], ".TH idtoken-lint 1"), (&["man", "check"], ".TH idtoken-lint-check 1")] {
        let (status, out, err) = run(here.path(), arguments);
        assert_eq!((status, err.as_str()), (0, ""));
        assert!(out.contains(title) && out.contains(".SH OPTIONS"), "{out}");
    }
    assert!(run(here.path(), &["man"]).1.contains("wrong usage"), "the exit status is told");
    let (status, _, err) = run(here.path(), &["man", "chekc"]);
    assert!(status == 2 && err.contains("Did you mean check?"), "{err}");
}

#[test]
fn numbers_go_to_standard_error() {
    let here = folder(&[("a.js", CALL), ("b.js", "")]);
    let (status, out, err) = run(here.path(), &["check", "--stats", "--format", "json"]);
    assert_eq!(status, 1);
    assert!(serde_json::from_str::<Value>(&out).is_ok());
    let expected = "files: 2 seen, 1 parsed, 0 skipped, 0 excluded\ncalls: 0 id-token, 1 unknown, 0 access-token\n\
                    clients: 1 fetch\nunknown because of: 1 ";
    assert!(err.starts_with(expected) && err.contains("\ntime: "), "{err}");
}

#[test]
fn strict_is_about_skipped_files() {
    let here = folder(&[("a.js", "")]);
    assert_eq!(run(here.path(), &["check", "--strict"]).0, 0);
    fs::write(here.path().join("b.js"), b"auth0 users\0").unwrap();
    assert_eq!(run(here.path(), &["check"]).0, 0);
    for command in ["check", "audit"] {
        let (status, out, err) = run(here.path(), &[command, "--strict"]);
        assert_eq!(status, 2);
        assert!(out.contains("b.js: binary data") && err.contains("1 file was skipped"), "{out}{err}");
    }
    fs::write(here.path().join("idtoken-lint.toml"), "exclude = ['b.js']\n").unwrap();
    assert_eq!(run(here.path(), &["check", "--strict"]).0, 0);
}

#[test]
fn the_first_configuration_says_nothing_yet_and_every_key() {
    let here = folder(&[]);
    let (status, out, err) = run(here.path(), &["init"]);
    assert_eq!((status, out.as_str()), (0, ""));
    assert!(err.contains("idtoken-lint.toml written"), "{err}");
    let text = fs::read_to_string(here.path().join("idtoken-lint.toml")).unwrap();
    let (_, configured, _) = run(here.path(), &["config", "show"]);
    let (_, bare, _) = run(here.path(), &["config", "show", "--no-config"]);
    assert_eq!(configured.split_once('\n').unwrap().1, bare.split_once('\n').unwrap().1);
    // with the marks taken off, it is a configuration that the schema accepts, with every key that there is
    let keys: String = text
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' ')))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::create_dir(here.path().join("idtoken-lint-rules")).unwrap();
    fs::write(here.path().join("idtoken-lint-rules/own.toml"), "").unwrap();
    fs::write(here.path().join("idtoken-lint.toml"), &keys).unwrap();
    let (status, out, err) = run(here.path(), &["config", "show"]);
    assert_eq!((status, err.as_str()), (0, ""));
    assert!(out.contains("own-hosts = [\"api.example.com\"]") && out.contains("unknown = \"storage\""), "{out}");
    let (_, schema, _) = run(here.path(), &["config", "schema"]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    for properties in [&schema["properties"], &schema["$defs"]["AcceptTable"]["properties"]] {
        for key in properties.as_object().unwrap().keys() {
            assert!(keys.contains(&format!("{key} = ")) || keys.contains(&format!("[{key}]")), "{key} is not shown");
        }
    }
    // what is there is not lost
    let (status, _, err) = run(here.path(), &["init"]);
    assert!(status == 2 && err.contains("--force"), "{err}");
    assert_eq!(run(here.path(), &["init", "--force"]).0, 0);
    assert_eq!(fs::read_to_string(here.path().join("idtoken-lint.toml")).unwrap(), text);
    assert_eq!(run(here.path(), &["init", "no/such/folder"]).0, 2);
}
