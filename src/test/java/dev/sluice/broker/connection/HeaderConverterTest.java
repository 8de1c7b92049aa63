package dev.sluice.broker.connection;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.impl.LongStringHelper;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderConverterTest {
    @Test
    void readsEveryKindOfHeaderAsJson() {
        Map<String, Object> table = Map.of(
                "text",
                LongStringHelper.asLongString("hello"),
                "number",
                7L,
                "flag",
                true,
                "time",
                Date.from(Instant.EPOCH),
                "bytes",
                new byte[] {1, 2},
                "deaths",
                List.of(Map.of("queue", LongStringHelper.asLongString("q"))));

        JsonObject json = HeaderConverter.toJson(table);

        assertThat(json)
                .isEqualTo(new JsonObject()
                        .put("text", "hello")
                        .put("number", 7L)
                        .put("flag", true)
                        .put("time", "1970-01-01T00:00:00Z")
                        .put("bytes", "AQI=")
                        .put("deaths", new JsonArray().add(new JsonObject().put("queue", "q"))));
    }

    @Test
    void readsNoHeadersAsNone() {
        assertThat(HeaderConverter.toJson(null)).isEmpty();
    }

    @Test
    void writesJsonWithoutItsNulls() {
        JsonObject json = new JsonObject()
                .put("text", "hello")
                .put("nothing", null)
                .put("list", new JsonArray().add(1).addNull())
                .put("nested", new JsonObject().put("a", true));

        Map<String, Object> table = HeaderConverter.toTable(json);

        assertThat(table).isEqualTo(Map.of("text", "hello", "list", List.of(1), "nested", Map.of("a", true)));
    }
}
