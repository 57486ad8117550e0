//! The wheel, installed where nothing else is.

use crate::Test;
use crate::project;
use crate::tools::{Tool, command, run, said};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

pub(crate) const NEEDS: &[Tool] = &[Tool::Maturin, Tool::Python];

pub(crate) const TESTS: &[Test] =
    &[Test { name: "wheel_runs_in_a_fresh_environment", needs: NEEDS, run: runs_in_a_fresh_environment }];

/// The wheel of this build, made once.
pub(crate) fn wheel() -> PathBuf {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, wheel) = BUILT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        // as this test was built, so that nothing is compiled twice; releases build with `--release`
        let mut maturin = Tool::Maturin.command();
        maturin.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/wheel"));
        run(maturin.args(["build", "--profile", "dev", "--locked", "--out"]).arg(folder.path()), &[0]);
        let mut wheels = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let wheel = wheels.next().unwrap();
        assert!(wheels.next().is_none(), "one wheel");
        (folder, wheel)
    });
    wheel.clone()
}

fn runs_in_a_fresh_environment() {
    let wheel = wheel();
    let name = wheel.file_name().unwrap().to_string_lossy().into_owned();
    let version = env!("CARGO_PKG_VERSION");
    assert!(name.starts_with(&format!("idtoken_lint-{version}-py3-none-")), "{name}");

    let folder = tempfile::tempdir().unwrap();
    let venv = folder.path().join("venv");
    run(Tool::Python.command().args(["-m", "venv"]).arg(&venv), &[0]);
    let mut pip = command(&venv.join("bin/pip"));
    run(pip.args(["install", "--no-index", "--disable-pip-version-check"]).arg(&wheel), &[0]);
    let installed = venv.join("bin/idtoken-lint");
    assert_eq!(said(&run(command(&installed).arg("--version"), &[0])), format!("idtoken-lint {version}\n"));
    let project = project::hostile();
    let status = run(command(&installed).current_dir(project.path()).args(["check", "-q"]), &[1]);
    assert!(said(&status).contains("findings"), "{}", said(&status));
}
