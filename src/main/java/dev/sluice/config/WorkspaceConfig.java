package dev.sluice.config;

import java.nio.file.Path;

/**
 * Where files are between stages.
 *
 * @param directory on this host, or shared by all hosts
 */
public record WorkspaceConfig(Path directory) {

    static WorkspaceConfig read(Section section) {
        return new WorkspaceConfig(section.path("directory", "~/.sluice/work"));
    }
}
