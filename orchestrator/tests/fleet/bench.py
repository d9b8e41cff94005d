"""poolbench in a folder of its own with a plan for shards, and what a run must have."""

import csv
import os
import pathlib
import shlex
import shutil
import subprocess

from engines import parent_of, words_of

SHARDS = 6
# The longest trial is one that stands still until the test kills it.
CELLS = ["--pools", "serial,crossbeam", "--workload", "spin:1ms", "--jobs", "20", "--batches", "2", "--blocks", "12", "--seed", "5eed"]
CELLS += ["--timeout", "600s"]

# Stands in for a pool. The second trial of it in a shard that a file `hold-N` names stands still, once: so a shard can be killed in
# its middle however fast or slow this machine is. It starts no program, so that the pool's memory is that of one process.
HELD = """#!/bin/sh
folder={folder}
case $1 in --describe) exec {real} "$@" ;; esac
IFS= read -r asked </proc/$PPID/cmdline || :
for shard in {shards}; do
    case $asked in *"--shard$shard--"*)
        [ -e "$folder/hold-$shard" ] || continue
        if [ ! -e "$folder/seen-$shard" ]; then : >"$folder/seen-$shard"; continue; fi
        if (set -C; echo $$ >"$folder/held-$shard") 2>/dev/null; then read -r _ <"$folder/nothing"; fi ;;
    esac
done
exec {real} "$@"
"""


class Bench:
    """A folder for all that is written, and in it the plan in one whose name is hard to quote."""

    def __init__(self, poolbench, folder):
        self.poolbench = poolbench
        self.folder = folder
        self.plan = folder / "the plan's $(folder)"

    @classmethod
    def holding(cls, poolbench, folder):
        """With a poolbench of its own, whose pool crossbeam stands still where it is told to."""
        # As the archive of `make dist` has them: a pool is found beside poolbench.
        bin, real = folder / "bin", folder / "real"
        for name, to in [("poolbench", bin), ("pool-serial", bin), ("pool-crossbeam", real)]:
            to.mkdir(exist_ok=True)
            shutil.copy(poolbench.with_name(name), to / name)
        held = bin / "pool-crossbeam"
        held.write_text(
            HELD.format(
                folder=shlex.quote(str(folder)),
                real=shlex.quote(str(real / "pool-crossbeam")),
                shards=" ".join(map(str, range(1, SHARDS + 1))),
            )
        )
        held.chmod(0o755)
        os.mkfifo(folder / "nothing")
        return cls(bin / "poolbench", folder)

    def run(self, *arguments, code=0):
        ended = subprocess.run([self.poolbench, *map(str, arguments)], text=True, capture_output=True, cwd=self.folder)
        assert ended.returncode == code, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def make(self, engine, *more, cells=CELLS, shards=SHARDS):
        """Plans, and writes the job file for an engine."""
        self.run("plan", *cells, "--shards", shards, "--out", self.plan)
        script = self.folder / "job.sh"
        script.write_text(self.run("fleet", engine, self.plan, *more))
        return script

    def hold(self, shard):
        """Lets a shard stand still in its middle when it comes there."""
        (self.folder / f"hold-{shard}").touch()

    def held(self, shard):
        """The poolbench whose shard stands still in its middle, and its node."""
        file = self.folder / f"held-{shard}"
        number = file.read_text().strip() if file.exists() else ""
        if not number:
            return None
        number = parent_of(int(number))
        words = words_of(number)
        return (number, words[words.index(b"--node") + 1].decode()) if b"--node" in words else None

    def check(self, merged, nodes, lost):
        """The merged run is that of one machine, and names its nodes: for the shard that was lost another than it was lost with."""
        one = self.folder / "one"
        self.run("run", *CELLS, "--out", one)
        assert places(merged) == places(one), "the merged run has other places than one machine"
        of_shards = {(row["shard"], row["node"]) for row in rows(merged)}
        assert {node for _, node in of_shards} <= nodes, f"nodes {of_shards}"
        assert len(of_shards) == SHARDS, f"a shard of two attempts: {of_shards}"
        assert (str(lost[0]), lost[1]) not in of_shards, f"{lost} went with its machine: {of_shards}"
        for command in ["summary", "rank", "decide"]:
            self.run(command, merged)
        self.run("fleet", "status", self.plan)
        assert not list(self.plan.glob("*.unfinished-*")), "what was killed has left a folder"
        return "; ".join(f"shard {shard} on {node}" for shard, node in sorted(of_shards))


def rows(run):
    with open(run / "trials.csv", newline="") as file:
        return list(csv.DictReader(file))


def places(run):
    names = ["pool", "workload", "param", "jobs", "block", "position"]
    return {tuple(row[name] for name in names) for row in rows(run) if row["accepted"] == "1"}


def remote(part, bench):
    """Runs a part whose shards lie in the home directory of the "other" hosts, and removes them there."""
    home = pathlib.Path.home() / ".poolbench-fleet"
    before = set(home.glob("*"))
    # It keeps what it knows of terminals and hosts.
    os.environ["PARALLEL_HOME"] = str(bench.folder / "parallel")
    try:
        return part()
    finally:
        for folder in set(home.glob("*")) - before:
            shutil.rmtree(folder)
        if home.exists() and not any(home.iterdir()):
            home.rmdir()
