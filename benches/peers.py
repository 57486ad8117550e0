#!/usr/bin/env python3
"""The program beside what teams would use instead: `peers.py [--binary FILE] [--peers FOLDER] [TREE...]`.

Runs each tool in turn on each tree, `--times` times round, and prints medians and ratios to ripgrep's wall time. Tools
that are not installed are named and left out. `--peers` holds rules for the others: `semgrep.yml`, `sgconfig.yml`.
Without trees, one is generated. The program runs twice: with nothing kept, and again with what it kept.
"""

import argparse
import pathlib
import tempfile
import time

import trees
from measure import found, median, run

# all kinds of files that the program reads something of
KINDS = "*.{%s}" % ",".join(
    "js jsx mjs cjs ts tsx mts cts rs vue svelte astro html htm json jsonc json5 toml env md mdx markdown yml yaml sh bash "
    "zsh fish bat cmd ps1 psm1 tf tofu tfvars har http rest jsonl ndjson".split()
)
WORDS = ["-e", "api/v2", "-e", "id_?token", "-e", "device-credentials", "-e", "auth0"]


def tools(binary, rules, glob, cache):
    """Name, program that must be there, command."""
    yield "ripgrep", "rg", ["rg", "-c", "-i", *WORDS, "-g", glob, "."]
    audit = [binary, "audit", "--format", "json", "--no-config", "."]
    yield "idtoken-lint", binary, [*audit, "--no-cache"]
    yield "idtoken-lint, again", binary, [*audit, f"--cache-dir={cache}"]
    yield "oxlint", "oxlint", ["oxlint", "--silent", "--disable-nested-config", "-A", "all", "-D", "no-debugger", "."]
    yield "biome", "biome", ["biome", "lint", "--only=suspicious/noDebugger", "--max-diagnostics=1", "."]
    if rules:
        sg = str(rules / "sgconfig.yml")
        yield "ast-grep", "ast-grep", ["ast-grep", "scan", "--config", sg, "--json=stream", "."]
        options = ["--metrics=off", "--disable-version-check", "--quiet", "--json"]
        yield "semgrep", "semgrep", ["semgrep", "scan", *options, "--config", str(rules / "semgrep.yml"), "."]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/idtoken-lint")
    parser.add_argument("--peers", type=pathlib.Path, help="a folder with the others' rules")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--limit", type=int, default=600, help="seconds for one run")
    parser.add_argument("--glob", default=KINDS, help="which files ripgrep looks at; by default of all kinds read here")
    parser.add_argument("--only", help="tools to run, separated by semicolons")
    parser.add_argument("trees", nargs="*", type=pathlib.Path)
    arguments = parser.parse_args()
    binary = str(pathlib.Path(arguments.binary).resolve())
    rules = arguments.peers and arguments.peers.resolve()
    wanted = arguments.only.split(";") if arguments.only else None
    with tempfile.TemporaryDirectory() as cache:
        known = [tool for tool in tools(binary, rules, arguments.glob, cache) if not wanted or tool[0] in wanted]
        for name, program, _ in known:
            if not found(program):
                print(f"{name}: not installed, left out")
        known = [tool for tool in known if found(tool[1])]
        for tree in arguments.trees:
            compare(tree, known, arguments)
        if not arguments.trees:
            with tempfile.TemporaryDirectory() as folder:
                trees.unrelated(pathlib.Path(folder), 20_000)
                # nothing is kept of what was written so shortly ago
                time.sleep(4)
                compare(pathlib.Path(folder), known, arguments)


def compare(tree, known, arguments):
    print(f"\n{tree}")
    print(f"{'tool':20} {'wall s':>8} {'cpu s':>8} {'x rg':>8} {'x rg cpu':>8} {'peak MB':>8}")
    costs = {name: [] for name, _, _ in known}
    for _ in range(arguments.times):
        for name, _, command in known:
            cost = None if None in costs[name] else run(command, tree, arguments.limit)
            costs[name].append(cost)
    base = costs.get("ripgrep")
    for name, of in costs.items():
        if None in of:
            print(f"{name:20} not in {arguments.limit} s")
            continue
        wall, cpu, peak = (median([getattr(cost, key) for cost in of]) for key in ("wall", "cpu", "peak"))
        ratio = median([own.wall / rg.wall for own, rg in zip(of, base)]) if base else float("nan")
        in_cpu = median([own.cpu / rg.cpu for own, rg in zip(of, base)]) if base else float("nan")
        print(f"{name:20} {wall:8.3f} {cpu:8.3f} {ratio:8.2f} {in_cpu:8.2f} {peak:8}", flush=True)


if __name__ == "__main__":
    main()
