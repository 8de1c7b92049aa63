package dev.sluice.media;

import java.nio.file.Path;

/** A source on this host that was probed and accepted. */
public record ProbedSource(Path path, MediaInfo info) {}
