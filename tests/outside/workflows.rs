//! Workflows, the action and the release's archives: checked by those who know them, and their shell parts run.

use crate::Test;
use crate::project::{self, program};
use crate::tools::{Tool, command, run, said};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub(crate) const TESTS: &[Test] = &[
    Test { name: "workflows_are_valid", needs: &[Tool::CheckJsonschema], run: are_valid },
    Test { name: "workflows_are_safe", needs: &[Tool::Zizmor], run: are_safe },
    Test { name: "versions_are_the_same_everywhere", needs: &[Tool::Bash], run: versions_are_the_same },
    Test { name: "releases_build_every_platform", needs: &[Tool::Node], run: releases_build_every_platform },
    Test { name: "binstall_finds_the_archive", needs: &[Tool::Bash], run: binstall_finds_the_archive },
    Test { name: "action_installs_and_runs", needs: &[Tool::Bash, Tool::Curl], run: action_installs_and_runs },
    Test { name: "gitlab_job_runs", needs: &[Tool::Bash], run: gitlab_job_runs },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The block after the comment `<!-- NAME -->` of a page.
fn block(page: &str, name: &str) -> String {
    let text = std::fs::read_to_string(root().join("docs").join(page)).unwrap();
    let (_, after) = text.split_once(&format!("<!-- {name} -->\n```yaml\n")).unwrap();
    format!("{}\n", after.split_once("\n```\n").unwrap().0)
}

/// The workflows of this repository, and the one that the documentation shows.
fn workflows() -> (TempDir, Vec<PathBuf>) {
    let folder = project::folder(&[(".github/workflows/shown.yml", block("ci.md", "workflow"))]);
    let mut files = vec![folder.path().join(".github/workflows/shown.yml")];
    files.extend(["ci.yml", "release.yml"].map(|name| root().join(".github/workflows").join(name)));
    (folder, files)
}

fn are_valid() {
    let (_folder, files) = workflows();
    let check = |schema: &str, files: &[PathBuf]| {
        let mut check = Tool::CheckJsonschema.command();
        run(check.args(["--builtin-schema", schema]).args(files), &[0]);
    };
    check("vendor.github-workflows", &files);
    check("vendor.github-actions", &[root().join("action.yml")]);
    let gitlab = project::folder(&[(".gitlab-ci.yml", block("ci.md", "gitlab"))]);
    let mut check = Tool::CheckJsonschema.command();
    check.args(["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"]);
    run(check.arg(gitlab.path().join(".gitlab-ci.yml")), &[0]);
}

fn are_safe() {
    let (_folder, files) = workflows();
    let mut zizmor = Tool::Zizmor.command();
    zizmor.args(["--offline", "--no-progress", "--format", "plain"]).args(&files[1..]).arg(root().join("action.yml"));
    run(&mut zizmor, &[0]);
    // the page names the action by its version, as people do; all else holds for it too
    let mut zizmor = Tool::Zizmor.command();
    let told =
        said(&run(zizmor.args(["--offline", "--no-progress", "--format", "json-v1"]).arg(&files[0]), &[0, 13, 14]));
    let findings: Value = serde_json::from_str(&told[told.find('[').unwrap()..=told.rfind(']').unwrap()]).unwrap();
    let idents: Vec<&str> = findings.as_array().unwrap().iter().map(|it| it["ident"].as_str().unwrap()).collect();
    assert!(idents.iter().all(|ident| *ident == "unpinned-uses") && idents.len() <= 1, "{idents:?}");
}

fn versions_are_the_same() {
    run(Tool::Bash.command().arg(root().join("packaging/version.sh")), &[0]);
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    run(Tool::Bash.command().arg(root().join("packaging/version.sh")).arg(tag), &[0]);
    run(Tool::Bash.command().arg(root().join("packaging/version.sh")).arg("v99.0.0"), &[1]);
}

fn releases_build_every_platform() {
    let release = std::fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    let script = root().join("packaging/npm/build.mjs");
    let told = said(&run(Tool::Node.command().arg(script).arg("targets"), &[0]));
    assert!(told.lines().count() >= 5, "{told}");
    for line in told.lines() {
        let (platform, target) = line.split_once(' ').unwrap();
        assert!(release.contains(&format!("platform: {platform}, target: {target},")), "{line}");
        if !target.contains("windows") {
            let install = std::fs::read_to_string(root().join("packaging/action/install.sh")).unwrap();
            assert!(install.contains(&format!("target={target} ")), "{target}");
        }
    }
    assert_eq!(release.matches("- { platform: ").count(), told.lines().count());
}

/// A folder as releases hold it, with the archive of this machine.
fn release() -> (TempDir, &'static str) {
    let target = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-musl",
        ("linux", "aarch64") => "aarch64-unknown-linux-musl",
        ("macos", "x86_64") => "x86_64-apple-darwin",
        ("macos", "aarch64") => "aarch64-apple-darwin",
        other => panic!("no archives are made for {other:?}"),
    };
    let folder = tempfile::tempdir().unwrap();
    let version = folder.path().join(format!("v{}", env!("CARGO_PKG_VERSION")));
    let mut archive = Tool::Bash.command();
    run(archive.arg(root().join("packaging/archive.sh")).arg(target).arg(program()).arg(&version), &[0]);
    let sums = "command -v sha256sum >/dev/null && sha256sum -- * >SHA256SUMS || shasum -a 256 -- * >SHA256SUMS";
    run(Tool::Bash.command().current_dir(&version).args(["-c", sums]), &[0]);
    (folder, target)
}

fn binstall_finds_the_archive() {
    let (folder, target) = release();
    let manifest: toml::Table = std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let package = &manifest["package"];
    let metadata = &package["metadata"]["binstall"];
    let fill = |key: &str| {
        let template = metadata[key].as_str().unwrap().replace("{ repo }", package["repository"].as_str().unwrap());
        [("version", env!("CARGO_PKG_VERSION")), ("name", "idtoken-lint"), ("target", target)]
            .into_iter()
            .chain([("archive-suffix", ".tgz"), ("bin", "idtoken-lint"), ("binary-ext", "")])
            .fold(template, |filled, (name, value)| filled.replace(&format!("{{ {name} }}"), value))
    };
    let url = fill("pkg-url");
    let archive = url.strip_prefix("https://github.com/idtoken-lint/idtoken-lint/releases/download/").unwrap();
    let mut list = Tool::Bash.command();
    let told = said(&run(list.args(["-c", "tar -tzf \"$1\"", "tar"]).arg(folder.path().join(archive)), &[0]));
    let program = fill("bin-dir");
    assert!(told.lines().any(|line| line == program), "{program} in {told}");
    assert!(told.contains("/LICENSE-MIT"), "{told}");
}

fn action_installs_and_runs() {
    let (folder, target) = release();
    let project = project::hostile();
    let temp = tempfile::tempdir().unwrap();
    let (path, outputs) = (temp.path().join("path"), temp.path().join("outputs"));
    let install = |status: i32| {
        let mut install = Tool::Bash.command();
        install.arg(root().join("packaging/action/install.sh")).env("VERSION", env!("CARGO_PKG_VERSION"));
        install.env("BASE_URL", format!("file://{}", folder.path().display())).env("GITHUB_PATH", &path);
        said(&run(install.env("RUNNER_TEMP", temp.path()), &[status]))
    };
    assert!(install(0).contains(env!("CARGO_PKG_VERSION")));
    let installed = std::fs::read_to_string(&path).unwrap();
    let lint = |settings: &[(&str, &str)], status: i32| {
        std::fs::write(&outputs, "").unwrap();
        let mut lint = Tool::Bash.command();
        lint.arg(root().join("packaging/action/run.sh")).current_dir(project.path());
        let path = format!("{}:{}", installed.trim(), std::env::var("PATH").unwrap());
        lint.env("PATH", path).env("GITHUB_OUTPUT", &outputs).env("COMMAND", "check").env("SARIF", "a b.sarif");
        let told = said(&run(lint.envs(settings.iter().copied()), &[status]));
        (told, std::fs::read_to_string(&outputs).unwrap())
    };
    let (told, output) = lint(&[], 1);
    assert!(
        told.contains("::error file=src/account/link.js") && output == "sarif=a b.sarif\nstatus=1\n",
        "{told}{output}"
    );
    assert!(project.path().join("a b.sarif").is_file());
    let (told, output) = lint(&[("FAIL", "false"), ("PATHS", "src/account\nsrc/a b\n")], 0);
    assert!(told.contains("src/a b/#1") && !told.contains("src/odd") && output.contains("status=1"), "{told}{output}");
    let (_, output) = lint(&[("ARGUMENTS", "--no-config\n--write-baseline=b.json\n")], 0);
    assert!(output.contains("status=0") && project.path().join("b.json").is_file(), "{output}");
    // what is wrong is not taken for findings, and nothing in the inputs is a command
    lint(&[("FAIL", "false"), ("PATHS", "no-such-path")], 2);
    lint(&[("COMMAND", "check; touch hacked")], 2);
    lint(&[("PATHS", "$(touch hacked)\n`touch hacked`; touch hacked")], 2);
    assert!(!project.path().join("hacked").exists());
    // an archive that is not the released one
    let archive = folder.path().join(format!("v{}/idtoken-lint-{target}.tgz", env!("CARGO_PKG_VERSION")));
    std::fs::write(&archive, "something else").unwrap();
    assert!(install(2).contains("is not what was released"));
}

fn gitlab_job_runs() {
    let job = block("ci.md", "gitlab");
    let script = job.lines().find_map(|line| line.trim().strip_prefix("- npx ")).unwrap();
    // the package is in no registry yet; it is installed from its tarball in another test
    let npx = format!("#!/bin/sh\nshift 2\nexec {} \"$@\"\n", program().display());
    let project = project::hostile();
    let shim = project::folder(&[("npx", npx)]);
    run(command(Path::new("chmod")).arg("755").arg(shim.path().join("npx")), &[0]);
    let path = format!("{}:{}", shim.path().display(), std::env::var("PATH").unwrap());
    let mut shell = Tool::Bash.command();
    run(shell.current_dir(project.path()).args(["-c", &format!("npx {script}")]).env("PATH", path), &[1]);
    let report = std::fs::read(project.path().join("gl-code-quality-report.json")).unwrap();
    assert!(serde_json::from_slice::<Value>(&report).unwrap().as_array().is_some_and(|issues| issues.len() > 5));
    assert!(project.path().join("idtoken-lint.html").is_file());
}
