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

/** Invalid files, and the error messages for each. */
class ConfigErrorsTest {
    private static final String RUNG = "a rung must have exactly quality (letters, digits, - and _), shortSide (16 to"
            + " 8192 pixels, even) and maxKbps (16 to 200000)";
    private static final String HOST = "://host:port/…; a host name consists of letters, digits, - and dots";

    static Stream<Arguments> errors() {
        return Stream.of(
                error("short-cluster-secret", "cluster.secret: must have at least 32 characters"),
                error(
                        "invalid-cluster-addresses",
                        "cluster.host: invalid value '10.0.0.1:5701': must be a host name or an IPv4 address, without a port",
                        "cluster.members: invalid value '[\"worker-2:5701\",\"tcp://worker-3\"]': members must have the form host or host:port",
                        "cluster.publicHost: invalid value 'https://worker-1': must be a host name or an IPv4 address, without a port"),
                error(
                        "cluster-port-out-of-range",
                        "cluster.members: invalid value '[\"worker-2:65536\"]': members must have the form host or host:port, with a port of at most 65535"),
                error("jwt-without-key", "backend.auth: jwt requires jwtSecret (or jwtSecretFile) or jwtPublicKeyFile"),
                error(
                        "unauthenticated-backend-on-all-addresses",
                        "backend.auth: none requires a loopback host: 127.0.0.1, ::1 or localhost"),
                error(
                        "short-jwt-secret",
                        "backend.corsOrigins: invalid value '[\"https://app.test/\"]': origins must have the form https://host"
                                + " or https://host:port",
                        "backend.jwtPublicKeyFile: invalid value 'README.md': must be a PEM file with one PUBLIC KEY",
                        "backend.jwtSecret: must have at least 32 characters"),
                error(
                        "private-webhook",
                        "backend.webhooks: invalid value: webhook 2: webhooks to a private address are forbidden (backend.webhookAllowPrivate)"),
                error(
                        "webhook-with-credentials",
                        "backend.webhooks: invalid value: webhook 1: the URL must not contain credentials; requests are authenticated by their signature"),
                error(
                        "webhook-without-secret",
                        "backend.webhooks: every webhook requires a secret: its own, or webhookSecret (or webhookSecretFile)"),
                error(
                        "short-webhook-secret",
                        "backend.webhookSecret: must have at least 32 characters",
                        "backend.webhooks: invalid value: webhook 1: secret must have at least 32 characters"),
                error(
                        "webhook-unknown-event",
                        "backend.webhooks: invalid value: webhook 1: must be one of completed, failed"),
                error("duplicate-webhook-url", "backend.webhooks: invalid value: webhook 2: duplicate url"),
                error(
                        "webhook-unknown-key",
                        "backend.webhooks: invalid value: webhook 1: must be an object with a url and optionally events and secret"),
                error(
                        "renew-interval-too-long",
                        "delivery.leaseRenewSeconds: must be at most half of leaseSeconds, or one late renewal loses"
                                + " the lease"),
                error(
                        "lease-of-wrong-type",
                        "delivery.leaseSeconds: invalid value 'soon': must be a number of seconds"),
                error(
                        "duplicate-quality",
                        "media.ladder: invalid value '[{\"quality\":\"hd\",\"shortSide\":720,\"maxKbps\":2500},"
                                + "{\"quality\":\"hd\",\"shortSide\":1080,\"maxKbps\":5000}]': two rungs have the quality hd"),
                error(
                        "unordered-rungs",
                        "media.ladder: invalid value '[{\"quality\":\"180p\",\"shortSide\":180,\"maxKbps\":300},{\"quality\""
                                + ":\"720p\",\"shortSide\":720,\"maxKbps\":2500},…': the rungs must be ordered from smallest to largest"),
                error(
                        "odd-rung-side",
                        "media.ladder: invalid value '[{\"quality\":\"sd\",\"shortSide\":361,\"maxKbps\":800}]': "
                                + RUNG),
                error(
                        "rung-unknown-key",
                        "media.ladder: invalid value '[{\"quality\":\"sd\",\"shortSide\":360,\"maxKbps\":800,"
                                + "\"codec\":\"av1\"}]': " + RUNG),
                error(
                        "empty-ladder",
                        "media.ladder: invalid value '[]': must be a list of rungs with at least one entry"),
                error(
                        "unknown-preset",
                        "media.preset: invalid value 'placebo': must be one of the x264 presets from ultrafast to veryslow"),
                error(
                        "access-key-without-secret",
                        "s3.secretKey: accessKey and secretKey must be set together; without both the credential chain"
                                + " of AWS is used"),
                error(
                        "endpoint-with-credentials",
                        "s3.endpoint: invalid value 'https://***@s3.test': must not contain credentials; use"
                                + " accessKey and secretKey"),
                error(
                        "endpoint-without-scheme",
                        "s3.endpoint: invalid value 's3.test:9000': must have the form http" + HOST),
                error(
                        "uri-without-database",
                        "postgres.uri: must contain the database: postgresql://host:port/database"),
                error(
                        "password-in-query",
                        "postgres.uri: invalid value 'postgresql://db.test/video?***': must not contain a password in"
                                + " its query; use the key for the password"),
                error(
                        "port-out-of-range",
                        "rabbitmq.uri: invalid value 'amqp://broker.test:70000/': the port must be from 1 to 65535"),
                error(
                        "host-with-underscore",
                        "rabbitmq.uri: invalid value 'amqp://my_broker:5672/': must have the form amqp" + HOST),
                error(
                        "uri-with-wrong-scheme",
                        "rabbitmq.uri: invalid value 'https://***@broker.test/': must have the form amqp" + HOST),
                error(
                        "unusable-ca-files",
                        "postgres.caFile: invalid value 'src/test/resources/config': the file cannot be read",
                        "rabbitmq.caFile: invalid value 'none.pem': file not found",
                        "s3.caFile: invalid value 'pom.xml': the file contains no PEM certificate (BEGIN CERTIFICATE)"),
                error(
                        "ca-files-without-tls",
                        "postgres.caFile: requires ?sslmode=require, verify-ca or verify-full in the uri",
                        "rabbitmq.caFile: requires TLS: the uri must begin with amqps://",
                        "s3.caFile: requires TLS: the endpoint must begin with https://"),
                error(
                        "unknown-ssl-mode",
                        "postgres.uri: sslmode must be one of disable, allow, prefer, require, verify-ca, verify-full"),
                error(
                        "tls-parameters-in-uri",
                        "postgres.uri: sslmode is the only TLS parameter supported in the uri; use caFile"),
                error(
                        "unknown-queue-mode",
                        "rabbitmq.queueMode: invalid value 'durable': must be one of classic, quorum, passive"),
                error(
                        "unknown-requests-mode",
                        "requests.mode: invalid value 'single': must be one of staged, single-stage"),
                error("fractional-heartbeat", "rabbitmq.heartbeatSeconds: invalid value '0.5': must be an integer"),
                error(
                        "numbers-out-of-range",
                        "delivery.backoffSeconds: invalid value '[5,-1]': must be from 0 to 86400 seconds",
                        "ffmpeg.stallTimeoutSeconds: invalid value '4.9': must be from 5 to 3600 seconds",
                        "media.crf: invalid value '52': must be from 0 to 51",
                        "postgres.poolSize: invalid value '1': must be from 2 to 200",
                        "stages.upload.instances: invalid value '65': must be from 0 to 64"),
                error(
                        "wrong-types",
                        "delivery.backoffSeconds: invalid value '5, 30': must be a JSON list of seconds",
                        "keys.video: invalid value (an object): must be a non-empty string",
                        "s3.bucket: invalid value '7': must be a non-empty string",
                        "s3.parallelism: invalid value '4.5': must be an integer",
                        "s3.pathStyle: invalid value 'yes': must be true or false",
                        "updates.progressIntervalSeconds: invalid value 'true': must be a number of seconds",
                        "workspace.directory: invalid value '': must be a non-empty string"),
                error(
                        "template-without-placeholders",
                        "keys.thumbnail: invalid value 'thumbnails/{mediaId}{n}.jpg': must contain {mediaId} and {n}"
                                + " once each, with text between them, and no other braces",
                        "keys.video: invalid value 'videos/{mediaId}.mp4': must contain {mediaId} and {quality}"
                                + " once each, with text between them, and no other braces"),
                error(
                        "invalid-key-templates",
                        "keys.thumbnail: invalid value 'a/../{mediaId}_{n}': must not begin with / and must have no"
                                + " segment . or .. and no control characters",
                        "keys.video: invalid value '/videos/{mediaId}_{quality}': must not begin with / and must have"
                                + " no segment . or .. and no control characters"),
                error(
                        "equal-templates",
                        "keys.thumbnail: must differ from keys.video, or thumbnails and renditions could overwrite each other"),
                error(
                        "sections-of-wrong-type",
                        "media.limits: must be an object",
                        "rabbitmq: must be an object",
                        "stages: must be an object"),
                error(
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
    @MethodSource("errors")
    void reportsErrorsByKey(String file, List<String> lines) {
        JsonObject json = Configs.fixture(file);

        List<String> errors = Configs.errors(json, Map.of());

        assertThat(errors).isEqualTo(lines);
    }

    @Test
    void coversAllFixtures() throws IOException {
        List<Object> covered = errors().map(error -> error.get()[0]).toList();

        try (Stream<java.nio.file.Path> files = Files.list(Configs.FIXTURES)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals("every-key.json")))
                    .hasSameElementsAs(covered.stream().map(String::valueOf).toList());
        }
    }

    private static Arguments error(String name, String... lines) {
        return arguments(name + ".json", Arrays.asList(lines));
    }
}
