package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.http.EventClient;
import dev.sluice.http.EventClient.Event;
import dev.sluice.http.TestClient;
import dev.sluice.http.TestTokens;
import io.vertx.core.http.HttpClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Updates as server-sent events, with a complete pipeline. */
@ExtendWith(ServicesExtension.class)
@Timeout(180)
class LiveUpdateIT {
    private static final String ALL = "/api/video-processing/events";
    private static final String ANN = TestTokens.of("ann");
    private static final String BOB = TestTokens.of("bob");
    private static final int STREAMS = 500;
    private static final int UPDATES = 250;

    private static PipelineFixture pipeline;
    private static HttpClient http;
    private static int port;

    @BeforeAll
    static void start(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
        port = pipeline.startWithBackend(
                new JsonObject().put("backend", new JsonObject().put("maxEventStreamsPerUser", STREAMS)));
        http = EventClient.client(pipeline.vertx());
    }

    @Test
    void sendsUpdatesToOwnerOnly() throws Exception {
        try (EventClient ann = open(ALL, ANN);
                EventClient bob = open(ALL, BOB)) {
            pipeline.backend().send(job("live", "uploads/clip.mp4").put("userId", "ann"));
            BackendSimulator.awaitThat(() -> steps(ann, "live").contains("upload_complete"));

            assertThat(steps(ann, "live"))
                    .containsSubsequence(
                            "downloading_video",
                            "download_complete",
                            "processing_video",
                            "processing_complete",
                            "uploading_results",
                            "upload_complete");
            assertThat(ann.events().stream()
                            .map(Event::json)
                            .filter(update -> "live".equals(update.getString("job_id")))
                            .map(update -> update.getInteger("seq")))
                    .isSorted()
                    .doesNotHaveDuplicates();
            assertThat(bob.events()).isEmpty();
        }
    }

    @Test
    void resumesAtLastEventOrReportsGap() throws Exception {
        Event second;
        List<Event> all;
        String path = "/api/video-processing/jobs/resumed/events";
        try (EventClient first = open(ALL, ANN)) {
            pipeline.backend().send(job("resumed", "uploads/clip.mp4").put("userId", "ann"));
            BackendSimulator.awaitThat(() -> steps(first, "resumed").contains("upload_complete"));
            all = first.events().stream()
                    .filter(event -> event.json().getString("job_id").equals("resumed"))
                    .toList();
            second = all.get(1);
        }

        try (EventClient again = openFrom(path, ANN, second.id());
                EventClient strange = openFrom(path, ANN, "another-7");
                EventClient future = openFrom(path, ANN, second.id() + "000000")) {
            BackendSimulator.awaitThat(() -> steps(again, "resumed").contains("upload_complete"));

            assertThat(again.events()).isEqualTo(all.subList(2, all.size()));
            BackendSimulator.awaitThat(
                    () -> !strange.events().isEmpty() && !future.events().isEmpty());
            assertThat(strange.events()).extracting(Event::name).containsExactly("reset");
            assertThat(future.events()).extracting(Event::name).containsExactly("reset");
        }
        assertThat(open(path, BOB).status()).isEqualTo(403);
        assertThat(open("/api/video-processing/jobs/unknown/events", ANN).status())
                .isEqualTo(404);
        assertThat(open(ALL, "nonsense").status()).isEqualTo(401);
    }

    @Test
    void acceptsTicketOnceWithThePermissionsOfItsCaller() throws Exception {
        TestClient client = new TestClient(pipeline.vertx(), port);
        String tickets = "/api/video-processing/event-tickets";
        String ann = client.post(tickets, ANN).json().getString("ticket");
        String bob = client.post(tickets, BOB).json().getString("ticket");
        String expired = client.post(tickets, ANN).json().getString("ticket");
        pipeline.database()
                .execute("UPDATE sluice.event_ticket SET expires_at = now() - interval '1 s' WHERE digest = sha256('"
                        + expired + "')");

        try (EventClient own = openWithTicket(ann);
                EventClient other = openWithTicket(bob)) {
            pipeline.backend().send(job("ticket", "uploads/clip.mp4").put("userId", "ann"));
            BackendSimulator.awaitThat(() -> steps(own, "ticket").contains("upload_complete"));
            assertThat(other.status()).isEqualTo(200);
            assertThat(other.events()).isEmpty();
        }
        assertThat(openWithTicket(ann).status()).as("used").isEqualTo(401);
        assertThat(openWithTicket(expired).status()).isEqualTo(401);
        String brief = client.post(tickets, TestTokens.brief("ann", 3)).json().getString("ticket");
        try (EventClient stream = openWithTicket(brief)) {
            BackendSimulator.awaitThat(stream::ended);
        }
    }

    @Test
    void closesStreamWhenTokenExpires() {
        try (EventClient stream = open(ALL, TestTokens.brief("ann", 2))) {
            BackendSimulator.awaitThat(stream::ended);
        }
    }

    /** Asserts that each stream receives each update in order; the lag is printed. */
    @Test
    void sendsUpdatesToManyStreamsConcurrently() throws Exception {
        pipeline.database()
                .execute("INSERT INTO \"VideoProcessingJob\" (\"id\", \"userId\") VALUES ('watched', 'crowd')");
        String crowd = TestTokens.of("crowd");
        ConcurrentLinkedQueue<Long> lags = new ConcurrentLinkedQueue<>();
        List<EventClient> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            streams.add(EventClient.open(
                    http, port, ALL, bearer(crowd), event -> lags.add(System.nanoTime() - sent(event))));
        }

        try (EventClient rejected = EventClient.open(http, port, ALL, bearer(crowd))) {
            assertThat(rejected.status()).as("above the quota").isEqualTo(429);
        }
        long begun = System.nanoTime();
        for (int i = 0; i < UPDATES; i++) {
            long due = begun + TimeUnit.SECONDS.toNanos(i) / 50;
            BackendSimulator.awaitThat(() -> System.nanoTime() >= due);
            pipeline.backend()
                    .sendUpdate(new JsonObject()
                            .put("type", "video_processing_update")
                            .put("job_id", "watched")
                            .put("media_id", "m-watched")
                            .put("status", "processing")
                            .put("progress", i * 100 / UPDATES)
                            .put("number", i)
                            .put("sent", System.nanoTime())
                            .encode());
        }
        BackendSimulator.awaitThat(() -> lags.size() >= STREAMS * UPDATES);

        List<Integer> inOrder = IntStream.range(0, UPDATES).boxed().toList();
        assertThat(streams)
                .allSatisfy(stream -> assertThat(stream.events().stream()
                                .map(event -> event.json().getInteger("number"))
                                .toList())
                        .isEqualTo(inOrder));
        long[] sorted = lags.stream().mapToLong(Long::longValue).sorted().toArray();
        System.out.printf(
                "%d streams, %d updates at 50 a second: lag p50 %d ms, p95 %d ms, longest %d ms%n",
                STREAMS, UPDATES, millis(sorted, 50), millis(sorted, 95), millis(sorted, 100));
        streams.forEach(EventClient::close);
        BackendSimulator.awaitThat(() -> {
            try (EventClient again = open(ALL, crowd)) {
                return again.status() == 200;
            }
        });
    }

    private static long millis(long[] sorted, int percentile) {
        return Arrays.stream(sorted)
                        .skip(Math.min(sorted.length - 1L, (long) sorted.length * percentile / 100))
                        .findFirst()
                        .orElseThrow()
                / 1_000_000;
    }

    private static long sent(Event event) {
        return event.json().getLong("sent");
    }

    private static List<String> steps(EventClient stream, String job) {
        return stream.events().stream()
                .filter(event -> event.name().equals("update"))
                .map(Event::json)
                .filter(update -> update.getString("job_id").equals(job))
                .map(update -> update.getString("current_step"))
                .toList();
    }

    private static EventClient open(String path, String token) {
        return EventClient.open(http, port, path, bearer(token));
    }

    private static EventClient openWithTicket(String ticket) {
        return EventClient.open(http, port, ALL + "?ticket=" + ticket, Map.of());
    }

    private static EventClient openFrom(String path, String token, String last) {
        return EventClient.open(http, port, path, Map.of("Authorization", "Bearer " + token, "Last-Event-ID", last));
    }

    private static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }
}
