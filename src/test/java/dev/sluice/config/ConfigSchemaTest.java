package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped JSON Schema accepts and rejects the values that the reader accepts and rejects. */
class ConfigSchemaTest {
    @Test
    void acceptsEveryKey() throws IOException {
        assertThat(isValid(Configs.fixture("every-key.json"))).isTrue();
    }

    @Test
    void acceptsShippedFile() throws IOException {
        assertThat(isValid(new JsonObject(Files.readString(Path.of("conf/sluice.json")))))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'rabbitmq': {'uri': 'amqps://broker.test'}}",
                "{'postgres': {'uri': 'postgres://db.test/video'}}",
                "{'media': {'preset': 'veryslow', 'crf': 0}}",
                "{'media': {'loudness': {'target': 'none'}}}",
                "{'profiles': {}}",
                "{'profiles': {'a-1': {'crf': 30, 'renditions': false, 'loudness': {'target': -16}}}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 16, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a-Z_9', 'shortSide': 8192, 'maxKbps': 200000}]}}",
                "{'keys': {'staging': 'a/'}}",
                "{'backend': {'jwtSecret': '12345678901234567890123456789012'}}",
                "{'media': {'codecs': ['av1', 'h264']}}",
                "{'backend': {'corsOrigins': ['http://localhost:3000']}}",
                "{'backend': {'webhooks': [{'url': 'https://hooks.test', 'events': ['completed', 'failed'],"
                        + " 'secret': '12345678901234567890123456789012'}]}}",
                "{'cluster': {'host': '10.0.0.1', 'members': ['worker-2', 'worker_3.test:65535']}}",
                "{'delivery': {'backoffSeconds': [0, 0.5, 86400]}}"
            })
    void acceptsValidValues(String text) throws IOException {
        JsonObject json = new JsonObject(text.replace('\'', '"'));

        assertThat(isValid(json)).isTrue();
        assertThat(Configs.errors(json, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'colour': 'blue'}",
                "{'rabbitmq': {'heartbeat': 10}}",
                "{'rabbitmq': {'$schema': 'x'}}",
                "{'rabbitmq': 'amqp://broker.test'}",
                "{'rabbitmq': {'uri': 'http://broker.test'}}",
                "{'rabbitmq': {'heartbeatSeconds': 0.5}}",
                "{'rabbitmq': {'queueMode': 'durable'}}",
                "{'postgres': {'uri': 'mysql://db.test/video'}}",
                "{'s3': {'endpoint': 's3.test:9000'}}",
                "{'s3': {'bucket': ''}}",
                "{'workspace': {'mode': 'store'}}",
                "{'media': {'preset': 'placebo'}}",
                "{'media': {'crf': 52}}",
                "{'media': {'codecs': ['av1']}}",
                "{'media': {'codecs': ['h264', 'hevc']}}",
                "{'media': {'ladder': []}}",
                "{'media': {'ladder': [{'quality': 'a b', 'shortSide': 16, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': '123456789012345678901234567890123', 'shortSide': 16, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 14, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 17, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 8194, 'maxKbps': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 16, 'maxKbps': 15}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 16, 'maxKbps': 200001}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 16}]}}",
                "{'media': {'ladder': [{'quality': 'a', 'shortSide': 16, 'maxKbps': 16, 'codec': 'av1'}]}}",
                "{'media': {'limits': 5}}",
                "{'media': {'loudness': {'target': 'loud'}}}",
                "{'profiles': 5}",
                "{'profiles': {'a': 5}}",
                "{'profiles': {'a': {'crf': 52}}}",
                "{'profiles': {'a': {'limits': {'maxSeconds': 5}}}}",
                "{'profiles': {'a': {'growingStreamSeconds': 5}}}",
                "{'profiles': {'A': {}}}",
                "{'profiles': {'default': {}}}",
                "{'keys': {'staging': 'a'}}",
                "{'backend': {'jwtSecret': '1234567890123456789012345678901'}}",
                "{'backend': {'corsOrigins': ['https://app.test/']}}",
                "{'backend': {'corsOrigins': ['app.test']}}",
                "{'backend': {'webhooks': [{'events': ['failed']}]}}",
                "{'backend': {'webhooks': [{'url': 'https://hooks.test', 'events': ['started']}]}}",
                "{'backend': {'webhooks': [{'url': 'https://hooks.test', 'method': 'PUT'}]}}",
                "{'backend': {'webhooks': [{'url': 'https://hooks.test', 'secret': 'short'}]}}",
                "{'cluster': {'host': '10.0.0.1:5701'}}",
                "{'cluster': {'members': ['tcp://worker-3']}}",
                "{'delivery': {'leaseSeconds': 'soon'}}",
                "{'delivery': {'backoffSeconds': []}}",
                "{'delivery': {'backoffSeconds': [86400.5]}}",
                "{'stages': {'encode': {'instances': 1}}}",
                "{'stages': {'upload': {'instances': 65}}}"
            })
    void rejectsInvalidValues(String text) throws IOException {
        JsonObject json = new JsonObject(text.replace('\'', '"'));

        assertThat(isValid(json)).isFalse();
        assertThat(Configs.errors(json, Map.of())).isNotEmpty();
    }

    private static boolean isValid(JsonObject json) throws IOException {
        JsonObject schema = new JsonObject(Files.readString(Path.of("conf/sluice.schema.json")));
        JsonSchemaOptions options = new JsonSchemaOptions()
                .setBaseUri("https://sluice.test")
                .setDraft(Draft.DRAFT202012)
                .setOutputFormat(OutputFormat.Flag);
        return Validator.create(JsonSchema.of(schema), options).validate(json).getValid();
    }
}
