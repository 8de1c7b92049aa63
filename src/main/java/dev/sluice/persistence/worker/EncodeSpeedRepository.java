package dev.sluice.persistence.worker;

import dev.sluice.persistence.db.Database;
import dev.sluice.persistence.db.Rows;
import dev.sluice.persistence.db.SqlDurations;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;

/** Measured speeds of encodes, one row for each host and class of videos. Threads: any. */
public final class EncodeSpeedRepository {
    private static final Duration FORGET_AFTER = Duration.ofDays(30);
    // A host with a new processor starts again.
    private static final String RECORD = """
            INSERT INTO sluice.encode_speed AS s (host, cpu, cores, preset, codec, size_class, frame_rate, speed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (host, preset, codec, size_class, frame_rate) DO UPDATE
               SET cpu = excluded.cpu, cores = excluded.cores, measured_at = now(),
                   speed = CASE WHEN s.cpu = excluded.cpu AND s.cores = excluded.cores
                                THEN s.speed + $9 * (excluded.speed - s.speed) ELSE excluded.speed END
            """;
    private static final String FIND = """
            SELECT preset, codec, size_class, frame_rate,
                   coalesce(max(speed) FILTER (WHERE host = $1),
                            percentile_cont(0.5) WITHIN GROUP (ORDER BY speed)) AS speed
              FROM sluice.encode_speed
             WHERE cpu = $2 AND cores = $3
             GROUP BY preset, codec, size_class, frame_rate
            """;
    private static final String FORGET =
            "DELETE FROM sluice.encode_speed WHERE measured_at < now() - make_interval(secs => $1)";

    private final Database database;

    public EncodeSpeedRepository(Database database) {
        this.database = database;
    }

    /**
     * A host.
     *
     * @param cpu model of its processor
     * @param cores that processes of this host may use
     */
    public record Host(String name, String cpu, int cores) {}

    /**
     * A speed for a class of videos.
     *
     * @param codec of the source
     * @param sizeClass bits of the number of pixels of a source frame
     * @param frameRate of the source, at most, frames per second
     * @param speed pixels of all renditions per second and thread
     */
    public record EncodeSpeed(String preset, String codec, int sizeClass, int frameRate, double speed) {}

    /** Adds a measurement to the moving average of a host, with this weight from 0 to 1. */
    public Future<Void> record(Host host, EncodeSpeed measured, double weight) {
        return database.execute(
                        RECORD,
                        host.name(),
                        host.cpu(),
                        host.cores(),
                        measured.preset(),
                        measured.codec(),
                        measured.sizeClass(),
                        measured.frameRate(),
                        measured.speed(),
                        weight)
                .mapEmpty();
    }

    /** The speeds of a host; for other classes, the median of hosts with the same processor and number of cores. */
    public Future<List<EncodeSpeed>> find(Host host) {
        return database.execute(FIND, host.name(), host.cpu(), host.cores())
                .map(rows -> Rows.stream(rows).map(EncodeSpeedRepository::speed).toList());
    }

    /** Removes speeds that were last measured 30 days ago. */
    public Future<Void> forgetOld() {
        return database.execute(FORGET, SqlDurations.toSeconds(FORGET_AFTER)).mapEmpty();
    }

    private static EncodeSpeed speed(Row row) {
        return new EncodeSpeed(
                row.getString("preset"),
                row.getString("codec"),
                row.getInteger("size_class"),
                row.getInteger("frame_rate"),
                row.getDouble("speed"));
    }
}
