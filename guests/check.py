"""Drives the guests that are built through `poolbench check-pool`: python3 guests/check.py POOLBENCH [LANGUAGE...]

Each guest twice, and once through random batches; then one of each language that has workers ten times, beside four busy loops; and
one of each language against a web server with odd answers. Says what is left out and why.
Exit code 0: all keep the contract; 1: one does not; 2: no guest can be run.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import answers

GUESTS = pathlib.Path(__file__).resolve().parent
TWICE = 2
LOADED = 10
BUSY_LOOPS = 4
# At once beside them, so that checks get two thirds of the cores; alone, twice as many as cores, since pools wait for each other.
BESIDE_LOAD = 8
# Another seed gives other batches; this one is fixed, so that a failure comes again.
RANDOM = ["--random", "10", "--seed", "11"]
# A JVM beside four busy loops and other checks is slow to speak; what hangs for good hangs a minute.
PATIENCE = "60s"
# A random batch may have 200 interpreters, which joblib starts afresh.
LONG_PATIENCE = "90s"
# A check that hangs in spite of its own patience is ended.
LONGEST_S = 600
# Ends by itself when its parent has gone, however that was.
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(10**6))"
ENTRY = re.compile(r'^name = "(.*)"\ncommand = (\[.*\])$', re.MULTILINE)


def main():
    poolbench = os.path.abspath(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    languages = sys.argv[2:] or sorted(path.parent.name for path in GUESTS.glob("*/pools.toml"))
    guests = [guest for language in languages for guest in found(poolbench, language)]
    if not guests:
        print("no guest can be run: build them with `make guests`")
        return 2
    contract, drawn = ["--patience", PATIENCE], [*RANDOM, "--patience", LONG_PATIENCE]
    alone = [(*guest, contract) for guest in guests * TWICE] + [(*guest, drawn) for guest in guests]
    failed = checked(poolbench, alone, 2 * os.cpu_count())
    chosen = [guest for language in languages for guest in one_of(language, guests)]
    failed += beside_load(poolbench, [(*guest, contract) for guest in chosen * LOADED])
    failed += answered(guests, languages)
    print(f"{len(guests)} guests checked {TWICE} times and on random batches, {len(chosen)} of them {LOADED} times beside "
          f"{BUSY_LOOPS} busy loops: " + (f"{failed} checks found something wrong" if failed else "all keep the contract"))
    return 1 if failed else 0


def found(poolbench, language):
    """The guests of a list that can be run, as (language, name, command); says why the others are left out."""
    path = GUESTS / language / "pools.toml"
    if not path.is_file():
        sys.exit(f"there is no list {path}: languages are the folders of {GUESTS} with a pools.toml")
    # Read as the lists here are written, since Python reads TOML from 3.11 on.
    listed = [(name, json.loads(command)) for name, command in ENTRY.findall(path.read_text())]
    said = subprocess.run([poolbench, "list", "--pools-from", path], capture_output=True, text=True)
    if said.returncode:
        sys.exit(f"reading {path} failed: {said.stderr.strip()}")
    left_out = [line for line in said.stderr.splitlines() if "is left out" in line]
    for line in left_out:
        print(f"left out: {line}")
    out = [name for name, _ in listed if any(f"'{name}'" in line for line in left_out)]
    return [(language, name, command) for name, command in listed if name not in out]


def one_of(language, guests):
    """The first guest of a language that is no plain loop."""
    return [guest for guest in guests if guest[0] == language and not guest[1].endswith("-serial")][:1]


def checked(poolbench, guests, at_once):
    """Checks these guests, several at once; how many were wrong."""
    with ThreadPoolExecutor(at_once) as pool:
        try:
            checks = [pool.submit(check, poolbench, *guest) for guest in guests]
            return sum(each.result() for each in as_completed(checks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in list(RUNNING):
                process.terminate()
            raise


RUNNING = set()


def in_folder(language, command):
    """A list's command as it is called in the list's folder, where it counts from."""
    program = f"./{command[0]}" if (GUESTS / language / command[0]).is_file() else command[0]
    return [program, *command[1:]]


def check(poolbench, language, name, command, how):
    """One `check-pool`; 1 if something is wrong."""
    begun = time.monotonic()
    process = subprocess.Popen([poolbench, "check-pool", *how, *in_folder(language, command)], cwd=GUESTS / language,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    RUNNING.add(process)
    try:
        said, _ = process.communicate(timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.terminate()
        said = process.communicate()[0] + f"no end within {LONGEST_S} s\n"
    finally:
        RUNNING.discard(process)
    wrong = process.returncode != 0
    lines = said.splitlines()
    # Of a report that is right the last line says all.
    shown = [line for line in lines if not line.startswith("ok ")] if wrong else lines[-1:]
    print(f"{time.monotonic() - begun:5.1f} s  " + "\n         ".join(shown or [f"{name}: exit code {process.returncode}"]), flush=True)
    return int(wrong)


def beside_load(poolbench, guests):
    loops = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(BUSY_LOOPS)]
    try:
        return checked(poolbench, guests, BESIDE_LOAD)
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def answered(guests, languages):
    """Odd answers of a web server for the first guest of each language; how many were judged wrong."""
    server = answers.Server()
    firsts = [guest for language in languages for guest in guests if guest[0] == language]
    firsts = {language: (language, name, command) for language, name, command in reversed(firsts)}.values()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        judged = [pool.submit(answers.judged, server, name, number, in_folder(language, command), GUESTS / language)
                  for language, name, command in firsts for number in range(len(answers.ANSWERS))]
        wrong = [each.result() for each in judged if each.result()]
    print("\n".join(wrong) if wrong else f"{len(judged)} odd answers of a web server are judged alike by the first guest of each language")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
