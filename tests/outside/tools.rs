//! Programs that are not part of this project: where they are, and what a test does without them.
//!
//! `.ci/tools FOLDER` gets them all; `IDTOKEN_LINT_TOOLS` names that folder. With `IDTOKEN_LINT_TOOLS_REQUIRED` a test
//! without its program fails; else it is ignored, and its name says why.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A program that a test needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Chromium,
    Git,
    Node,
    Npm,
    Newman,
    Playwright,
    Axe,
    SarifMultitool,
    PreCommit,
    Maturin,
    Python,
    CheckJsonschema,
    Zizmor,
    Bash,
    Curl,
}

impl Tool {
    /// Where it is.
    pub(crate) fn find(self) -> Option<PathBuf> {
        match self {
            Tool::Chromium => ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| on_path(name)),
            Tool::Git => on_path("git"),
            Tool::Node => on_path("node"),
            Tool::Npm => on_path("npm"),
            Tool::Newman => package("newman/bin/newman.js"),
            Tool::Playwright => package("playwright-core"),
            Tool::Axe => package("axe-core/axe.min.js"),
            Tool::SarifMultitool => package("@microsoft/sarif-multitool-linux/Sarif.Multitool"),
            Tool::PreCommit => in_venv("pre-commit"),
            Tool::Maturin => in_venv("maturin"),
            Tool::Python => on_path("python3"),
            Tool::CheckJsonschema => in_venv("check-jsonschema"),
            Tool::Zizmor => in_venv("zizmor"),
            Tool::Bash => on_path("bash"),
            Tool::Curl => on_path("curl"),
        }
    }

    /// Where it is, in a test that was promised it.
    pub(crate) fn path(self) -> PathBuf {
        self.find().unwrap_or_else(|| panic!("{self:?} is needed"))
    }

    /// A call of it, with an environment that says nothing about colours.
    pub(crate) fn command(self) -> Command {
        command(&self.path())
    }
}

pub(crate) fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    for variable in ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(variable);
    }
    command
}

/// What a call says; a panic where it does not end with one of `statuses`.
pub(crate) fn run(command: &mut Command, statuses: &[i32]) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let status = output.status.code();
    assert!(
        status.is_some_and(|status| statuses.contains(&status)),
        "{command:?} ended with {status:?}, not one of {statuses:?}\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    output
}

/// What a call prints, both streams.
pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The folder that `.ci/tools` filled.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os("IDTOKEN_LINT_TOOLS").map(PathBuf::from)
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn package(name: &str) -> Option<PathBuf> {
    Some(folder()?.join("node_modules").join(name)).filter(|path| path.exists())
}

fn in_venv(name: &str) -> Option<PathBuf> {
    let installed = folder().map(|folder| folder.join("venv/bin").join(name)).filter(|path| path.is_file());
    installed.or_else(|| on_path(name))
}
