"""py-serial: the for loop, no pool. What the pools of Python are held against."""

import poolbench_guest as guest


def run(_, batch, slots):
    job = batch.job
    for index, item in enumerate(batch.items):
        slots[index] = job(item)


if __name__ == "__main__":
    guest.main(lambda batch: None, run, lambda pool: None, name="py-serial", title="the for loop, no pool", kind="serial",
               mirrors="for loop", chunk=["own"])
