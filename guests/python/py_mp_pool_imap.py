"""py-mp-pool-imap: multiprocessing.pool.Pool.imap, whose results come one by one and in order."""

import poolbench_guest as guest
from py_mp_pool import start, stop


def run(pool, batch, slots):
    for index, result in enumerate(pool.imap(batch.job, batch.items, batch.chunk)):
        slots[index] = result


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-pool-imap", title="multiprocessing's processes by fork, imap", kind="processes",
               mirrors="multiprocessing.pool.Pool.imap", variant_of="py-mp-pool", chunk=["1", "n"])
