package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.message.OutputFile;
import java.nio.file.Path;

/** A file of this host and the object that it becomes. */
record Upload(OutputFile output, BlobKey key, Path file) {
    LocalFile local() {
        return new LocalFile(file, output.fileSize(), output.mimeType());
    }

    long bytes() {
        return output.fileSize();
    }
}
