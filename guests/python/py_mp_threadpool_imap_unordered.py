"""py-mp-threadpool-imap-unordered: multiprocessing.pool.ThreadPool.imap_unordered, as the pool analysis called it."""

import poolbench_guest as guest
from py_mp_pool_imap_unordered import run
from py_mp_threadpool import start, stop

if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-threadpool-imap-unordered", title="multiprocessing's threads, imap_unordered",
               kind="threads", mirrors="multiprocessing.pool.ThreadPool.imap_unordered", variant_of="py-mp-threadpool",
               ordered=False, chunk=["1", "n"])
