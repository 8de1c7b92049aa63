package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.message.OutputFile;
import java.nio.file.Path;
import java.util.Optional;

/** A file of this host and the object that it becomes. */
record Upload(OutputFile output, BlobKey key, Path file) {
    long bytes() {
        return output.fileSize();
    }

    /** The output as the world may know it: where it lay on this host is nobody's business. */
    OutputFile stored() {
        return new OutputFile(
                output.type(),
                output.s3Key(),
                output.width(),
                output.height(),
                output.fileSize(),
                output.mimeType(),
                output.quality(),
                output.timestamp(),
                Optional.empty());
    }
}
