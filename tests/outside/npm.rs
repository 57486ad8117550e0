//! The npm packages, packed and installed from the tarballs.

use crate::Test;
use crate::project;
use crate::tools::{Tool, run, said};
use serde_json::Value;
use std::path::{Path, PathBuf};

const NEEDS: &[Tool] = &[Tool::Node, Tool::Npm];
const PUBLISH: &[Tool] = &[Tool::Node, Tool::Npm, Tool::Bash];

pub(crate) const TESTS: &[Test] = &[
    Test { name: "npm_package_runs_from_its_tarball", needs: NEEDS, run: runs_from_its_tarball },
    Test { name: "npm_package_says_what_is_missing", needs: NEEDS, run: says_what_is_missing },
    Test { name: "npm_packages_are_published_by_the_workflow", needs: PUBLISH, run: are_published },
];

/// The tarball of a package that `build.mjs ARGUMENTS` makes.
fn pack(folder: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let package = folder.join(name);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/npm/build.mjs");
    run(Tool::Node.command().arg(script).args(arguments).arg(&package), &[0]);
    let mut npm = npm(&package, folder);
    let packed = run(npm.args(["pack", "--json", "--pack-destination"]).arg(folder), &[0]);
    let packed: Value = serde_json::from_slice(&packed.stdout).unwrap();
    // npm 11 lists packages, older and newer ones map them
    let first = packed.get(0).or_else(|| packed.as_object().and_then(|map| map.values().next())).unwrap();
    folder.join(first["filename"].as_str().unwrap())
}

/// npm in a folder, with its cache and settings beside it.
fn npm(folder: &Path, home: &Path) -> std::process::Command {
    let mut npm = Tool::Npm.command();
    npm.current_dir(folder).env("npm_config_cache", home.join("cache")).env("npm_config_update_notifier", "false");
    npm.env("npm_config_audit", "false").env("npm_config_fund", "false");
    npm
}

/// `linux-x64`, as Node.js names this machine.
fn platform() -> String {
    let script = "process.stdout.write(`${process.platform}-${process.arch}`)";
    said(&run(Tool::Node.command().args(["-e", script]), &[0]))
}

fn runs_from_its_tarball() {
    let folder = tempfile::tempdir().unwrap();
    let program = project::program().to_str().unwrap();
    let native = pack(folder.path(), "native", &["platform", &platform(), program]);
    let main = pack(folder.path(), "main", &["main"]);
    let project = project::hostile();
    std::fs::write(project.path().join("package.json"), "{ \"name\": \"shop\", \"private\": true }\n").unwrap();
    let mut install = npm(project.path(), folder.path());
    // the packages are in no registry yet; nothing is asked for elsewhere
    run(install.args(["install", "--offline", "--no-save"]).arg(native).arg(main), &[0]);
    let mut npx = npm(project.path(), folder.path());
    let told = said(&run(npx.args(["exec", "--offline", "--", "idtoken-lint", "check", "."]), &[1]));
    assert!(told.contains("id-token-links-accounts") && !told.contains("node_modules"), "{told}");
    let mut npx = npm(project.path(), folder.path());
    let told = said(&run(npx.args(["exec", "--offline", "--", "idtoken-lint", "check", "no-such-path"]), &[2]));
    assert!(told.contains("no-such-path"), "{told}");
}

fn says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/npm/build.mjs");
    let package = folder.path().join("main");
    run(Tool::Node.command().arg(script).arg("main").arg(&package), &[0]);
    let told = said(&run(Tool::Node.command().arg(package.join("bin.js")).arg("--version"), &[2]));
    assert!(told.contains(&format!("@idtoken-lint/{}", platform())), "{told}");
    // every platform that a release builds is one that npm may ask for
    let manifest: Value = serde_json::from_slice(&std::fs::read(package.join("package.json")).unwrap()).unwrap();
    let optional = manifest["optionalDependencies"].as_object().unwrap();
    assert!(optional.len() >= 5 && optional.values().all(|version| version == env!("CARGO_PKG_VERSION")));
}

/// The workflow's own lines, with an npm that publishes nothing.
fn are_published() {
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/release.yml");
    let release = std::fs::read_to_string(release).unwrap();
    let (_, step) = release.split_once("- name: npm, the programs before the package that needs them\n").unwrap();
    let (step, _) = step.split_once("      - name: ").unwrap();
    let script = step.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert!(script.contains("npm publish"), "{script}");

    let folder = project::folder(&[("bin/npm", "")]);
    let out = folder.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let native = pack(folder.path(), "native", &["platform", &platform(), project::program().to_str().unwrap()]);
    // what a release holds beside packages is none
    std::fs::write(out.join("idtoken-lint-x86_64-unknown-linux-musl.tgz"), "a program").unwrap();
    for package in [native, pack(folder.path(), "main", &["main"])] {
        std::fs::rename(&package, out.join(package.file_name().unwrap())).unwrap();
    }
    let shim = format!(
        "#!/bin/sh\n[ \"$1\" = publish ] || exit 0\nshift\n\
         [ \"$1\" = --provenance ] && shift\nexec {} publish --dry-run --offline \"$@\"\n",
        Tool::Npm.path().display()
    );
    let bin = folder.path().join("bin");
    std::fs::write(bin.join("npm"), shim).unwrap();
    run(crate::tools::command(Path::new("chmod")).arg("755").arg(bin.join("npm")), &[0]);
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut shell = Tool::Bash.command();
    shell.current_dir(folder.path()).args(["-e", "-o", "pipefail", "-c", &script]).env("PATH", path);
    shell.env("npm_config_cache", folder.path().join("cache")).env("npm_config_update_notifier", "false");
    let told = String::from_utf8(run(&mut shell, &[0]).stdout).unwrap();
    let published: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("+ ")).collect();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(published, [format!("@idtoken-lint/{}@{version}", platform()), format!("idtoken-lint@{version}")]);
}
