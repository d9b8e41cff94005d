"""The gates: one event on stdout, then a wait for the reply. No worker process holds either end."""

import errno
import json
import os
import signal
import sys
from os import read, write
from select import select

GO = b"go\n"
LIMITS = {errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.ENOSPC}


class Failed(Exception):
    """Ends the trial with an error event of that kind."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


class Gate:
    """Both ends of the gate, at descriptors of their own which an executed worker does not get and a forked one closes."""

    def __init__(self):
        self.replies, self.events = os.dup(0), os.dup(1)
        self.leaving = False
        self.forks = 0
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.close(null)
        # What a job or a library prints goes where free text is kept.
        sys.stdout = sys.stderr
        os.register_at_fork(after_in_child=self.in_worker, after_in_parent=self.count_fork)

    def in_worker(self):
        # A library that replaces dead workers would go on doing so while the pool is being left.
        if self.leaving:
            os._exit(0)
        os.close(self.replies)
        os.close(self.events)

    def count_fork(self):
        self.forks += 1

    def say(self, event, **fields):
        line = json.dumps({"event": event, **fields}, separators=(",", ":")).encode() + b"\n"
        while line:
            line = line[write(self.events, line):]

    def wait(self, event, **fields):
        """Says the event and returns when the reply has come; leaves at the end of file."""
        self.say(event, **fields)
        reply = b""
        while reply != GO:
            # Byte by byte of this reply only: the next ones may be there already.
            more = read(self.replies, len(GO) - len(reply))
            if not more and not reply:
                self.leave()
            reply += more
            if not more or not GO.startswith(reply):
                if more and select([self.replies], [], [], 0)[0]:
                    reply += read(self.replies, 80)
                line = reply.split(b"\n")[0].decode(errors="replace")
                raise Failed("unsupported", f"expected 'go' at a gate, got '{line}'")

    def leave(self, kind="", message=""):
        """Ends the workers and the process at once: with an error event, or without a word where nobody waits any more."""
        self.leaving = True
        if kind:
            reached = self.reached()
            self.say("error", kind=kind, message=message + (f"; there were {reached}" if kind == "limit" else ""))
        for child in children():
            # The resource tracker of multiprocessing ignores this signal, removes what is left and goes by itself.
            os.kill(child, signal.SIGTERM)
        os._exit(1 if kind else 0)

    def reached(self):
        threads = len(os.listdir("/proc/self/task")) - 1
        # A fork that failed counts as well.
        return f"{threads} threads beside the first, and {max(0, self.forks - 1)} processes had been forked"


def children():
    """The processes that any thread of this one has started."""
    found = []
    for task in os.listdir("/proc/self/task"):
        try:
            with open(f"/proc/self/task/{task}/children") as pids:
                found += map(int, pids.read().split())
        except OSError:
            # The thread has ended meanwhile.
            pass
    return found


def kind_and_message(doing, cause):
    """The error event for what a step has raised: its kind by the first cause that tells."""
    kind, seen, at = "internal", [], cause
    while at is not None and at not in seen:
        seen.append(at)
        number = getattr(at, "errno", None)
        if isinstance(at, MemoryError) or number in LIMITS or "can't start new thread" in str(at):
            kind, cause = "limit", at
            break
        if isinstance(at, OSError):
            kind, cause = "io", at
        at = at.__cause__ or at.__context__
    advice = ": ask for fewer --workers, or raise the limit (ulimit -a)" if kind == "limit" else ""
    return kind, f"{doing}: {type(cause).__name__}: {cause}{advice}"
