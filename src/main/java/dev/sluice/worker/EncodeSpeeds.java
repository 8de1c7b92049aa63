package dev.sluice.worker;

import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.SpeedClass;
import dev.sluice.persistence.worker.EncodeSpeedRepository;
import dev.sluice.persistence.worker.EncodeSpeedRepository.EncodeSpeed;
import dev.sluice.persistence.worker.EncodeSpeedRepository.Host;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the measured speeds of this host in the database, where later processes, and hosts with the same processor, find them. A
 * database that is unavailable affects no job.
 */
public final class EncodeSpeeds {
    private static final Logger LOG = LoggerFactory.getLogger(EncodeSpeeds.class);

    private final EncodeSpeedRepository repository;
    private final Host host;

    private EncodeSpeeds(EncodeSpeedRepository repository, Host host) {
        this.repository = repository;
        this.host = host;
    }

    /** The name and the processor of this host. */
    public static Host localHost() {
        HostProcessor processor = HostProcessor.local();
        return new Host(WorkerId.host(), processor.model(), processor.cores());
    }

    /**
     * An estimator with the stored speeds for a host, which stores its measurements as measurements of that host; never fails.
     * Without a database it knows no speed.
     */
    public static Future<EncodeSpeedEstimator> estimator(EncodeSpeedRepository repository, Host host) {
        EncodeSpeeds speeds = new EncodeSpeeds(repository, host);
        EncodeSpeedEstimator estimator = new EncodeSpeedEstimator(speeds::store);
        return repository
                .find(host)
                .onSuccess(stored -> estimator.addKnown(byClass(stored)))
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("encode speeds not read; starting with an estimate"))
                .transform(read -> Future.succeededFuture(estimator));
    }

    private void store(SpeedClass speedClass, double speed) {
        repository
                .record(
                        host,
                        new EncodeSpeed(
                                speedClass.preset(),
                                speedClass.codec(),
                                speedClass.sizeClass(),
                                speedClass.frameRate(),
                                speed),
                        EncodeSpeedEstimator.SMOOTHING_FACTOR)
                .onFailure(cause -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(cause.getMessage()))
                        .log("encode speed not stored"));
    }

    private static Map<SpeedClass, Double> byClass(List<EncodeSpeed> stored) {
        Map<SpeedClass, Double> speeds = new HashMap<>();
        stored.forEach(each -> speeds.put(
                new SpeedClass(each.preset(), each.codec(), each.sizeClass(), each.frameRate()), each.speed()));
        return speeds;
    }
}
