package dev.sluice.app;

import static dev.sluice.endtoend.PipelineFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.tracing.Tracer;
import dev.sluice.config.source.ConfigSource;
import dev.sluice.endtoend.PipelineFixture;
import dev.sluice.job.DeliveryStepListener;
import dev.sluice.monitoring.ProcessMetrics;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(ServicesExtension.class)
class ConfigReloadIT {
    private static final String VERTICLE =
            "SELECT v ->> '%s' FROM sluice.worker, jsonb_array_elements(verticles) AS v" + " WHERE v ->> 'name' = '%s'";

    @TempDir
    private Path directory;

    private PipelineFixture services;
    private Path file;
    private Sluice sluice;

    @BeforeEach
    void start(PipelineFixture fixture) throws Exception {
        services = fixture;
        file = directory.resolve("sluice.json");
        write(new JsonObject());
        ConfigSource source = new ConfigSource(file, Map.of());
        sluice = get(Sluice.start(
                services.vertx(),
                source.load(),
                new Sluice.StartOptions(
                        new ProcessMetrics(),
                        Tracer.NONE,
                        new CancellationToken(),
                        DeliveryStepListener.NOOP,
                        Optional.of(source),
                        Future.succeededFuture(),
                        () -> {})));
    }

    @AfterEach
    void stop() throws Exception {
        get(sluice.stop());
    }

    @Test
    void redeploysTheVerticlesOfTheChangedSectionWhenTheFileChanges() throws Exception {
        String digest = services.database().value("SELECT config_digest FROM sluice.worker");

        write(new JsonObject().put("stages", new JsonObject().put("upload", new JsonObject().put("concurrency", 7))));

        Awaitility.await().until(() -> value("concurrency", "upload").equals("7"));
        assertThat(value("concurrency", "download")).isEqualTo("2");
        assertThat(services.database().value("SELECT config_digest FROM sluice.worker"))
                .isNotEqualTo(digest);
        assertThat(services.database().value("SELECT config_error FROM sluice.worker"))
                .isNull();
    }

    @Test
    void reportsAnInvalidFileAndChangesNothing() throws Exception {
        String digest = services.database().value("SELECT config_digest FROM sluice.worker");

        Files.writeString(file, "{ \"stages\": ");
        awaitError("is not a JSON object");
        write(new JsonObject().put("stages", new JsonObject().put("upload", new JsonObject().put("concurrency", 0))));
        awaitError("stages.upload.concurrency");

        assertThat(value("concurrency", "upload")).isEqualTo("2");
        assertThat(value("state", "upload")).isEqualTo("RUNNING");
        assertThat(services.database().value("SELECT config_digest FROM sluice.worker"))
                .isEqualTo(digest);
        write(new JsonObject());
        Awaitility.await().until(() -> services.database().value("SELECT config_error FROM sluice.worker") == null);
    }

    @Test
    void namesSectionsThatTakeEffectAtTheNextStart() throws Exception {
        write(new JsonObject().put("workspace", new JsonObject().put("cleanupIntervalSeconds", 77)));

        awaitError("takes effect at the next start: workspace");
    }

    @Test
    void appliesAllSectionsThatCanChange() throws Exception {
        write(new JsonObject()
                .put("media", new JsonObject().put("crf", 30))
                .put("s3", new JsonObject().put("partSizeMiB", 9))
                .put("delivery", new JsonObject().put("leaseSeconds", 9))
                .put("updates", new JsonObject().put("progressIntervalSeconds", 0.3))
                .put("requests", new JsonObject().put("enabled", true)));

        assertThat(get(sluice.reload()))
                .isEqualTo(Set.of(
                        "publisher",
                        "recovery",
                        "cleanup",
                        "download",
                        "processing",
                        "segment",
                        "join",
                        "upload",
                        "requests"));
        assertThat(sluice.verticles()).contains("requests");
        Awaitility.await().until(services::isConsuming);
    }

    private void awaitError(String part) {
        Awaitility.await()
                .until(() -> String.valueOf(services.database().value("SELECT config_error FROM sluice.worker"))
                        .contains(part));
    }

    private String value(String field, String verticle) {
        return services.database().value(VERTICLE.formatted(field, verticle));
    }

    private void write(JsonObject settings) throws Exception {
        Files.writeString(file, services.settings(settings).encodePrettily());
    }
}
