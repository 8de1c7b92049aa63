package dev.sluice.media;

/**
 * The audio stream of a source that is encoded.
 *
 * @param index of the stream in the file
 */
public record AudioStream(int index) {}
