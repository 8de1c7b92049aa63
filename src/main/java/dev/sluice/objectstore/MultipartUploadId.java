package dev.sluice.objectstore;

/**
 * A multipart upload that is not completed.
 *
 * @param id assigned by the store
 */
public record MultipartUploadId(ObjectKey key, String id) {}
