/** What a job is, by the workload's name: "Jobs and results". */
package poolbench;

import java.io.FileInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One job: takes its index, returns its result. */
interface Work {
    long run(long index) throws Fault;

    /** Attempts beyond the first, and attempts that failed before a request was sent, of all jobs. */
    LongAdder RETRIES = new LongAdder();
    LongAdder UNSENT = new LongAdder();

    long LONGEST_NS = 3_600_000_000_000L;
    Map<String, Long> UNITS = Map.of("ns", 1L, "us", 1_000L, "ms", 1_000_000L, "s", 1_000_000_000L);

    /** A job of the workload {@code text}, if the pool lists it; {@code fail} and {@code panic} are for tests. */
    static Work of(String text, Guest.About about, long spinRate) throws Arguments.Refusal {
        String name = text.split(":", 2)[0];
        String param = text.contains(":") ? text.substring(name.length() + 1) : null;
        boolean known = about.workloads().contains(name) || name.equals("fail") || name.equals("panic");
        if (!known || (param != null && (name.equals("noop") || name.equals("compute")))) {
            throw new Arguments.Refusal("invalid value '%s' for '--workload': %s runs %s"
                    .formatted(text, about.name(), String.join(", ", about.workloads())));
        }
        return switch (name) {
            case "compute" -> Work::root;
            case "factor" -> factors(number(text, param, 100, 0, 1L << 62));
            case "spin" -> spin(iterations(text, param, spinRate, 1, 1));
            case "skew" -> skew(iterations(text, param, spinRate, 8, 1), iterations(text, param, spinRate, 8, 15));
            case "sleep" -> sleep(span(text, param == null ? "100ms" : param));
            case "http" -> new Web(param == null ? "" : param);
            case "file" -> file((int) number(text, param, 4096, 1, 1 << 20));
            case "fail" -> failing(number(text, param, 10, 1, Long.MAX_VALUE), false);
            case "panic" -> failing(number(text, param, 10, 1, Long.MAX_VALUE), true);
            default -> index -> index;
        };
    }

    private static long number(String text, String param, long or, long least, long most) throws Arguments.Refusal {
        return param == null ? or : Arguments.number("--workload " + text, param, least, most, "");
    }

    /** Nanoseconds of a length of time such as 20ms. */
    private static long span(String text, String length) throws Arguments.Refusal {
        Matcher parts = Pattern.compile("([0-9]{1,13})(ns|us|ms|s)").matcher(length);
        if (parts.matches()) {
            long unit = UNITS.get(parts.group(2));
            long units = Long.parseLong(parts.group(1));
            if (units <= LONGEST_NS / unit) {
                return units * unit;
            }
        }
        throw new Arguments.Refusal("invalid value '%s' for '--workload': a whole number and ns, us, ms or s, at most 3600s"
                .formatted(text));
    }

    /** Three complex square roots in polar form. */
    private static long root(long index) {
        double re = index;
        double im = 1;
        for (int times = 0; times < 3; times++) {
            double s = Math.sqrt(Math.hypot(re, im));
            double half = Math.atan2(im, re) / 2;
            re = s * Math.cos(half);
            im = s * Math.sin(half);
        }
        return (long) Math.floor(0x1p20 * re + 0.5);
    }

    private static Work factors(long first) {
        return index -> {
            long n = first + index;
            if (n < 2) {
                return 0;
            }
            long sum = 2L * Long.numberOfTrailingZeros(n);
            n >>= Long.numberOfTrailingZeros(n);
            for (long p = 3; p * p <= n; p += 2) {
                while (n % p == 0) {
                    sum += p;
                    n /= p;
                }
            }
            return n > 1 ? sum + n : sum;
        };
    }

    private static long iterations(String text, String param, long rate, long times, long over) throws Arguments.Refusal {
        long ns = span(text, param == null ? "10us" : param);
        if (rate == 0) {
            throw new Arguments.Refusal(text + " needs --spin-rate, iterations a second, which the driver measures");
        }
        BigInteger exact = BigInteger.valueOf(ns).multiply(BigInteger.valueOf(rate)).multiply(BigInteger.valueOf(times))
                .divide(BigInteger.valueOf(1_000_000_000 * over));
        return exact.min(BigInteger.valueOf(Long.MAX_VALUE)).longValue();
    }

    private static Work spin(long iterations) {
        return index -> turned(iterations, index);
    }

    private static Work skew(long many, long few) {
        return index -> turned(Long.remainderUnsigned(Results.mix(index), 16) == 0 ? many : few, index);
    }

    private static long turned(long iterations, long index) {
        long x = 1;
        for (long done = 0; done < iterations; done++) {
            x = (x ^ (x >>> 29)) * 0xbf58476d1ce4e5b9L;
        }
        // It never is 0, which the compiler cannot know: so it must run the chain.
        return x == 0 ? -1 : index;
    }

    private static Work sleep(long ns) {
        return index -> {
            long end = System.nanoTime() + ns;
            for (long left = ns; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return index;
        };
    }

    private static Work file(int size) {
        return index -> {
            try (FileInputStream file = new FileInputStream("/proc/self/exe")) {
                if (file.readNBytes(size).length < size) {
                    throw Fault.EOF;
                }
                return index + size;
            } catch (IOException cause) {
                throw Fault.of(cause);
            }
        };
    }

    private static Work failing(long every, boolean loudly) {
        return index -> {
            if ((index + 1) % every != 0) {
                return index;
            }
            if (loudly) {
                throw new IllegalStateException("job " + index + " panics, as it was asked to");
            }
            throw Fault.FAIL;
        };
    }
}
