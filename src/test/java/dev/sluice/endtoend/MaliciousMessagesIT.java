package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.ServicesExtension;
import dev.sluice.ServicesExtension.OnRabbitMq;
import dev.sluice.broker.RabbitNode;
import dev.sluice.endtoend.MaliciousMessages.End;
import dev.sluice.endtoend.MaliciousMessages.Hostile;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Sends malicious messages to all stages, in random order among valid jobs, over RabbitMQ. */
@ExtendWith(ServicesExtension.class)
@Timeout(600)
class MaliciousMessagesIT {
    private static final long SEED = 20_261_124;
    private static final int VALID = 6;
    private static final int KEPT_BYTES = 64 << 10;
    private static final long PRODUCER_STACK_BYTES = 256L << 20;

    @Test
    void endsEachMessageAsExpectedWithoutSideEffects(@OnRabbitMq PipelineFixture pipeline) throws Exception {
        assumeTrue(RabbitNode.installed(), "rabbitmq-server is not installed");
        List<Hostile> messages = withValidOnes(MaliciousMessages.all());
        pipeline.upload(MaliciousMessages.CLIP, pipeline.clip(1));
        Set<Path> before = files(pipeline);
        pipeline.start(new JsonObject());
        BackendSimulator.awaitThat(pipeline::isConsuming);

        try (Connection producer = pipeline.broker().connect()) {
            Channel channel = producer.createChannel();
            publish(channel, messages);
            List<GetResponse> dead = takeDead(
                    channel, messages.stream().filter(m -> m.end() == End.DEAD).count());
            SoftAssertions all = new SoftAssertions();
            messages.forEach(message -> check(all, message, pipeline.backend(), dead));
            all.assertAll();
            assertThat(channel.messageCount(BackendSimulator.DEAD)).isZero();
        }
        pipeline.awaitIdle();
        assertThat(pipeline.isConsuming()).isTrue();
        BackendSimulator.awaitThat(() -> leftInWorkspace(pipeline).isEmpty());
        assertOnlyResultsWereAdded(pipeline, before, messages);
    }

    /** On a thread with the stack that the AMQP client needs to write nested headers. */
    private static void publish(Channel channel, List<Hostile> messages) throws Exception {
        FutureTask<Void> publishing = new FutureTask<>(() -> {
            for (Hostile message : messages) {
                channel.basicPublish("", message.queue(), message.properties(), message.body());
            }
            return null;
        });
        new Thread(null, publishing, "producer", PRODUCER_STACK_BYTES).start();
        publishing.get(2, TimeUnit.MINUTES);
    }

    private static List<Hostile> withValidOnes(List<Hostile> hostile) {
        List<Hostile> all = new ArrayList<>(hostile);
        IntStream.range(0, VALID).mapToObj(MaliciousMessagesIT::valid).forEach(all::add);
        Collections.shuffle(all, new Random(SEED));
        return all;
    }

    private static Hostile valid(int number) {
        String id = "good-" + number;
        byte[] body = job(id, MaliciousMessages.CLIP).encode().getBytes(StandardCharsets.UTF_8);
        String queue = number % 3 == 0 ? BackendSimulator.PROCESSING : BackendSimulator.DOWNLOAD;
        return new Hostile("a valid job", queue, id, body, MaliciousMessages.plain(), End.COMPLETED, "", "");
    }

    private static List<GetResponse> takeDead(Channel channel, long count) {
        List<GetResponse> dead = new ArrayList<>();
        BackendSimulator.awaitThat(() -> {
            for (GetResponse next = channel.basicGet(BackendSimulator.DEAD, true);
                    next != null;
                    next = channel.basicGet(BackendSimulator.DEAD, true)) {
                dead.add(next);
            }
            return dead.size() >= count;
        });
        return dead;
    }

    private static void check(SoftAssertions all, Hostile message, BackendSimulator backend, List<GetResponse> dead) {
        if (message.end() == End.DEAD) {
            all.assertThat(dead)
                    .as(message.toString())
                    .anyMatch(deadLetter -> isOf(deadLetter, message)
                            && header(deadLetter, "x-sluice-queue").equals(message.queue())
                            && header(deadLetter, "x-sluice-error-code").equals(message.code())
                            && header(deadLetter, "x-sluice-error").contains(message.why()));
            return;
        }
        JsonObject end = backend.awaitEnd(message.id());
        if (message.end() == End.COMPLETED) {
            all.assertThat(end.getString("status")).as(message + ": " + end).isEqualTo("completed");
        } else {
            all.assertThat(end.getString("status")).as(message + ": " + end).isEqualTo("failed");
            all.assertThat(end.getString("error_code")).as(message + ": " + end).isEqualTo(message.code());
            all.assertThat(end.getString("error_message"))
                    .as(message.toString())
                    .contains(message.why())
                    .endsWith(".");
        }
    }

    /** The whole message; of a message that is too large, the first 64 KiB and its original size. */
    private static boolean isOf(GetResponse deadLetter, Hostile message) {
        if (message.body().length <= JsonValidator.MAX_BYTES) {
            return Arrays.equals(deadLetter.getBody(), message.body());
        }
        return Arrays.equals(deadLetter.getBody(), Arrays.copyOf(message.body(), KEPT_BYTES))
                && header(deadLetter, "x-sluice-bytes").equals(String.valueOf(message.body().length));
    }

    private static String header(GetResponse deadLetter, String name) {
        Map<String, Object> headers = deadLetter.getProps().getHeaders();
        return String.valueOf(headers.get(name));
    }

    private static void assertOnlyResultsWereAdded(PipelineFixture pipeline, Set<Path> before, List<Hostile> messages)
            throws IOException {
        Set<Path> added = files(pipeline);
        added.removeAll(before);
        Path bucket = pipeline.bucket().directory();
        List<String> results = messages.stream()
                .filter(message -> message.end() == End.COMPLETED)
                .map(message -> new JsonObject(new String(message.body(), StandardCharsets.UTF_8)).getString("mediaId"))
                .flatMap(id -> Stream.concat(
                        Stream.of("videos/" + id + "_360p.mp4", "thumbnails/" + id + "_0.jpg"),
                        Stream.of("master", "audio", "video_360p", "iframes_360p")
                                .map(name -> "streams/" + id + "/" + name + ".m3u8")))
                .toList();
        assertThat(added.stream().map(file -> bucket.relativize(file).toString()))
                .containsExactlyInAnyOrderElementsOf(results);
        assertThat(bucket.resolve(MaliciousMessages.CLIP)).hasSameBinaryContentAs(pipeline.clip(1));
    }

    /** All files of the fixture's directory and of the object store, except for the workspace. */
    private static Set<Path> files(PipelineFixture pipeline) throws IOException {
        try (Stream<Path> own = Files.walk(pipeline.workspace().getParent());
                Stream<Path> stored = Files.walk(pipeline.bucket().directory().getParent())) {
            return Stream.concat(own, stored)
                    .filter(Files::isRegularFile)
                    .filter(file -> !file.startsWith(pipeline.workspace()))
                    .collect(Collectors.toSet());
        }
    }

    private static List<Path> leftInWorkspace(PipelineFixture pipeline) throws IOException {
        try (Stream<Path> left = Files.walk(pipeline.workspace())) {
            return left.filter(Files::isRegularFile).toList();
        }
    }
}
