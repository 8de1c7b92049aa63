package dev.sluice.backend.stream;

import io.vertx.core.buffer.Buffer;

/**
 * A document whose URIs are signed.
 *
 * @param gzip its text, compressed: a playlist names the same URLs thousands of times
 */
public record SignedDocument(String contentType, Buffer gzip) {}
