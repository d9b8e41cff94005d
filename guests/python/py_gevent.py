"""py-gevent: gevent.pool.Pool.imap_unordered, greenlets on one thread, with the standard library patched as the original had it."""

import poolbench_guest as guest

gevent = guest.need("gevent")
from gevent import monkey, pool  # noqa: E402

monkey.patch_all()


def run(greenlets, batch, slots):
    for index, result in greenlets.imap_unordered(guest.pair, batch.items):
        slots[index] = result


def stop(greenlets):
    greenlets.join()
    # The threads in which it looks up names.
    gevent.get_hub().threadpool.kill()


if __name__ == "__main__":
    guest.main(lambda batch: pool.Pool(batch.workers), run, stop, name="py-gevent",
               title="gevent's Pool, imap_unordered", kind="green", library="gevent", version=guest.version("gevent"),
               mirrors="gevent.pool.Pool.imap_unordered", ordered=False, chunk=["1"])
