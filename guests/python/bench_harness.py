"""What the harness of these pools costs: CPU time of whole runs against twins written by hand, which store results and check none.

    python3 bench_harness.py [PAIRS [SEED]]     30 pairs by default, 5 minutes

The job is `noop`, a job a dispatch. In each pair pool and twin run one after the other, in an order drawn from the seed. Goal: the
upper end of the interval at most 1.05, without the check of results, which the tables leave out as well (`check_ns`).
"""

import json
import math
import os
import random
import statistics
import subprocess
import sys

JOBS, WORKERS, BATCHES = 50_000, 2, 3


def noop(index):
    return index


def twin_mp_threadpool():
    from multiprocessing.pool import ThreadPool
    pool = ThreadPool(WORKERS)
    for _ in range(BATCHES):
        results = pool.map(noop, range(JOBS), 1)
    pool.close()
    pool.join()
    return results


def twin_mp_pool_imap_unordered():
    from multiprocessing import get_context
    pool = get_context("fork").Pool(WORKERS)
    for _ in range(BATCHES):
        results = [None] * JOBS
        for index in pool.imap_unordered(noop, range(JOBS)):
            results[index] = index
    pool.close()
    pool.join()
    return results


def twin_futures_threads():
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in range(BATCHES):
            results = list(pool.map(noop, range(JOBS)))
    return results


def twin_asyncio():
    import asyncio

    async def one(index):
        return noop(index)

    async def batches():
        for _ in range(BATCHES):
            results = await asyncio.gather(*map(one, range(JOBS)))
        return results
    return asyncio.run(batches())


TWINS = {"mp_threadpool": twin_mp_threadpool, "mp_pool_imap_unordered": twin_mp_pool_imap_unordered,
         "futures_threads": twin_futures_threads, "asyncio": twin_asyncio}


def cpu_ns(command, replies):
    """User and system time of a process and all that it reaped, ns, and what it said."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(replies)
    child.stdin.close()
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {child.returncode}")
    return (usage.ru_utime + usage.ru_stime) * 1e9, said


def ours(name):
    words = f"--gate --workload noop --jobs {JOBS} --workers {WORKERS} --chunk 1 --batches {BATCHES}".split()
    here = os.path.dirname(os.path.abspath(__file__))
    used, said = cpu_ns([sys.executable, os.path.join(here, f"py_{name}.py"), *words], b"go\n" * 4)
    done = next(event for event in map(json.loads, said.splitlines()) if event["event"] == "done")
    return used, done["check_ns"]


def pair(name, pool_first):
    twin = [sys.executable, os.path.abspath(__file__), "--twin", name]
    first = ours(name) if pool_first else None
    of_twin, _ = cpu_ns(twin, b"")
    used, check = first or ours(name)
    return used / of_twin, (used - check) / of_twin, check / (JOBS * BATCHES)


def interval(ratios):
    """The median and its exact interval of at least 95 %, by order statistics."""
    ordered, count, below, k = sorted(ratios), len(ratios), 0.0, 0
    while below + math.comb(count, k) / 2**count <= 0.025:
        below += math.comb(count, k) / 2**count
        k += 1
    low, high = (ordered[k - 1], ordered[count - k]) if k else (float("nan"), float("nan"))
    return f"{statistics.median(ratios):.3f}  [{low:.3f}, {high:.3f}]"


def main(pairs=30, seed=1):
    draw = random.Random(seed)
    print(f"{pairs} pairs, seed {seed}, noop x {JOBS} x {BATCHES} batches, {WORKERS} workers, chunk 1; load {os.getloadavg()[0]:.1f}")
    print("pool                        without the check       with it                 check a job")
    for name in TWINS:
        taken = [pair(name, draw.random() < 0.5) for _ in range(pairs)]
        whole, without, check = zip(*taken)
        print(f"py-{name.replace('_', '-'):24} {interval(without)}   {interval(whole)}   {statistics.median(check):.0f} ns", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--twin"]:
        TWINS[sys.argv[2]]()
    else:
        main(*map(int, sys.argv[1:]))
