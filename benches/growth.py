#!/usr/bin/env python3
"""Whether time and memory grow linearly: `growth.py [--binary FILE] [--most NUMBER] [KIND...]`.

Generates trees of growing size (`trees.py`), runs the program on each three times, and prints the CPU time per unit,
less that of a run on an empty folder. `factor` is the time per unit against that of the first size that takes long
enough to be told from noise.
"""

import argparse
import pathlib
import tempfile

import trees
from measure import median, run

SIZES = {
    "unrelated": [1000, 10_000, 100_000, 1_000_000],
    "words": [1000, 10_000, 100_000],
    "sites": [100, 1000, 10_000, 100_000],
    "one-file": [100, 1000, 10_000, 100_000],
    "callers": [100, 1000, 10_000, 100_000],
    "storage": [100, 1000, 10_000],
    "chain": [10, 100, 1000, 10_000],
}
# CPU seconds
NOISE = 0.03


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/idtoken-lint")
    parser.add_argument("--most", type=int, default=10_000, help="the largest size")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("kinds", nargs="*", help=", ".join(SIZES))
    arguments = parser.parse_args()
    command = [str(pathlib.Path(arguments.binary).resolve()), "audit", "--format", "json", "--no-config", "--no-cache", "."]
    with tempfile.TemporaryDirectory() as empty:
        base = median([run(command, empty).cpu for _ in range(5)])
    print(f"{'kind':10} {'units':>9} {'wall s':>8} {'cpu s':>8} {'us/unit':>9} {'factor':>7} {'peak MB':>8}")
    for kind in arguments.kinds or SIZES:
        first = None
        for size in [size for size in SIZES[kind] if size <= arguments.most]:
            with tempfile.TemporaryDirectory() as folder:
                trees.KINDS[kind](pathlib.Path(folder), size)
                costs = [run(command, folder) for _ in range(arguments.times)]
            if None in costs:
                print(f"{kind:10} {size:9} not in time")
                break
            cost = min(costs, key=lambda one: one.cpu)
            unit = max(cost.cpu - base, 0) / size * 1e6
            if first is None and cost.cpu - base > NOISE:
                first = unit
            factor = f"{unit / first:7.2f}" if first else f"{'-':>7}"
            print(f"{kind:10} {size:9} {cost.wall:8.3f} {cost.cpu:8.3f} {unit:9.1f} {factor} {cost.peak:8}", flush=True)


if __name__ == "__main__":
    main()
