/** Why a job failed: the classes of {@code errors} in {@code done}. */
package poolbench;

import java.io.IOException;
import java.net.SocketTimeoutException;

final class Fault extends Exception {
    static final Fault FAIL = new Fault("fail");
    static final Fault PANIC = new Fault("panic");
    static final Fault REFUSED = new Fault("refused");
    static final Fault RESET = new Fault("reset");
    static final Fault EOF = new Fault("eof");
    static final Fault TIMEOUT = new Fault("timeout");
    static final Fault ADDR = new Fault("addr");
    static final Fault FD = new Fault("fd");
    static final Fault STATUS = new Fault("status");
    static final Fault BODY = new Fault("body");
    static final Fault IO = new Fault("io");
    static final Fault[] ALL = {FAIL, PANIC, REFUSED, RESET, EOF, TIMEOUT, ADDR, FD, STATUS, BODY, IO};

    final String word;

    /** There is one of each, without a stack trace, which would cost more than most jobs. */
    private Fault(String word) {
        super(word, null, false, false);
        this.word = word;
    }

    /** The class of a failed system call; Java tells most of them apart by the system's text alone. */
    static Fault of(IOException cause) {
        String said = String.valueOf(cause.getMessage());
        if (cause instanceof SocketTimeoutException) {
            return TIMEOUT;
        }
        return said.contains("refused") ? REFUSED
                : said.contains("reset") || said.contains("Broken pipe") || said.contains("abort") ? RESET
                : said.contains("annot assign requested address") ? ADDR
                : said.contains("Too many open files") ? FD
                : IO;
    }
}
