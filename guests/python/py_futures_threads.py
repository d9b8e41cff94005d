"""py-futures-threads: concurrent.futures.ThreadPoolExecutor.map."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import poolbench_guest as guest


def start(batch):
    pool = ThreadPoolExecutor(batch.workers)
    # The library starts a thread when a job comes and none is idle.
    barrier = Barrier(batch.workers)
    try:
        met = [pool.submit(barrier.wait) for _ in range(batch.workers)]
    except BaseException:
        barrier.abort()
        raise
    for each in met:
        each.result()
    return pool


def run(pool, batch, slots):
    for index, result in enumerate(pool.map(batch.job, batch.items)):
        slots[index] = result


if __name__ == "__main__":
    # Its map takes a chunksize, and ignores it.
    guest.main(start, run, ThreadPoolExecutor.shutdown, name="py-futures-threads", title="ThreadPoolExecutor, map",
               kind="futures", mirrors="concurrent.futures.ThreadPoolExecutor.map", chunk=["1"])
