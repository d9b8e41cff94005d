"""py-futures-processes: concurrent.futures.ProcessPoolExecutor.map, on processes by fork."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import poolbench_guest as guest


def meet():
    """Keeps a process busy until all of them are there."""
    meet.barrier.wait()


def start(batch):
    context = get_context("fork")
    # Forked workers have it too: the library starts them when jobs come.
    meet.barrier = context.Barrier(batch.workers)
    pool = ProcessPoolExecutor(batch.workers, context)
    for each in [pool.submit(meet) for _ in range(batch.workers)]:
        each.result()
    return pool


def run(pool, batch, slots):
    for index, result in enumerate(pool.map(batch.job, batch.items, chunksize=batch.chunk)):
        slots[index] = result


if __name__ == "__main__":
    guest.main(start, run, ProcessPoolExecutor.shutdown, name="py-futures-processes",
               title="ProcessPoolExecutor by fork, map", kind="processes",
               mirrors="concurrent.futures.ProcessPoolExecutor.map", chunk=["1", "n"])
