package dev.sluice.attacks;

import static dev.sluice.attacks.AttackedProcess.MALLORY;
import static dev.sluice.attacks.AttackedProcess.UPLOAD_PLACES;
import static dev.sluice.attacks.AttackedProcess.authorization;
import static dev.sluice.attacks.AttackedProcess.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The attacks over HTTP on bodies, places, connections and tokens. */
final class HttpAttacks {
    private static final String MEDIA = "/api/video-processing/media";
    private static final String PROCESS = MEDIA + "/m/process-video";
    private static final String JOBS = "/api/video-processing/jobs";
    private static final String CANCEL = "/api/video-processing/jobs/j/cancel";
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** The default of {@code backend.maxConnectionsPerAddress}. */
    private static final int MAX_PER_ADDRESS = 100;

    private HttpAttacks() {}

    static List<Attack> all() {
        return Stream.concat(
                        Stream.of(
                                new Attack(
                                        "forms without end",
                                        "4 forms with Content-Length, without closing boundary",
                                        HttpAttacks::formsWithoutEnd),
                                new Attack(
                                        "forms cut in the head of a part",
                                        "4 forms that end before the data of the file",
                                        HttpAttacks::formsWithoutData),
                                new Attack(
                                        "bodies without token",
                                        "1,100 bodies of 64 KiB less one byte, from 22 addresses",
                                        HttpAttacks::bodiesWithoutToken),
                                new Attack(
                                        "unfinished bodies with token",
                                        "200 JSON bodies of 64 KiB less one byte, from 4 addresses",
                                        HttpAttacks::unfinishedBodies),
                                new Attack(
                                        "body of an operation without one",
                                        "1 MiB to an operation without body",
                                        HttpAttacks::bodyWithoutUse),
                                new Attack("slow head", "half a head, then nothing", HttpAttacks::slowHead),
                                new Attack("slow forms", "4 forms of which half is sent", HttpAttacks::slowForms),
                                new Attack("slow tus uploads", "4 PATCHes of which half is sent", HttpAttacks::slowTus),
                                new Attack(
                                        "connections",
                                        "150 connections without a request, from one address",
                                        HttpAttacks::connections),
                                new Attack("cut uploads", "8 PATCHes and forms, reset", HttpAttacks::cutUploads),
                                new Attack(
                                        "cut responses",
                                        "20 requests of the API description, reset",
                                        HttpAttacks::cutResponses),
                                new Attack("not HTTP", "10 bytes and an empty line", HttpAttacks::notHttp),
                                new Attack("long head", "a header of 100 KB", HttpAttacks::longHead),
                                new Attack("odd tokens", "9 signed tokens with odd claims", HttpAttacks::oddTokens),
                                new Attack(
                                        "tails of tus uploads",
                                        "4 PATCHes of 4 MiB, then 60 HEADs at a time",
                                        HttpAttacks::tails)),
                        SmuggledRequests.all().stream())
                .toList();
    }

    private static String formsWithoutEnd(AttackedProcess target) throws IOException {
        return truncatedForms(target, part() + "x".repeat(1_000));
    }

    private static String formsWithoutData(AttackedProcess target) throws IOException {
        return truncatedForms(target, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.mp4\"\r\n");
    }

    private static String truncatedForms(AttackedProcess target, String form) throws IOException {
        List<Received> answers = new ArrayList<>();
        for (int i = 0; i < UPLOAD_PLACES; i++) {
            try (RawConnection connection = target.connect()) {
                answers.add(connection.send(formHead(form.length()) + form).receiveResponse(LIMIT));
            }
        }
        return common(answers, 400);
    }

    private static String bodiesWithoutToken(AttackedProcess target) throws IOException {
        int connections = 50;
        byte[] body = new byte[(64 << 10) - 1];
        List<Received> answers = new ArrayList<>();
        for (int address = 0; address < 22; address++) {
            List<RawConnection> open = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                open.add(target.connect("127.0.1." + (address + 1))
                        .send(head("POST", PROCESS, "Content-Type: application/json", "Content-Length: " + (64 << 10))
                                + "\r\n")
                        .trySend(body));
            }
            for (RawConnection connection : open) {
                answers.add(connection.receiveResponse(LIMIT));
            }
            // Kept open until all were sent: the process must bound them by itself.
            target.keep(open);
        }
        target.closeKept();
        return common(answers, 401);
    }

    private static String unfinishedBodies(AttackedProcess target) throws IOException {
        byte[] body = new byte[(64 << 10) - 1];
        Arrays.fill(body, (byte) ' ');
        List<RawConnection> open = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            open.add(target.connect("127.0.2." + (i / 50 + 1))
                    .send(head(
                                    "POST",
                                    PROCESS,
                                    authorization(MALLORY),
                                    "Content-Type: application/json",
                                    "Content-Length: " + (64 << 10))
                            + "\r\n")
                    .trySend(body));
        }
        List<Received> answers = receiveAll(open);
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(408, 503));
        return statuses(answers);
    }

    private static String bodyWithoutUse(AttackedProcess target) throws IOException {
        try (RawConnection connection = target.connect()) {
            return common(
                    List.of(connection
                            .send(head("POST", CANCEL, authorization(MALLORY), "Content-Length: " + (1 << 20)) + "\r\n")
                            .trySend(new byte[1 << 20])
                            .receive(LIMIT)),
                    400);
        }
    }

    private static String slowHead(AttackedProcess target) throws IOException {
        Received answer = target.send("GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");

        assertThat(answer.closed()).isTrue();
        return answer.toString();
    }

    private static String slowForms(AttackedProcess target) throws IOException {
        List<RawConnection> open = new ArrayList<>();
        for (int i = 0; i < UPLOAD_PLACES; i++) {
            open.add(target.connect().send(formHead(10_000_000) + part()));
        }
        return common(receiveAll(open), 408);
    }

    private static String slowTus(AttackedProcess target) throws IOException {
        List<RawConnection> open = new ArrayList<>();
        for (int i = 0; i < UPLOAD_PLACES; i++) {
            open.add(target.connect().send(patchHead(target)).send(AttackedProcess.video(500)));
        }
        return common(receiveAll(open), 408);
    }

    private static String connections(AttackedProcess target) throws IOException {
        List<RawConnection> open = new ArrayList<>();
        for (int i = 0; i < MAX_PER_ADDRESS + 50; i++) {
            open.add(target.connect("127.0.3.1"));
        }
        target.checkServesOthers();
        int answered = 0;
        for (RawConnection connection : open) {
            var unused = connection.trySend(head("GET", "/health/live", "Connection: close")
                    .concat("\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            answered += connection.receive(LIMIT).status() == 0 ? 0 : 1;
            connection.close();
        }
        assertThat(answered).isLessThanOrEqualTo(MAX_PER_ADDRESS);
        return "at most " + MAX_PER_ADDRESS + " are kept";
    }

    private static String cutUploads(AttackedProcess target) throws IOException {
        for (int i = 0; i < UPLOAD_PLACES; i++) {
            target.connect()
                    .send(patchHead(target))
                    .send(AttackedProcess.video(500))
                    .reset();
            target.connect().send(formHead(10_000_000) + part()).reset();
        }
        Awaitility.await()
                .untilAsserted(() -> assertThat(target.log()).containsPattern("DEBUG .*connection failed error="));
        return "–";
    }

    private static String cutResponses(AttackedProcess target) throws IOException {
        for (int i = 0; i < 20; i++) {
            target.connect()
                    .send((head("GET", "/openapi.json") + "\r\n").repeat(4))
                    .reset();
        }
        return "–";
    }

    private static String notHttp(AttackedProcess target) throws IOException {
        return common(List.of(target.send("0123456789\r\n\r\n")), 400);
    }

    private static String longHead(AttackedProcess target) throws IOException {
        try (RawConnection connection = target.connect()) {
            Received answer = connection
                    .trySend((head("GET", "/health/live", "X: " + "x".repeat(100_000)) + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII))
                    .receive(LIMIT);
            assertThat(answer.closed()).isTrue();
            return answer.toString();
        }
    }

    private static String oddTokens(AttackedProcess target) throws IOException {
        List<JsonObject> odd = List.of(
                claims().putNull("exp"),
                claims().put("exp", "tomorrow"),
                claims().put("exp", 1e300),
                claims().put("aud", 7),
                claims().put("aud", new JsonObject()),
                claims().put("sub", "a\0b"),
                claims().put("sub", "x".repeat(2_000)),
                claims().put("sub", new JsonArray()));
        List<String> tokens = new ArrayList<>(odd.stream()
                .map(claims -> TestTokens.signed(claims, TestTokens.SECRET))
                .toList());
        tokens.add(TestTokens.signed(new JsonObject().put("crit", new JsonArray().add("exp")), claims()));
        List<Received> answers = new ArrayList<>();
        for (String token : tokens) {
            answers.add(target.send(head("GET", JOBS, authorization(token), "Connection: close") + "\r\n"));
        }
        return common(answers, 401);
    }

    private static JsonObject claims() {
        return TestTokens.claims("mallory");
    }

    /** Data of less than a part of the object store is kept in the database. */
    private static String tails(AttackedProcess target) throws IOException {
        int bytes = 4 << 20;
        List<RawConnection> open = new ArrayList<>();
        for (int upload = 0; upload < UPLOAD_PLACES; upload++) {
            String token = anyAttacker();
            String path = target.createUpload(token, 2 * bytes);
            String patch = head(
                    "PATCH",
                    path,
                    authorization(token),
                    "Connection: close",
                    "Tus-Resumable: 1.0.0",
                    "Upload-Offset: 0",
                    "Content-Type: application/offset+octet-stream",
                    "Content-Length: " + bytes);
            try (RawConnection connection = target.connect()) {
                Received stored = connection
                        .send(patch + "\r\n")
                        .trySend(AttackedProcess.video(bytes))
                        .receive(LIMIT);
                assertThat(stored.status()).as(stored.text()).isEqualTo(204);
            }
            String ask = head("HEAD", path, authorization(token), "Tus-Resumable: 1.0.0");
            for (int i = 0; i < 15; i++) {
                open.add(target.connect().send(ask + "\r\n"));
            }
        }
        return common(receiveAll(open), 200);
    }

    private static String part() {
        return "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"v.mp4\"\r\n\r\n\0\0\0\u0020ftypisom";
    }

    private static String formHead(int length) {
        return head(
                        "POST",
                        MEDIA,
                        authorization(anyAttacker()),
                        "Content-Type: multipart/form-data; boundary=b",
                        "Content-Length: " + length)
                + "\r\n";
    }

    /** The head of a request that appends 1,000 bytes to a new upload. */
    private static String patchHead(AttackedProcess target) throws IOException {
        String token = anyAttacker();
        return head(
                        "PATCH",
                        target.createUpload(token),
                        authorization(token),
                        "Tus-Resumable: 1.0.0",
                        "Upload-Offset: 0",
                        "Content-Type: application/offset+octet-stream",
                        "Content-Length: 1000")
                + "\r\n";
    }

    /** Another user each time: one may not have all places. */
    private static String anyAttacker() {
        return TestTokens.of("mallory-" + UUID.randomUUID());
    }

    private static List<Received> receiveAll(List<RawConnection> open) throws IOException {
        List<Received> answers = new ArrayList<>();
        for (RawConnection connection : open) {
            answers.add(connection.receiveResponse(LIMIT));
        }
        for (RawConnection connection : open) {
            connection.close();
        }
        return answers;
    }

    /** Asserts that all answers have this status. */
    private static String common(List<Received> answers, int status) {
        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer.status()).as(answer.text()).isEqualTo(status));
        return answers.get(0).toString();
    }

    private static String statuses(List<Received> answers) {
        return new TreeSet<>(answers.stream().map(Received::status).toList())
                .stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
