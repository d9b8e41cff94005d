"""Speaks the protocol of poolbench (docs/PROTOCOL.md) for pools in Python 3.9 or newer; standard library only.

A pool is three functions and a description, as in ../py_mp_pool.py:

    start(batch)             brings all workers up, and returns the pool when every one of them is there
    run(pool, batch, slots)  runs every job once, and puts the result of job i into slots[i]
    stop(pool)               returns when all workers are joined or reaped

`batch` has `workers`, `grid` (processes, and threads in each), `chunk` (jobs per dispatch; 0 where the library splits the
batch itself) and the jobs: job i is `batch.job(batch.items[i])`. It never raises. Where results come in any order, `pair` in
place of `batch.job` returns the index too; it needs what this process knows, so no workers that are executed afresh.
"""

import json
import sys
from time import monotonic_ns, process_time_ns

from . import arguments, jobs
from .checksum import Checker
from .gate import Failed, Gate, kind_and_message

__all__ = ["main", "need", "pair", "version"]


def main(start, run, stop, **about):
    """Does what the command line asks of the pool that `about` describes."""
    about = arguments.describe(about)
    options = arguments.read(about, sys.argv[1:])
    if "describe" in options:
        print(json.dumps(about, separators=(",", ":")))
        return
    batch = arguments.Batch(about, options)
    jobs.known.update(job=batch.job, first=batch.items.start)
    if "gate" in options:
        gated(Gate(), about["name"], batch, (start, run, stop))
    else:
        by_hand(about["name"], batch, (start, run, stop))


def pair(item):
    """The job's index and its result."""
    return item - jobs.known["first"], jobs.known["job"](item)


def need(module):
    """Imports what a pool stands on, or ends with exit code 2 and says what to do."""
    try:
        return __import__(module)
    except ImportError as cause:
        sys.exit(arguments.refuse(f"importing {module} into {sys.executable} failed ({cause}): install it there; for the "
                                  "pools of poolbench itself `make guests` makes an environment that has it"))


def version(package):
    """The version of an installed package."""
    from importlib import metadata
    return metadata.version(package)


def gated(gate, name, batch, pool):
    """One trial: the batches between the gates."""
    start, run, stop = pool
    doing = f"starting {batch.workers} workers"
    try:
        jobs.open_own(batch)
        slots = [None] * batch.count
        checker = Checker(batch)
        gate.wait("ready", protocol=arguments.VERSION, pool=name, workers=batch.workers, chunk=batch.chunk, window=0)
        start_ns, workers = timed(start, batch)
        gate.wait("started", start_ns=start_ns)
        doing = f"running {batch.count} jobs"
        times = []
        for _ in range(batch.batches):
            times.append(timed(run, workers, batch, slots)[0])
            checker.take(slots)
        gate.wait("done", batch_ns=times, **checker.fields())
        doing = "stopping the workers"
        stop_ns, _ = timed(stop, workers)
        gate.wait("stopped", stop_ns=stop_ns)
    except Failed as failed:
        gate.leave(failed.kind, str(failed))
    except BaseException as cause:
        gate.leave(*kind_and_message(doing, cause))


def by_hand(name, batch, pool):
    """Without gates: straight through, and a line for people."""
    start, run, stop = pool
    jobs.open_own(batch)
    slots, checker = [None] * batch.count, Checker(batch)
    workers = start(batch)
    for number in range(1, batch.batches + 1):
        used = process_time_ns()
        took, _ = timed(run, workers, batch, slots)
        used = process_time_ns() - used
        checker.take(slots)
        print(f"{name}: batch {number}: {batch.count} jobs of {batch.workload} on {batch.workers} workers in {took / 1e6:.3f} ms, "
              f"{used / 1e6:.3f} ms CPU of this process, checksum {checker.fields()['checksum']}")
    stop(workers)


def timed(step, *given):
    """How long a step takes, ns, and what it returns."""
    begun = monotonic_ns()
    back = step(*given)
    return monotonic_ns() - begun, back
