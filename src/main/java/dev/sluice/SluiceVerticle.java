package dev.sluice;

import dev.sluice.config.SluiceConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/** The pipeline as one verticle, for the launcher. */
final class SluiceVerticle extends VerticleBase {
    private final SluiceConfig config;
    private final Startup startup = new Startup();
    private @Nullable Sluice sluice;

    SluiceVerticle(SluiceConfig config) {
        this.config = config;
    }

    @Override
    public Future<?> start() {
        return Sluice.start(vertx, config, startup).onSuccess(started -> sluice = started);
    }

    @Override
    public Future<?> stop() {
        return sluice == null ? Future.succeededFuture() : sluice.stop();
    }

    void giveUpStarting() {
        startup.giveUp();
    }
}
