//! Throw-away projects, and the program run in them.

use crate::tools::{Tool, command, run};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use tempfile::TempDir;

/// Names that mean something to URIs, HTML, shells and other systems.
pub(crate) const HOSTILE_PATHS: &[&str] = &[
    "src/a b/#1 100%.js",
    "src/naïve/東京.ts",
    "src/[id]/$x.jsx",
    "src/back\\slash.js",
    "src/odd:name?.mjs",
    "src/\"><img src=x onerror=hacked()>.js",
    "src/&amp;'quote'.js",
];

const CALL: &str = "\
// </script><script>hacked()</script> <!-- --> \u{202e}gnirts
export function load(id) {
  const token = localStorage.getItem('id_token');
  return fetch(`https://acme.auth0.com/api/v2/users/${id}`, { headers: { Authorization: `Bearer ${token}` } });
}
";

/// A token that nobody may see, also in no report.
pub(crate) const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhdXRoMHwxIn0.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

/// A project with calls of every verdict, in files whose names and texts want to be obeyed.
pub(crate) fn hostile() -> TempDir {
    let mut files: Vec<(String, String)> = HOSTILE_PATHS.iter().map(|path| ((*path).into(), CALL.into())).collect();
    let mut add = |path: &str, text: String| files.push((path.into(), text));
    add("src/login.js", LOGIN.into());
    add("src/account/link.js", LINK.into());
    add(
        "src/account/pasted.js",
        format!(
            "fetch('https://acme.auth0.com/api/v2/users/1', {{ headers: {{ Authorization: 'Bearer {JWT}' }} }});\n\
             fetch('https://acme.auth0.com/api/v2/users/1', {{ headers: {{ Authorization: `Bearer ${{window.t}}` }} }});\n"
        ),
    );
    add(
        "src/account/allowed.js",
        "// idtoken-lint: allow(id-token-as-bearer) <b>goes away</b> with the old page\n".to_owned()
            + "fetch('https://acme.auth0.com/api/v2/users/1', { headers: { Authorization: `Bearer ${localStorage.id_token}` } });\n",
    );
    add("src/binary.js", "\0\0\0".into());
    folder(&files)
}

const LOGIN: &str = "\
import auth0 from 'auth0-js';
const webAuth = new auth0.WebAuth({ domain: 'acme.auth0.com', clientID: 'c', audience: 'https://acme.auth0.com/api/v2/' });
export function finish() {
  webAuth.parseHash((error, result) => {
    localStorage.setItem('session', result.idToken);
    localStorage.setItem('api', result.accessToken);
  });
}
";

const LINK: &str = "\
const send = (method, path, token) =>
  fetch(`https://acme.auth0.com/api/v2${path}`, { method, headers: { Authorization: `Bearer ${token}` } });
export const link = (id) => send('POST', `/users/${id}/identities`, localStorage.getItem('session'));
export const unlink = (id) => send('DELETE', `/users/${id}/identities/github/1`, localStorage.getItem('api'));
";

pub(crate) fn folder<P: AsRef<str>, T: AsRef<str>>(files: &[(P, T)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path.as_ref());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.as_ref()).unwrap();
    }
    folder
}

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Puts the program of this build where nobody replaces it: the test of the wheel has it built again beside the others.
/// It is there as long as the folder is.
pub(crate) fn keep_program() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let built = Path::new(env!("CARGO_BIN_EXE_idtoken-lint"));
    let kept = folder.path().join(built.file_name().unwrap());
    std::fs::copy(built, &kept).unwrap();
    PROGRAM.set(kept).unwrap();
    folder
}

/// The program of this build.
pub(crate) fn program() -> &'static Path {
    PROGRAM.get().unwrap()
}

/// `idtoken-lint check ARGUMENTS` in a folder with findings.
pub(crate) fn check(folder: &Path, arguments: &[&str]) -> Output {
    run(command(program()).current_dir(folder).arg("check").args(arguments), &[1])
}

/// git in a folder, as somebody.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Output {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"];
    run(Tool::Git.command().current_dir(folder).args(identity).args(arguments), &[0])
}
