package dev.sluice.objectstore;

import java.util.Optional;

/**
 * What the store says about an object.
 *
 * @param size bytes
 * @param etag names this version of the object; without quotes
 * @param checksum of the whole object, when the store gives one
 */
public record ObjectMetadata(long size, String etag, Optional<String> contentType, Optional<Checksum> checksum) {}
