#!/usr/bin/env python3
"""Shards of one plan on real engines on loopback: what is merged is what one machine would have run, though a shard was killed
in the middle and a host was taken away. Says so and ends with 0 where an engine is not here."""

import csv
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from engines import SLURM, SSH, SSHD, Engine, Slurm, Ssh, lacking, processes_with, wait_for

SHARDS = 6
CELLS = ["--pools", "serial,crossbeam", "--workload", "spin:1ms", "--jobs", "200", "--batches", "2", "--blocks", "12", "--seed", "5eed"]


class Bench:
    """poolbench, and the plan in a folder whose name is hard to quote."""

    def __init__(self, poolbench, folder):
        self.poolbench = poolbench
        self.folder = folder
        self.plan = folder / "the plan's $(folder)"

    def run(self, *arguments, code=0):
        ended = subprocess.run([self.poolbench, *map(str, arguments)], text=True, capture_output=True)
        assert ended.returncode == code, f"{arguments}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        return ended.stdout

    def make(self, engine, *more):
        self.run("plan", *CELLS, "--shards", SHARDS, "--out", self.plan)
        script = self.folder / "job.sh"
        script.write_text(self.run("fleet", engine, self.plan, *more))
        return script

    def running(self, shard):
        """The processes of a shard that has begun to write rows."""
        rows = list(self.plan.glob(f"shard-{shard}.unfinished-*/trials.csv"))
        rows += list(pathlib.Path.home().glob(f".poolbench-fleet/*/shard-{shard}.unfinished-*/trials.csv"))
        begun = any(path.read_text().count("\n") > 3 for path in rows)
        return begun and [number for number in processes_with(str(self.poolbench)) if of_shard(number, shard)]

    def node(self, shard):
        """Where a shard that runs is."""
        for path in self.plan.glob(f"shard-{shard}.unfinished-*"):
            return path.name.split("-")[2]
        return None

    def check(self, merged, nodes):
        """The merged run is that of one machine, and names its nodes."""
        one = self.folder / "one"
        self.run("run", *CELLS, "--out", one)
        assert places(merged) == places(one), "the merged run has other places than one machine"
        found = {row["node"] for row in rows(merged)}
        assert found <= nodes, f"nodes {found}"
        of_shards = {(row["shard"], row["node"]) for row in rows(merged)}
        assert len(of_shards) == SHARDS, f"a shard of two attempts: {of_shards}"
        for command in ["summary", "rank", "decide"]:
            self.run(command, merged)
        self.run("fleet", "status", self.plan)
        return sorted(of_shards)


def of_shard(number, shard):
    words = pathlib.Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    return b"--shard" in words and words[words.index(b"--shard") + 1] == str(shard).encode()


def rows(run):
    with open(run / "trials.csv", newline="") as file:
        return list(csv.DictReader(file))


def places(run):
    names = ["pool", "workload", "param", "jobs", "block", "position"]
    return {tuple(row[name] for name in names) for row in rows(run) if row["accepted"] == "1"}


def kill(numbers):
    for number in numbers:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            pass


def slurm(bench):
    with Slurm(bench.folder) as engine:
        script = bench.make("slurm")
        said = subprocess.run(["sh", script, f"--array=1-{SHARDS}%1"], text=True, capture_output=True, check=True).stdout
        array = said.split("job ")[1].split(",")[0].strip()
        wait_for("shard 2 in its middle", lambda: bench.running(2))
        subprocess.run(["scontrol", "requeue", f"{array}_2"], check=True)
        # A job that was requeued waits for two minutes else.
        again = lambda: subprocess.run(["scontrol", "update", f"jobid={array}_2", "StartTime=now"], capture_output=True).returncode == 0
        wait_for("shard 2 in the queue again", again)
        gone = wait_for("shard 4 in its middle", lambda: bench.running(4) and bench.node(4))
        numbers = bench.running(4) or []
        down = ["scontrol", "update", f"nodename={gone}", "state=down", "reason=gone"]
        # Said before the shard ends, or it would have failed by itself and not been lost with its node; said again, since a node
        # that answers returns to service.
        subprocess.run(down, check=True)
        engine.end(gone)
        subprocess.run(down, check=True)
        kill(numbers)
        wait_for("end of all jobs", lambda: not engine.ask("squeue", "-h") or nudge(engine, array))
        merged = bench.plan / "merged"
        wait_for("merged run", lambda: (merged / "plan.toml").exists())
        return bench.check(merged, {"nodea", "nodeb"})


def nudge(engine, array):
    """Lets what was requeued begin at once."""
    for line in engine.ask("squeue", "-h", "-r", "-o", "%i %r").splitlines():
        name, reason = line.split(maxsplit=1)
        if "BeginTime" in reason and name.startswith(array):
            subprocess.run(["scontrol", "update", f"jobid={name}", "StartTime=now"], capture_output=True)
    return False


def parallel(bench):
    home = pathlib.Path.home() / ".poolbench-fleet"
    before = set(home.glob("*"))
    try:
        return over_ssh(bench)
    finally:
        # Where shards were on the "other" hosts.
        for folder in set(home.glob("*")) - before:
            shutil.rmtree(folder)
        if home.exists() and not any(home.iterdir()):
            home.rmdir()


def over_ssh(bench):
    with Ssh(bench.folder) as engine:
        script = bench.make("parallel", "--host", "hosta", "--host", "hostb")
        again = ["sh", script, "--ssh", engine.wrapper]
        first = subprocess.Popen(again, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        kill(wait_for("shard 2 in its middle", lambda: bench.running(2)))
        wait_for("shard 3 in its middle", lambda: bench.running(3))
        engine.end("hostb")
        said, _ = first.communicate()
        # What is tried again on the host that is left may do already.
        assert first.returncode == 0 or "missing: " in said, f"{first.returncode}: {said}"
        second = subprocess.run(again, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert second.returncode == 0, f"{second.returncode}: {second.stdout}\n{second.stderr}"
        return bench.check(bench.plan / "merged", {"hosta", "hostb"})


def kubernetes(bench):
    import kubernetes_validate
    import yaml

    bench.run("plan", *CELLS, "--shards", SHARDS, "--out", bench.plan)
    hostile = "a $(b) 'c' \"d\"\n- e: \u2028\u0085 \U0001f600"
    text = bench.run("fleet", "kubernetes", bench.plan, "--image", hostile, "--claim", "rows", "--poolbench", hostile)
    job = yaml.safe_load(text)
    kubernetes_validate.validate(job, "1.33", strict=True)
    container = job["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == hostile and container["command"][3].replace("$$", "$") == hostile
    return [("spec", "valid")]


def main():
    poolbench = pathlib.Path(sys.argv[1]).resolve()
    parts = {"slurm": (slurm, SLURM), "parallel": (parallel, SSH + [SSHD]), "kubernetes": (kubernetes, [])}
    for name in sys.argv[2:] or parts:
        part, programs = parts[name]
        missing = lacking(programs)
        if name == "kubernetes":
            missing = [module for module in ["kubernetes_validate", "yaml"] if not has(module)]
        if programs and os.getuid() != 0:
            missing.append("the rights of root")
        if missing:
            print(f"{name}: left out, there is no {', '.join(missing)}")
            continue
        with tempfile.TemporaryDirectory(prefix="poolbench-fleet-") as folder:
            folder = pathlib.Path(folder)
            # munge and sshd look at it as other users.
            folder.chmod(0o755)
            found = part(Bench(poolbench, folder))
        print(f"{name}: right; " + ", ".join(f"{one} {other}" for one, other in found))


def has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    main()
