package dev.sluice.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQContentHeader;
import com.rabbitmq.client.impl.AMQImpl;
import dev.sluice.message.json.JsonValidator;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames are written and read by the AMQP client. */
class ContentHeaderTest {
    private static final Map<String, Object> ALL_TYPES = allTypes();

    private static Map<String, Object> allTypes() {
        Map<String, Object> table = new HashMap<>();
        table.put("text", "Zoë");
        table.put("bytes", new byte[] {1, 2});
        table.put("byte", (byte) 1);
        table.put("short", (short) 1);
        table.put("int", 1);
        table.put("long", 1L);
        table.put("float", 1f);
        table.put("double", 1d);
        table.put("decimal", new BigDecimal("1.5"));
        table.put("time", new Date(0));
        table.put("boolean", true);
        table.put("nothing", null);
        table.put("array", List.of(1, List.of(2), Map.of("in", "array")));
        table.put("table", Map.of("in", Map.of("table", 1)));
        return table;
    }

    @Test
    void readsHeadersOfAllTypes() throws IOException {
        assertThat(header(properties(ALL_TYPES), 5).areHeadersReadable()).isTrue();
        assertThat(header(properties(null), 5).areHeadersReadable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32})
    void acceptsNestedHeaders(int levels) throws IOException {
        assertThat(header(properties(nested(levels)), 5).areHeadersReadable())
                .isEqualTo(levels < ContentHeader.MAX_NESTING);
    }

    @Test
    void rejectsIncompleteHeaders() throws IOException {
        AMQP.BasicProperties headersOnly =
                new AMQP.BasicProperties.Builder().headers(ALL_TYPES).build();
        byte[] payload = payload(headersOnly, 5);
        for (int length = 14; length < payload.length; length++) {
            byte[] cut = Arrays.copyOf(payload, length);
            assertThat(ContentHeader.of(cut).areHeadersReadable())
                    .as("the first %d of %d bytes", length, payload.length)
                    .isFalse();
        }
    }

    @Test
    void omitsHeadersOnly() throws IOException {
        AMQP.BasicProperties read = read(header(properties(nested(40)), 5).withoutHeaders(), 5);

        assertThat(read.getHeaders()).containsExactly(Map.entry(ContentHeader.HEADERS_OMITTED, true));
        assertOthersAreKept(read);
    }

    @Test
    void limitsBodyAndKeepsHeaders() throws IOException {
        AMQP.BasicProperties read =
                read(header(properties(Map.of("a", 1)), 5_000_000_000L).withBodyLimit(10), 10);

        assertThat(read.getHeaders()).isEqualTo(Map.of("a", 1, ContentHeader.BODY_BYTES, 5_000_000_000L));
        assertOthersAreKept(read);
    }

    @Test
    void limitsBodyOfMessageWithoutProperties() throws IOException {
        AMQP.BasicProperties none = new AMQP.BasicProperties();

        AMQP.BasicProperties read = read(header(none, 20).withBodyLimit(10), 10);

        assertThat(read.getHeaders()).containsExactly(Map.entry(ContentHeader.BODY_BYTES, 20L));
    }

    /** Otherwise the decoder would not reject a body of which a part is missing. */
    @Test
    void limitIsAboveThatOfTheDecoder() {
        assertThat(BrokerConnection.MAX_BODY_BYTES).isGreaterThan(JsonValidator.MAX_BYTES);
    }

    private static void assertOthersAreKept(AMQP.BasicProperties read) {
        assertThat(read.getContentType()).isEqualTo("application/json");
        assertThat(read.getContentEncoding()).isEqualTo("utf-8");
        assertThat(read.getDeliveryMode()).isEqualTo(2);
        assertThat(read.getMessageId()).isEqualTo("id");
        assertThat(read.getAppId()).isEqualTo("app");
    }

    private static AMQP.BasicProperties properties(Map<String, Object> headers) {
        return new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .headers(headers)
                .deliveryMode(2)
                .messageId("id")
                .appId("app")
                .build();
    }

    private static Map<String, Object> nested(int levels) {
        Map<String, Object> table = Map.of("leaf", 1);
        for (int level = 0; level < levels; level++) {
            table = Map.of("a", table);
        }
        return table;
    }

    private static ContentHeader header(AMQP.BasicProperties properties, long bodyBytes) throws IOException {
        return ContentHeader.of(payload(properties, bodyBytes));
    }

    private static byte[] payload(AMQP.BasicProperties properties, long bodyBytes) throws IOException {
        return properties.toFrame(1, bodyBytes).getPayload();
    }

    private static AMQP.BasicProperties read(byte[] payload, long expectedBodyBytes) throws IOException {
        DataInputStream content = new DataInputStream(new ByteArrayInputStream(payload));
        AMQContentHeader header = AMQImpl.readContentHeaderFrom(content);
        assertThat(header.getBodySize()).isEqualTo(expectedBodyBytes);
        assertThat(content.available()).isZero();
        return (AMQP.BasicProperties) header;
    }
}
