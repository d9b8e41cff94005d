"""The ratios between the six pools of the analysis of 2016 in its large compute test, confirmed or refuted by a run of ours.

python3 guests/ratios_2016.py RUN: a folder with the rows of `seed-2016` (or of `python`), which has the six with chunk 1. Of each two
pools the slower one of 2016 stands above the line. Published: the least and the largest ratio over all sizes of the dump within
twice and half of ours, as there is one number a size. Ours: the Hodges-Lehmann estimate over blocks with its exact interval, 95 %
for all fifteen together. `confirmed` where the two ranges meet; else refuted: in the factor, or in the order, where the other one is faster.
"""

import csv
import gzip
import pathlib
import sys
import textwrap

from tax import ratio

DUMP = pathlib.Path(__file__).resolve().parent.parent / "data" / "reference" / "pypool-dumps.csv"
LARGE = "large_compute_bound"
# The class in the dump, the pool here, a short name, and what is known to be another thing today.
POOLS = [
    ("EventletPool", "py-eventlet", "eventlet", "the same loop of greenlets, under a faster interpreter"),
    ("GeventPool", "py-gevent", "gevent", "the same loop of greenlets, under a faster interpreter"),
    ("MultiprocessingThreadPool", "py-mp-threadpool-imap-unordered", "mp threads",
     "its queues are in C since Python 3.7 (with those of before a job takes 4 times the CPU time); 100 threads on 8 CPUs fought for "
     "one lock, and the dump itself jumps between 29 and 75 us a job"),
    ("MultiprocessingProcessPool", "py-mp-pool-imap-unordered", "mp processes",
     "8 processes had 8 CPUs, and here share those of the run; the parent, which is the bottleneck, has a faster interpreter"),
    ("StandardThreadPool", "py-futures-threads", "cf threads",
     "its queue is in C since Python 3.7 (with that of before a job takes 1.7 times the CPU time); 100 threads on 8 CPUs fought for one "
     "lock, and the dump itself jumps between 47 and 99 us a job"),
    ("StandardProcessPool", "py-futures-processes", "cf processes",
     "8 processes had 8 CPUs, and here share those of the run; its two threads in the parent fought for one lock there"),
]
ALPHA = 0.05
WIDTH = 80


def main(run):
    ours = blocks(pathlib.Path(run))
    jobs = max((size for size in sizes(ours) if all((pool, size) in ours for _, pool, _, _ in POOLS)), default=0)
    if not jobs:
        named = ", ".join(pool for _, pool, _, _ in POOLS)
        sys.exit(f"{run} has no size of compute with chunk 1 that all six have ({named}): `make bench-seed-2016` makes such a run")
    theirs = {pool: near(published(original), jobs) for original, pool, _, _ in POOLS}
    pairs = [ordered(one, other, theirs) for at, one in enumerate(POOLS) for other in POOLS[at + 1:]]
    found = [(slow, fast, *judged(slow[1], fast[1], theirs, ours, jobs, len(pairs))) for slow, fast in pairs]
    verdicts = [verdict for *_, verdict in found]
    said = {verdict: verdicts.count(verdict) for verdict in ("confirmed", "refuted: factor", "refuted: order", "too few blocks")}
    counts = ", ".join(f"{count} {verdict}" for verdict, count in said.items() if count)
    print(textwrap.fill(f"{jobs} jobs of compute, chunk 1, {len(pairs)} ratios published in 2016: {counts}", WIDTH) + "\n")
    print(f"{'slower / faster in 2016':<27} {'published':<13} {'here (interval)':<22} verdict")
    for slow, fast, (low, high), (middle, least, most), verdict in found:
        print(f"{slow[2] + ' / ' + fast[2]:<27} {short(low) + ' to ' + short(high):<13} "
              f"{short(middle) + ' (' + short(least) + ' to ' + short(most) + ')':<22} {verdict}")
    print()
    print(f"{'us a job':<27} {'published':<13} {'here':<10} here is faster")
    for original, pool, name, _ in POOLS:
        then, now = median(theirs[pool].values()) * 1e6, median(ours[pool, jobs].values()) / jobs / 1e3
        print(f"{name:<27} {then:<13.3g} {now:<10.3g} {then / now:.3g} times")
    reasons = {pool[2]: pool[3] for slow, fast, *_, verdict in found if verdict.startswith("refuted") for pool in (slow, fast)}
    if reasons:
        print("\nRefuted: the two became faster by different factors (above). What is new:")
    for name, reason in reasons.items():
        print(textwrap.fill(f"{name}: {reason}", WIDTH, initial_indent="* ", subsequent_indent="  "))


def blocks(run):
    """The batch times of accepted rows, ns, by pool and jobs, then by block; block 0 is for warming."""
    found = {}
    for row in rows(run):
        if (row["workload"], row["chunk"], row["accepted"], row["status"]) == ("compute", "1", "1", "ok") and row["block"] != "0":
            ns = int(row["warm_batch_ns"] or row["batch_ns"])
            found.setdefault((row["pool"], int(row["jobs"])), {})[int(row["block"])] = ns
    return found


def rows(run):
    plain = run / "trials.csv"
    opened = open(plain, newline="") if plain.exists() else gzip.open(run / "trials.csv.gz", "rt", newline="")
    with opened as file:
        yield from csv.DictReader(file)


def sizes(ours):
    return {jobs for _, jobs in ours}


def published(original):
    """Seconds a job by size."""
    with open(DUMP, newline="") as file:
        of_test = [row for row in csv.DictReader(file) if (row["file"], row["pool"]) == (LARGE, original)]
    return {int(row["jobs"]): float(row["time_s"]) / int(row["jobs"]) for row in of_test if int(row["jobs"])}


def near(series, jobs):
    """What was published of the sizes around ours."""
    return {size: each for size, each in series.items() if jobs / 2 <= size <= jobs * 2}


def ordered(one, other, theirs):
    """The slower one of 2016 first."""
    return (one, other) if median(theirs[one[1]].values()) >= median(theirs[other[1]].values()) else (other, one)


def judged(slow, fast, theirs, ours, jobs, family):
    """The published range of the ratio, ours with its interval, and the verdict."""
    each = [theirs[slow][size] / theirs[fast][size] for size in theirs[slow]]
    low, high = min(each), max(each)
    first, second = ours[fast, jobs], ours[slow, jobs]
    both = [(first[block], second[block]) for block in sorted(first.keys() & second.keys())]
    middle, least, most = ratio(both, ALPHA / family)
    # Where all blocks on one side are likelier than the level by chance, no interval is wide enough.
    if 2 * 0.5 ** len(both) > ALPHA / family:
        return (low, high), (middle, least, most), "too few blocks"
    if least <= high and low <= most:
        return (low, high), (middle, least, most), "confirmed"
    return (low, high), (middle, least, most), "refuted: order" if most < 1 else "refuted: factor"


def median(values):
    ordered_values = sorted(values)
    return ordered_values[len(ordered_values) // 2]


def short(number):
    return f"{number:.3g}" if number >= 0.1 else f"{number:.2g}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
