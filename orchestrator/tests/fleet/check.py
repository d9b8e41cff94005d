#!/usr/bin/env python3
"""Shards of one plan on real engines on loopback: what is merged is what one machine would have run, though a shard was killed
in the middle and a host was taken away. Says so, and ends with 0 where an engine is not here.

    check.py POOLBENCH [slurm] [parallel] [kubernetes]
"""

import csv
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from engines import SLURM, SSH, SSHD, Slurm, Ssh, kill, lacking, parent_of, processes_with, wait_for, words_of

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
    """poolbench in a folder of its own, and the plan in one whose name is hard to quote."""

    def __init__(self, poolbench, folder):
        self.folder = folder
        self.plan = folder / "the plan's $(folder)"
        # As the archive of `make dist` has them: a pool is found beside poolbench.
        bin, real = folder / "bin", folder / "real"
        for name, to in [("poolbench", bin), ("pool-serial", bin), ("pool-crossbeam", real)]:
            to.mkdir(exist_ok=True)
            shutil.copy(poolbench.with_name(name), to / name)
        self.poolbench = bin / "poolbench"
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

    def run(self, *arguments, code=0):
        ended = subprocess.run([self.poolbench, *map(str, arguments)], text=True, capture_output=True, cwd=self.folder)
        assert ended.returncode == code, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def make(self, engine, *more):
        self.run("plan", *CELLS, "--shards", SHARDS, "--out", self.plan)
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


def slurm(bench):
    bench.hold(2)
    bench.hold(4)
    with Slurm(bench.folder) as engine:
        # One at a time: these nodes are one machine.
        script = bench.make("slurm")
        said = subprocess.run(["sh", script, f"--array=1-{SHARDS}%1"], text=True, capture_output=True, check=True).stdout
        array = said.split("job ")[1].split(",")[0].strip()
        wait_for("shard 2 in its middle", lambda: bench.held(2))
        wait_for("requeued shard 2", lambda: engine.tell("scontrol", "requeue", f"{array}_2"))
        # What was requeued is to begin meanwhile, which `is_done` sees to.
        _, gone = wait_for("shard 4 in its middle", lambda: (engine.is_done(), bench.held(4))[1])
        # Said before the shard ends, or it would have failed by itself and not been lost with its node.
        wait_for("node that is down", lambda: engine.tell("scontrol", "update", f"nodename={gone}", "state=down", "reason=gone"))
        engine.lose(gone)
        kill([number for number in processes_with(str(bench.poolbench)) if b"--shard" in words_of(number)])
        wait_for("end of all jobs", engine.is_done)
        merged = bench.plan / "merged"
        assert (merged / "plan.toml").exists(), (bench.plan / "merge.log").read_text()
        return bench.check(merged, {"nodea", "nodeb"}, (4, gone))


def parallel(bench):
    home = pathlib.Path.home() / ".poolbench-fleet"
    before = set(home.glob("*"))
    # It keeps what it knows of terminals and hosts.
    os.environ["PARALLEL_HOME"] = str(bench.folder / "parallel")
    try:
        return over_ssh(bench)
    finally:
        # Where shards were on the "other" hosts.
        for folder in set(home.glob("*")) - before:
            shutil.rmtree(folder)
        if home.exists() and not any(home.iterdir()):
            home.rmdir()


def over_ssh(bench):
    bench.hold(2)
    bench.hold(3)
    with Ssh(bench.folder) as engine:
        script = bench.make("parallel", "--host", "hosta", "--host", "hostb")
        again = ["sh", script, "--ssh", engine.wrapper]
        log = bench.folder / "parallel.out"
        with open(log, "w") as out:
            first = subprocess.Popen(again, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        # Which of the two is the first to come to its middle the engine decides.
        first_held = lambda: next(((shard, *found) for shard in [2, 3] if (found := bench.held(shard))), None)
        shard, process, _ = wait_for("shard in its middle", first_held)
        kill([process])
        shard = 5 - shard
        process, host = wait_for(f"shard {shard} in its middle", lambda: bench.held(shard))
        engine.lose(host)
        kill([process])
        wait_for("end of GNU parallel", lambda: first.poll() is not None)
        said = log.read_text()
        # What is tried again on the host that is left may do already.
        assert first.returncode == 0 or "missing: " in said, f"{first.returncode}: {said}"
        second = subprocess.run(again, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
        assert second.returncode == 0, f"{second.returncode}: {second.stdout}\n{second.stderr}\nfirst:\n{said}"
        return bench.check(bench.plan / "merged", {"hosta", "hostb"}, (shard, host))


def kubernetes(bench):
    import kubernetes_validate
    import yaml

    bench.run("plan", *CELLS, "--shards", SHARDS, "--out", bench.plan)
    hostile = "a $(b) 'c' \"d\"\n- e: \u2028\u0085 \U0001f600"
    text = bench.run("fleet", "kubernetes", bench.plan, "--image", hostile, "--claim", "rows", "--poolbench", hostile)
    job = yaml.safe_load(text)
    for version in ["1.33", kubernetes_validate.latest_version()]:
        kubernetes_validate.validate(job, version, strict=True)
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == hostile and container["command"][3].replace("$$", "$") == hostile
    job["spec"]["completionsMode"] = "Indexed"
    try:
        kubernetes_validate.validate(job, "1.33", strict=True)
    except kubernetes_validate.ValidationError:
        return "the job file passes the strict schemas of 1.33 and of the latest version; rendered, not run"
    raise AssertionError("these schemas let a field pass that does not exist")


def main():
    poolbench = pathlib.Path(sys.argv[1]).resolve()
    # Where `make test-fleet` has put the schemas.
    sys.path += map(str, poolbench.parent.parent.glob("fleet-schemas/lib/python3*/site-packages"))
    parts = {"slurm": (slurm, SLURM), "parallel": (parallel, SSH + [SSHD]), "kubernetes": (kubernetes, [])}
    for name in sys.argv[2:] or parts:
        part, programs = parts[name]
        missing = lacking(programs)
        if name == "kubernetes":
            missing = [f"module {module} of Python" for module in ["kubernetes_validate", "yaml"] if not has(module)]
        if programs and os.getuid() != 0:
            missing.append("the rights of root")
        if missing:
            print(f"\n!!! LEFT OUT: {name}: not here: {', '.join(missing)}\n", flush=True)
            continue
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="poolbench-fleet-") as folder:
            folder = pathlib.Path(folder)
            # munge and sshd look at it as other users.
            folder.chmod(0o755)
            found = part(Bench(poolbench, folder))
            left = processes_with(str(folder))
            assert not left, f"processes are left: {[words_of(number) for number in left]}"
        print(f"{name}: right; {found} ({time.monotonic() - begun:.0f} s)", flush=True)


def has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    main()
