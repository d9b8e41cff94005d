#!/usr/bin/env python3
"""One plan in four shards on two loopback hosts against one machine: the same cells, no opposite claims, intervals that overlap.

    agree.py POOLBENCH [arguments of `plan` and `run` ...]

Takes twice what `poolbench plan` says, and as root sshd, GNU parallel and rsync.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

from bench import Bench, places, remote, rows
from engines import SSH, SSHD, Ssh, lacking

SHARDS = 4
# Five blocks for each shard. No preset: where one has a budget, a busy machine ends the run before all its blocks.
POOLS = "serial,threads-counter,rayon,crossbeam,kanal,mpsc,tokio,smol,green,processes"
DEFAULT = ["--pools", POOLS, "--workload", "compute,spin:20us", "--jobs", "1000", "--blocks", "20"]
# Of all intervals.
OVERLAPPING = 0.95


def main():
    missing = lacking(SSH + [SSHD])
    if missing:
        sys.exit(f"not here: {', '.join(missing)}")
    poolbench, cells = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:] or DEFAULT
    # Two runs of one seed have each cell at the same position of the same block.
    cells += [] if "--seed" in cells else ["--seed", "5eed"]
    with tempfile.TemporaryDirectory(prefix="poolbench-fleet-") as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        bench = Bench(poolbench, folder)
        one, merged = folder / "one", bench.plan / "merged"
        remote(lambda: sharded(bench, cells), bench)
        bench.run("run", *cells, "--out", one)
        sys.exit(0 if told(bench, one, merged) else 1)


def sharded(bench, cells):
    with Ssh(bench.folder) as engine:
        script = bench.make("parallel", "--host", "hosta", "--host", "hostb", cells=cells, shards=SHARDS)
        subprocess.run(["sh", script, "--ssh", engine.wrapper], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def told(bench, one, merged):
    """Prints what is alike and what is not; whether it is as it should be."""
    claims = [claims_of(bench, run) for run in [one, merged]]
    both = sorted(claims[0].keys() & claims[1].keys())
    opposite = [key for key in both if {claims[0][key]["verdict"], claims[1][key]["verdict"]} == {"faster", "slower"}]
    known = [key for key in both if all(of_run[key]["low"] is not None for of_run in claims)]
    apart = [key for key in known if not overlap(*(of_run[key] for of_run in claims))]
    same_cells = places(one) == places(merged) and claims[0].keys() == claims[1].keys()
    nodes = sorted({(row["shard"], row["node"]) for row in rows(merged)})
    share = 1 - len(apart) / max(len(known), 1)
    print("shards: " + ", ".join(f"{shard} on {node}" for shard, node in nodes))
    print(f"accepted cells, blocks and positions: {len(places(one))} and {len(places(merged))}; the same: {'yes' if same_cells else 'NO'}")
    print(f"opposite claims: {len(opposite)} of {len(both)}{''.join(f'; {key}' for key in opposite)}")
    print(f"intervals that overlap: {len(known) - len(apart)} of {len(known)}, {100 * share:.1f} %")
    for key in apart:
        ends = " and ".join(f"{of_run[key]['low']:.3f} to {of_run[key]['high']:.3f}" for of_run in claims)
        print(f"  apart: {' '.join(key)}: {ends}")
    alike = sum(claims[0][key]["verdict"] == claims[1][key]["verdict"] for key in both)
    print(f"verdicts that are alike: {alike} of {len(both)}")
    return same_cells and not opposite and share >= OVERLAPPING


def claims_of(bench, run):
    found = json.loads(bench.run("compare", run, "--json"))["claims"]
    return {(one["measure"], one["group"], one["pool"], one["reference"]): one for one in found}


def overlap(one, other):
    return one["low"] <= other["high"] and other["low"] <= one["high"]


if __name__ == "__main__":
    main()
