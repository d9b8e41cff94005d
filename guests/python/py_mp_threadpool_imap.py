"""py-mp-threadpool-imap: multiprocessing.pool.ThreadPool.imap, whose results come one by one and in order."""

import poolbench_guest as guest
from py_mp_pool_imap import run
from py_mp_threadpool import start, stop

if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-threadpool-imap", title="multiprocessing's threads, imap", kind="threads",
               mirrors="multiprocessing.pool.ThreadPool.imap", variant_of="py-mp-threadpool", chunk=["1", "n"])
