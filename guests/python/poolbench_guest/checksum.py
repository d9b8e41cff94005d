"""The checksum of a batch, a few thousand jobs at a time: each has 128 bits of one large integer, so that Python's own
arithmetic does in a tenth of a microsecond a job what a loop does in more than one."""

from array import array
from functools import lru_cache
from time import thread_time_ns

from .gate import Failed

# Jobs in one integer: 32 KiB of it stay in the nearest cache.
BLOCK = 2048
MASK = 2**64 - 1


class Checker:
    """What came back in the batches so far."""

    def __init__(self, batch):
        self.count, self.check_ns = batch.count, 0
        self.is_own = batch.workload.startswith("py:")
        self.checksum, self.errors, self.retries, self.unsent = None, {}, 0, 0

    def take(self, slots):
        """Takes the results of one batch out of the slots, which are empty again then."""
        # CPU time, since it is taken off CPU time: a busy machine makes the clock run on.
        begun = thread_time_ns()
        if len(slots) != self.count:
            raise Failed("internal", f"{len(slots)} results came back from {self.count} jobs")
        failed = sum(self.errors.values())
        checksum = sum(self.fold(at, slots[at:at + BLOCK]) for at in range(0, self.count, BLOCK)) & MASK
        # Where jobs have failed, other ones may fail in the next batch.
        differs = self.checksum not in (None, checksum) and not self.errors and not failed
        if differs and self.is_own:
            # Whether results may differ the driver knows; where they may not, it must not take one batch for all.
            checksum ^= MASK
        elif differs:
            raise Failed("internal", f"two batches gave different results: {self.checksum:016x} and {checksum:016x}")
        self.checksum = checksum
        # A job that does not come back in the next batch must not be found here.
        slots[:] = [None] * self.count
        self.check_ns += thread_time_ns() - begun

    def fields(self):
        """What `done` says of the batches."""
        return dict(jobs=self.count, checksum=f"{self.checksum:016x}", errors=self.errors, retries=self.retries,
                    unsent=self.unsent, check_ns=self.check_ns)

    def fold(self, first, results):
        indices = array("Q", range(first, first + len(results)))
        try:
            return folded(indices, array("Q", results))
        except TypeError:
            whole = [(index, self.settle(index, result)) for index, result in zip(indices, results)]
            good = [(index, result) for index, result in whole if result is not None]
            return folded(array("Q", (index for index, _ in good)), array("Q", (result for _, result in good)))

    def settle(self, index, result):
        """A result, or nothing for a job that failed: its class is counted, and what it took to find out."""
        if result is None:
            raise Failed("internal", f"job {index} did not come back")
        if isinstance(result, tuple):
            result, retries, unsent = result
            self.retries += retries
            self.unsent += unsent
        if isinstance(result, str):
            self.errors[result] = self.errors.get(result, 0) + 1
            return None
        return result


@lru_cache(maxsize=4)
def lanes(count):
    """In each of so many lanes: the lower half's bits, and the number that a step adds."""
    ones = ((1 << 128 * count) - 1) // (2**128 - 1)
    return ones * MASK, ones * 0x9E3779B97F4A7C15


def spread(numbers):
    """Numbers of 64 bits, each in a lane of 128."""
    wide = array("Q", bytes(16 * len(numbers)))
    wide[::2] = numbers
    return int.from_bytes(wide.tobytes(), "little")


def mix(x, mask, step):
    """A step of splitmix64 in every lane; what a sum, shift or product carries into a lane's upper half is cut off."""
    x = x + step & mask
    x = ((x ^ x >> 30) & mask) * 0xBF58476D1CE4E5B9 & mask
    x = ((x ^ x >> 27) & mask) * 0x94D049BB133111EB & mask
    return (x ^ x >> 31) & mask


def total(x, count):
    """The sum of the lanes; 2048 numbers of 64 bits are less than 2^128."""
    while count > 1:
        half = count // 2
        x = (x >> 128 * half) + (x & (1 << 128 * half) - 1)
        count -= half
    return x


def folded(indices, results):
    """The sum of m(m(i) xor r(i)) mod 2^64."""
    count = len(indices)
    return total(mix(mix(spread(indices), *lanes(count)) ^ spread(results), *lanes(count)), count) & MASK
