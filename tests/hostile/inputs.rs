//! The hostile trees. Each `build` writes one of a given size.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// One kind of tree.
pub(crate) struct Input {
    pub(crate) name: &'static str,
    /// The size that the documentation speaks of.
    pub(crate) full: usize,
    /// The smallest size that still says something.
    pub(crate) least: usize,
    pub(crate) build: fn(&Path, usize),
}

const JS: &str = "const idToken = authResult.idToken;\nfetch(`https://acme.auth0.com/api/v2/users/${id}`, \
                  { headers: { Authorization: `Bearer ${idToken}` } });\n";
const RUST: &str = "async fn me(client: reqwest::Client, id: &str, id_token: &str) {\n    \
                    client.get(format!(\"https://acme.auth0.com/api/v2/users/{id}\")).bearer_auth(id_token).send().await;\n}\n";

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// `before`, `open` n times, `inner`, `close` n times, `after`.
fn nested(parts: [&str; 5], n: usize) -> String {
    let [before, open, inner, close, after] = parts;
    [before, &open.repeat(n), inner, &close.repeat(n), after].concat()
}

fn js(folder: &Path, more: &str) {
    write(folder, "a.js", [JS, more].concat());
}

fn rust(folder: &Path, more: &str) {
    write(folder, "a.rs", [RUST, more].concat());
}

/// A call with the Bearer `token`, behind some text.
fn call(before: &str, token: &str) -> String {
    format!(
        "{before}\nfetch('https://acme.auth0.com/api/v2/users/' + id, {{ headers: {{ Authorization: 'Bearer ' + {token} }} }});\n"
    )
}

pub(crate) fn all() -> Vec<Input> {
    let input = |name, full, least, build| Input { name, full, least, build };
    let mut all = vec![
        input("nested parentheses", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "(", "1", ")", ";"], n))),
        input("nested brackets", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "[", "", "]", ";"], n))),
        input("nested templates", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "`${", "1", "}`", ";"], n))),
        input("nested closures", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "() => ", "1", "", ";"], n))),
        input("nested calls", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "f(", "", ")", ";"], n))),
        input("nested JSX elements", 100_000, 3_000, |at, n| {
            write(at, "a.jsx", [JS, &nested(["x = ", "<a>", "", "</a>", ";"], n)].concat());
        }),
        input("chained calls with closures", 100_000, 300, |at, n| {
            js(at, &nested(["x = a", ".then(r => r)", "", "", ";"], n))
        }),
        input("chained members", 100_000, 3_000, |at, n| js(at, &nested(["x = a", ".b", "", "", ";"], n))),
        input("chained conditions", 100_000, 3_000, |at, n| js(at, &nested(["x = ", "a ? b : ", "c", "", ";"], n))),
        input("chained `else if`", 100_000, 3_000, |at, n| {
            js(at, &nested(["if (a) {} ", "else if (a) {} ", "", "", ""], n))
        }),
        input("a sum of pieces of text", 100_000, 1_000, |at, n| {
            js(at, &call(&nested(["x = ", "'a' + ", "b", "", ";"], n), "x"));
        }),
        input("Rust: nested parentheses", 100_000, 3_000, |at, n| {
            rust(at, &nested(["fn g() { let x = ", "(", "1", ")", "; }"], n))
        }),
        input("Rust: nested blocks", 100_000, 3_000, |at, n| rust(at, &nested(["fn g() { ", "{", "", "}", " }"], n))),
        input("Rust: nested types", 100_000, 3_000, |at, n| {
            rust(at, &nested(["type T = ", "Vec<", "u8", ">", ";"], n))
        }),
        input("Rust: nested operators", 100_000, 3_000, |at, n| {
            rust(at, &nested(["fn g() { let x = ", "!", "true", "", "; }"], n))
        }),
        input("Rust: nested closures", 100_000, 3_000, |at, n| {
            rust(at, &nested(["fn g() { let x = ", "|| ", "true", "", "; }"], n))
        }),
        input("text that doubles", 50, 50, |at, n| {
            let mut text = String::from("let v0 = 'a';\n");
            (0..n).for_each(|i| writeln!(text, "let v{} = v{i} + v{i};", i + 1).unwrap());
            js(at, &call(&text, &format!("v{n}")));
        }),
        input("spreads that double", 60, 60, |at, n| {
            let mut text = String::from("const o0 = { t: authResult.idToken };\n");
            (0..n).for_each(|i| writeln!(text, "const o{} = {{ ...o{i}, ...o{i} }};", i + 1).unwrap());
            js(at, &call(&text, &format!("o{n}.t")));
        }),
        input("lists spread into lists, many times each", 1_000, 100, |at, n| {
            let mut text = String::from("const l0 = ['x', authResult.idToken];\n");
            for i in 0..4 {
                let spreads = format!("...l{i}, ").repeat(n);
                writeln!(text, "const l{} = [{spreads}'y'];", i + 1).unwrap();
            }
            js(at, &call(&text, "[...l4, authResult.idToken].find((item) => item !== 'x')"));
        }),
        input("lists of pairs spread into lists", 1_000, 100, |at, n| {
            let mut text = String::from("const l0 = [['Authorization', `Bearer ${authResult.idToken}`]];\n");
            for i in 0..4 {
                let spreads = format!("...l{i}, ").repeat(n);
                writeln!(text, "const l{} = [{spreads}['a', 'b']];", i + 1).unwrap();
            }
            text.push_str("fetch('https://acme.auth0.com/api/v2/users/me', { headers: new Headers(l4) });\n");
            text.push_str("for (const [name, value] of l4) new Headers().set(name, value);\n");
            js(at, &call(&text, "authResult.idToken"));
        }),
        input("an object with many keys", 100_000, 3_000, |at, n| {
            let keys: String = (0..n).map(|i| format!("k{i}: {i}, ")).collect();
            js(at, &call(&format!("const o = {{ {keys} t: authResult.idToken }};"), "o.t"));
        }),
        input("many alternatives", 10_000, 1_000, |at, n| {
            let options: Vec<String> = (0..n).map(|i| format!("a{i}")).collect();
            js(at, &call(&format!("const t = {} || authResult.idToken;", options.join(" || ")), "t"));
        }),
        input("callers of one function", 10_000, 1_000, |at, n| {
            let callers: String = (0..n).map(|i| format!("send(token{i});\n")).collect();
            let send = call("function send(t) {", "t") + "}\n";
            write(at, "a.js", [&send, &callers, "send(authResult.idToken);\n"].concat());
        }),
        input("functions that call each other", 10_000, 300, |at, n| {
            let mut text = String::new();
            (0..n).for_each(|i| writeln!(text, "function f{i}(t) {{ return c ? t : f{}(t); }}", (i + 1) % n).unwrap());
            js(at, &call(&text, "f0(authResult.idToken)"));
        }),
        input("modules that import each other in a circle", 10_000, 300, |at, n| {
            for i in 0..n {
                let text = format!("import {{ t as u }} from './m{}.js';\nexport const t = u;\n", (i + 1) % n);
                write(at, &format!("m{i}.js"), text);
            }
            write(at, "call.js", call("import { t } from './m0.js';", "t"));
        }),
        input("empty files", 1_000_000, 2_000, |at, n| {
            js(at, "");
            (0..n).for_each(|i| write(at, &format!("d{}/f{i}.js", i / 1_000), ""));
        }),
        input("one long line (bytes)", 200_000_000, 1_000_000, |at, n| {
            js(at, &nested(["x = '", "a", "", "", "';"], n))
        }),
        input("a large package.json (bytes)", 50_000_000, 1_000_000, |at, n| {
            js(at, "import 'p';");
            write(at, "package.json", nested(["{\"name\": \"", "a", "", "", "\"}"], n));
        }),
        input("a nested package.json", 100_000, 3_000, |at, n| {
            js(at, "import 'p';");
            write(at, "package.json", nested(["{\"exports\": ", "[", "", "]", "}"], n));
        }),
        input("tsconfig files that extend each other", 2, 2, |at, _| {
            write(at, "a.ts", ["import { t } from '@x/t';\n", JS].concat());
            write(at, "tsconfig.json", "{\"extends\": \"./b.json\", \"compilerOptions\": [1]}");
            write(at, "b.json", "{\"extends\": \"./tsconfig.json\", \"compilerOptions\": {\"paths\": {\"@x/*\": 7}}}");
        }),
        input("mixed line ends, a byte-order mark", 3, 3, |at, _| {
            let (windows, old) = (JS.replace('\n', "\r\n"), JS.replace('\n', "\r"));
            write(at, "a.js", ["\u{feff}", JS, &windows, &old].concat());
        }),
        input("NUL bytes", 1, 1, |at, _| js(at, "\0\0")),
        input("invalid UTF-8", 1, 1, |at, _| {
            write(at, "a.js", [JS.as_bytes(), b"const q = '\xff\xfe\xed\xa0\x80';\n"].concat())
        }),
        input("UTF-16", 1, 1, |at, _| {
            let units = JS.encode_utf16().flat_map(u16::to_le_bytes);
            write(at, "a.js", [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>());
        }),
    ];
    if cfg!(unix) {
        all.extend(unix::all());
    }
    all
}

#[cfg(unix)]
mod unix {
    use super::{Input, JS, write};
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::Path;
    use std::process::Command;

    pub(super) fn all() -> Vec<Input> {
        let input = |name, build: fn(&Path, usize)| Input { name, full: 1, least: 1, build };
        vec![
            input("links in a circle, to nowhere, and out", |at, _| {
                symlink(".", at.join("loop")).unwrap();
                symlink("self.js", at.join("self.js")).unwrap();
                symlink("nowhere", at.join("dangling.js")).unwrap();
                symlink("/", at.join("out")).unwrap();
            }),
            input("a pipe and a socket", |at, _| {
                assert!(Command::new("mkfifo").arg(at.join("pipe.js")).status().unwrap().success());
                drop(UnixListener::bind(at.join("socket.js")).unwrap());
            }),
            input("a file and a folder nobody may read", |at, _| {
                write(at, "closed.js", JS);
                write(at, "shut/a.js", JS);
                fs::set_permissions(at.join("closed.js"), Permissions::from_mode(0o000)).unwrap();
                fs::set_permissions(at.join("shut"), Permissions::from_mode(0o000)).unwrap();
            }),
            input("names with line ends, escapes and direction marks", |at, _| {
                for name in ["new\nline.js", "\u{1b}[31mred.js", "\u{202e}back.js", &format!("{}.js", "y".repeat(240))]
                {
                    write(at, name, JS);
                }
            }),
            input("a path of 5 000 bytes", |at, _| {
                // deeper than one path can say: each folder is moved into the next
                let name = "d".repeat(200);
                write(at, "top/a.js", JS);
                for _ in 0..25 {
                    fs::create_dir(at.join("new")).unwrap();
                    fs::rename(at.join("top"), at.join("new").join(&name)).unwrap();
                    fs::rename(at.join("new"), at.join("top")).unwrap();
                }
            }),
        ]
    }
}

#[cfg(not(unix))]
mod unix {
    pub(super) fn all() -> Vec<super::Input> {
        Vec::new()
    }
}
