package dev.sluice.objectstore;

import java.util.Optional;

/**
 * Metadata of a stored object.
 *
 * @param size bytes
 * @param etag identifies the version of the object; without quotes
 * @param checksum of the whole object, if the store sends one
 */
public record ObjectMetadata(long size, String etag, Optional<String> contentType, Optional<Checksum> checksum) {}
