package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.broker.BrokerNode;
import dev.sluice.broker.EmbeddedNode;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The channel is lost during processing, as with {@code consumer_timeout}: runs in progress still count for the limit. */
class LostChannelIT {
    /** Much longer than the consumer takes to reconnect and to wait for the lease of the old delivery. */
    private static final int WORK_SECONDS = 15;

    @TempDir
    private Path directory;

    @Test
    void keepsConcurrencyLimitWhenChannelIsLost() throws Exception {
        try (BrokerNode broker = EmbeddedNode.start();
                PipelineFixture pipeline = PipelineFixture.on(broker)) {
            pipeline.upload("uploads/clip.mp4", pipeline.clip(1));
            Path begun = directory.resolve("begun");
            pipeline.start(settings(pipeline, begun));
            pipeline.backend().send(job("first", "uploads/clip.mp4"));
            BackendSimulator.awaitThat(() -> Files.exists(begun));
            pipeline.backend().send(job("second", "uploads/clip.mp4"));
            BackendSimulator.awaitThat(() -> pipeline.backend().messages(BackendSimulator.PROCESSING) == 1);

            broker.restart();

            BackendSimulator.awaitThat(() -> pipeline.database()
                    .value("SELECT count(*) FROM sluice.job WHERE state = 'completed'")
                    .equals("2"));
            assertThat(pipeline.database()
                            .value("SELECT count(*) FROM sluice.stage_run one JOIN sluice.stage_run other"
                                    + " ON one.stage = other.stage AND one.job_id < other.job_id"
                                    + " WHERE one.stage = 'processing'"
                                    + " AND one.started_at < other.finished_at AND other.started_at < one.finished_at"))
                    .as("concurrent pairs")
                    .isEqualTo("0");
            assertThat(pipeline.database().value("SELECT max(counted) FROM sluice.stage_run"))
                    .isEqualTo("1");
        }
    }

    private JsonObject settings(PipelineFixture pipeline, Path begun) throws Exception {
        FfmpegInstallation real = FfmpegFixture.ffmpeg();
        Path slow =
                Files.writeString(directory.resolve("slow-ffmpeg"), """
                #!/bin/sh
                case "$*" in
                *-filter_complex*) if [ ! -e '%1$s' ]; then : > '%1$s'; sleep %2$d; fi ;;
                esac
                exec '%3$s' "$@"
                """.formatted(begun, WORK_SECONDS, real.ffmpeg()));
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
        return new JsonObject()
                .put("stages", new JsonObject().put("processing", new JsonObject().put("concurrency", 1)))
                .put("delivery", new JsonObject().put("leaseSeconds", 1).put("leaseRenewSeconds", 0.3))
                .put(
                        "ffmpeg",
                        new JsonObject()
                                .put("ffmpeg", slow.toString())
                                .put("ffprobe", real.ffprobe().toString())
                                // The script writes a marker file outside the sandbox.
                                .put("sandbox", "off"));
    }
}
