/** {@code java-executor}: {@link ThreadPoolExecutor} with a future for each dispatch; the oldest is waited for first. */
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import poolbench.Guest;
import poolbench.Jobs;

final class JavaExecutor implements Guest.Pool {
    private ExecutorService pool;

    public void start(Jobs jobs) throws Exception {
        pool = Executors.newFixedThreadPool(jobs.workers());
        Guest.bringUp(pool, jobs.workers());
    }

    public void batch(Jobs jobs) throws Exception {
        Queue<Future<?>> open = new ArrayDeque<>();
        for (int next = 0; next < jobs.chunks(); next++) {
            int chunk = next;
            if (open.size() == jobs.open()) {
                open.remove().get();
            }
            open.add(pool.submit(() -> jobs.runChunk(chunk)));
        }
        while (!open.isEmpty()) {
            open.remove().get();
        }
    }

    public void stop() throws InterruptedException {
        pool.shutdown();
        pool.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    public static void main(String[] args) {
        Guest.main(args, new Guest.About("java-executor", "ThreadPoolExecutor.submit", "futures", "java.util.concurrent",
                "java.util.concurrent.ThreadPoolExecutor.submit", false,
                List.of("noop", "compute", "factor", "spin", "skew", "sleep", "http", "file"),
                List.of("n"), List.of("all", "n")), new JavaExecutor());
    }
}
