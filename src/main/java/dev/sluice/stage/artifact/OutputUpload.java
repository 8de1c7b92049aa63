package dev.sluice.stage.artifact;

import dev.sluice.message.OutputFile;
import dev.sluice.objectstore.ObjectKey;
import java.nio.file.Path;

/** A file of this host and the object that it becomes. */
public record OutputUpload(OutputFile output, ObjectKey key, Path file) {
    public LocalFile toLocalFile() {
        return new LocalFile(file, output.fileSize(), output.mimeType());
    }

    public long bytes() {
        return output.fileSize();
    }
}
