"""What a guest's module costs: CPU time of whole runs of pools against hand-written twins, in pairs in a drawn order.

tax.py PAIRS POOL=TWIN...: `noop`, chunk 1. The twin is called `TWIN JOBS WORKERS BATCHES`, stores results and folds none; the
pool's own fold of the checksum (`check_ns` of `done`) is left out in the ratio, as in the tables of poolbench, and counted in the
last column.
"""

import json
import math
import os
import random
import statistics
import subprocess
import sys

WORKERS, JOBS = "2", "1000000"
# Half a second of CPU time and more, so that start and exit are lost in it.
BATCHES = "10"
GOAL = 1.05


def cpu_seconds(command, text):
    """User and system time of a whole run, its threads included, and the part of it that the checksum took; it must end well."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(text)
    child.stdin.close()
    events = [json.loads(line) for line in child.stdout]
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, sum(event.get("check_ns", 0) for event in events) / 1e9


def lower_quantile(pairs, tail):
    """The quantile of Wilcoxon's signed-rank statistic below which it lies with this probability at most."""
    ways = [1.0]
    for rank in range(1, pairs + 1):
        grown = ways + [0.0] * rank
        for at, share in enumerate(ways):
            grown[at + rank] += share
        ways = [share / 2 for share in grown]
    total, at = ways[0], 0
    while total < tail:
        at += 1
        total += ways[at]
    return at


def ratio(pairs, alpha=0.05):
    """The Hodges-Lehmann ratio second / first and its exact interval."""
    logs = [math.log(second / first) for first, second in pairs]
    averages = sorted((a + b) / 2 for at, a in enumerate(logs) for b in logs[at:])
    last, cut = len(averages) - 1, max(lower_quantile(len(logs), alpha / 2) - 1, 0)
    middle = (averages[last // 2] + averages[(last + 1) // 2]) / 2
    return [math.exp(value) for value in (middle, averages[cut], averages[last - cut])]


def measure(pool, twin, pairs):
    ours = [pool, "--gate", "--workload", "noop", "--jobs", JOBS, "--workers", WORKERS, "--chunk", "1", "--batches", BATCHES]
    runs = [lambda: cpu_seconds([twin, JOBS, WORKERS, BATCHES], b""), lambda: cpu_seconds(ours, b"go\n" * 4)]
    taken = []
    for _ in range(pairs):
        pair = {}
        for which in random.sample([0, 1], 2):
            pair[which] = runs[which]()
        (theirs, _), (whole, fold) = pair[0], pair[1]
        taken.append((theirs, whole - fold, whole))
    return taken


def main(pairs, *couples):
    random.seed(1)
    load = " ".join(open("/proc/loadavg").read().split()[:3])
    print(f"{pairs} pairs, noop x {JOBS}, chunk 1, {WORKERS} workers, {BATCHES} batches; goal {GOAL}; load before: {load}")
    print("pool             pool ms  twin ms  ratio  interval          with the checksum")
    for couple in couples:
        pool, twin = couple.split("=")
        taken = measure(pool, twin, int(pairs))
        twins, ours, _ = (1e3 * statistics.median_low(column) for column in zip(*taken))
        middle, low, high = ratio([(pair[0], pair[1]) for pair in taken])
        counted, _, _ = ratio([(pair[0], pair[2]) for pair in taken])
        print(f"{os.path.basename(pool):<15} {ours:>8.1f} {twins:>8.1f}  {middle:.3f}  {low:.3f} to {high:.3f}    {counted:.3f}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
