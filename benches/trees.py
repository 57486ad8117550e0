#!/usr/bin/env python3
"""Write a tree of sources to measure on: `trees.py KIND NUMBER FOLDER`.

Each kind grows in one quantity alone, so that the time per unit shows what grows faster than that quantity:

  unrelated  files without a word of the API, JavaScript, TypeScript and Rust, in packages of 100
  words      the same in one package, each with a word that makes a file worth a look, and one file with evidence
  sites      requests to an affected endpoint, ten in a file
  one-file   requests in one file
  callers    calls of one function that sends what it is given
  storage    writers and as many readers of one storage key
  chain      modules, each of which hands on what it imports from the next
"""

import pathlib
import sys

DOMAIN = "https://acme.eu.auth0.com"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def filler(nth, word="item"):
    """About 4 kB of code as it is written every day."""
    lines = [f"import {{ format{nth % 7} }} from './format{nth % 7}';", ""]
    for part in range(24):
        lines += [
            f"export function read{word.title()}{nth}_{part}(options, fallback) {{",
            f"  const value = options.{word}{part} ?? fallback;",
            f"  return value.filter((one) => one.length > {part}).map((one) => `${{one.name}}-{nth}`);",
            "}",
        ]
    return "\n".join(lines) + "\n"


def rust_filler(nth):
    lines = ["use std::collections::BTreeMap;", ""]
    for part in range(24):
        lines += [
            f"pub fn read_{nth}_{part}(items: &BTreeMap<String, Vec<u8>>) -> usize {{",
            f"    items.values().filter(|bytes| bytes.len() > {part}).map(Vec::len).sum::<usize>() + {nth}",
            "}",
        ]
    return "\n".join(lines) + "\n"


def unrelated(folder, number):
    for nth in range(number):
        package = folder / f"packages/p{nth // 100}"
        if nth % 100 == 0:
            write(package / "package.json", f'{{"name": "p{nth // 100}", "version": "1.0.0"}}\n')
        kind = ("js", "ts", "tsx", "rs")[nth % 4]
        write(package / f"src/m{nth}.{kind}", rust_filler(nth) if kind == "rs" else filler(nth))


def words(folder, number):
    write(folder / "package.json", '{"name": "words"}\n')
    write(folder / "src/cookie.js", "export const cookie = { name: 'x', path: '/api/v2' };\n")
    for nth in range(number):
        write(folder / f"src/d{nth // 100}/m{nth}.js", filler(nth, "users"))


def request(nth, token="idToken"):
    return (
        f"  await fetch(`{DOMAIN}/api/v2/users/${{sub}}`, {{ method: 'PATCH', body: '{nth}',\n"
        f"    headers: {{ Authorization: `Bearer ${{{token}}}` }} }});\n"
    )


def in_files(folder, number, each, name, head, one, tail):
    for first in range(0, number, each):
        body = "".join(one(nth) for nth in range(first, min(first + each, number)))
        write(folder / f"src/d{first // each // 100}/{name}{first}.js", head(first) + body + tail)


def sites(folder, number):
    head = lambda nth: f"export async function save{nth}(sub, result) {{\n  const idToken = result.idToken;\n"
    in_files(folder, number, 10, "m", head, request, "}\n")


def one_file(folder, number):
    body = "".join(
        f"export async function save{nth}(sub, result) {{\n  const idToken = result.idToken;\n{request(nth)}}}\n"
        for nth in range(number)
    )
    write(folder / "src/all.js", body)


def callers(folder, number):
    write(
        folder / "src/api.js",
        "export async function callTheApi(path, token) {\n"
        f"  return fetch('{DOMAIN}/api/v2/users/' + path, {{ headers: {{ Authorization: 'Bearer ' + token }} }});\n}}\n",
    )
    head = lambda nth: (
        "import { callTheApi } from '../api';\n"
        f"export async function load{nth}(sub, result) {{\n"
    )
    in_files(folder, number, 10, "m", head, lambda nth: f"  await callTheApi(sub + '?n={nth}', result.idToken);\n", "}\n")


def storage(folder, number):
    head = lambda nth: f"export function keep{nth}(result, n) {{\n"
    keep = lambda nth: f"  if (n === {nth}) localStorage.setItem('credential', result.idToken);\n"
    in_files(folder, number, 10, "w", head, keep, "}\n")
    head = lambda nth: f"export async function use{nth}(sub) {{\n"
    use = lambda nth: f"  {{ const t = localStorage.getItem('credential');\n{request(nth, 't')}  }}\n"
    in_files(folder, number, 10, "r", head, use, "}\n")


def chain(folder, number):
    write(folder / "src/m0.js", "export const token = (result) => result.idToken;\n")
    for nth in range(1, number + 1):
        write(folder / f"src/m{nth}.js", f"import {{ token as inner }} from './m{nth - 1}';\nexport const token = (r) => inner(r);\n")
    write(
        folder / "src/use.js",
        f"import {{ token }} from './m{number}';\nexport async function save(sub, result) {{\n{request(0, 'token(result)')}}}\n",
    )


KINDS = {
    "unrelated": unrelated,
    "words": words,
    "sites": sites,
    "one-file": one_file,
    "callers": callers,
    "storage": storage,
    "chain": chain,
}

if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    KINDS[sys.argv[1]](pathlib.Path(sys.argv[3]), int(sys.argv[2]))
