package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.tracing.TraceParent;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.Loudness;
import dev.sluice.job.StageName;
import dev.sluice.job.TextTrack;
import dev.sluice.job.VariantAttributes;
import dev.sluice.message.json.InvalidMessageException;
import dev.sluice.message.json.JsonValidator;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTest {
    private static final VideoMetadata METADATA =
            new VideoMetadata(62.28, "h264", 3_400_000, 25, 1920, 1080, 26_579_239, "video/mp4");
    private static final OutputFile RENDITION =
            new OutputFile(OutputFile.Type.SCALED, "videos/m1_720p.mp4", 1280, 720, 9_000_000, "video/mp4", "720p", 0);
    private static final OutputFile THUMBNAIL =
            new OutputFile(OutputFile.Type.THUMBNAIL, "thumbnails/m1_0.jpg", 320, 180, 12_000, "image/jpeg", "", 7.5);

    @Test
    void decodesStagedJobOfLegacyProducer() {
        StagedJob job = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD);

        assertThat(job.id()).isEqualTo(new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"));
        assertThat(job.mediaId()).isEqualTo("media-42");
        assertThat(job.userId()).contains("user-7");
        assertThat(job.s3Key()).contains("uploads/user-7/holiday.mp4");
        assertThat(job.toJson().getLong("fileSize")).isEqualTo(26_579_239L);
    }

    @Test
    void keepsUnknownFieldsAtEveryDepth() {
        StagedJob job = MessageCodec.decodeStagedJob(golden("staged-job-processing.json"), StageName.PROCESSING);

        JsonObject sent = job.withSource("jobs/x/source", METADATA)
                .forStage(StageName.UPLOAD)
                .toJson();

        assertThat(sent.getJsonObject("tenant")).isEqualTo(new JsonObject().put("region", "eu"));
        assertThat(sent.getJsonObject("metadata").getString("camera")).isEqualTo("X100");
        assertThat(sent.getString("stage")).isEqualTo("UPLOADING");
        assertThat(sent.getString("previousStage")).isEqualTo("PROCESSING");
    }

    @Test
    void keepsAllFieldsThroughEveryStage() {
        StagedJob received = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD);

        StagedJob last = received.withSource("jobs/x/source", METADATA)
                .forStage(StageName.PROCESSING)
                .withOutputs(List.of(RENDITION, THUMBNAIL))
                .forStage(StageName.UPLOAD);

        JsonObject before = golden("staged-job-download.json").toJsonObject();
        for (String field : List.of("userId", "s3Key", "originalFilename", "mimeType", "fileSize", "createdAt")) {
            assertThat(last.toJson().getValue(field)).as(field).isEqualTo(before.getValue(field));
        }
        assertThat(last.toJson()).isEqualTo(golden("staged-job-upload.json").toJsonObject());
        assertThat(MessageCodec.decodeStagedJob(MessageCodec.encode(last), StageName.UPLOAD)
                        .outputs())
                .containsExactly(RENDITION, THUMBNAIL);
    }

    @Test
    void namesPlaylistOfVideoThatIsBeingEncoded() {
        StagedJob job = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD);
        JobUpdate started =
                JobUpdate.started(job, new JobUpdate.Origin(StageName.SEGMENT, 1, "host-a:17"), 40, 7, Instant.EPOCH);
        JobUpdate growing = new JobUpdate(
                started.jobId(),
                started.mediaId(),
                started.status(),
                started.progress(),
                "segment_encoded",
                JobUpdate.Content.growing(job, "streams/m1/growing-x-1/master.m3u8"),
                started.timestamp(),
                8,
                started.origin(),
                Optional.empty());

        assertThat(growing.toJson().getJsonObject("streams"))
                .isEqualTo(new JsonObject()
                        .put("hls_key", "streams/m1/growing-x-1/master.m3u8")
                        .put("state", "growing"));
        assertThat(started.toJson().containsKey("streams")).isFalse();
    }

    /** Text tracks have a field of their own, and updates name those that have been published. */
    @Test
    void keepsTextTracks() {
        StagedJob received = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD);
        OutputFile text = OutputFile.text(
                "streams/m1/text_0.vtt",
                900,
                "text/vtt",
                Optional.of(new TextTrack(TextTrack.Kind.CAPTIONS, Optional.of("en"), "English", true, false)));
        OutputFile playlist =
                OutputFile.text("streams/m1/text_0.m3u8", 90, "application/vnd.apple.mpegurl", Optional.empty());
        OutputFile unpublished = text.withLocalPath("jobs/x/text_1.vtt");

        StagedJob sent = received.withOutputs(List.of(RENDITION, playlist, text, unpublished, THUMBNAIL));

        assertThat(sent.toJson().getJsonArray("outputs")).hasSize(2);
        List<OutputFile> outputs = MessageCodec.decodeStagedJob(MessageCodec.encode(sent), StageName.UPLOAD)
                .outputs();
        assertThat(outputs).containsExactly(RENDITION, playlist, text, unpublished, THUMBNAIL);
        assertThat(JobUpdate.textTracks(outputs))
                .containsExactly(new JsonObject()
                        .put("s3_key", "streams/m1/text_0.vtt")
                        .put("s3Key", "streams/m1/text_0.vtt")
                        .put("kind", "captions")
                        .put("language", "en")
                        .put("label", "English")
                        .put("default", true)
                        .put("forced", false)
                        .put("file_size", 900L)
                        .put("fileSize", 900L));
    }

    @Test
    void decodesEncodedUpdates() {
        ReceivedUpdate completed = MessageCodec.decodeUpdate(golden("update-completed.json"));
        ReceivedUpdate failed = MessageCodec.decodeUpdate(golden("update-failed.json"));

        assertThat(completed.status()).isEqualTo(JobUpdate.Status.COMPLETED);
        assertThat(completed.sequence()).isEqualTo(1_000_001);
        assertThat(completed.hasSequence()).isTrue();
        assertThat(completed.videoVersions()).hasSize(1);
        assertThat(failed.status()).isEqualTo(JobUpdate.Status.FAILED);
        assertThat(failed.error()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"other\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"failed\"}",
                "{\"type\":\"video_processing_update\",\"media_id\":\"m\",\"status\":\"failed\"}",
                "{\"type\":\"video_processing_update\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"done\"}",
                "{\"type\":\"video_processing_update\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"failed\",\"seq\":-1}",
                "{\"type\":\"video_processing_update\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"failed\",\"progress\":101}",
                "{\"type\":\"video_processing_update\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"failed\",\"thumbnails\":[1]}",
                "{\"type\":\"video_processing_update\",\"job_id\":\"j\",\"media_id\":\"m\",\"status\":\"failed\",\"timestamp\":\"noon\"}"
            })
    void rejectsInvalidUpdate(String update) {
        assertThatThrownBy(() -> MessageCodec.decodeUpdate(Buffer.buffer(update)))
                .isInstanceOf(InvalidMessageException.class);
    }

    @Test
    void decodesLaterStageOfLegacyProcessorWithoutOptionalFields() {
        Buffer body = Buffer.buffer("""
                {"id":"j","mediaId":"m","mediaType":"VIDEO","stage":"PROCESSING","localVideoPath":"j/in.mp4"}""");

        StagedJob job = MessageCodec.decodeStagedJob(body, StageName.PROCESSING);

        assertThat(job.localVideoPath()).contains("j/in.mp4");
        assertThat(job.userId()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "mediaId", "userId", "mediaType", "s3Key"})
    void namesMissingField(String field) {
        JsonObject json = golden("staged-job-download.json").toJsonObject();
        json.remove(field);

        assertThatThrownBy(() -> MessageCodec.decodeStagedJob(json.toBuffer(), StageName.DOWNLOAD))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessage("The field '" + field + "' is missing or empty.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | not a JSON object",
                "[1,2] | not a JSON object",
                "'' | not a JSON object",
                "{\"id\":5} | 'id' must be a string",
                "{\"id\":\"a\\u0000b\"} | NUL character",
                "{\"id\":\"a\\nb\",\"mediaId\":\"m\"} | must not contain control characters",
                "{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"outputs\":[3]} | 'outputs' must be an array of objects",
                "{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"metadata\":\"x\"} | 'metadata' must be an object",
                "{\"id\":\"j\",\"mediaId\":\"m\",\"s3Key\":\"k\",\"outputs\":[{\"type\":\"exe\"}]} | 'thumbnail' or 'scaled'"
            })
    void namesViolatedRule(String body, String rule) {
        assertThatThrownBy(() -> MessageCodec.decodeStagedJob(Buffer.buffer(body), StageName.UPLOAD))
                .isInstanceOf(InvalidMessageException.class)
                .hasMessageContaining(rule);
    }

    @Test
    void rejectsMessageAboveSizeLimit() {
        Buffer body = Buffer.buffer("{\"id\":\"" + "x".repeat(JsonValidator.MAX_BYTES) + "\"}");

        assertThatThrownBy(() -> MessageCodec.decodeStagedJob(body, StageName.DOWNLOAD))
                .hasMessageContaining("the limit is");
    }

    @Test
    void rejectsDeeplyNestedJson() {
        Buffer body = Buffer.buffer("{\"id\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}");

        assertThatThrownBy(() -> MessageCodec.decodeStagedJob(body, StageName.DOWNLOAD))
                .isInstanceOf(InvalidMessageException.class);
    }

    @Test
    void encodesStepUpdate() {
        JobUpdate update = update(JobUpdate.Status.PROCESSING, StageName.PROCESSING, 30, List.of(), Optional.empty());

        assertThat(MessageCodec.encode(update).toJsonObject())
                .isEqualTo(golden("update-step.json").toJsonObject());
    }

    @Test
    void encodesCompletionWithKeysInBothSpellings() {
        JobUpdate update = update(
                JobUpdate.Status.COMPLETED, StageName.UPLOAD, 100, List.of(RENDITION, THUMBNAIL), Optional.empty());

        assertThat(MessageCodec.encode(update).toJsonObject())
                .isEqualTo(golden("update-completed.json").toJsonObject());
    }

    @Test
    void encodesFailureWithCodeAndMessage() {
        JobUpdate update = update(
                JobUpdate.Status.FAILED,
                StageName.DOWNLOAD,
                20,
                List.of(),
                Optional.of(new JobUpdate.ErrorDetails(
                        ErrorCode.NOT_A_VIDEO, "The file is not a video.", Optional.empty())));

        assertThat(MessageCodec.encode(update).toJsonObject())
                .isEqualTo(golden("update-failed.json").toJsonObject());
    }

    @Test
    void passesTraceOnAndIgnoresInvalidOne() {
        String traceId = "0af7651916cd43dd8448eb211c80319c";
        JsonObject message = golden("staged-job-download.json").toJsonObject();

        assertThat(decode(message.copy().put("traceparent", "00-" + traceId + "-b7ad6b7169203331-01")))
                .satisfies(job ->
                        assertThat(job.traceParent()).map(TraceParent::traceId).contains(traceId))
                .satisfies(job -> assertThat(JobUpdate.ErrorDetails.of(
                                        new JobException(ErrorCode.NOT_A_VIDEO, "The file is not a video."), job)
                                .traceId())
                        .contains(traceId));
        assertThat(Stream.of(
                        "00-" + traceId + "-0000000000000000-01",
                        "00-" + traceId.toUpperCase(Locale.ROOT) + "-b7ad6b7169203331-01",
                        "00-" + traceId + "-b7ad6b7169203331-01-more",
                        "",
                        1,
                        new JsonObject()))
                .allSatisfy(invalid -> assertThat(decode(message.copy().put("traceparent", invalid))
                                .traceParent())
                        .isEmpty());
    }

    private static StagedJob decode(JsonObject message) {
        return MessageCodec.decodeStagedJob(message.toBuffer(), StageName.DOWNLOAD);
    }

    /** In a staged job they are no items of {@code outputs}, and an update names them only if they have been published. */
    @Test
    void previewsAndLoudnessPassTheStages() {
        OutputFile poster = new OutputFile(
                OutputFile.Type.STREAM,
                "streams/m1/poster.jpg",
                1280,
                720,
                9_000,
                "image/jpeg",
                OutputFile.POSTER,
                7.5);
        OutputFile index = OutputFile.playlist("streams/m1/storyboard.vtt", 900, "text/vtt", OutputFile.STORYBOARD);
        OutputFile sheet = new OutputFile(
                OutputFile.Type.STREAM,
                "streams/m1/storyboard-0.jpg",
                1600,
                90,
                5_000,
                "image/jpeg",
                OutputFile.SHEET,
                0);
        OutputFile clip = new OutputFile(
                OutputFile.Type.STREAM, "streams/m1/preview.mp4", 320, 180, 67_000, "video/mp4", OutputFile.PREVIEW, 0);
        Loudness loudness = new Loudness(-23.4, 5.1, OptionalDouble.of(-1.5));

        StagedJob sent = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD)
                .withSource("jobs/x/source", METADATA)
                .withOutputs(List.of(RENDITION, poster, clip, sheet, index, THUMBNAIL))
                .withLoudness(Optional.of(loudness));
        StagedJob received = MessageCodec.decodeStagedJob(MessageCodec.encode(sent), StageName.UPLOAD);

        assertThat(sent.toJson().getJsonArray("outputs")).hasSize(2);
        assertThat(received.outputs()).containsExactly(RENDITION, poster, clip, sheet, index, THUMBNAIL);
        assertThat(received.metadata().flatMap(VideoMetadata::loudness)).contains(loudness);
        assertThat(JobUpdate.poster(received.outputs()).orElseThrow().getDouble("timestamp"))
                .isEqualTo(7.5);
        assertThat(JobUpdate.storyboard(received.outputs()).orElseThrow().getJsonArray("sheets"))
                .hasSize(1);
        assertThat(JobUpdate.preview(received.outputs()).orElseThrow().getMap())
                .isEqualTo(Map.of(
                        "s3_key",
                        clip.s3Key(),
                        "width",
                        320,
                        "height",
                        180,
                        "file_size",
                        67_000L,
                        "fileSize",
                        67_000L));
        assertThat(JobUpdate.poster(List.of(poster.withStagedKey("staging/poster.jpg"))))
                .isEmpty();
        assertThat(JobUpdate.preview(List.of(clip.withStagedKey("staging/preview.mp4"))))
                .isEmpty();
    }

    @Test
    void attributesOfRenditionsPassTheStages() {
        OutputFile known =
                RENDITION.withVariant(new VariantAttributes(1_328_000, 1_096_616, "avc1.64001f,mp4a.40.2", 29.97));
        OutputFile plain = RENDITION.withVariant(new VariantAttributes(0, 0, "avc1.64001f", 25));
        StagedJob sent = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD)
                .withSource("jobs/x/source", METADATA)
                .withOutputs(List.of(known.withStagedKey("staging/1"), plain, RENDITION));
        StagedJob received = MessageCodec.decodeStagedJob(MessageCodec.encode(sent), StageName.UPLOAD);

        assertThat(received.outputs()).containsExactly(known.withStagedKey("staging/1"), plain, RENDITION);
        JsonArray versions = JobUpdate.videoVersions(received.outputs());
        assertThat(versions.getJsonObject(0).getMap())
                .containsEntry("bandwidth", 1_328_000L)
                .containsEntry("average_bandwidth", 1_096_616L)
                .containsEntry("codecs", "avc1.64001f,mp4a.40.2")
                .containsEntry("frame_rate", 29.97);
        assertThat(versions.getJsonObject(1).getMap())
                .containsEntry("codecs", "avc1.64001f")
                .doesNotContainKeys("bandwidth", "average_bandwidth");
        assertThat(versions.getJsonObject(2).getMap()).doesNotContainKeys("codecs", "frame_rate");
    }

    /** A reader of {@code video_versions} that selects by height receives H.264. */
    @Test
    void listsAv1WithStreams() {
        OutputFile av1 = new OutputFile(
                        OutputFile.Type.STREAM,
                        "videos/m1_720pav1.mp4",
                        1280,
                        720,
                        6_000_000,
                        "video/mp4",
                        "720pav1",
                        0)
                .withVariant(new VariantAttributes(900_000, 800_000, "av01.0.05M.08.0.110.01.01.01.0", 25));
        OutputFile playlist =
                OutputFile.playlist("streams/m1/master.m3u8", 900, "application/vnd.apple.mpegurl", "hls");
        StagedJob sent = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD)
                .withSource("jobs/x/source", METADATA)
                .withOutputs(List.of(RENDITION, playlist, av1));
        List<OutputFile> outputs = MessageCodec.decodeStagedJob(MessageCodec.encode(sent), StageName.UPLOAD)
                .outputs();

        assertThat(outputs).containsExactly(RENDITION, playlist, av1);
        assertThat(JobUpdate.videoVersions(outputs)).hasSize(1);
        assertThat(JobUpdate.streams(outputs)).hasValue(new JsonObject("""
                        {"hls_key": "streams/m1/master.m3u8", "state": "complete", "renditions": [
                            {"quality": "720pav1", "s3_key": "videos/m1_720pav1.mp4",
                             "s3Key": "videos/m1_720pav1.mp4", "width": 1280, "height": 720, "file_size": 6000000,
                             "fileSize": 6000000, "bandwidth": 900000, "average_bandwidth": 800000,
                             "codecs": "av01.0.05M.08.0.110.01.01.01.0", "frame_rate": 25.0}]}
                        """));
        assertThat(JobUpdate.streams(List.of(playlist, av1.withStagedKey("staging/1")))
                        .orElseThrow()
                        .fieldNames())
                .as("not published")
                .containsExactly("hls_key", "state");
    }

    @ParameterizedTest
    @CsvSource({"bandwidth, -1", "averageBandwidth, 1e300", "frameRate, -25"})
    void rejectsInvalidAttributeOfRendition(String field, double value) {
        JsonObject message = MessageCodec.decodeStagedJob(golden("staged-job-download.json"), StageName.DOWNLOAD)
                .withSource("jobs/x/source", METADATA)
                .withOutputs(List.of(RENDITION.withVariant(new VariantAttributes(1, 1, "avc1.64001f", 25))))
                .toJson();
        message.getJsonArray("outputs").getJsonObject(0).put(field, value);

        assertThatThrownBy(() -> MessageCodec.decodeStagedJob(message.toBuffer(), StageName.UPLOAD))
                .hasMessageContaining("The field '" + field + "' must be a number from 0");
    }

    private static JobUpdate update(
            JobUpdate.Status status,
            StageName stage,
            int progress,
            List<OutputFile> outputs,
            Optional<JobUpdate.ErrorDetails> failure) {
        return new JobUpdate(
                new JobId("7f9c2ba4-e88f-4e6a-9c2d-0a8f6a3b1c5d"),
                "media-42",
                status,
                progress,
                switch (status) {
                    case PROCESSING -> stage.startStep();
                    case COMPLETED -> stage.completedStep();
                    case FAILED -> stage.failedStep();
                },
                new JobUpdate.Content(
                        outputs,
                        status == JobUpdate.Status.COMPLETED ? Optional.of(METADATA) : Optional.empty(),
                        failure,
                        List.of()),
                Instant.parse("2026-11-22T10:00:00Z"),
                1_000_001,
                new JobUpdate.Origin(stage, 1, "host-a:17"),
                Optional.empty());
    }

    private static Buffer golden(String name) {
        try (InputStream in = MessageCodecTest.class.getResourceAsStream("/wire/" + name)) {
            return Buffer.buffer(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
