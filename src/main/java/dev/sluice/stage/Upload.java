package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.message.OutputFile;
import java.nio.file.Path;

/** A file of this host and the object that it becomes. */
record Upload(OutputFile output, BlobKey key, Path file) {
    long bytes() {
        return output.fileSize();
    }
}
