package dev.sluice.app;

import static dev.sluice.endtoend.PipelineFixture.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.ServicesExtension;
import dev.sluice.config.source.LoadedConfig;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.monitoring.ProcessMetrics;
import dev.sluice.tracing.ProcessTracing;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ServicesExtension.class)
class SluiceVerticleIT {
    @Test
    void doesNotStartWhenCancelledBeforeStart(PipelineFixture services) throws Exception {
        SluiceVerticle verticle = new SluiceVerticle(
                LoadedConfig.of(services.config(new JsonObject())),
                Optional.empty(),
                new ProcessMetrics(),
                ProcessTracing.off());
        verticle.stopBlocking();

        get(services.vertx().deployVerticle(verticle));
        get(verticle.whenReady());

        assertThat(services.database().value("SELECT to_regnamespace('sluice')"))
                .isNull();
    }

    @Test
    void closesOpenedResourcesWhenCancelledDuringStart(PipelineFixture services) throws Exception {
        SluiceVerticle verticle = new SluiceVerticle(
                LoadedConfig.of(services.config(new JsonObject())),
                Optional.empty(),
                new ProcessMetrics(),
                ProcessTracing.off());
        get(services.vertx().deployVerticle(verticle));

        verticle.stopBlocking();

        get(verticle.whenReady());
        assertThat(services.isConsuming()).isFalse();
    }

    @Test
    void reportsMissingFfmpegWhileTheDatabaseIsUnavailable(PipelineFixture services) throws Exception {
        JsonObject settings = new JsonObject()
                .put("ffmpeg", new JsonObject().put("ffmpeg", "/missing/ffmpeg"))
                .put("postgres", new JsonObject().put("uri", "postgresql://127.0.0.1:1/none"));
        SluiceVerticle verticle = new SluiceVerticle(
                LoadedConfig.of(services.config(settings)),
                Optional.empty(),
                new ProcessMetrics(),
                ProcessTracing.off());
        get(services.vertx().deployVerticle(verticle));

        assertThatThrownBy(() -> get(verticle.whenReady())).hasMessageContaining("No usable FFmpeg found");

        verticle.stopBlocking();
    }
}
