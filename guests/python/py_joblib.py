"""py-joblib: joblib.Parallel on loky, whose processes are executed afresh."""

import multiprocessing.resource_tracker
import os
import socket
import threading

import poolbench_guest as guest

joblib = guest.need("joblib")
from joblib.externals.loky import get_reusable_executor  # noqa: E402
from joblib.externals.loky.backend import resource_tracker  # noqa: E402


def crew(workers, chunk):
    return joblib.Parallel(workers, backend="loky", batch_size=chunk or "auto", pre_dispatch="all", max_nbytes=None)


def meet(address):
    """Keeps a process busy until all of them are there."""
    with socket.socket(socket.AF_UNIX) as place:
        place.connect(address)
        place.recv(1)


def gather(place, workers):
    """Lets them go when as many have come."""
    here = [place.accept()[0] for _ in range(workers)]
    del here


def start(batch):
    # A crew of one is this process.
    if batch.workers > 1:
        with socket.socket(socket.AF_UNIX) as place:
            # A name in the kernel alone, which no file stands for.
            address = f"\0poolbench-{os.getpid()}"
            place.bind(address)
            place.listen(batch.workers)
            threading.Thread(target=gather, args=(place, batch.workers), daemon=True).start()
            crew(batch.workers, 1)(joblib.delayed(meet)(address) for _ in range(batch.workers))


def run(_, batch, slots):
    slots[:] = crew(batch.workers, batch.chunk)(joblib.delayed(batch.job)(item) for item in batch.items)


def stop(_):
    get_reusable_executor().shutdown(wait=True)
    # Helpers of both libraries, which would be there until this process ends.
    resource_tracker._resource_tracker._stop()
    multiprocessing.resource_tracker._resource_tracker._stop()


if __name__ == "__main__":
    guest.main(start, run, stop, name="py-joblib", title="joblib's Parallel on loky", kind="processes", library="joblib",
               version=guest.version("joblib"), mirrors="joblib.Parallel.__call__", chunk=["own", "n"])
