package dev.sluice.workspace;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of the workspace and its source cache. */
public final class WorkspaceMetrics {
    private static final String BYTES = "bytes";

    private WorkspaceMetrics() {}

    /** Adds the meters to the registry. Reading them blocks, because they read the file system. */
    public static void bind(MeterRegistry registry, Workspace workspace, SourceCache cache) {
        Gauge.builder("sluice.workspace.free", workspace, Workspace::freeBytes)
                .description("Space of the workspace disk that this process may write.")
                .baseUnit(BYTES)
                .strongReference(true)
                .register(registry);
        Gauge.builder("sluice.workspace.reserved", workspace, Workspace::reservedBytes)
                .description("Space reserved for runs in progress.")
                .baseUnit(BYTES)
                .strongReference(true)
                .register(registry);
        FunctionCounter.builder("sluice.source.cache.requests", cache, SourceCache::hits)
                .description("Requests for sources that an earlier stage fetched on another host.")
                .tag("result", "hit")
                .register(registry);
        FunctionCounter.builder("sluice.source.cache.requests", cache, SourceCache::misses)
                .description("Requests for sources that an earlier stage fetched on another host.")
                .tag("result", "miss")
                .register(registry);
    }
}
