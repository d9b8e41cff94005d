"""What a guest's module costs: CPU time of whole runs of pools against hand-written twins, in pairs in a drawn order.

tax.py PAIRS POOL=TWIN...: `noop`, chunk 1 where the pool takes it, 2 workers. The twin is called `TWIN JOBS WORKERS BATCHES`,
stores results and folds none. The checksum's share of a pool (`check_ns` of `done`) is left out in the first ratio, as the
orchestrator does, and counted in the second.
"""

import json
import math
import os
import random
import subprocess
import sys

# Workers, and jobs of a batch: as in harness-tax.
WORKERS, JOBS = 2, 1_000_000
# Batches of a pool that takes chunks and of a plain loop: half a second of CPU time and more, so that start and exit are lost in it.
BATCHES, LOOP_BATCHES = 5, 300
GOAL = 1.05


def run(command, text):
    """CPU seconds of a whole run, its threads included, and what it printed."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    child.stdin.write(text)
    child.stdin.close()
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, printed


def lower_quantile(pairs):
    """The 2.5 % quantile of Wilcoxon's signed-rank statistic."""
    ways = [1.0]
    for rank in range(1, pairs + 1):
        grown = ways + [0.0] * rank
        for at, share in enumerate(ways):
            grown[at + rank] += share
        ways = [share / 2 for share in grown]
    total, at = ways[0], 0
    while total < 0.025:
        at += 1
        total += ways[at]
    return at


def ratio(pairs):
    """The Hodges-Lehmann ratio second / first and its exact interval at 95 %."""
    logs = [math.log(second / first) for first, second in pairs]
    averages = sorted((a + b) / 2 for at, a in enumerate(logs) for b in logs[at:])
    last, cut = len(averages) - 1, max(lower_quantile(len(logs)) - 1, 0)
    middle = (averages[last // 2] + averages[(last + 1) // 2]) / 2
    return [math.exp(value) for value in (middle, averages[cut], averages[last - cut])]


def measure(pool, twin, pairs):
    takes = json.loads(subprocess.check_output([pool, "--describe"]))["chunk"]
    chunk = "1" if "n" in takes or "1" in takes else "own"
    batches = str(LOOP_BATCHES if chunk == "own" else BATCHES)
    arguments = ["--gate", "--workload", "noop", "--jobs", str(JOBS), "--workers", str(WORKERS), "--chunk", chunk, "--batches", batches]
    left_out, counted = [], []
    for _ in range(pairs):
        order = [0, 1]
        random.shuffle(order)
        for which in order:
            if which == 0:
                ours, printed = run([pool, *arguments], b"go\n" * 4)
            else:
                twins, _ = run([twin, str(JOBS), str(WORKERS), batches], b"")
        done = next(json.loads(line) for line in printed.splitlines() if b'"done"' in line)
        left_out.append((twins, ours - done["check_ns"] / 1e9))
        counted.append((twins, ours))
    return ratio(left_out), ratio(counted)


def main(pairs, *couples):
    random.seed(1)
    load = " ".join(open("/proc/loadavg").read().split()[:3])
    print(f"{pairs} pairs, noop x {JOBS}, {WORKERS} workers, chunk 1; CPU time pool / twin; goal {GOAL}; load before: {load}")
    for couple in couples:
        pool, twin = couple.split("=")
        (middle, low, high), (with_fold, _, _) = measure(pool, twin, int(pairs))
        name = os.path.basename(pool)
        print(f"{name:<14} {middle:.3f}  {low:.3f} to {high:.3f}  (with the checksum {with_fold:.3f})  {'reached' if high <= GOAL else 'not reached'}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
