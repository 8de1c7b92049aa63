package dev.sluice.message.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.StageName;
import dev.sluice.message.MessageCodec;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValidatorTest {
    private static final String JOB = "{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"extra\":%s}";

    @ParameterizedTest
    @ValueSource(ints = {1, 62, 63})
    void acceptsJsonOfUpToSixtyFourLevels(int arrays) {
        StagedJob job = read(JOB.formatted("[".repeat(arrays) + "]".repeat(arrays)));

        assertThat(MessageCodec.decodeStagedJob(MessageCodec.encode(job), StageName.UPLOAD))
                .isEqualTo(job);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 65, 999, 1_001, 100_000})
    void rejectsJsonOfMoreThanSixtyFourLevels(int arrays) {
        assertRejected(JOB.formatted("[".repeat(arrays) + "]".repeat(arrays)), "has more than 64 levels of nesting");
        assertRejected(JOB.formatted("{\"a\":".repeat(arrays) + "1" + "}".repeat(arrays)), "more than 64 levels");
        assertRejected("[".repeat(arrays + 1), "more than 64 levels");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1e999999999 | number out of range",
                "-1e400 | number out of range",
                "NaN | not a JSON object",
                "{\"a\":1,\"a\":2} | contains the field 'a' twice",
                "{\"a\":1,\"\\u0061\":2} | contains the field 'a' twice",
                "\"a\\u0000b\" | NUL character",
                "{\"\\u0000\":1} | NUL character",
                "\"\\ud800\" | unpaired surrogate",
                "\"\\udc00\\ud800\" | unpaired surrogate",
                "{\"\\ud83d\":1} | not a JSON object",
                "1} {\"id\":2 | not a JSON object"
            })
    void rejectsValuesThatLaterProcessingCannotHandle(String value, String rule) {
        assertRejected(JOB.formatted(value), rule);
    }

    @Test
    void rejectsNumbersOfMoreThanOneHundredCharacters() {
        assertRejected(JOB.formatted("9".repeat(100_000)), "a number of more than 100 characters");
        assertRejected(JOB.formatted("0." + "1".repeat(100)), "a number of more than 100 characters");
    }

    @Test
    void acceptsUnusualButHarmlessValues() {
        StagedJob job =
                read(JOB.formatted("[\"a\\\\u0000b\", \"\\ud83d\\ude00\", 1e300, {\"a\":1}, {\"a\":1}, 1e-999]"));

        assertThat(job.toJson().getJsonArray("extra").getString(0)).isEqualTo("a\\u0000b");
    }

    @Test
    void rejectsBytesThatAreNotUtf8() {
        for (String encoding : new String[] {"ISO-8859-1", "UTF-16", "UTF-16LE", "UTF-32"}) {
            Buffer body = Buffer.buffer(JOB.formatted("\"é\"").getBytes(Charset.forName(encoding)));

            assertThatThrownBy(() -> MessageCodec.decodeStagedJob(body, StageName.UPLOAD))
                    .isInstanceOf(InvalidMessageException.class);
        }
    }

    @Test
    void acceptsByteOrderMark() {
        Buffer body = Buffer.buffer(("\uFEFF" + JOB.formatted("1")).getBytes(StandardCharsets.UTF_8));

        assertThat(MessageCodec.decodeStagedJob(body, StageName.UPLOAD).mediaId())
                .isEqualTo("m");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id | 5 | 'id' must be a string",
                "mediaId | [] | 'mediaId' must be a string",
                "mediaId | \"a\\nb\" | 'mediaId' must not contain control characters",
                "userId | {} | 'userId' must be a string",
                "mediaType | 1 | 'mediaType' must be a string",
                "s3Key | true | 's3Key' must be a string",
                "originalFilename | 1.5 | 'originalFilename' must be a string",
                "mimeType | [1] | 'mimeType' must be a string",
                "createdAt | 1700000000 | 'createdAt' must be a string",
                "stage | 3 | 'stage' must be a string",
                "previousStage | {} | 'previousStage' must be a string",
                "localVideoPath | false | 'localVideoPath' must be a string",
                "metadata | [] | 'metadata' must be an object",
                "outputs | {} | 'outputs' must be an array of objects",
                "fileSize | -1 | 'fileSize' must be a whole number from 0 to 9007199254740991",
                "fileSize | 1.5 | 'fileSize' must be a whole number",
                "fileSize | 9007199254740992 | 'fileSize' must be a whole number",
                "fileSize | 99999999999999999999999999 | 'fileSize' must be a whole number",
                "fileSize | 1e300 | 'fileSize' must be a whole number",
                "fileSize | \"huge\" | 'fileSize' must be a whole number",
                "fileSize | {} | 'fileSize' must be a whole number"
            })
    void namesFieldOfWrongType(String field, String value, String rule) {
        JsonObject json = new JsonObject(JOB.formatted("0"));
        json.put(field, new JsonObject("{\"v\":" + value + "}").getValue("v"));

        assertRejected(json.encode(), rule);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "width | -1 | 'width' must be a whole number from 0 to 2147483647",
                "width | 4294967297 | 'width' must be a whole number",
                "width | null | 'width' must be a whole number",
                "height | 1.5 | 'height' must be a whole number",
                "height | \"9\" | 'height' must be a whole number",
                "fileSize | -5 | 'fileSize' must be a whole number",
                "timestamp | -1 | 'timestamp' must be a number of seconds",
                "timestamp | \"0\" | 'timestamp' must be a number of seconds",
                "mimeType | \"text/html\" | 'mimeType' must be a video or image MIME type",
                "mimeType | \"video/mp4\\r\\nx: y\" | 'mimeType' must be a video or image MIME type",
                "s3Key | 5 | 's3Key' must be a string",
                "quality | 5 | 'quality' must be a string",
                "localPath | [] | 'localPath' must be a string"
            })
    void namesInvalidFieldOfOutput(String field, String value, String rule) {
        JsonObject output =
                new JsonObject("{\"type\":\"scaled\",\"s3Key\":\"videos/m_360p.mp4\",\"width\":1,\"height\":1}");
        output.put(field, new JsonObject("{\"v\":" + value + "}").getValue("v"));

        assertRejected("{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"outputs\":[" + output.encode() + "]}", rule);
    }

    @Test
    void acceptsFileSizeAsString() {
        StagedJob job = read("{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"fileSize\":\"26579239\"}");

        assertThat(new FieldReader(job.toJson()).bytes("fileSize")).isEqualTo(26_579_239L);
    }

    @Test
    void clampsMetadataOutOfRange() {
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

    private static void assertRejected(String body, String rule) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining(rule)
                .hasMessageEndingWith(".");
    }
}
