"""A process that runs jobs of the user's own for poolbench, which never does so itself: the Python of `poolbench-job`, with the same
questions and answers. It is started by poolbench: own_job.py py:FILE:FUNCTION."""

import json
import os
import sys
import threading
from array import array
from time import monotonic_ns

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from poolbench_guest import own  # noqa: E402
from poolbench_guest.checksum import BLOCK, MASK, folded  # noqa: E402


def main(text):
    questions, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w", buffering=1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)

    def say(**answer):
        answers.write(json.dumps({**answer, **state()}) + "\n")

    try:
        job = own.job(text.partition(":")[2])
        own.load(*job.args)
    except Exception as cause:
        answers.write(json.dumps({"error": f"{type(cause).__name__}: {cause}"}) + "\n")
        return 1
    say(open=True)
    for question in questions:
        what, first, end, threads = question.split()
        jobs = range(int(first), int(end))
        say(**{"sum": total, "each": each}[what](job, jobs, int(threads)))
    return 0


def total(job, jobs, threads):
    begun, sums = monotonic_ns(), []
    together(threads, lambda number: sums.append(fold(job, jobs[number::max(1, threads)])))
    failed = [index for _, fails in sums for index in fails]
    return dict(checksum=f"{sum(part for part, _ in sums) & MASK:016x}", failed=len(failed),
                first_failed=min(failed, default=None), ns=monotonic_ns() - begun)


def fold(job, jobs):
    checksum, failed = 0, []
    for at in range(0, len(jobs), BLOCK):
        results = [(index, job(index)) for index in jobs[at:at + BLOCK]]
        failed += [index for index, result in results if result == "fail"]
        good = [(index, result) for index, result in results if result != "fail"]
        if good:
            checksum += folded(array("Q", (index for index, _ in good)), array("Q", (result for _, result in good)))
    return checksum, failed


def each(job, jobs, threads):
    """Every thread runs all jobs, each from another one on."""
    count, all_of = len(jobs), {}

    def run(number):
        results, times = [None] * count, [0] * count
        for step in range(count):
            at = (number * count // max(1, threads) + step) % count
            begun = monotonic_ns()
            results[at] = job(jobs[at])
            times[at] = monotonic_ns() - begun
        all_of[number] = results, times

    together(threads, run)
    first, times = all_of[0]
    differing = [jobs[at] for at in range(count) if any(results[at] != first[at] for results, _ in all_of.values())]
    return dict(results=[None if result == "fail" else f"{result:x}" for result in first], ns=times, differing=differing)


def together(count, run):
    if count <= 1:
        return run(0)
    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def state():
    with open("/proc/self/status") as status:
        lines = dict(line.split(":", 1) for line in status if ":" in line)
    kib = {name: int(lines[key].split()[0]) * 1024 for name, key in (("rss_bytes", "VmRSS"), ("peak_bytes", "VmHWM"))}
    return {**kib, "threads": int(lines["Threads"])}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
