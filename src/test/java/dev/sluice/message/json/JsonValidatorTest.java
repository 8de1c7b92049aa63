package dev.sluice.message.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValidatorTest {
    private static final String JOB = "{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"extra\":%s}";

    @ParameterizedTest
    @ValueSource(ints = {1, 62, 63})
    void takesJsonUpToSixtyFourLevels(int arrays) {
        StagedJob job = read(JOB.formatted("[".repeat(arrays) + "]".repeat(arrays)));

        assertThat(MessageCodec.decodeStagedJob(MessageCodec.encode(job), StageName.UPLOAD))
                .isEqualTo(job);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 999, 1_001, 100_000})
    void refusesJsonThatIsDeeper(int arrays) {
        assertRefused(JOB.formatted("[".repeat(arrays) + "]".repeat(arrays)), "has more than 64 levels of nesting");
        assertRefused(JOB.formatted("{\"a\":".repeat(arrays) + "1" + "}".repeat(arrays)), "more than 64 levels");
        assertRefused("[".repeat(arrays + 1), "more than 64 levels");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1e999999999 | out of every range",
                "-1e400 | out of every range",
                "NaN | not a JSON object",
                "{\"a\":1,\"a\":2} | has the field 'a' twice",
                "{\"a\":1,\"\\u0061\":2} | has the field 'a' twice",
                "\"a\\u0000b\" | NUL character",
                "{\"\\u0000\":1} | NUL character",
                "\"\\ud800\" | half of a character",
                "\"\\udc00\\ud800\" | half of a character",
                "{\"\\ud83d\":1} | half of a character",
                "1} {\"id\":2 | not a JSON object"
            })
    void refusesWhatDoesHarmFurtherOn(String value, String rule) {
        assertRefused(JOB.formatted(value), rule);
    }

    @Test
    void refusesNumbersThatTakeLongToRead() {
        assertRefused(JOB.formatted("9".repeat(100_000)), "a number of more than 100 characters");
        assertRefused(JOB.formatted("0." + "1".repeat(100)), "a number of more than 100 characters");
    }

    @Test
    void takesWhatOnlyLooksLikeHarm() {
        StagedJob job =
                read(JOB.formatted("[\"a\\\\u0000b\", \"\\ud83d\\ude00\", 1e300, {\"a\":1}, {\"a\":1}, 1e-999]"));

        assertThat(job.toJson().getJsonArray("extra").getString(0)).isEqualTo("a\\u0000b");
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        for (String encoding : new String[] {"ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-32"}) {
            Buffer body = Buffer.buffer(JOB.formatted("\"é\"").getBytes(java.nio.charset.Charset.forName(encoding)));

            assertThatThrownBy(() -> MessageCodec.decodeStagedJob(body, StageName.UPLOAD))
                    .isInstanceOf(InvalidMessageException.class);
        }
    }

    @Test
    void takesAByteOrderMark() {
        Buffer body = Buffer.buffer(("\uFEFF" + JOB.formatted("1")).getBytes(StandardCharsets.UTF_8));

        assertThat(MessageCodec.decodeStagedJob(body, StageName.UPLOAD).mediaId())
                .isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id | 5 | 'id' is not a string",
                "mediaId | [] | 'mediaId' is not a string",
                "mediaId | \"a\\nb\" | 'mediaId' has control characters",
                "userId | {} | 'userId' is not a string",
                "mediaType | 1 | 'mediaType' is not a string",
                "s3Key | true | 's3Key' is not a string",
                "originalFilename | 1.5 | 'originalFilename' is not a string",
                "mimeType | [1] | 'mimeType' is not a string",
                "createdAt | 1700000000 | 'createdAt' is not a string",
                "stage | 3 | 'stage' is not a string",
                "previousStage | {} | 'previousStage' is not a string",
                "localVideoPath | false | 'localVideoPath' is not a string",
                "metadata | [] | 'metadata' is not an object",
                "outputs | {} | 'outputs' is not an array of objects",
                "fileSize | -1 | 'fileSize' is not a whole number from 0 to 9007199254740991",
                "fileSize | 1.5 | 'fileSize' is not a whole number",
                "fileSize | 9007199254740992 | 'fileSize' is not a whole number",
                "fileSize | 99999999999999999999999999 | 'fileSize' is not a whole number",
                "fileSize | 1e300 | 'fileSize' is not a whole number",
                "fileSize | \"huge\" | 'fileSize' is not a whole number",
                "fileSize | {} | 'fileSize' is not a whole number"
            })
    void namesTheFieldOfTheWrongKind(String field, String value, String rule) {
        JsonObject json = new JsonObject(JOB.formatted("0"));
        json.put(field, new JsonObject("{\"v\":" + value + "}").getValue("v"));

        assertRefused(json.encode(), rule);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width | -1 | 'width' is not a whole number from 0 to 2147483647",
                "width | 4294967297 | 'width' is not a whole number",
                "width | null | 'width' is not a whole number",
                "height | 1.5 | 'height' is not a whole number",
                "height | \"9\" | 'height' is not a whole number",
                "fileSize | -5 | 'fileSize' is not a whole number",
                "timestamp | -1 | 'timestamp' is not a number of seconds",
                "timestamp | \"0\" | 'timestamp' is not a number of seconds",
                "mimeType | \"text/html\" | 'mimeType' is not the type of a video or an image",
                "mimeType | \"video/mp4\\r\\nx: y\" | 'mimeType' is not the type of a video or an image",
                "s3Key | 5 | 's3Key' is not a string",
                "quality | 5 | 'quality' is not a string",
                "localPath | [] | 'localPath' is not a string"
            })
    void namesTheFieldOfAnOutput(String field, String value, String rule) {
        JsonObject output =
                new JsonObject("{\"type\":\"scaled\",\"s3Key\":\"videos/m_360p.mp4\",\"width\":1,\"height\":1}");
        output.put(field, new JsonObject("{\"v\":" + value + "}").getValue("v"));

        assertRefused("{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"outputs\":[" + output.encode() + "]}", rule);
    }

    @Test
    void takesASizeThatItsProducerWroteAsText() {
        StagedJob job = read("{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"fileSize\":\"26579239\"}");

        assertThat(job.declaredFileSize()).isEqualTo(26_579_239L);
    }

    @Test
    void readsMetadataThatIsOutOfRangeAsTheNearest() {
        StagedJob job = read("""
                {"id":"j","mediaId":"m","s3Key":"k",
                 "metadata":{"width":4294967297,"height":-5,"bitrate":99999999999999999999,"codec":7,"fileSize":-1}}""");

        VideoMetadata metadata = job.metadata().orElseThrow();

        assertThat(metadata.width()).isEqualTo(Integer.MAX_VALUE);
        assertThat(metadata.height()).isZero();
        assertThat(metadata.bitrate()).isEqualTo(Long.MAX_VALUE);
        assertThat(metadata.codec()).isEmpty();
        assertThat(metadata.fileSize()).isZero();
    }

    private static StagedJob read(String body) {
        return MessageCodec.decodeStagedJob(Buffer.buffer(body), StageName.UPLOAD);
    }

    private static void assertRefused(String body, String rule) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining(rule)
                .hasMessageEndingWith(".");
    }
}
