package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Files between stages.
 *
 * @param mode location of artifacts between stages
 * @param directory on this host; with LOCAL and several hosts shared by all of them
 * @param minFreeBytes minimum free space on the disk; work that might need it is deferred
 * @param sourceCacheBytes cache of sources that were fetched again because another host ran the previous stage
 * @param cleanupInterval interval of the cleanup of orphaned artifacts
 */
public record WorkspaceConfig(
        Mode mode, Path directory, long minFreeBytes, long sourceCacheBytes, Duration cleanupInterval) {
    /** Location of artifacts between stages. */
    public enum Mode {
        /** On the disk of a host. */
        LOCAL,
        /** In the bucket, so that any host can continue. */
        OBJECT_STORE
    }

    static WorkspaceConfig read(ConfigSection section) {
        return new WorkspaceConfig(
                section.enumValue("mode", Mode.LOCAL),
                section.path("directory", "~/.sluice/work"),
                section.longValue("minFreeMiB", 512, 0, 1 << 30) << 20,
                section.longValue("sourceCacheMiB", 51_200, 0, 1 << 30) << 20,
                section.duration("cleanupIntervalSeconds", 60, 0.5, 86_400));
    }
}
