package dev.sluice.persistence.upload;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Optional;

/**
 * The received data of an upload.
 *
 * @param uploadId the ID given by the object store; empty before the first part
 * @param etags of the stored parts, in order
 * @param pendingBytes the data after the last stored part
 * @param receivedBytes the size of stored parts and pending bytes
 */
public record MultipartState(Optional<String> uploadId, List<String> etags, Buffer pendingBytes, long receivedBytes) {
    public MultipartState {
        etags = List.copyOf(etags);
    }

    public MultipartState withUploadId(String newUploadId) {
        return new MultipartState(Optional.of(newUploadId), etags, pendingBytes, receivedBytes);
    }

    /** No data received yet. */
    public static MultipartState initial(Optional<String> uploadId) {
        return new MultipartState(uploadId, List.of(), Buffer.buffer(), 0);
    }
}
