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
    static ArtifactLocation local(String path) {
        return new ArtifactLocation(Optional.of(path), Optional.empty());
    }

    static ArtifactLocation staged(String key) {
        return new ArtifactLocation(Optional.empty(), Optional.of(key));
    }

    /** The file as the next message tells of it. */
    public OutputFile applyTo(OutputFile output) {
        return stagedKey
                .map(output::withStagedKey)
                .orElseGet(() -> localPath.map(output::withLocalPath).orElse(output));
    }
}
