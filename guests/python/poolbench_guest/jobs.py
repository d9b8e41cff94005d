"""The jobs: each takes its index (`factor` its number) and returns its result, or the class of its failure; none raises."""

import cmath
import os
import re
import sys
import time
from functools import partial

HIDDEN = ["fail", "panic"]
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
# An hour; p * p of the largest number of `factor` stays below 2^64 in every language.
LONGEST, LARGEST_FIRST, LARGEST_READ = 3600.0, 2**62, 2**20

# The job and its first item, for `pair`; forked workers have them too.
known = {"job": None, "first": 0}


def job(text):
    """The job that a workload names, and the item of job 0; a ValueError says what is accepted."""
    name, colon, param = text.partition(":")
    if name in ("noop", "compute"):
        if colon:
            raise ValueError(f"{name} takes no parameter")
        return {"noop": noop, "compute": compute}[name], 0
    if name == "factor":
        return factor, whole(name, param if colon else "100", 0, LARGEST_FIRST)
    if name == "sleep":
        return partial(sleep, seconds(param if colon else "100ms")), 0
    if name == "file":
        # The interpreter is the executable of a pool in Python.
        return partial(own_bytes, os.path.realpath(sys.executable), whole(name, param if colon else "4096", 1, LARGEST_READ)), 0
    if name == "py":
        from . import own
        return own.job(param), 0
    if name in ("http", "http-native"):
        from . import web
        return web.job(name, param), 0
    return partial({"fail": fail, "panic": panic}[name], whole(name, param if colon else "10", 1, 2**64 - 1)), 0


def open_own(batch):
    """Loads a job of the user's own, before there is a worker; a forked one has it then."""
    if batch.workload.startswith("py:"):
        from . import own
        from .gate import Failed
        try:
            own.load(*batch.job.args)
        except Exception as cause:
            raise Failed("io", f"{type(cause).__name__}: {cause}") from None


def whole(name, text, least, most):
    if re.fullmatch("[0-9]{1,20}", text) and least <= int(text) <= most:
        return int(text)
    raise ValueError(f"{name} takes a whole number from {least} to {most}")


def seconds(text):
    parts = re.fullmatch("([0-9]{1,20})(ns|us|ms|s)", text)
    if parts and int(parts[1]) * UNITS[parts[2]] <= LONGEST:
        return int(parts[1]) * UNITS[parts[2]]
    raise ValueError("a whole number and ns, us, ms or s is accepted, at most an hour")


def noop(index):
    return index


def compute(index):
    """Three complex square roots under each other, as the original called them."""
    root = cmath.sqrt(cmath.sqrt(cmath.sqrt(complex(index, 1.0))))
    return int(root.real * 1048576.0 + 0.5)


def factor(n):
    """The sum of the prime factors with multiplicity."""
    if n < 2:
        return 0
    total = 0
    while not n & 1:
        total += 2
        n >>= 1
    p = 3
    while p * p <= n:
        while not n % p:
            total += p
            n //= p
        p += 2
    return total + n if n > 1 else total


def sleep(length, index):
    # By its module, where greenlets have put their own in its place.
    time.sleep(length)
    return index


def own_bytes(path, size, index):
    left = size
    try:
        with open(path, "rb", buffering=0) as file:
            while left:
                count = len(file.read(min(left, 4096)))
                if not count:
                    return "eof"
                left -= count
    except OSError as cause:
        from .web import fault
        return fault(cause)
    return index + size


def fail(every, index):
    return index if (index + 1) % every else "fail"


def panic(every, index):
    try:
        if (index + 1) % every:
            return index
        raise RuntimeError("asked for")
    except RuntimeError:
        return "panic"
