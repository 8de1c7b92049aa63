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
    private static final String RUNG = "a rung must have exactly quality (letters, digits, - and _), shortSide (16 to"
            + " 8192 pixels, even) and maxKbps (16 to 200000)";
    private static final String HOST = "://host:port/…; a host name consists of letters, digits, - and dots";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "cluster-without-others",
                        "cluster.host: required: the name or IPv4 address of this host for the other members",
                        "cluster.members: required: at least one other host"),
                mistake(
                        "cluster-with-addresses",
                        "cluster.host: invalid value '10.0.0.1:5701': must be a host name or an IPv4 address, without a port",
                        "cluster.members: invalid value '[\"worker-2:5701\",\"tcp://worker-3\"]': members must have the form host or host:port"),
                mistake(
                        "cluster-beyond-all-ports",
                        "cluster.members: invalid value '[\"worker-2:65536\"]': members must have the form host or host:port, with a port of at most 65535"),
                mistake(
                        "backend-without-a-key",
                        "backend.auth: jwt requires jwtSecret (or jwtSecretFile) or jwtPublicKeyFile"),
                mistake(
                        "backend-open-to-all",
                        "backend.auth: none requires a loopback host: 127.0.0.1, ::1 or localhost"),
                mistake(
                        "backend-with-a-short-secret",
                        "backend.corsOrigins: invalid value '[\"https://app.test/\"]': origins must have the form https://host"
                                + " or https://host:port",
                        "backend.jwtPublicKeyFile: invalid value 'README.md': must be a PEM file with one PUBLIC KEY",
                        "backend.jwtSecret: must have at least 32 characters"),
                mistake(
                        "webhook-to-a-private-address",
                        "backend.webhooks: invalid value: webhook 2: webhooks to a private address are forbidden (backend.webhookAllowPrivate)"),
                mistake(
                        "webhook-with-credentials",
                        "backend.webhooks: invalid value: webhook 1: credentials do not go into the address; the signature says who sends"),
                mistake(
                        "webhook-without-a-secret",
                        "backend.webhooks: every webhook requires a secret: its own, or webhookSecret (or webhookSecretFile)"),
                mistake(
                        "webhook-with-a-short-secret",
                        "backend.webhookSecret: must have at least 32 characters",
                        "backend.webhooks: invalid value: webhook 1: secret must have at least 32 characters"),
                mistake(
                        "webhook-for-an-unknown-event",
                        "backend.webhooks: invalid value: webhook 1: must be one of completed, failed"),
                mistake("webhooks-of-one-url", "backend.webhooks: invalid value: webhook 2: duplicate url"),
                mistake(
                        "webhook-with-a-key-too-many",
                        "backend.webhooks: invalid value: webhook 1: must be an object with a url and optionally events and secret"),
                mistake(
                        "renew-longer-than-lease",
                        "delivery.leaseRenewSeconds: must be at most half of leaseSeconds, or one late renewal loses"
                                + " the lease"),
                mistake(
                        "lease-of-the-wrong-kind",
                        "delivery.leaseSeconds: invalid value 'soon': must be a number of seconds"),
                mistake(
                        "two-rungs-of-one-name",
                        "media.ladder: invalid value '[{\"quality\":\"hd\",\"shortSide\":720,\"maxKbps\":2500},"
                                + "{\"quality\":\"hd\",\"shortSide\":1080,\"maxKbps\":5000}]': two rungs have the quality hd"),
                mistake(
                        "rungs-in-the-wrong-order",
                        "media.ladder: invalid value '[{\"quality\":\"180p\",\"shortSide\":180,\"maxKbps\":300},{\"quality\""
                                + ":\"720p\",\"shortSide\":720,\"maxKbps\":2500},…': the rungs must be ordered from smallest to largest"),
                mistake(
                        "rung-with-an-odd-side",
                        "media.ladder: invalid value '[{\"quality\":\"sd\",\"shortSide\":361,\"maxKbps\":800}]': "
                                + RUNG),
                mistake(
                        "rung-with-a-key-too-many",
                        "media.ladder: invalid value '[{\"quality\":\"sd\",\"shortSide\":360,\"maxKbps\":800,"
                                + "\"codec\":\"av1\"}]': " + RUNG),
                mistake(
                        "empty-ladder",
                        "media.ladder: invalid value '[]': must be a list of rungs with at least one entry"),
                mistake(
                        "unknown-preset",
                        "media.preset: invalid value 'placebo': must be one of the x264 presets from ultrafast to veryslow"),
                mistake(
                        "access-key-without-secret",
                        "s3.secretKey: accessKey and secretKey must be set together; without both the credential chain"
                                + " of AWS is used"),
                mistake(
                        "endpoint-with-credentials",
                        "s3.endpoint: invalid value 'https://***@s3.test': must not contain credentials; use"
                                + " accessKey and secretKey"),
                mistake(
                        "endpoint-of-another-kind",
                        "s3.endpoint: invalid value 's3.test:9000': must have the form http" + HOST),
                mistake(
                        "database-without-a-name",
                        "postgres.uri: must contain the database: postgresql://host:port/database"),
                mistake(
                        "password-among-the-parameters",
                        "postgres.uri: invalid value 'postgresql://db.test/video?***': must not contain a password in"
                                + " its query; use the key for the password"),
                mistake(
                        "port-that-does-not-exist",
                        "rabbitmq.uri: invalid value 'amqp://broker.test:70000/': the port must be from 1 to 65535"),
                mistake(
                        "host-with-an-underscore",
                        "rabbitmq.uri: invalid value 'amqp://my_broker:5672/': must have the form amqp" + HOST),
                mistake(
                        "address-of-another-service",
                        "rabbitmq.uri: invalid value 'https://***@broker.test/': must have the form amqp" + HOST),
                mistake(
                        "ca-files-of-no-use",
                        "postgres.caFile: invalid value 'src/test/resources/config': the file cannot be read",
                        "rabbitmq.caFile: invalid value 'none.pem': there is no such file",
                        "s3.caFile: invalid value 'pom.xml': the file has no certificate in PEM form (BEGIN CERTIFICATE)"
                                + " in it"),
                mistake(
                        "ca-files-without-tls",
                        "postgres.caFile: requires ?sslmode=require, verify-ca or verify-full in the uri",
                        "rabbitmq.caFile: requires TLS: the uri must begin with amqps://",
                        "s3.caFile: requires TLS: the endpoint must begin with https://"),
                mistake(
                        "unknown-ssl-mode",
                        "postgres.uri: sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full"),
                mistake(
                        "ssl-among-the-parameters",
                        "postgres.uri: sslmode is the only TLS parameter supported in the uri; use caFile"),
                mistake(
                        "unknown-queue-mode",
                        "rabbitmq.queueMode: invalid value 'durable': must be one of classic, quorum, passive"),
                mistake(
                        "unknown-requests-mode",
                        "requests.mode: invalid value 'single': must be one of staged, single-stage"),
                mistake(
                        "heartbeat-of-half-a-second",
                        "rabbitmq.heartbeatSeconds: invalid value '0.5': must be an integer"),
                mistake(
                        "numbers-out-of-range",
                        "delivery.backoffSeconds: invalid value '[5,-1]': must be from 0 to 86400 seconds",
                        "ffmpeg.stallTimeoutSeconds: invalid value '4.9': must be from 5 to 3600 seconds",
                        "media.crf: invalid value '52': must be from 0 to 51",
                        "postgres.poolSize: invalid value '1': must be from 2 to 200",
                        "stages.upload.instances: invalid value '65': must be from 0 to 64"),
                mistake(
                        "values-of-the-wrong-kind",
                        "delivery.backoffSeconds: invalid value '5, 30': must be a JSON list of seconds",
                        "keys.video: invalid value (an object): must be a non-empty string",
                        "s3.bucket: invalid value '7': must be a non-empty string",
                        "s3.parallelism: invalid value '4.5': must be an integer",
                        "s3.pathStyle: invalid value 'yes': must be true or false",
                        "updates.progressIntervalSeconds: invalid value 'true': must be a number of seconds",
                        "workspace.directory: invalid value '': must be a non-empty string"),
                mistake(
                        "template-without-its-places",
                        "keys.thumbnail: invalid value 'thumbnails/{mediaId}{n}.jpg': must contain {mediaId} and {n}"
                                + " once each, with text between them, and no other braces",
                        "keys.video: invalid value 'videos/{mediaId}.mp4': must contain {mediaId} and {quality}"
                                + " once each, with text between them, and no other braces"),
                mistake(
                        "template-that-is-no-key",
                        "keys.thumbnail: invalid value 'a/../{mediaId}_{n}': must not begin with / and must have no"
                                + " segment . or .. and no control characters",
                        "keys.video: invalid value '/videos/{mediaId}_{quality}': must not begin with / and must have"
                                + " no segment . or .. and no control characters"),
                mistake(
                        "templates-that-meet",
                        "keys.thumbnail: must differ from keys.video, or thumbnails and renditions could overwrite each other"),
                mistake(
                        "sections-that-are-none",
                        "media.limits: must be an object",
                        "rabbitmq: must be an object",
                        "stages: must be an object"),
                mistake(
                        "unknown-keys",
                        "colour: unknown key",
                        "rabbitmq.heartbeat: unknown key; did you mean rabbitmq.heartbeatSeconds?",
                        "rabbitmq.poolSize: unknown key; did you mean postgres.poolSize?",
                        "rabitmq: unknown key; did you mean rabbitmq?",
                        "s3.secretkey: unknown key; did you mean s3.secretKey?",
                        "stages.encode: unknown key",
                        "stages.upload: unknown key; sections are nested objects"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void complainsByKey(String file, List<String> lines) {
        JsonObject json = Configs.fixture(file);

        List<String> errors = Configs.errors(json, Map.of());

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
