/** {@code java-forkjoin}: {@link ForkJoinPool}; the batch is halved until a dispatch is left, and whoever is idle steals. */
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RecursiveAction;
import java.util.concurrent.TimeUnit;
import poolbench.Guest;
import poolbench.Jobs;

final class JavaForkjoin implements Guest.Pool {
    /** What the class takes; one more is refused by an exception. */
    private static final int MOST_WORKERS = 32_767;

    private ForkJoinPool pool;

    public void start(Jobs jobs) throws Exception {
        int workers = jobs.workers();
        if (workers > MOST_WORKERS) {
            throw new Guest.Failure("limit", "ForkJoinPool takes %d workers, not %d: ask for fewer --workers"
                    .formatted(MOST_WORKERS, workers));
        }
        // The pool of the constructor `new ForkJoinPool(workers)`, but for the day after which idle workers go.
        pool = new ForkJoinPool(workers, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, false, workers, workers,
                0, null, 1, TimeUnit.DAYS);
        Guest.bringUp(pool, workers);
    }

    public void batch(Jobs jobs) {
        if (jobs.count() > 0) {
            pool.invoke(new Share(jobs, 0, jobs.chunks()));
        }
    }

    public void stop() throws InterruptedException {
        pool.shutdown();
        pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    private static final class Share extends RecursiveAction {
        private final transient Jobs jobs;
        private final int first;
        private final int end;

        Share(Jobs jobs, int first, int end) {
            this.jobs = jobs;
            this.first = first;
            this.end = end;
        }

        @Override
        protected void compute() {
            if (end - first == 1) {
                jobs.runChunk(first);
            } else {
                int middle = (first + end) >>> 1;
                invokeAll(new Share(jobs, first, middle), new Share(jobs, middle, end));
            }
        }
    }

    public static void main(String[] args) {
        Guest.main(args, new Guest.About("java-forkjoin", "ForkJoinPool, halving", "threads", "java.util.concurrent",
                "java.util.concurrent.ForkJoinPool.invoke", false,
                List.of("noop", "compute", "factor", "spin", "skew", "sleep", "http", "file"),
                List.of("n"), List.of("all")), new JavaForkjoin());
    }
}
