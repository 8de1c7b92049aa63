package dev.sluice.stage.artifact;

import dev.sluice.message.OutputFile;
import dev.sluice.objectstore.ObjectKey;

/** Where an artifact is stored for the next stage. */
public sealed interface ArtifactLocation {
    /** The output with this location, for the next message. */
    OutputFile applyTo(OutputFile output);

    /**
     * A file in the workspace.
     *
     * @param path relative to the workspace
     */
    record Local(String path) implements ArtifactLocation {
        @Override
        public OutputFile applyTo(OutputFile output) {
            return output.withLocalPath(path);
        }
    }

    /** A staged object. */
    record Staged(ObjectKey key) implements ArtifactLocation {
        @Override
        public OutputFile applyTo(OutputFile output) {
            return output.withStagedKey(key.value());
        }
    }
}
