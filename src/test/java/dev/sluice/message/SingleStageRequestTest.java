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
    void becomesTheStagedJobOfTheSameWork() {
        StagedJob job = MessageCodec.request(golden().toBuffer()).asStagedJob();

        assertThat(job.id()).isEqualTo(new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"));
        assertThat(job.mediaId()).isEqualTo("media-42");
        assertThat(job.userId()).contains("user-7");
        assertThat(job.mediaType()).contains("VIDEO");
        assertThat(job.s3Key()).contains("uploads/user-7/holiday.mp4");
        assertThat(job.originalFilename()).contains("holiday.mp4");
        assertThat(job.createdAt()).contains("2026-11-22T10:00:00Z");
        assertThat(job.answerForm())
                .isEqualTo(new UpdateOptions(StepScheme.SINGLE_STAGE, false, true, Duration.ofSeconds(5)));
    }

    @Test
    void keepsHowItIsToBeAnsweredThroughTheStages() {
        StagedJob sent = MessageCodec.request(golden().toBuffer()).asStagedJob();

        StagedJob last = MessageCodec.stagedJob(
                        MessageCodec.encode(sent.waitingFor(StageName.PROCESSING)), StageName.PROCESSING)
                .waitingFor(StageName.UPLOAD);

        assertThat(MessageCodec.stagedJob(MessageCodec.encode(last), StageName.UPLOAD)
                        .answerForm())
                .isEqualTo(sent.answerForm());
    }

    @Test
    void askingForNothingGetsAll() {
        JsonObject bare = golden();
        bare.remove("original_filename");
        bare.remove("request_thumbnails");
        bare.remove("request_progress_updates");
        bare.remove("progress_interval");
        bare.remove("timestamp");

        SingleStageRequest request = MessageCodec.request(bare.toBuffer());

        assertThat(request.answer()).isEqualTo(new UpdateOptions(StepScheme.SINGLE_STAGE, true, true, Duration.ZERO));
        assertThat(request.at()).isAfter(Instant.EPOCH);
    }

    @Test
    void aProducerThatWantsNewsOnceADayHearsOncePerHour() {
        JsonObject patient = golden().put("progress_interval", 86_400);

        assertThat(MessageCodec.request(patient.toBuffer()).answer().interval()).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "job_id", "media_id", "user_id", "s3_key"})
    void namesTheFieldThatIsMissing(String field) {
        JsonObject json = golden();
        json.remove(field);

        assertThatThrownBy(() -> MessageCodec.request(json.toBuffer()))
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
    void namesTheFieldThatIsOfAnotherKind(String field) {
        JsonObject json = golden().put(field, new JsonArray().add(1));

        assertThatThrownBy(() -> MessageCodec.request(json.toBuffer()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("'" + field + "'");
    }

    @ParameterizedTest
    @CsvSource({"user_id, 256", "media_id, 256", "job_id, 256", "s3_key, 1025", "original_filename, 1025"})
    void refusesWhatIsLongerThanItsPlace(String field, int length) {
        JsonObject json = golden().put(field, "x".repeat(length));

        assertThatThrownBy(() -> MessageCodec.request(json.toBuffer()))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining("'" + field + "'");
    }

    @Test
    void saysWhoseItIsThoughItCannotBeRead() {
        JsonObject broken = golden();
        broken.remove("s3_key");
        JsonObject untyped = golden();
        untyped.remove("type");
        JsonObject update = golden().put("type", "video_processing_update");

        assertThat(MessageCodec.subjectOfRequest(broken.toBuffer()))
                .contains(
                        new SingleStageRequest.Subject(new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"), "media-42"));
        assertThat(MessageCodec.subjectOfRequest(untyped.toBuffer())).isPresent();
        assertThat(MessageCodec.subjectOfRequest(update.toBuffer())).isEqualTo(Optional.empty());
        assertThat(MessageCodec.subjectOfRequest(Buffer.buffer("not json"))).isEmpty();
        assertThat(MessageCodec.subjectOfRequest(Buffer.buffer("{\"job_id\":\"j\"}")))
                .isEmpty();
    }

    @Test
    void aFieldOfAnotherSystemWithTheNameOfOursMeansNothing() {
        JsonObject foreign = MessageCodec.request(golden().toBuffer())
                .asStagedJob()
                .toJson()
                .put("answerForm", new JsonObject().put("steps", 7));

        StagedJob job = MessageCodec.stagedJob(foreign.toBuffer(), StageName.DOWNLOAD);

        assertThat(job.answerForm()).isEqualTo(UpdateOptions.STAGED);
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
