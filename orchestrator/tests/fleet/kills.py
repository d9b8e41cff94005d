"""Kills at random moments of shards, of the engine and of merges, and two merges at once: no row is lost that was whole, none is
there twice, and no shard is of two attempts."""

import os
import random
import subprocess
import time

from bench import places, remote, rows
from engines import Ssh, family_of, kill, kill_family, processes_with, wait_for, words_of

KILLS = 20
SHARDS = 3
CELLS = ["--pools", "serial,crossbeam", "--workload", "spin:1ms", "--jobs", "20", "--batches", "2", "--blocks", "6", "--seed", "5eed"]
# About as long as the engine takes for all shards, s; what is later than its end kills nothing, and is tried again.
MOMENTS_S = 12.0


def kills(bench):
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"kills: SEED={seed}", flush=True)
    return remote(lambda: all_kills(bench, random.Random(seed)), bench)


def all_kills(bench, chance):
    counts = dict.fromkeys(["shard", "engine", "merge"], 0)
    with Ssh(bench.folder) as engine:
        script = bench.make("parallel", "--host", "hosta", "--host", "hostb", cells=CELLS, shards=SHARDS)
        state = State(bench)
        while sum(counts.values()) < KILLS:
            what = chance.choice(list(counts))
            counts[what] += {"shard": a_shard, "engine": the_engine, "merge": a_merge}[what](bench, engine, script, chance)
            state.look()
        # What was left behind runs to its end, and then nothing disturbs what follows.
        wait_for("end of shards whose engine was killed", lambda: not of_shards(bench))
        again(bench)
        ended = start(script, engine).wait()
        assert ended == 0, f"the last pass of the engine ended with {ended}: {(bench.folder / 'engine.out').read_text()}"
        state.look()
    bench.run("run", *CELLS, "--out", bench.folder / "one")
    assert places(bench.folder / "m") == places(bench.folder / "one"), "the merged run has other places than one machine"
    killed = ", ".join(f"{count} of {what}" for what, count in counts.items())
    return (
        f"{sum(counts.values())} kills ({killed}), {state.looks} times two merges at once: of {state.whole} shards that were whole none "
        "was lost, no row was there twice, no shard was of two attempts"
    )


def start(script, engine):
    """The engine on all shards."""
    with open(engine.folder / "engine.out", "w") as out:
        return subprocess.Popen(["sh", script, "--ssh", engine.wrapper], stdin=subprocess.DEVNULL, stdout=out, stderr=out)


def again(bench):
    """Lets the engine run shards again that it knows as done: they replace their former selves."""
    (bench.plan / "parallel.log").unlink(missing_ok=True)


def of_shards(bench):
    return [number for number in processes_with(str(bench.poolbench)) if b"--shard" in words_of(number)]


def a_shard(bench, engine, script, chance):
    """Kills every shard that runs at a moment; the engine goes on with it."""
    again(bench)
    running = start(script, engine)
    time.sleep(chance.uniform(0, MOMENTS_S / 2))
    killed = of_shards(bench)
    kill(killed)
    running.wait()
    return int(bool(killed))


def the_engine(bench, engine, script, chance):
    """Kills the engine with all that it runs here; shards elsewhere go on, and meet those of the next engine."""
    again(bench)
    running = start(script, engine)
    time.sleep(chance.uniform(0, MOMENTS_S))
    # Its number may be another's once its end was heard of.
    killed = running.poll() is None
    if killed:
        kill_family(family_of([running.pid]))
    running.wait()
    return int(killed)


def a_merge(bench, engine, script, chance):
    running = merge(bench)
    time.sleep(chance.uniform(0, 0.02))
    killed = running.poll() is None
    running.kill()
    running.wait()
    return int(killed)


def merge(bench):
    command = [bench.poolbench, "merge", bench.plan, "--out", bench.folder / "m"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class State:
    """What was whole so far."""

    def __init__(self, bench):
        self.bench = bench
        self.known = set()
        self.looks = 0
        self.whole = 0

    def look(self):
        """Merges twice at once, and holds the merged run against the folders of the shards and against what was there before."""
        ended = [running.wait() for running in [merge(self.bench), merge(self.bench)]]
        self.looks += 1
        merged = self.bench.folder / "m"
        if not self.known and ended == [2, 2]:
            assert not merged.exists()
            return
        assert set(ended) <= {0, 1}, f"merges ended with {ended}"
        of_shard = texts(merged)
        lost = self.known - set(of_shard)
        assert not lost, f"shards {lost} were whole and are lost"
        for shard, text in of_shard.items():
            own = texts(self.bench.plan / f"shard-{shard}")
            assert own == {shard: text}, f"shard {shard} is not as its folder has it"
        accepted = [tuple(row[name] for name in ["shard", "pool", "jobs", "block"]) for row in rows(merged) if row["accepted"] == "1"]
        assert len(accepted) == len(set(accepted)), "a row is there twice"
        attempts = {(row["shard"], row["node"]) for row in rows(merged)}
        assert len(attempts) == len(of_shard), f"a shard of two attempts: {attempts}"
        self.known |= set(of_shard)
        self.whole += len(of_shard)


def texts(run):
    """The lines of each shard as they are in the file."""
    lines = (run / "trials.csv").read_text().splitlines()
    at = lines[0].split(",").index("shard")
    found = {}
    for line in lines[1:]:
        found.setdefault(line.split(",")[at], []).append(line)
    return found
