#!/usr/bin/env python3
"""What a commit hook costs beside `git status`: `hook.py [--binary FILE] [--files NUMBER] [REPOSITORY...]`.

Changes one to five files of a repository, hands them to `check` as a hook does, with and without what earlier runs saw,
and prints medians and the ratio to `git status`, run in turn. Without repositories, one is generated twice: without a word of the API, and with a package in it
that sends an ID token. Given repositories are not changed: their files are only named.
"""

import argparse
import pathlib
import subprocess
import tempfile
import time

import trees
from measure import median, run

CODE = ("*.js", "*.jsx", "*.ts", "*.tsx", "*.vue", "*.rs")


def git(folder, *arguments):
    command = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def generated(folder, number, with_evidence):
    trees.unrelated(folder, number - 10 if with_evidence else number)
    if with_evidence:
        # the package of ten files that a commit is made in
        package = folder / "packages/account"
        trees.write(package / "package.json", '{"name": "account"}\n')
        trees.in_files(
            package,
            10,
            1,
            "call",
            lambda nth: f"export async function save{nth}(sub, result) {{\n  const idToken = result.idToken;\n",
            trees.request,
            "}\n",
        )
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "begin")


def committed(folder, number):
    """The code that a commit is made of: from the middle of the last folder with so much of it."""
    files = git(folder, "ls-files", "-z", "--", *CODE).split("\0")[:-1]
    account = [file for file in files if file.startswith("packages/account/")]
    files = account or files[len(files) // 2 :]
    return files[:number]


def compare(name, folder, arguments):
    files = git(folder, "ls-files").count("\n")
    for number, kept in ((1, True), (5, True), (1, False), (5, False)):
        paths = committed(folder, number)
        cache = [f"--cache-dir={arguments.cache}"] if kept else ["--no-cache"]
        command = [arguments.binary, "check", "--quiet", *cache, *paths]
        run(command, folder)
        own, status = [], []
        for _ in range(arguments.times):
            own.append(run(command, folder))
            status.append(run(["git", "status"], folder))
        wall, cpu = (median([getattr(cost, key) for cost in own]) * 1000 for key in ("wall", "cpu"))
        git_wall, git_cpu = (median([getattr(cost, key) for cost in status]) * 1000 for key in ("wall", "cpu"))
        ratios = f"{wall / git_wall:7.1f} {cpu / git_cpu:7.1f}"
        print(f"{name:20} {files:6} {number:7} {'yes' if kept else 'no':>5} {wall:8.0f} {cpu:7.0f} {git_wall:8.0f} {git_cpu:8.0f} {ratios}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/idtoken-lint")
    parser.add_argument("--files", type=int, default=5000, help="of the generated repository")
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("repositories", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.binary = str(pathlib.Path(arguments.binary).resolve())
    print(f"{'repository':20} {'files':>6} {'changed':>7} {'kept':>5} {'wall ms':>8} {'cpu ms':>7} {'git wall':>8} {'git cpu':>8} {'x wall':>7} {'x cpu':>7}")
    with tempfile.TemporaryDirectory() as arguments.cache:
        for folder in arguments.repositories:
            compare(folder.name[-20:], folder, arguments)
        if not arguments.repositories:
            for name, with_evidence in (("without the API", False), ("with the API", True)):
                with tempfile.TemporaryDirectory() as folder:
                    generated(pathlib.Path(folder), arguments.files, with_evidence)
                    # nothing is kept of what was written so shortly ago
                    time.sleep(4)
                    compare(name, pathlib.Path(folder), arguments)


if __name__ == "__main__":
    main()
