package dev.sluice.media.rendition;

import java.nio.file.Path;
import java.time.Duration;

/**
 * A finished thumbnail on disk.
 *
 * @param index from 0
 * @param timestamp of its frame in the video
 */
public record ThumbnailFile(int index, Duration timestamp, Path file, int width, int height, long bytes) {}
