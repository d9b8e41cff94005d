/** What the batches came to: times, and the slots folded into counts and a checksum. */
package poolbench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

final class Results {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<Long> batchNs = new ArrayList<>();
    private final long[] failed = new long[Fault.ALL.length];
    private long checkNs;
    private long jobs;
    private long checksum;

    /** Folds the slots of a batch that took {@code ns}, and clears them for the next. */
    void add(long ns, Jobs batch) throws Guest.Failure {
        // CPU time, since it is taken off CPU time: on a busy machine the clock runs on while others have the core.
        long begun = threads.getCurrentThreadCpuTime();
        long sum = 0;
        long failures = 0;
        for (int index = 0; index < batch.slots.length; index++) {
            long slot = batch.slots[index];
            if (slot >= 0) {
                sum += mix(mix(index) ^ slot);
            } else if (slot == Jobs.EMPTY) {
                throw new Guest.Failure("internal", "job " + index + " did not come back");
            } else {
                failures++;
                failed[(int) (slot - Jobs.FIRST_FAULT)]++;
            }
        }
        if (!batchNs.isEmpty() && failures == 0 && sum != checksum) {
            throw new Guest.Failure("internal", "two batches gave different checksums");
        }
        Arrays.fill(batch.slots, Jobs.EMPTY);
        jobs = batch.slots.length;
        checksum = sum;
        batchNs.add(ns);
        checkNs += threads.getCurrentThreadCpuTime() - begun;
    }

    /** The fields of {@code done}. */
    String fields() {
        String errors = IntStream.range(0, failed.length).filter(code -> failed[code] > 0)
                .mapToObj(code -> "\"%s\":%d".formatted(Fault.ALL[code].word, failed[code]))
                .collect(Collectors.joining(",", "{", "}"));
        return ("\"batch_ns\":%s,\"check_ns\":%d,\"jobs\":%d,\"checksum\":\"%016x\",\"errors\":%s,\"retries\":%d,"
                + "\"unsent\":%d").formatted(batchNs.toString().replace(" ", ""), checkNs, jobs, checksum, errors,
                Work.RETRIES.sum(), Work.UNSENT.sum());
    }

    /** A step of splitmix64. */
    static long mix(long x) {
        x += 0x9e3779b97f4a7c15L;
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
