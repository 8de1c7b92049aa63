package dev.sluice.stage.artifact;

import java.nio.file.Path;

/**
 * A file of this host that goes into the store.
 *
 * @param bytes its size
 */
public record LocalFile(Path file, long bytes, String mimeType) {}
