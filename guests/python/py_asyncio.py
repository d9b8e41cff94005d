"""py-asyncio: a task a job on one event loop; a semaphore bounds those that wait."""

import asyncio

import poolbench_guest as guest
from poolbench_guest import web


class Loop:
    """The event loop and its bound."""

    def __init__(self, batch):
        self.loop = asyncio.new_event_loop()
        self.semaphore = asyncio.Semaphore(batch.workers)


async def sleeping(seconds, index):
    await asyncio.sleep(seconds)
    return index


async def get(target, index):
    tries = web.Tries()
    while True:
        try:
            await asyncio.wait_for(exchange(target), web.TIMEOUT)
            return tries.result(index)
        except asyncio.TimeoutError:
            lost = web.Lost("timeout")
        except web.Lost as cause:
            lost = cause
        if not tries.again(lost):
            return tries.result(lost.fault)


async def exchange(target):
    connected = False
    try:
        reader, writer = await asyncio.open_connection(*target.address)
        connected = True
        try:
            writer.write(target.request)
            answer = b""
            while len(answer) < web.ROOM:
                part = await reader.read(web.ROOM - len(answer))
                if not part:
                    return web.judge(answer)
                answer += part
        finally:
            writer.close()
    except OSError as cause:
        raise web.Lost(web.fault(cause), connected) from None
    raise web.Lost("body")


def run(pool, batch, slots):
    job, semaphore = batch.job, pool.semaphore
    waiting = {"sleep": sleeping, "http": get}.get(batch.workload.partition(":")[0])

    async def plain(index, item):
        slots[index] = job(item)

    async def bounded(index, item):
        async with semaphore:
            slots[index] = await waiting(job.args[-1], item)

    async def whole():
        await asyncio.gather(*map(bounded if waiting else plain, range(batch.count), batch.items))

    pool.loop.run_until_complete(whole())


if __name__ == "__main__":
    guest.main(Loop, run, lambda pool: pool.loop.close(), name="py-asyncio", title="a task a job, bounded by a semaphore",
               kind="green", mirrors="asyncio.gather", ordered=False, chunk=["1"],
               workloads=["noop", "compute", "factor", "sleep", "http", "file"])
