package dev.sluice.stage;

import java.nio.file.Path;

/**
 * A file of this host that goes into the store.
 *
 * @param bytes its size
 */
record LocalFile(Path file, long bytes, String mimeType) {}
