package dev.sluice.attacks;

import static dev.sluice.attacks.AttackedProcess.MALLORY;
import static dev.sluice.attacks.AttackedProcess.authorization;
import static dev.sluice.attacks.AttackedProcess.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.attacks.RawConnection.Received;
import java.util.List;

/**
 * Requests whose end a proxy may read differently, each followed by another request. The process must answer once and close the
 * connection.
 */
final class SmuggledRequests {
    private static final String PATH = "/api/video-processing/media/m/process-video";
    private static final String END = "0\r\n\r\n";
    private static final String NEXT = head("GET", "/health/live") + "\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked";

    private SmuggledRequests() {}

    static List<Attack> all() {
        return List.of(
                attack("chunked, xchunked", post("Transfer-Encoding: chunked, xchunked") + END),
                attack("xchunked, chunked", post("Transfer-Encoding: xchunked, chunked") + END),
                attack("two Transfer-Encoding", post(CHUNKED, "Transfer-Encoding: identity") + END),
                attack("Transfer-Encoding in a folded line", post("Transfer-Encoding:\r\n chunked") + END),
                attack("space before the colon", post("Transfer-Encoding : chunked") + END),
                attack("Content-Length and Transfer-Encoding", post("Content-Length: 5", CHUNKED) + END),
                attack("two Content-Length", post("Content-Length: 5", "Content-Length: 6") + "abcdef"),
                attack("list in Content-Length", post("Content-Length: 5, 5") + "abcde"),
                attack("sign in Content-Length", post("Content-Length: +5") + "abcde"),
                cut("chunk of 2^32 bytes", post(CHUNKED) + "100000000\r\n\r\n"),
                cut("chunk size with 0x", post(CHUNKED) + "0x2\r\n{}\r\n" + END),
                cut("chunk longer than its size", post(CHUNKED) + "2\r\n{}xx" + END),
                cut("line feed in a chunk extension", post(CHUNKED) + "2;\n{}\r\n" + END),
                attack("Transfer-Encoding of HTTP/1.0", post(CHUNKED).replace("HTTP/1.1", "HTTP/1.0") + END),
                attack("control characters before the request", "\1\2\0" + post()),
                attack("lines without carriage return", post().replace("\r", "")),
                attack("header without carriage return", post("X: y").replace("X: y\r", "X: y")),
                attack("carriage return in a header", post("X: y\rZ: z")),
                attack("two hosts", post("Host: localhost")));
    }

    private static String post(String... lines) {
        String[] all = new String[lines.length + 1];
        all[0] = authorization(MALLORY);
        System.arraycopy(lines, 0, all, 1, lines.length);
        return head("POST", PATH, all) + "\r\n";
    }

    /** Of an invalid body, the head may be answered before or not at all; nothing after it is a request. */
    private static Attack cut(String name, String request) {
        return new Attack("smuggling: " + name, "it, and another request", target -> {
            Received answer = target.send(request + NEXT);
            assertThat(answer.responses()).as(answer.text()).isLessThanOrEqualTo(1);
            assertThat(answer.status()).as(answer.text()).isIn(0, 400);
            assertThat(answer.closed()).as(answer.text()).isTrue();
            return answer.toString();
        });
    }

    private static Attack attack(String name, String request) {
        return new Attack("smuggling: " + name, "it, and another request", target -> {
            Received answer = target.send(request + NEXT);
            assertThat(answer.responses()).as(answer.text()).isEqualTo(1);
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.closed()).as(answer.text()).isTrue();
            return answer.toString();
        });
    }
}
