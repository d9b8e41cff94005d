"""The command line of a pool: read into numbers, or refused with exit code 2 before anything is said on stdout."""

import importlib.util
import os
import re
import sys

from . import jobs

VERSION = 1
MOST_JOBS, MOST_WORKERS, MOST_BATCHES, MOST_RATE = 10**9, 100_000, 1000, 2**64 - 1
# What the language is called in a description: a distribution's own additions to its version are no word.
PYTHON = "{}.{}.{}".format(*sys.version_info)
WORKLOADS = ["noop", "compute", "factor", "sleep", "http", "file", "py"]
SWITCHES = ["describe", "gate"]


class Wrong(ValueError):
    """What an argument cannot be; the text says what it can."""


class Batch:
    """What is asked for: the jobs, and on what they run."""

    def __init__(self, about, options):
        self.workload = options.get("workload", "noop")
        self.job, first = jobs.job(self.workload)
        self.count = options.get("jobs", 1000)
        self.items = range(first, first + self.count)
        self.batches = options.get("batches", 1)
        cores = len(os.sched_getaffinity(0))
        asked = options.get("workers", cores)
        self.grid = asked if isinstance(asked, tuple) else grid(asked, cores)
        self.workers = 1 if about["kind"] == "serial" else self.grid[0] * self.grid[1]
        chunk = options.get("chunk", about["chunk"][0])
        # The rule of Pool.map.
        auto = max(1, -(-self.count // (4 * self.workers)))
        self.chunk = {"n": auto, "auto": auto, "own": 0}.get(chunk) if chunk in ("n", "auto", "own") else int(chunk)


def grid(workers, cores):
    """As many processes as divide the workers evenly and have a core each, and the threads in each of them."""
    processes = max(p for p in range(1, min(cores, workers) + 1) if workers % p == 0)
    return processes, workers // processes


def describe(about):
    """The whole description: what a pool says of itself over what most pools of Python are."""
    workloads = WORKLOADS + (["http-native"] if has_requests() else [])
    usual = dict(protocol=VERSION, library=sys.implementation.name, version=PYTHON, variant_of="", allocator="system",
                 ordered=True, stop="joined", workloads=workloads, chunk=["n"], window=["all"])
    return {**usual, **about}


def has_requests():
    """Whether `http-native` can be run; the client may come from the environment that `make guests` makes."""
    if importlib.util.find_spec("requests"):
        return True
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packages = os.path.join(above, ".venv", "lib", "python{}.{}".format(*sys.version_info), "site-packages")
    if os.path.isdir(os.path.join(packages, "requests")):
        sys.path.append(packages)
        return True
    return False


def read(about, words):
    """The options by name; ends the process with exit code 2 where one cannot be taken."""
    try:
        return options(about, words)
    except Wrong as why:
        sys.exit(refuse(f"{why}"))


def refuse(why):
    """Says why on stderr; the exit code."""
    print(f"error: {why}", file=sys.stderr)
    return 2


def options(about, words):
    readers = {
        "workload": lambda text: workload(about, text),
        "jobs": lambda text: number(text, 0, MOST_JOBS),
        "workers": lambda text: workers(about, text),
        "chunk": lambda text: policy(about["chunk"], text, ("auto", "own")),
        "window": lambda text: policy(about["window"], text, ("all",)),
        "batches": lambda text: number(text, 1, MOST_BATCHES),
        "spin-rate": lambda text: number(text, 1, MOST_RATE),
    }
    found, left = {}, iter(words)
    for word in left:
        name = word[2:] if word.startswith("--") else ""
        if name in SWITCHES:
            found[name] = True
            continue
        value = next(left, None)
        if name not in readers:
            raise Wrong(f"unexpected argument '{word}': --gate, --describe and --{', --'.join(readers)} with a value are accepted")
        if value is None:
            raise Wrong(f"--{name} needs a value")
        try:
            found[name] = readers[name](value)
        except Wrong as why:
            raise Wrong(f"invalid value '{value}' for '--{name}': {why}") from None
    if "describe" in found and len(words) > 1:
        raise Wrong("--describe stands alone")
    return found


def number(text, least, most):
    # Twenty digits hold every number that is asked for.
    if re.fullmatch("[0-9]{1,20}", text) and least <= int(text) <= most:
        return int(text)
    raise Wrong(f"whole numbers from {least} to {most} are accepted")


def workers(about, text):
    accepted = f"whole numbers from 1 to {MOST_WORKERS} are accepted"
    parts = re.fullmatch("([0-9]{1,6})(?:x([0-9]{1,6}))?", text)
    if parts and parts[2] is None:
        return number(text, 1, MOST_WORKERS)
    if about["kind"] == "hybrid":
        accepted += ", and PxT for P processes of T threads each"
        if parts and 1 <= int(parts[1]) * int(parts[2]) <= MOST_WORKERS:
            return int(parts[1]), int(parts[2])
    raise Wrong(accepted)


def policy(listed, text, words):
    """A word or a number, if the pool lists it; `n` stands for any number and for `auto`."""
    is_number = re.fullmatch("[0-9]{1,20}", text) and int(text) >= 1
    takes_any = "n" in listed
    if text in listed or (takes_any and (is_number or text == "auto" and "auto" in words)):
        return text
    raise Wrong("accepted are: " + ", ".join("any number from 1" if word == "n" else word for word in listed))


def workload(about, text):
    name = text.partition(":")[0]
    if name not in about["workloads"] + jobs.HIDDEN:
        raise Wrong(f"{about['name']} runs {', '.join(about['workloads'])}")
    try:
        jobs.job(text)
    except ValueError as why:
        raise Wrong(str(why)) from None
    return text
