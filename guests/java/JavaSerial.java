/** {@code java-serial}: the plain loop, which the other pools in Java are held against. */
import java.util.List;
import poolbench.Guest;
import poolbench.Jobs;

final class JavaSerial implements Guest.Pool {
    public void start(Jobs jobs) {}

    public void batch(Jobs jobs) {
        jobs.run(0, jobs.count());
    }

    public void stop() {}

    public static void main(String[] args) {
        Guest.main(args, new Guest.About("java-serial", "the plain loop in Java", "serial", "java", "for loop", true,
                List.of("noop", "compute", "factor", "spin", "skew", "sleep", "http", "file"),
                List.of("own"), List.of("all")), new JavaSerial());
    }
}
