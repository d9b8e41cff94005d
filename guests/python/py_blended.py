"""py-blended: multiprocessing.pool.Pool.map over ThreadPool.map, the blog's processes with threads in them."""

from multiprocessing import get_context
from multiprocessing.pool import ThreadPool

import poolbench_guest as guest
from py_mp_pool import stop


def hire(threads, up):
    """What a new process does first; it says how that went."""
    try:
        share.threads = ThreadPool(threads)
        up.put(None)
    except Exception as cause:
        # The pool would start another process in its place, and another.
        up.put(cause.__context__ or cause)
        raise


def share(work):
    """The share of one process."""
    job, items, chunk = work
    return share.threads.map(job, items, chunk or None)


def start(batch):
    processes, threads = batch.grid
    context = get_context("fork")
    up = context.SimpleQueue()
    pool = context.Pool(processes, hire, (threads, up))
    for _ in range(processes):
        cause = up.get()
        if cause:
            raise cause
    return pool


def run(pool, batch, slots):
    processes, items = batch.grid[0], batch.items
    cuts = [len(items) * part // processes for part in range(processes + 1)]
    shares = [(batch.job, items[begin:end], batch.chunk) for begin, end in zip(cuts, cuts[1:])]
    for begin, results in zip(cuts, pool.map(share, shares, 1)):
        slots[begin:begin + len(results)] = results


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-blended", title="processes with threads in them, an even share a process",
               kind="hybrid", mirrors="multiprocessing.pool.Pool.map over ThreadPool.map", chunk=["own", "n"])
