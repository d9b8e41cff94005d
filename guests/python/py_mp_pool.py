"""py-mp-pool: multiprocessing.pool.Pool.map, on processes by fork."""

from multiprocessing import get_context

import poolbench_guest as guest


def start(batch, **settings):
    context = get_context("fork")
    up = context.Semaphore(0)
    pool = context.Pool(batch.workers, initializer=up.release, **settings)
    for _ in range(batch.workers):
        up.acquire()
    return pool


def run(pool, batch, slots):
    slots[:] = pool.map(batch.job, batch.items, batch.chunk)


def stop(pool):
    pool.close()
    pool.join()


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-pool", title="multiprocessing's processes by fork, map", kind="processes",
               mirrors="multiprocessing.pool.Pool.map")
