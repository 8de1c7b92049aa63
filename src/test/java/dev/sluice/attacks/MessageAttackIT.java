package dev.sluice.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.attacks.RawConnection.Received;
import dev.sluice.broker.RabbitNode;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.http.TestTokens;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages of a hostile sender to one process with the heap of the image, over RabbitMQ; prints a table of the outcomes. */
@ExtendWith(ServicesExtension.class)
@Timeout(180)
class MessageAttackIT {
    private static final List<String> QUEUES =
            List.of("video.processing.download", "video.processing.processing", "video.processing.upload");
    private static final String DEAD_LETTERS = "video.processing.dead";

    private static final int MIB = 1 << 20;
    /** The default {@code max_message_size} of RabbitMQ 3.x; later versions accept less. */
    private static final int BROKER_LIMIT_MIB = 128;
    /** The AMQP client reads 3,000 levels with the default stack of a thread, but not these. */
    private static final int LEVELS = 6_000;

    private static final String MANY_FIELDS = IntStream.range(0, 60_000)
            .mapToObj(number -> "\"field" + number + "\":1")
            .collect(Collectors.joining(","));

    private static final long PRODUCER_STACK_BYTES = 256L * MIB;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static PipelineFixture services;
    private static AttackedProcess target;

    @BeforeAll
    static void start(@OnRabbitMq PipelineFixture fixture) throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        services = fixture;
        target = AttackedProcess.start(services, new JsonObject());
    }

    @AfterAll
    static void stop() {
        if (target != null) {
            System.out.println(target.table());
            target.close();
        }
    }

    static Stream<Attack> attacks() {
        return Stream.of(
                new Attack("large messages", "2 of 60 MiB to each stage", attacked -> large(2, 60)),
                new Attack(
                        "messages of the broker's limit",
                        "1 of 128 MiB to each stage",
                        attacked -> large(1, BROKER_LIMIT_MIB)),
                new Attack(
                        "nested headers", "4 messages with 6,000 nested tables to each stage", attacked -> nested(4)),
                new Attack(
                        "jobs of the largest size",
                        "5 of 870 KB with 60,000 fields, without a source",
                        attacked -> largestJobs(5)),
                new Attack(
                        "dead letters",
                        "60 of 870 KB with 60,000 fields, listed 4 times",
                        MessageAttackIT::deadLetters));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void survives(Attack attack) throws Exception {
        target.run(attack);
    }

    private static String large(int count, int mib) throws Exception {
        List<GetResponse> dead = sendToAllStages(count, new AMQP.BasicProperties(), new byte[mib * MIB]);

        assertThat(dead).allSatisfy(letter -> {
            assertThat(header(letter, "x-sluice-bytes")).isEqualTo(String.valueOf((long) mib * MIB));
            assertThat(letter.getBody()).hasSizeLessThan(MIB);
        });
        return dead.size() + " dead-lettered: " + header(dead.get(0), "x-sluice-error");
    }

    /** They are claimed, and fail. */
    private static String largestJobs(int count) throws Exception {
        try (Connection connection = services.broker().connect()) {
            Channel channel = connection.createChannel();
            for (int number = 0; number < count; number++) {
                String job = "{\"id\":\"largest-" + number + "\",\"mediaId\":\"m\",\"userId\":\"mallory\","
                        + "\"mediaType\":\"VIDEO\",\"s3Key\":\"none\"," + MANY_FIELDS + "}";
                channel.basicPublish("", QUEUES.get(0), null, job.getBytes(StandardCharsets.UTF_8));
            }
        }
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> services.database()
                        .value(
                                "SELECT count(*) FROM sluice.job WHERE id LIKE 'largest-%' AND error_code = 'object_not_found'")
                        .equals(String.valueOf(count)));
        return count + " failed: object_not_found";
    }

    private static String deadLetters(AttackedProcess attacked) throws Exception {
        try (Connection connection = services.broker().connect()) {
            Channel channel = connection.createChannel();
            for (int number = 0; number < 60; number++) {
                channel.basicPublish(
                        "", DEAD_LETTERS, null, ("{" + MANY_FIELDS + "}").getBytes(StandardCharsets.UTF_8));
            }
            String list = AttackedProcess.head(
                    "GET",
                    "/api/video-processing/dead-letters",
                    AttackedProcess.authorization(TestTokens.admin()),
                    "Connection: close");
            List<RawConnection> open = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                open.add(attacked.connect().send(list + "\r\n"));
            }
            for (RawConnection each : open) {
                Received listed = each.receive(LIMIT);
                assertThat(listed.status()).as(listed.text()).isEqualTo(200);
                each.close();
            }
            return channel.queuePurge(DEAD_LETTERS).getMessageCount() + " kept, 200";
        }
    }

    private static String nested(int count) throws Exception {
        Map<String, Object> table = Map.of();
        for (int level = 0; level < LEVELS; level++) {
            table = Map.of("a", table);
        }
        AMQP.BasicProperties properties =
                new AMQP.BasicProperties.Builder().headers(table).build();

        List<GetResponse> dead = sendToAllStages(count, properties, new byte[] {'{', '}'});
        return dead.size() + " dead-lettered: " + header(dead.get(0), "x-sluice-error");
    }

    /** Returns the dead letters when all messages have become one. */
    private static List<GetResponse> sendToAllStages(int count, AMQP.BasicProperties properties, byte[] body)
            throws Exception {
        try (Connection connection = services.broker().connect()) {
            Channel channel = connection.createChannel();
            publish(channel, count, properties, body);
            List<GetResponse> dead = new ArrayList<>();
            Awaitility.await().atMost(LIMIT).until(() -> {
                for (GetResponse next = channel.basicGet(DEAD_LETTERS, true);
                        next != null;
                        next = channel.basicGet(DEAD_LETTERS, true)) {
                    dead.add(next);
                }
                return dead.size() == count * QUEUES.size();
            });
            assertThat(dead)
                    .allSatisfy(letter ->
                            assertThat(header(letter, "x-sluice-error-code")).isEqualTo("invalid_message"));
            return dead;
        }
    }

    /** On a thread with the stack that the AMQP client needs to write nested headers. */
    private static void publish(Channel channel, int count, AMQP.BasicProperties properties, byte[] body)
            throws Exception {
        FutureTask<Void> publishing = new FutureTask<>(() -> {
            for (String queue : QUEUES) {
                for (int number = 0; number < count; number++) {
                    channel.basicPublish("", queue, properties, body);
                }
            }
            return null;
        });
        new Thread(null, publishing, "producer", PRODUCER_STACK_BYTES).start();
        publishing.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static String header(GetResponse letter, String name) {
        return String.valueOf(letter.getProps().getHeaders().get(name));
    }
}
