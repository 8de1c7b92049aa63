package dev.sluice.persistence.worker;

import java.time.Instant;
import java.util.List;

/** What a worker reports about itself. */
public record WorkerStatus(
        String worker,
        String host,
        String version,
        Instant startedAt,
        boolean draining,
        List<VerticleStatus> verticles,
        ConfigStatus config) {
    public WorkerStatus {
        verticles = List.copyOf(verticles);
    }
}
