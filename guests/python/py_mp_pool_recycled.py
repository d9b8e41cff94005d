"""py-mp-pool-recycled: multiprocessing.pool.Pool.map, where a process ends after 100 dispatches and another takes its place."""

from functools import partial

import poolbench_guest as guest
import py_mp_pool

if __name__ == "__main__":
    guest.main(partial(py_mp_pool.start, maxtasksperchild=100), py_mp_pool.run, py_mp_pool.stop, name="py-mp-pool-recycled",
               title="multiprocessing's processes by fork, a new one after 100 dispatches", kind="processes",
               mirrors="multiprocessing.pool.Pool.map, with maxtasksperchild=100", variant_of="py-mp-pool", chunk=["1", "n"])
