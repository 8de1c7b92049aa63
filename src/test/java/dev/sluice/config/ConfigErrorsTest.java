package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One file for each kind of mistake, and the lines that a user gets for it. */
class ConfigErrorsTest {
    private static final String RUNG = "a rung has a quality (letters, digits, - and _), a shortSide (16 to 8192"
            + " pixels, even) and a maxKbps (16 to 200000), and nothing else";
    private static final String HOST = "://host:port/… is needed; a host's name has letters, digits, - and dots";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "cluster-without-others",
                        "cluster.host: is needed: the name or IPv4 address under which the other hosts reach this one",
                        "cluster.members: is needed: at least one of the other hosts"),
                mistake(
                        "cluster-with-addresses",
                        "cluster.host: cannot use '10.0.0.1:5701': a host name or an IPv4 address is needed, without a port",
                        "cluster.members: cannot use '[\"worker-2:5701\",\"tcp://worker-3\"]': members look like host or host:port"),
                mistake(
                        "cluster-beyond-all-ports",
                        "cluster.members: cannot use '[\"worker-2:65536\"]': members look like host or host:port, and ports end at 65535"),
                mistake(
                        "backend-without-a-key",
                        "backend.auth: jwt needs jwtSecret (or jwtSecretFile) or jwtPublicKeyFile to check the tokens"
                                + " with"),
                mistake(
                        "backend-open-to-all",
                        "backend.auth: none is for the loopback address only: host has to be 127.0.0.1, ::1 or"
                                + " localhost"),
                mistake(
                        "backend-with-a-short-secret",
                        "backend.corsOrigins: cannot use '[\"https://app.test/\"]': origins look like https://host or"
                                + " https://host:port",
                        "backend.jwtPublicKeyFile: cannot use 'README.md': a PEM file with one PUBLIC KEY is needed",
                        "backend.jwtSecret: has fewer than 32 characters, and could be guessed"),
                mistake(
                        "webhook-to-a-private-address",
                        "backend.webhooks: cannot use the given value: webhook 2: webhooks to a private address are refused (backend.webhookAllowPrivate)"),
                mistake(
                        "webhook-with-credentials",
                        "backend.webhooks: cannot use the given value: webhook 1: credentials do not go into the address; the signature says who sends"),
                mistake(
                        "webhook-without-a-secret",
                        "backend.webhooks: a secret to sign with is needed for each: its own, or webhookSecret (or webhookSecretFile)"),
                mistake(
                        "webhook-with-a-short-secret",
                        "backend.webhookSecret: has fewer than 32 characters, and could be guessed",
                        "backend.webhooks: cannot use the given value: webhook 1: its secret has fewer than 32 characters, and could be guessed"),
                mistake(
                        "webhook-for-an-unknown-event",
                        "backend.webhooks: cannot use the given value: webhook 1: one of completed, failed is needed"),
                mistake(
                        "webhooks-of-one-url",
                        "backend.webhooks: cannot use the given value: webhook 2: its url stands there twice"),
                mistake(
                        "webhook-with-a-key-too-many",
                        "backend.webhooks: cannot use the given value: webhook 1: a webhook has a url, may have events and a secret, and nothing else"),
                mistake(
                        "renew-longer-than-lease",
                        "delivery.renewSeconds: has to be at most half of leaseSeconds, or one late renewal loses the"
                                + " work"),
                mistake(
                        "lease-of-the-wrong-kind",
                        "delivery.leaseSeconds: cannot use 'soon': a number of seconds is needed"),
                mistake(
                        "two-rungs-of-one-name",
                        "media.ladder: cannot use '[{\"quality\":\"hd\",\"shortSide\":720,\"maxKbps\":2500},"
                                + "{\"quality\":\"hd\",\"shortSide\":1080,\"maxKbps\":5000}]': two rungs are called hd"),
                mistake(
                        "rungs-in-the-wrong-order",
                        "media.ladder: cannot use '[{\"quality\":\"180p\",\"shortSide\":180,\"maxKbps\":300},{\"quality\""
                                + ":\"720p\",\"shortSide\":720,\"maxKbps\":2500},…': the rungs go from the smallest to the largest"),
                mistake(
                        "rung-with-an-odd-side",
                        "media.ladder: cannot use '[{\"quality\":\"sd\",\"shortSide\":361,\"maxKbps\":800}]': " + RUNG),
                mistake(
                        "rung-with-a-key-too-many",
                        "media.ladder: cannot use '[{\"quality\":\"sd\",\"shortSide\":360,\"maxKbps\":800,"
                                + "\"codec\":\"av1\"}]': " + RUNG),
                mistake(
                        "empty-ladder",
                        "media.ladder: cannot use '[]': a list of rungs with at least one entry is needed"),
                mistake(
                        "unknown-preset",
                        "media.preset: cannot use 'placebo': one of x264's presets from ultrafast to veryslow is needed"),
                mistake(
                        "access-key-without-secret",
                        "s3.secretKey: accessKey and secretKey go together: give both, or neither to use the machine's"
                                + " own"),
                mistake(
                        "endpoint-with-credentials",
                        "s3.endpoint: cannot use 'https://***@s3.test': credentials do not go here; they are accessKey"
                                + " and secretKey"),
                mistake("endpoint-of-another-kind", "s3.endpoint: cannot use 's3.test:9000': http" + HOST),
                mistake(
                        "database-without-a-name",
                        "postgres.uri: names no database: postgresql://host:port/database is needed"),
                mistake(
                        "password-among-the-parameters",
                        "postgres.uri: cannot use 'postgresql://db.test/video?***': a password does not go among the"
                                + " parameters; it has a key of its own"),
                mistake(
                        "port-that-does-not-exist",
                        "rabbitmq.uri: cannot use 'amqp://broker.test:70000/': a port is from 1 to 65535"),
                mistake("host-with-an-underscore", "rabbitmq.uri: cannot use 'amqp://my_broker:5672/': amqp" + HOST),
                mistake(
                        "address-of-another-service",
                        "rabbitmq.uri: cannot use 'https://***@broker.test/': amqp" + HOST),
                mistake(
                        "ca-files-of-no-use",
                        "postgres.caFile: cannot use 'src/test/resources/config': the file cannot be read",
                        "rabbitmq.caFile: cannot use 'none.pem': file not found",
                        "s3.caFile: cannot use 'pom.xml': the file contains no PEM certificate (BEGIN CERTIFICATE)"),
                mistake(
                        "ca-files-without-tls",
                        "postgres.caFile: is used with ?sslmode=verify-full, verify-ca or require in the uri only",
                        "rabbitmq.caFile: is for TLS: the uri has to begin with amqps://",
                        "s3.caFile: is for TLS: the endpoint has to begin with https://"),
                mistake(
                        "unknown-ssl-mode",
                        "postgres.uri: sslmode is one of disable, allow, prefer, require, verify-ca, verify-full"),
                mistake(
                        "ssl-among-the-parameters",
                        "postgres.uri: of TLS only sslmode goes among the parameters; see caFile"),
                mistake(
                        "unknown-queue-mode",
                        "rabbitmq.queues: cannot use 'durable': one of classic, quorum, passive is needed"),
                mistake(
                        "unknown-requests-mode",
                        "requests.mode: cannot use 'single': one of staged, single-stage is needed"),
                mistake(
                        "heartbeat-of-half-a-second",
                        "rabbitmq.heartbeatSeconds: cannot use '0.5': a whole number is needed"),
                mistake(
                        "numbers-out-of-range",
                        "delivery.backoffSeconds: cannot use '[5,-1]': it has to be from 0 to 86400 seconds",
                        "ffmpeg.stallTimeoutSeconds: cannot use '4.9': it has to be from 5 to 3600 seconds",
                        "media.crf: cannot use '52': it has to be from 0 to 51",
                        "postgres.poolSize: cannot use '1': it has to be from 2 to 200",
                        "stages.upload.instances: cannot use '65': it has to be from 0 to 64"),
                mistake(
                        "values-of-the-wrong-kind",
                        "delivery.backoffSeconds: cannot use '5, 30': a JSON list of seconds is needed",
                        "keys.video: cannot use an object: a text that is not empty is needed",
                        "s3.bucket: cannot use '7': a text that is not empty is needed",
                        "s3.parallelism: cannot use '4.5': a whole number is needed",
                        "s3.pathStyle: cannot use 'yes': true or false is needed",
                        "updates.tickSeconds: cannot use 'true': a number of seconds is needed",
                        "workspace.directory: cannot use '': a text that is not empty is needed"),
                mistake(
                        "template-without-its-places",
                        "keys.thumbnail: cannot use 'thumbnails/{mediaId}{n}.jpg': the template needs {mediaId} and {n},"
                                + " each once, no other braces, and text between the two",
                        "keys.video: cannot use 'videos/{mediaId}.mp4': the template needs {mediaId} and {quality},"
                                + " each once, no other braces, and text between the two"),
                mistake(
                        "template-that-is-no-key",
                        "keys.thumbnail: cannot use 'a/../{mediaId}_{n}': a key does not begin with / and has no part ."
                                + " or .. and no control characters",
                        "keys.video: cannot use '/videos/{mediaId}_{quality}': a key does not begin with / and has no"
                                + " part . or .. and no control characters"),
                mistake(
                        "templates-that-meet",
                        "keys.thumbnail: is the same place as video; one would overwrite the other"),
                mistake(
                        "sections-that-are-none",
                        "media.limits: an object is needed",
                        "rabbitmq: an object is needed",
                        "stages: an object is needed"),
                mistake(
                        "unknown-keys",
                        "colour: there is no such key",
                        "rabbitmq.heartbeat: there is no such key; did you mean rabbitmq.heartbeatSeconds?",
                        "rabbitmq.poolSize: there is no such key; did you mean postgres.poolSize?",
                        "rabitmq: there is no such key; did you mean rabbitmq?",
                        "s3.secretkey: there is no such key; did you mean s3.secretKey?",
                        "stages.encode: there is no such key",
                        "stages.upload: there is no such key; a section is an object, not a dot"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void complainsByKey(String file, List<String> lines) {
        JsonObject json = Configs.fixture(file);

        List<String> errors = Configs.complaints(json, Map.of());

        assertThat(errors).isEqualTo(lines);
    }

    @Test
    void everyFileIsTried() throws IOException {
        List<Object> tried = mistakes().map(mistake -> mistake.get()[0]).toList();

        try (Stream<java.nio.file.Path> files = Files.list(Configs.FIXTURES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("every-key.json")))
                    .hasSameElementsAs(tried.stream().map(String::valueOf).toList());
        }
    }

    private static Arguments mistake(String name, String... lines) {
        return arguments(name + ".json", Arrays.asList(lines));
    }
}
