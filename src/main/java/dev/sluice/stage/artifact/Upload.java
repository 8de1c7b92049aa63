package dev.sluice.stage.artifact;

import dev.sluice.message.OutputFile;
import dev.sluice.objectstore.BlobKey;
import java.nio.file.Path;

/** A file of this host and the object that it becomes. */
public record Upload(OutputFile output, BlobKey key, Path file) {
    public LocalFile local() {
        return new LocalFile(file, output.fileSize(), output.mimeType());
    }

    public long bytes() {
        return output.fileSize();
    }
}
