/** The workload {@code http}: one GET on a new connection, read to its end and judged, with 1 + 3 attempts. */
package poolbench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

final class Web implements Work {
    private static final Pattern URL = Pattern.compile("http://(([0-9.]+|\\[[0-9a-fA-F:.]+]):([0-9]{1,5}))(/[!-~]*)?");
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})[ \r]");
    private static final int TIMEOUT_MS = 5000;
    private static final int ATTEMPTS = 4;
    /** An answer is about 100 bytes; more than this is none of ours. */
    private static final int ROOM = 1024;

    private final InetSocketAddress address;
    private final byte[] request;

    Web(String url) throws Arguments.Refusal {
        Matcher parts = URL.matcher(url);
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
            throw new Arguments.Refusal("invalid value 'http:%s' for '--workload': http:http://ADDRESS:PORT/PATH with an address "
                    .formatted(url) + "in numbers is accepted");
        }
        address = new InetSocketAddress(parts.group(2), Integer.parseInt(parts.group(3)));
        String path = parts.group(4) == null ? "/" : parts.group(4);
        request = "GET %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n".formatted(path, parts.group(1))
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public long run(long index) throws Fault {
        for (int attempt = 1; ; attempt++) {
            try {
                get();
                return index;
            } catch (Fault fault) {
                boolean passing = fault == Fault.REFUSED || fault == Fault.RESET || fault == Fault.EOF;
                if (!passing || attempt == ATTEMPTS) {
                    throw fault;
                }
                RETRIES.increment();
            }
        }
    }

    private void get() throws Fault {
        long end = System.nanoTime() + TIMEOUT_MS * 1_000_000L;
        try (Socket socket = new Socket()) {
            try {
                socket.connect(address, TIMEOUT_MS);
            } catch (IOException cause) {
                UNSENT.increment();
                throw Fault.of(cause);
            }
            socket.getOutputStream().write(request);
            judge(answer(socket, end));
        } catch (IOException cause) {
            throw Fault.of(cause);
        }
    }

    /** All that comes up to the end of the stream. */
    private static String answer(Socket socket, long end) throws IOException, Fault {
        InputStream stream = socket.getInputStream();
        byte[] bytes = new byte[ROOM];
        for (int length = 0; length < ROOM; ) {
            // 0 would mean that there is no bound.
            socket.setSoTimeout((int) Math.max(1, (end - System.nanoTime()) / 1_000_000));
            int read = stream.read(bytes, length, ROOM - length);
            if (read < 0) {
                return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
            }
            length += read;
        }
        throw Fault.BODY;
    }

    private static void judge(String answer) throws Fault {
        int head = answer.indexOf("\r\n\r\n");
        String begin = answer.substring(0, Math.min(7, answer.length()));
        if (!"HTTP/1.".startsWith(begin)) {
            throw Fault.BODY;
        }
        if (head < 0) {
            throw Fault.EOF;
        }
        Matcher line = STATUS_LINE.matcher(answer);
        if (!line.lookingAt()) {
            throw Fault.BODY;
        }
        if (!line.group(1).equals("200")) {
            throw Fault.STATUS;
        }
        String body = answer.substring(head + 4);
        if (!body.equals("OK")) {
            // The end of the stream is the only mark of the body's end, so a cut body is an early end.
            throw "OK".startsWith(body) ? Fault.EOF : Fault.BODY;
        }
    }
}
