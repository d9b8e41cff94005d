"""Jobs of the user's own, `py:FILE:FUNCTION`: the function takes an index and returns a whole number."""

import importlib.util
import os
import sys
import traceback
from functools import partial
from operator import index as whole

# What is larger counts as this, as in every language; the numbers above stand for failures there.
LARGEST = 2**64 - 257

loaded = {}
complained = []


def job(param):
    """The job, which crosses to other processes by its words; a ValueError says what is accepted."""
    path, _, name = param.partition(":")
    if not path or not name:
        raise ValueError("py needs a file and a function in it: py:./x.py:FUNCTION")
    return partial(run, os.path.abspath(path), name)


def load(path, name):
    """The function; the file is imported once in a process, with its folder where it looks for other modules."""
    stem = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(stem, path)
    if spec is None:
        raise ImportError(f"{os.path.basename(path)} is no Python file")
    sys.path.insert(0, os.path.dirname(path))
    module = sys.modules[stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise ImportError(f"{os.path.basename(path)} has no function {name}")
    loaded[path, name] = function
    return function


def run(path, name, index):
    """One job; what it raises, or returns that is no number of 64 bits, is a failure, told once a process."""
    try:
        # A worker that was executed afresh loads with its first job.
        function = loaded.get((path, name)) or load(path, name)
        result = whole(function(index))
        if not 0 <= result < 2**64:
            raise ValueError(f"job {index} returned {result}: whole numbers from 0 to 2^64 - 1 are accepted")
        return min(result, LARGEST)
    except Exception:
        if not complained:
            complained.append(index)
            traceback.print_exc()
        return "fail"
