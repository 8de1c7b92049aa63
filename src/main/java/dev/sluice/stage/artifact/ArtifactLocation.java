package dev.sluice.stage.artifact;

import dev.sluice.message.OutputFile;
import java.util.Optional;

/**
 * Where a file waits for the next stage, one of the two.
 *
 * @param localPath relative to the workspace
 * @param stagedKey in the bucket
 */
public record ArtifactLocation(Optional<String> localPath, Optional<String> stagedKey) {
    static ArtifactLocation onDisk(String path) {
        return new ArtifactLocation(Optional.of(path), Optional.empty());
    }

    static ArtifactLocation inStore(String key) {
        return new ArtifactLocation(Optional.empty(), Optional.of(key));
    }

    /** The file as the next message tells of it. */
    public OutputFile of(OutputFile output) {
        return stagedKey
                .map(output::stagedAs)
                .orElseGet(() -> localPath.map(output::lyingAt).orElse(output));
    }
}
