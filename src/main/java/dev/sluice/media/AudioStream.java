package dev.sluice.media;

/**
 * The sound of a source that goes into the renditions.
 *
 * @param index the stream's number in the file
 * @param codec FFmpeg's name of the codec, {@code aac}
 * @param sampleRate in Hz
 * @param isDefault whether the file marks it as the default track
 */
public record AudioStream(int index, String codec, int channels, int sampleRate, boolean isDefault) {}
