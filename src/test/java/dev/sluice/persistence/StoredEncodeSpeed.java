package dev.sluice.persistence;

import static dev.sluice.common.async.Await.await;

import dev.sluice.config.PostgresConfig;
import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.worker.EncodeSpeedRepository;
import dev.sluice.persistence.worker.EncodeSpeedRepository.EncodeSpeed;
import dev.sluice.worker.EncodeSpeeds;
import io.vertx.core.Vertx;

/** A speed of this host in a database, as an earlier process with preset {@code ultrafast} would have stored it. */
public final class StoredEncodeSpeed {
    /** A slow host: eleven seconds of 640x360 at 25 frames per second take four seconds with two threads. */
    public static final double SLOW = 8.8e6;

    private StoredEncodeSpeed() {}

    /**
     * Creates the schema and stores a speed for H.264 videos of 640x360; blocks.
     *
     * @param speed pixels of all renditions per second and thread
     */
    public static void store(Vertx vertx, PostgresConfig config, double speed) {
        Database database = await(Database.open(vertx, config));
        await(new EncodeSpeedRepository(database)
                .record(EncodeSpeeds.localHost(), new EncodeSpeed("ultrafast", "h264", 18, 30, speed), 1)
                .eventually(database::close));
    }
}
