"""py-mp-pool-imap-unordered: multiprocessing.pool.Pool.imap_unordered, as the pool analysis called it."""

import poolbench_guest as guest
from py_mp_pool import start, stop


def run(pool, batch, slots):
    for index, result in pool.imap_unordered(guest.pair, batch.items, batch.chunk):
        slots[index] = result


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-mp-pool-imap-unordered", title="multiprocessing's processes by fork, imap_unordered",
               kind="processes", mirrors="multiprocessing.pool.Pool.imap_unordered", variant_of="py-mp-pool", ordered=False,
               chunk=["1", "n"])
