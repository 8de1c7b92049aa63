package dev.sluice.media.rendition;

import java.nio.file.Path;
import java.time.Duration;

/** A finished rendition on disk. */
public record RenditionFile(
        String quality, Path file, int width, int height, long bytes, Duration duration, long frames) {}
