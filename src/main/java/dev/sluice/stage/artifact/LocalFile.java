package dev.sluice.stage.artifact;

import java.nio.file.Path;

/** A file on this host that is stored as an artifact or uploaded. */
public record LocalFile(Path file, long bytes, String mimeType) {}
