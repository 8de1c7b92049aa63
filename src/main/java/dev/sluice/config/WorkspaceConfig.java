package dev.sluice.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where files are between stages.
 *
 * @param directory on this host, or shared by all hosts
 * @param keepFreeBytes what stays free on its disk; work that might need it waits
 * @param sweepEvery how often what crashes left is looked for
 */
public record WorkspaceConfig(Path directory, long keepFreeBytes, Duration sweepEvery) {

    static WorkspaceConfig read(Section section) {
        return new WorkspaceConfig(
                section.path("directory", "~/.sluice/work"),
                section.number("keepFreeMiB", 512, 0, 1 << 30) << 20,
                section.seconds("sweepSeconds", 60, 0.5, 86_400));
    }
}
