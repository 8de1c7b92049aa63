package dev.sluice.config;

import dev.sluice.config.reader.ConfigSection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where files are between stages.
 *
 * @param mode where the results of one stage wait for the next
 * @param directory on this host; where {@code mode} is LOCAL and there are several, shared by all of them
 * @param keepFreeBytes what stays free on its disk; work that might need it waits
 * @param cacheBytes how much of its disk sources take that were fetched again, because an earlier stage ran elsewhere
 * @param sweepEvery how often what crashes left is looked for
 */
public record WorkspaceConfig(
        Mode mode, Path directory, long minFreeBytes, long sourceCacheBytes, Duration cleanupInterval) {
    /** Where the results of one stage wait for the next. */
    public enum Mode {
        /** On the disk. */
        LOCAL,
        /** In the bucket, so that any host can go on. */
        STORE
    }

    static WorkspaceConfig read(ConfigSection section) {
        return new WorkspaceConfig(
                section.enumValue("mode", Mode.LOCAL),
                section.path("directory", "~/.sluice/work"),
                section.longValue("keepFreeMiB", 512, 0, 1 << 30) << 20,
                section.longValue("cacheMiB", 51_200, 0, 1 << 30) << 20,
                section.duration("sweepSeconds", 60, 0.5, 86_400));
    }
}
