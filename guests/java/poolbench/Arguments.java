/** The command line of a pool, read into numbers; what the pool cannot take is refused. */
package poolbench;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Chunk and window are 0 for {@code own} and {@code all}; {@code auto} is worked out. */
record Arguments(Work work, long jobs, long workers, long chunk, long window, long batches) {
    private static final long MOST = 1_000_000_000;
    private static final List<String> OPTIONS =
            List.of("--workload", "--jobs", "--workers", "--chunk", "--window", "--batches", "--spin-rate");

    /** Wrong use; the message names the argument and what is accepted. */
    static final class Refusal extends Exception {
        Refusal(String message) {
            super(message);
        }
    }

    static Arguments read(String[] args, Guest.About about) throws Refusal {
        Map<String, String> given = options(args);
        long jobs = number(given, "--jobs", "1000", 0, MOST);
        long workers = number(given, "--workers", "2", 1, 100_000);
        if (about.kind().equals("serial")) {
            workers = 1;
        }
        long chunk = chunk(given, about.chunk(), jobs, workers);
        long window = window(given, about.window());
        long spinRate = number(given, "--spin-rate", "0", 1, Long.MAX_VALUE);
        Work work = Work.of(given.getOrDefault("--workload", "noop"), about, spinRate);
        long batches = number(given, "--batches", "1", 1, 1000);
        return new Arguments(work, jobs, workers, chunk, window == 0 ? 0 : Math.max(window, chunk), batches);
    }

    private static Map<String, String> options(String[] args) throws Refusal {
        Map<String, String> given = new HashMap<>();
        boolean gate = false;
        for (int at = 0; at < args.length; at++) {
            if (args[at].equals("--gate")) {
                gate = true;
            } else if (!OPTIONS.contains(args[at])) {
                throw new Refusal("unknown argument '%s': --gate, --describe alone, or one of %s are accepted"
                        .formatted(args[at], String.join(", ", OPTIONS)));
            } else if (at + 1 == args.length) {
                throw new Refusal(args[at] + " needs a value");
            } else {
                given.put(args[at], args[++at]);
            }
        }
        if (!gate) {
            throw new Refusal("give --gate to speak the protocol on stdin and stdout, or --describe alone");
        }
        return given;
    }

    private static long number(Map<String, String> given, String option, String or, long least, long most)
            throws Refusal {
        String text = given.get(option);
        return text == null ? Long.parseLong(or) : number(option, text, least, most, "");
    }

    /** {@code others} is what is accepted beside numbers. */
    static long number(String option, String text, long least, long most, String others) throws Refusal {
        if (text.matches("[0-9]+")) {
            BigInteger number = new BigInteger(text);
            if (number.compareTo(BigInteger.valueOf(least)) >= 0 && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return number.longValue();
            }
        }
        throw new Refusal("invalid value '%s' for '%s': %swhole numbers from %d to %d are accepted"
                .formatted(text, option, others, least, most));
    }

    private static long chunk(Map<String, String> given, List<String> policies, long jobs, long workers)
            throws Refusal {
        String asked = policy(given, "--chunk", policies, "auto", "auto");
        return switch (asked) {
            case "own" -> 0;
            case "auto" -> Math.max(1, (jobs + 4 * workers - 1) / (4 * workers));
            default -> number("--chunk", asked, 1, MOST, "own, auto and ");
        };
    }

    private static long window(Map<String, String> given, List<String> policies) throws Refusal {
        String asked = policy(given, "--window", policies, "1024", "");
        return asked.equals("all") ? 0 : number("--window", asked, 1, MOST, "all and ");
    }

    /** What was asked for, or the first policy; {@code or} where that is any number. */
    private static String policy(Map<String, String> given, String option, List<String> policies, String or, String also)
            throws Refusal {
        String asked = given.getOrDefault(option, policies.get(0).equals("n") ? or : policies.get(0));
        boolean isNumber = asked.matches("[0-9]+") || asked.equals(also);
        if (policies.contains(asked) || (isNumber && policies.contains("n"))) {
            return asked;
        }
        throw new Refusal("invalid value '%s' for '%s': this pool takes %s (n is any number from 1)"
                .formatted(asked, option, String.join(", ", policies)));
    }
}
