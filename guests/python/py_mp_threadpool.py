"""py-mp-threadpool: multiprocessing.pool.ThreadPool.map."""

from multiprocessing.pool import ThreadPool

import poolbench_guest as guest


def start(batch):
    # A thread has begun when the call that starts it returns.
    return ThreadPool(batch.workers)


def run(pool, batch, slots):
    slots[:] = pool.map(batch.job, batch.items, batch.chunk)


def stop(pool):
    pool.close()
    pool.join()


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-threadpool", title="multiprocessing's threads, map", kind="threads",
               mirrors="multiprocessing.pool.ThreadPool.map")
