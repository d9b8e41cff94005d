"""NAME: threads that take dispatches from one queue. Make it yours: the three functions, and what main is told of it."""

from queue import SimpleQueue
from threading import Thread

import poolbench_guest as guest

END = None


class Threads:
    def __init__(self, batch):
        self.batch, self.slots = batch, []
        self.dispatches, self.back = SimpleQueue(), SimpleQueue()
        # A daemon, so that the process can end where not all of them can be started.
        self.threads = [Thread(target=self.work, daemon=True) for _ in range(batch.workers)]

    def work(self):
        job, items = self.batch.job, self.batch.items
        for first in iter(self.dispatches.get, END):
            for index in range(first, min(first + self.batch.chunk, self.batch.count)):
                self.slots[index] = job(items[index])
            self.back.put(first)


def start(batch):
    """Returns the pool when every worker is there; runs no job."""
    pool = Threads(batch)
    for thread in pool.threads:
        # It has begun when this returns.
        thread.start()
    return pool


def run(pool, batch, slots):
    """Runs every job once, and puts the result of job i into slots[i]."""
    pool.slots = slots
    dispatches = range(0, batch.count, batch.chunk)
    for first in dispatches:
        pool.dispatches.put(first)
    for _ in dispatches:
        pool.back.get()


def stop(pool):
    """Returns when every worker is joined."""
    for _ in pool.threads:
        pool.dispatches.put(END)
    for thread in pool.threads:
        thread.join()


if __name__ == "__main__":
    # chunk: jobs per dispatch, "n" is any number; results come in any order.
    guest.main(start, run, stop, name="NAME", title="threads behind one queue", kind="threads", chunk=["n"], ordered=False)
