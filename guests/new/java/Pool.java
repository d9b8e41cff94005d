/** {@code NAME}: threads that take dispatches from one queue. Make it yours: the three methods, and what main says of it. */
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import poolbench.Guest;
import poolbench.Jobs;

final class Pool implements Guest.Pool {
    private static final int END = -1;

    private final BlockingQueue<Integer> dispatches = new LinkedBlockingQueue<>();
    private final Semaphore back = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();

    /** Returns when every worker is there; runs no job. */
    public void start(Jobs jobs) throws InterruptedException {
        CountDownLatch up = new CountDownLatch(jobs.workers());
        for (int number = 0; number < jobs.workers(); number++) {
            Thread thread = new Thread(() -> {
                up.countDown();
                work(jobs);
            });
            thread.start();
            threads.add(thread);
        }
        up.await();
    }

    private void work(Jobs jobs) {
        try {
            for (int chunk = dispatches.take(); chunk != END; chunk = dispatches.take()) {
                jobs.runChunk(chunk);
                back.release();
            }
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when every job has run once. */
    public void batch(Jobs jobs) throws InterruptedException {
        for (int chunk = 0; chunk < jobs.chunks(); chunk++) {
            dispatches.add(chunk);
        }
        back.acquire(jobs.chunks());
    }

    /** Returns when every worker is joined. */
    public void stop() throws InterruptedException {
        threads.forEach(thread -> dispatches.add(END));
        for (Thread thread : threads) {
            thread.join();
        }
    }

    public static void main(String[] args) {
        List<String> workloads = List.of("noop", "compute", "factor", "spin", "skew", "sleep", "http", "file");
        // chunk: jobs per dispatch, "n" is any number; window: all dispatches are submitted at once.
        List<String> chunk = List.of("n");
        List<String> window = List.of("all");
        Guest.main(args, new Guest.About("NAME", "threads behind one queue", "threads", "java.util.concurrent", "", false,
                workloads, chunk, window), new Pool());
    }
}
