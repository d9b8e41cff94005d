/** The protocol of a pool (docs/PROTOCOL.md): a pool is three methods, and this calls them between the gates. */
package poolbench;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

public final class Guest {
    /** What a pool does; each method is timed. */
    public interface Pool {
        /** Brings all workers up, and returns when every one of them is there. Runs no job. */
        void start(Jobs jobs) throws Exception;

        /** Runs every job exactly once, and returns when all of them are back. Comes several times. */
        void batch(Jobs jobs) throws Exception;

        /** Ends the workers, and returns when they are gone. */
        void stop() throws Exception;
    }

    /** What a pool is: see "Describing itself". The first of {@code chunk} and of {@code window} is its default. */
    public record About(
            String name, String title, String kind, String library, String mirrors, boolean ordered,
            List<String> workloads, List<String> chunk, List<String> window) {}

    /** The end of a trial: its kind is one of "Errors". */
    public static final class Failure extends Exception {
        final String kind;

        public Failure(String kind, String message) {
            super(message);
            this.kind = kind;
        }
    }

    /** How long a pool may bring no further thread up: far more than one takes on a busy machine. */
    private static final int PATIENCE_S = 5;

    private static final InputStream IN = System.in;
    private static final OutputStream OUT = new FileOutputStream(FileDescriptor.out);

    private Guest() {}

    /** Does what the command line asks for, and ends the process. */
    public static void main(String[] args, About about, Pool pool) {
        if (args.length == 1 && args[0].equals("--describe")) {
            say(described(about));
            System.exit(0);
        }
        try {
            gated(about, pool, Arguments.read(args, about));
            System.exit(0);
        } catch (Arguments.Refusal wrong) {
            System.err.println("error: " + wrong.getMessage());
            System.exit(2);
        } catch (Failure failure) {
            fail(failure.kind, failure.getMessage());
        } catch (OutOfMemoryError full) {
            fail("limit", full.getMessage() + ": ask for fewer --jobs or --workers, or give the JVM a larger -Xmx");
        } catch (Throwable broken) {
            broken.printStackTrace();
            fail("internal", broken + ": the stack trace is on stderr");
        }
    }

    private static void gated(About about, Pool pool, Arguments asked) throws Exception {
        Jobs jobs = new Jobs(asked);
        // Before `ready`, so that no batch pays for the classes that it loads.
        Results results = new Results();
        pass("ready", "\"protocol\":1,\"pool\":%s,\"workers\":%d,\"chunk\":%d,\"window\":%d"
                .formatted(quoted(about.name), asked.workers(), asked.chunk(), asked.window()));
        pass("started", "\"start_ns\":" + timed(() -> pool.start(jobs)));
        for (long batch = 0; batch < asked.batches(); batch++) {
            results.add(timed(() -> pool.batch(jobs)), jobs);
        }
        pass("done", results.fields());
        pass("stopped", "\"stop_ns\":" + timed(pool::stop));
    }

    private interface Step {
        void run() throws Exception;
    }

    private static long timed(Step step) throws Exception {
        long begun = System.nanoTime();
        step.run();
        return System.nanoTime() - begun;
    }

    /** Says an event and waits for the reply. At the end of file nobody waits any more; threads end with the process. */
    private static void pass(String event, String fields) throws IOException, Failure {
        say("{\"event\":\"%s\",%s}".formatted(event, fields));
        StringBuilder reply = new StringBuilder();
        // One byte more than a reply is enough to see that it is none.
        while (reply.length() < 4 && reply.indexOf("\n") < 0) {
            int next = IN.read();
            if (next < 0) {
                break;
            }
            reply.append((char) next);
        }
        if (reply.isEmpty()) {
            System.exit(0);
        }
        if (!reply.toString().equals("go\n")) {
            throw new Failure("unsupported", "expected 'go' at a gate, got '" + reply + "'");
        }
    }

    private static void fail(String kind, String message) {
        say("{\"event\":\"error\",\"kind\":\"%s\",\"message\":%s}".formatted(kind, quoted(message)));
        System.exit(1);
    }

    private static void say(String line) {
        try {
            OUT.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException gone) {
            // Nobody reads any more.
            System.exit(0);
        }
    }

    private static String described(About about) {
        String version = System.getProperty("java.version").split("[^0-9.]")[0];
        return ("{\"protocol\":1,\"name\":%s,\"title\":%s,\"kind\":%s,\"library\":%s,\"version\":%s,\"mirrors\":%s,"
                + "\"allocator\":\"system\",\"ordered\":%b,\"stop\":\"joined\",\"workloads\":%s,\"chunk\":%s,\"window\":%s}")
                .formatted(quoted(about.name), quoted(about.title + heap()), quoted(about.kind), quoted(about.library),
                        quoted(version), quoted(about.mirrors), about.ordered, listed(about.workloads),
                        listed(about.chunk), listed(about.window));
    }

    /** The flags that the memory of a JVM depends on most, as they were given. */
    private static String heap() {
        String flags = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-Xm") || flag.endsWith("GC"))
                .collect(Collectors.joining(" "));
        return flags.isEmpty() ? " (the JVM's own heap)" : " (" + flags + ")";
    }

    private static String listed(List<String> words) {
        return words.stream().map(Guest::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().limit(8000).forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\').append((char) c);
            } else if (c < ' ') {
                json.append("\\u%04x".formatted(c));
            } else {
                json.append((char) c);
            }
        });
        return json.append('"').toString();
    }

    /** Brings {@code workers} threads of {@code pool} up: tasks that wait for each other need a thread each. */
    public static void bringUp(Executor pool, int workers) throws Failure, InterruptedException {
        CountDownLatch up = new CountDownLatch(workers);
        for (int begun = 0; begun < workers; begun++) {
            try {
                pool.execute(() -> {
                    up.countDown();
                    await(up);
                });
            } catch (OutOfMemoryError full) {
                throw new Failure("limit", "starting thread %d of %d: %s; ask for fewer --workers, or raise ulimit -u"
                        .formatted(begun + 1, workers, full.getMessage()));
            }
        }
        // Some libraries start threads from threads, whose failure nobody hears of.
        for (long left = workers; !up.await(PATIENCE_S, TimeUnit.SECONDS); left = up.getCount()) {
            if (up.getCount() == left) {
                throw new Failure("limit", "%d of %d threads came up, and no more: ask for fewer --workers, or raise ulimit -u"
                        .formatted(workers - left, workers));
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
    }
}
