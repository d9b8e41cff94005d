"""Runs with made rows, of as many pools as wanted and with whatever a picture needs: sizes, lengths, workers, memory by phase."""

import csv
import random
import subprocess
from pathlib import Path

BLOCKS = 12
# Names and kinds as they are, the longest among them.
POOLS = [("serial", "serial"), ("rayon", "threads"), ("tokio", "async"), ("processes", "processes"), ("green", "green"),
         ("crossbeam", "threads"), ("crossbeam-deque", "threads"), ("threadpool", "threads"), ("rusty-pool", "threads"),
         ("scoped", "threads"), ("spawn", "threads"), ("flume", "threads"), ("kanal", "threads"), ("mpsc-mutex", "threads"),
         ("blended", "hybrid"), ("chili", "threads"), ("orx-parallel", "threads"), ("paralight", "threads"),
         ("async-executor", "async"), ("smol", "async"), ("futures-pool", "async"), ("tokio-current", "async"),
         ("rayon-scope-fifo", "threads"), ("futures-threads", "futures"), ("futures-processes", "futures"),
         ("green-unordered", "green"), ("ipc-channel", "processes"), ("shared-memory", "processes"), ("forkserver", "processes"),
         ("processes-spawned", "processes"), ("tokio-mimalloc", "async"), ("smol-snmalloc", "async"), ("py-mp-pool-spawn", "processes")]
# Workload, parameter, jobs, what a job takes, ns, and whether it waits.
CELLS = [("compute", "", 1000, 62, False), ("compute", "", 10_000, 62, False), ("compute", "", 100_000, 62, False),
         ("spin", "1us", 1000, 1e3, False), ("spin", "10us", 1000, 1e4, False), ("spin", "100us", 1000, 1e5, False),
         ("spin", "100us", 10_000, 1e5, False), ("sleep", "1ms", 100, 1e6, True), ("sleep", "1ms", 1000, 1e6, True),
         ("sleep", "20ms", 100, 2e7, True)]
MIB = 1 << 20


def make(poolbench, folder, pools):
    """A run of the first so many pools in `folder`."""
    arguments = ["run", "--pools", "serial", "--workload", "noop", "--jobs", "1", "--batches", "1", "--blocks", "1", "--twin", "none"]
    subprocess.run([poolbench, *arguments, "--out", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    trials = Path(folder) / "trials.csv"
    with open(trials, newline="") as file:
        template = list(csv.DictReader(file))[-1]
    rows = list(made(template, POOLS[:pools]))
    with open(trials, "w", newline="") as file:
        writer = csv.DictWriter(file, template.keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    plan = Path(folder) / "plan.toml"
    known = "".join(f'\n[pools.{name}]\nlibrary = "made"\nversion = "1.0.0"\nsha256 = ""\nkind = "{kind}"\ntitle = "{name}, made"\n'
                    for name, kind in POOLS[1:pools])
    plan.write_text(plan.read_text() + known)


def race(poolbench, folder):
    """A real race of some seconds."""
    arguments = ["race", "--pools", "serial,rayon,crossbeam,tokio", "--workload", "compute", "--jobs", "1000", "--batches", "2"]
    subprocess.run([poolbench, *arguments, "--budget", "30s", "--out", folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def made(template, pools):
    chance = random.Random(20)
    own = {name: chance.uniform(1.0, 3.0) for name, _ in pools}
    position = 0
    for block in range(BLOCKS + 1):
        for workload, param, jobs, job_ns, waits in CELLS:
            for at, (pool, kind) in enumerate(pools):
                if waits and pool == "serial":
                    continue
                default = 50 if waits else 2
                # Few are tried with several numbers of workers, as in a real sweep.
                sweep = [1, 2, 4, 8] if (workload, param, jobs) == ("spin", "100us", 1000) and 0 < at < 6 else [default]
                for workers in sweep:
                    position += 1
                    yield {**template, **row(chance, own[pool], block, position, (pool, kind), (workload, param, jobs), job_ns, workers, waits)}


def row(chance, own, block, position, pool, cell, job_ns, workers, waits):
    (name, kind), (workload, param, jobs) = pool, cell
    lanes = 1 if kind in ("serial", "green") and not waits else (workers if waits else min(workers, 2))
    dispatch = 0 if name == "serial" else 150 * own
    batch = jobs * (job_ns + dispatch) / lanes + (0 if name == "serial" else 20_000 * own)
    batch *= chance.uniform(0.97, 1.03)
    base = MIB * (2 + own)
    peak = base + 200_000 * workers + 16 * jobs
    start = 30_000 * own * workers
    return {"block": block, "position": position, "pool": name, "kind": kind, "workload": workload, "param": param,
            "jobs": jobs, "workers": workers, "cores": 2, "batches": 3, "start_ns": int(start), "stop_ns": int(start / 2),
            "batch_ns": int(batch * 1.2), "warm_batch_ns": int(batch), "rss_ready_bytes": int(base),
            "rss_started_bytes": int(base + 100_000 * workers), "rss_done_bytes": int(peak), "rss_stopped_bytes": int(base + 50_000),
            "peak_rss_bytes": int(peak), "cgroup_peak_bytes": int(peak * 0.8), "tree_hwm_bytes": int(peak), "tree_pss_bytes": int(peak),
            "mem_complete": 1, "processes": 1, "accepted": 1, "attempt": 1, "noisy": 0, "status": "ok"}
