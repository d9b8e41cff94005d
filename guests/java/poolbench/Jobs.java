/** The jobs of a batch as a pool sees them: dispatches to be run, in any order, on any thread, each once. */
package poolbench;

import java.util.Arrays;

public final class Jobs {
    /** A slot that no result has reached; failed jobs are the numbers below it. No result is negative. */
    static final long EMPTY = -1;
    static final long FIRST_FAULT = -256;

    final long[] slots;
    private final Arguments asked;

    Jobs(Arguments asked) {
        this.asked = asked;
        slots = new long[(int) asked.jobs()];
        Arrays.fill(slots, EMPTY);
    }

    /** The most jobs that may run at once. */
    public int workers() {
        return (int) asked.workers();
    }

    /** Jobs in the batch. */
    public int count() {
        return slots.length;
    }

    /** Dispatches in the batch, as {@code --chunk} cuts it. */
    public int chunks() {
        return Math.toIntExact((slots.length + asked.chunk() - 1) / asked.chunk());
    }

    /** Dispatches that may be open at once, as {@code --window} bounds them. */
    public int open() {
        return asked.window() == 0 ? Integer.MAX_VALUE : (int) (asked.window() / asked.chunk());
    }

    /** Runs the jobs of one dispatch. */
    public void runChunk(int chunk) {
        long first = chunk * asked.chunk();
        run((int) first, (int) Math.min(first + asked.chunk(), slots.length));
    }

    /** Runs the jobs from {@code first} to below {@code end}, and puts their results into their slots. */
    public void run(int first, int end) {
        for (int index = first; index < end; index++) {
            slots[index] = outcome(index);
        }
    }

    private long outcome(int index) {
        try {
            return asked.work().run(index);
        } catch (Fault fault) {
            return FIRST_FAULT + Arrays.asList(Fault.ALL).indexOf(fault);
        } catch (RuntimeException panic) {
            return FIRST_FAULT + Arrays.asList(Fault.ALL).indexOf(Fault.PANIC);
        }
    }
}
