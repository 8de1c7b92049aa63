package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.job.StepScheme;
import dev.sluice.message.json.InvalidMessageException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SingleStageRequestTest {
    @Test
    void convertsRequestToStagedJob() {
        StagedJob job = MessageCodec.decodeRequest(golden().toBuffer()).toStagedJob();

        assertThat(job.id()).isEqualTo(new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"));
        assertThat(job.mediaId()).isEqualTo("media-42");
        assertThat(job.userId()).contains("user-7");
        assertThat(job.mediaType()).contains("VIDEO");
        assertThat(job.s3Key()).contains("uploads/user-7/holiday.mp4");
        assertThat(job.originalFilename()).contains("holiday.mp4");
        assertThat(job.toJson().getString("createdAt")).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(job.updateOptions())
                .isEqualTo(new UpdateOptions(StepScheme.SINGLE_STAGE, false, true, Duration.ofSeconds(5)));
    }

    @Test
    void keepsUpdateOptionsThroughAllStages() {
        StagedJob sent = MessageCodec.decodeRequest(golden().toBuffer()).toStagedJob();

        StagedJob last = MessageCodec.decodeStagedJob(
                        MessageCodec.encode(sent.forStage(StageName.PROCESSING)), StageName.PROCESSING)
                .forStage(StageName.UPLOAD);

        assertThat(MessageCodec.decodeStagedJob(MessageCodec.encode(last), StageName.UPLOAD)
                        .updateOptions())
                .isEqualTo(sent.updateOptions());
    }

    @Test
    void requestsEverythingByDefault() {
        JsonObject minimal = golden();
        minimal.remove("original_filename");
        minimal.remove("request_thumbnails");
        minimal.remove("request_progress_updates");
        minimal.remove("progress_interval");
        minimal.remove("timestamp");

        SingleStageRequest request = MessageCodec.decodeRequest(minimal.toBuffer());

        assertThat(request.updateOptions())
                .isEqualTo(new UpdateOptions(StepScheme.SINGLE_STAGE, true, true, Duration.ZERO));
        assertThat(request.timestamp()).isAfter(Instant.EPOCH);
    }

    @Test
    void limitsProgressIntervalToOneHour() {
        JsonObject daily = golden().put("progress_interval", 86_400);

        assertThat(MessageCodec.decodeRequest(daily.toBuffer()).updateOptions().interval())
                .isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "job_id", "media_id", "user_id", "s3_key"})
    void namesMissingField(String field) {
        JsonObject json = golden();
        json.remove(field);

        assertThatThrownBy(() -> MessageCodec.decodeRequest(json.toBuffer()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("'" + field + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type",
                "job_id",
                "media_id",
                "user_id",
                "s3_key",
                "original_filename",
                "request_thumbnails",
                "request_progress_updates",
                "progress_interval"
            })
    void namesFieldOfWrongType(String field) {
        JsonObject json = golden().put(field, new JsonArray().add(1));

        assertThatThrownBy(() -> MessageCodec.decodeRequest(json.toBuffer()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("'" + field + "'");
    }

    @ParameterizedTest
    @CsvSource({"user_id, 256", "media_id, 256", "job_id, 256", "s3_key, 1025", "original_filename, 1025"})
    void rejectsFieldAboveLengthLimit(String field, int length) {
        JsonObject json = golden().put(field, "x".repeat(length));

        assertThatThrownBy(() -> MessageCodec.decodeRequest(json.toBuffer()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("'" + field + "'");
    }

    @Test
    void peeksSubjectOfInvalidRequest() {
        JsonObject broken = golden();
        broken.remove("s3_key");
        JsonObject untyped = golden();
        untyped.remove("type");
        JsonObject update = golden().put("type", "video_processing_update");

        assertThat(MessageCodec.peekRequestSubject(broken.toBuffer()))
                .contains(
                        new SingleStageRequest.Subject(new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"), "media-42"));
        assertThat(MessageCodec.peekRequestSubject(untyped.toBuffer())).isPresent();
        assertThat(MessageCodec.peekRequestSubject(update.toBuffer())).isEqualTo(Optional.empty());
        assertThat(MessageCodec.peekRequestSubject(Buffer.buffer("not json"))).isEmpty();
        assertThat(MessageCodec.peekRequestSubject(Buffer.buffer("{\"job_id\":\"j\"}")))
                .isEmpty();
    }

    @Test
    void ignoresForeignFieldOfSameName() {
        JsonObject foreign = MessageCodec.decodeRequest(golden().toBuffer())
                .toStagedJob()
                .toJson()
                .put("answerForm", new JsonObject().put("steps", 7));

        StagedJob job = MessageCodec.decodeStagedJob(foreign.toBuffer(), StageName.DOWNLOAD);

        assertThat(job.updateOptions()).isEqualTo(UpdateOptions.STAGED);
        assertThat(job.toJson()).isEqualTo(foreign);
    }

    private static JsonObject golden() {
        try (InputStream file = Objects.requireNonNull(
                SingleStageRequestTest.class.getResourceAsStream("/wire/single-stage-request.json"))) {
            return new JsonObject(Buffer.buffer(file.readAllBytes()));
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }
}
