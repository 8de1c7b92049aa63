package dev.sluice.app;

import static dev.sluice.endtoend.PipelineFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.endtoend.PipelineFixture;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SluiceVerticleIT {
    private PipelineFixture services;

    @BeforeEach
    void open() throws Exception {
        services = PipelineFixture.embedded();
    }

    @AfterEach
    void close() throws Exception {
        services.close();
    }

    @Test
    void doesNotStartWhenStoppedBeforeStart() throws Exception {
        SluiceVerticle verticle = new SluiceVerticle(services.config(new JsonObject()));
        verticle.stopBlocking();

        get(services.vertx().deployVerticle(verticle));
        get(verticle.whenStarted());

        assertThat(services.database().value("SELECT to_regnamespace('sluice')"))
                .isNull();
    }

    @Test
    void closesOpenedResourcesWhenStoppedDuringStart() throws Exception {
        SluiceVerticle verticle = new SluiceVerticle(services.config(new JsonObject()));
        get(services.vertx().deployVerticle(verticle));

        verticle.stopBlocking();

        get(verticle.whenStarted());
        assertThat(services.isConsuming()).isFalse();
    }
}
