package dev.sluice.objectstore;

/**
 * An upload in parts that is not an object yet, and perhaps never will be.
 *
 * @param id the store's name for it
 */
public record MultipartUploadId(ObjectKey key, String id) {}
