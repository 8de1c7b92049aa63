package dev.sluice.attacks;

import static dev.sluice.attacks.AttackedProcess.UPLOADS;
import static dev.sluice.attacks.AttackedProcess.authorization;
import static dev.sluice.attacks.AttackedProcess.head;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random requests with JSON bodies, forms, tus data and chunks, of which most violate a rule of HTTP: bytes are changed,
 * removed, inserted and repeated, and most requests are cut. The same seed gives the same requests.
 */
final class MutatedRequests {
    private static final String API = "/api/video-processing/";
    private static final List<String> PATHS = List.of(
            "/health/live",
            "/openapi.json",
            "/",
            API + "jobs?limit=2",
            API + "jobs/x/outputs",
            API + "jobs/x/cancel",
            API + "media/m/process-video",
            API + "direct-uploads",
            API + "events?ticket=x",
            API + "nowhere/../x");
    private static final List<String> METHODS =
            List.of("GET", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "PUT", "X");
    private static final List<String> TOKENS = List.of(
            "\r\n",
            "\n",
            "\r",
            "\0",
            ":",
            " ",
            ";",
            ",",
            "chunked",
            "Content-Length: 5\r\n",
            "HTTP/1.0",
            "%",
            "0\r\n\r\n",
            "--b--",
            "ffffffff\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: h2c\r\n",
            "X-HTTP-Method-Override: PATCH\r\n");
    private static final int MAX_MUTATIONS = 4;
    /** The beginning of a file that is accepted as a video. */
    private static final String VIDEO = "\0\0\0\u0020ftypisom";

    private final String token;
    private final Random random;

    /** @param token of the client */
    MutatedRequests(long seed, String token) {
        this.token = token;
        this.random = new Random(seed);
    }

    /** @param upload the path of an unfinished upload */
    byte[] next(String upload) {
        String request = switch (random.nextInt(4)) {
            case 0 -> form();
            case 1 -> tus(upload);
            case 2 -> json();
            default -> head(any(METHODS), any(PATHS), credentials()) + "\r\n";
        };
        StringBuilder text = new StringBuilder(request);
        for (int count = random.nextInt(MAX_MUTATIONS); count > 0; count--) {
            mutate(text);
        }
        String all = random.nextInt(4) == 0
                ? text.append(head("GET", "/health")).append("\r\n").toString()
                : text.toString();
        return all.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Whether the client disconnects without waiting for a response. */
    boolean disconnects() {
        return random.nextInt(3) == 0;
    }

    /** A number below {@code bound}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    private void mutate(StringBuilder text) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + 1 + random.nextInt(20));
        switch (random.nextInt(5)) {
            case 0 -> text.setCharAt(at, (char) random.nextInt(256));
            case 1 -> text.delete(at, Math.min(end, text.length() - 1));
            case 2 -> text.insert(at, any(TOKENS));
            case 3 -> text.insert(at, text.substring(at, end));
            default -> text.setLength(Math.max(1, random.nextInt(4) == 0 ? at : text.length()));
        }
    }

    private String form() {
        String body = "--b\r\nContent-Disposition: form-data; name=\"" + any(List.of("file", "x"))
                + "\"; filename=\"v.mp4\"\r\n\r\n" + (random.nextInt(12) == 0 ? VIDEO : "")
                + "x".repeat(random.nextInt(5_000)) + "\r\n--b"
                + any(List.of("--\r\n", "\r\n", ""));
        return framed("POST", API + "media", "multipart/form-data; boundary=b", body);
    }

    private String tus(String upload) {
        return random.nextInt(4) == 0
                ? head(any(METHODS), any(List.of(UPLOADS, upload)), tusHeaders("x"))
                : framed(
                        "PATCH",
                        upload,
                        "application/offset+octet-stream\r\n" + String.join("\r\n", tusHeaders("0")),
                        VIDEO + "x".repeat(random.nextInt(2_000)));
    }

    private String[] tusHeaders(String offset) {
        return new String[] {
            authorization(token),
            "Tus-Resumable: 1.0.0",
            "Upload-Offset: " + offset,
            "Upload-Length: " + random.nextInt(9_000)
        };
    }

    private String json() {
        return framed(
                "POST", any(PATHS), "application/json", any(List.of("{}", "[", "{\"size\": 1}", "x".repeat(70_000))));
    }

    /** With a length that is right or not, or in chunks. */
    private String framed(String method, String path, String type, String body) {
        List<String> lines = new ArrayList<>(List.of(credentials()));
        lines.add("Content-Type: " + type);
        boolean chunks = random.nextInt(3) == 0;
        lines.add(
                chunks
                        ? "Transfer-Encoding: chunked"
                        : "Content-Length: "
                                + Math.max(0, body.length() + (random.nextInt(4) == 0 ? random.nextInt(-9, 99) : 0)));
        return head(method, path, lines.toArray(String[]::new)) + "\r\n" + (chunks ? inChunks(body) : body);
    }

    private String inChunks(String body) {
        StringBuilder chunks = new StringBuilder();
        for (int at = 0; at < body.length(); ) {
            int size = Math.min(body.length() - at, 1 + random.nextInt(3_000));
            chunks.append(Integer.toHexString(size))
                    .append("\r\n")
                    .append(body, at, at + size)
                    .append("\r\n");
            at += size;
        }
        return chunks.append("0\r\n\r\n").toString();
    }

    private String[] credentials() {
        return random.nextInt(5) == 0 ? new String[0] : new String[] {authorization(token)};
    }

    private String any(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }
}
