"""py-eventlet: eventlet.GreenPool.imap, greenlets on one thread, with the standard library patched as the original had it."""

import poolbench_guest as guest

eventlet = guest.need("eventlet")
eventlet.monkey_patch()


def run(pool, batch, slots):
    for index, result in enumerate(pool.imap(batch.job, batch.items)):
        slots[index] = result


if __name__ == "__main__":
    guest.main(lambda batch: eventlet.GreenPool(batch.workers), run, eventlet.GreenPool.waitall, name="py-eventlet",
               title="eventlet's GreenPool, imap", kind="green", library="eventlet", version=guest.version("eventlet"),
               mirrors="eventlet.GreenPool.imap", chunk=["1"])
