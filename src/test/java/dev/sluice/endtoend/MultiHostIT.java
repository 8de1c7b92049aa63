package dev.sluice.endtoend;

import static dev.sluice.endtoend.PipelineFixture.get;
import static dev.sluice.endtoend.PipelineFixture.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.app.Sluice;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with their own disks: one encodes, the other downloads and uploads. */
@ExtendWith(ServicesExtension.class)
class MultiHostIT {
    @TempDir
    private Path otherDisk;

    private PipelineFixture pipeline;

    @BeforeEach
    void open(PipelineFixture fixture) throws Exception {
        pipeline = fixture;
        pipeline.upload("uploads/clip.mp4", pipeline.clip(2));
    }

    @Test
    void continueJobsOfEachOtherThroughObjectStore() throws Exception {
        Sluice encoder = startTwo("object-store");
        try {
            pipeline.backend().send(job("a", "uploads/clip.mp4"));

            JsonObject end = pipeline.backend().awaitEnd("a");

            assertThat(end.getString("status")).isEqualTo("completed");
            end.getJsonArray("video_versions")
                    .forEach(version -> assertThat(downloaded(((JsonObject) version).getString("s3_key")))
                            .isNotEmptyFile());
            pipeline.awaitIdle();
            BackendSimulator.awaitThat(() -> get(pipeline.sluice().objectStore().list("sluice-staging/", ""))
                            .isEmpty()
                    && pipeline.workspaceIsEmpty()
                    && PipelineFixture.isEmpty(otherDisk));
        } finally {
            get(encoder.stop());
        }
    }

    @Test
    void failJobWithoutSharedDirectoryInLocalMode() throws Exception {
        Sluice encoder = startTwo("local");
        try {
            pipeline.backend().send(job("a", "uploads/clip.mp4"));

            assertThat(pipeline.backend().awaitEnd("a").getString("error_code")).isEqualTo("files_missing");
        } finally {
            get(encoder.stop());
        }
    }

    /** Starts the pipeline of the fixture without encoder, and one with only the encoder; returns the second. */
    private Sluice startTwo(String mode) throws Exception {
        JsonObject none = new JsonObject().put("instances", 0);
        JsonObject workspace = new JsonObject().put("mode", mode).put("cleanupIntervalSeconds", 0.5);
        pipeline.start(new JsonObject()
                .put("workspace", workspace.copy())
                .put("stages", new JsonObject().put("processing", none)));
        return get(Sluice.start(
                pipeline.vertx(),
                pipeline.config(new JsonObject()
                        .put("workspace", workspace.copy().put("directory", otherDisk.toString()))
                        .put("stages", new JsonObject().put("download", none).put("upload", none)))));
    }

    private Path downloaded(String key) {
        try {
            return pipeline.download(key, otherDisk.resolve("got"));
        } catch (Exception cause) {
            throw new AssertionError(cause);
        }
    }
}
