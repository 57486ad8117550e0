//! The commit hook, by pre-commit itself, in repositories made for it.

use crate::Test;
use crate::project::{self, git};
use crate::tools::{Tool, run, said};
use crate::wheel;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

const SYSTEM: &[Tool] = &[Tool::PreCommit, Tool::Git];
const WHEEL: &[Tool] = &[Tool::PreCommit, Tool::Git, Tool::Maturin, Tool::Python];

pub(crate) const TESTS: &[Test] = &[
    Test { name: "hook_reports_what_is_committed", needs: SYSTEM, run: reports_what_is_committed },
    Test { name: "hook_needs_no_compiler", needs: WHEEL, run: needs_no_compiler },
];

/// A repository that is what `repo:` names: the files that pre-commit looks for.
fn hook_repository() -> TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let names = [".pre-commit-hooks.yaml", "pyproject.toml"];
    let folder = project::folder(&names.map(|name| (name, read(name))));
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "hooks"]);
    folder
}

/// A project with the hook `id`.
fn project_with(hooks: &Path, id: &str) -> TempDir {
    let revision = said(&git(hooks, &["rev-parse", "HEAD"]));
    let config = format!("repos:\n- repo: {}\n  rev: {}\n  hooks:\n  - id: {id}\n", hooks.display(), revision.trim());
    let folder = project::folder(&[
        (".pre-commit-config.yaml", config.as_str()),
        ("idtoken-lint.toml", "exclude = ['vendor/']\n"),
        ("src/session.js", "export const token = () => login.accessToken;\n"),
        (
            "src/api.js",
            "import { token } from './session';\n\
             export const load = (id) =>\n\
             \u{20} fetch(`https://acme.auth0.com/api/v2/users/${id}`, { headers: { Authorization: 'Bearer ' + token() } });\n",
        ),
        (
            "src/other.js",
            "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: 'Bearer ' + x.idToken } });\n",
        ),
        ("README.md", "A project.\n"),
    ]);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "--quiet", "--message", "begin"]);
    folder
}

/// Stage everything and run the hook as a commit does.
fn commit(project: &Path, home: &Path, status: i32) -> String {
    git(project, &["add", "."]);
    said(&pre_commit(project, home, &["run"], status))
}

fn pre_commit(project: &Path, home: &Path, arguments: &[&str], status: i32) -> Output {
    let mut command = Tool::PreCommit.command();
    command.current_dir(project).args(arguments).env("PRE_COMMIT_HOME", home).env("PRE_COMMIT_COLOR", "never");
    let folders = [project::program().parent().unwrap().to_owned()];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&path))).unwrap();
    run(command.env("PATH", path), &[status])
}

fn reports_what_is_committed() {
    let mut validate = Tool::PreCommit.command();
    run(
        validate.arg("validate-manifest").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")),
        &[0],
    );
    let (hooks, home) = (hook_repository(), tempfile::tempdir().unwrap());
    let project = project_with(hooks.path(), "idtoken-lint-system");
    let write = |path: &str, text: &str| {
        let path = project.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    // what the hook is not for
    write("README.md", "The project.\n");
    assert!(commit(project.path(), home.path(), 0).contains("no files to check"));
    // what was there is not this commit's
    write("src/new.js", "export const nothing = 1;\n");
    assert!(commit(project.path(), home.path(), 0).contains("Passed"));
    // a change in one file is seen in the call in another, which is not part of the commit
    write("src/session.js", "export const token = () => login.idToken;\n");
    let told = commit(project.path(), home.path(), 1);
    assert!(told.contains("src/api.js:3:3") && told.contains("id-token-as-bearer"), "{told}");
    assert!(!told.contains("src/other.js"), "{told}");
    write("src/session.js", "export const token = () => login.accessToken;\n");
    // and the toggle in a tenant's settings
    write("deploy/tenant.yaml", "flags:\n  enable_idtoken_api2: true\n");
    assert!(commit(project.path(), home.path(), 1).contains("id-token-toggle-on"));
    write("deploy/tenant.yaml", "flags:\n  enable_idtoken_api2: false\n");
    assert!(commit(project.path(), home.path(), 0).contains("Passed"));
    // the configuration's excludes hold for files that are named
    write("vendor/old.js", &std::fs::read_to_string(project.path().join("src/other.js")).unwrap());
    assert!(commit(project.path(), home.path(), 0).contains("Passed"));
    // and all files
    let told = said(&pre_commit(project.path(), home.path(), &["run", "--all-files"], 1));
    assert!(told.contains("src/other.js:1:1") && !told.contains("vendor/old.js"), "{told}");
}

fn needs_no_compiler() {
    let wheel = wheel::wheel();
    let (hooks, home) = (hook_repository(), tempfile::tempdir().unwrap());
    let project = project_with(hooks.path(), "idtoken-lint");
    std::fs::write(project.path().join("src/new.js"), std::fs::read(project.path().join("src/other.js")).unwrap())
        .unwrap();
    git(project.path(), &["add", "."]);
    let mut command = Tool::PreCommit.command();
    command.current_dir(project.path()).arg("run").env("PRE_COMMIT_HOME", home.path());
    // the wheel is not in a registry yet
    command.env("PIP_FIND_LINKS", wheel.parent().unwrap());
    let told = said(&run(command.env("CARGO", "/nonexistent"), &[1]));
    assert!(told.contains("src/new.js:1:1") && !told.contains("src/other.js"), "{told}");
}
