package dev.sluice.media;

import java.util.List;
import java.util.Optional;

/**
 * The audio of a source that is encoded, as stereo.
 *
 * @param indices of its stream in the file, or of two mono streams: left and right
 * @param stereoMix expressions of the left and of the right channel over the input channels {@code c0}, {@code c1}, …, separated by
 *     {@code |}, for FFmpeg's {@code pan} filter; empty if FFmpeg knows how to mix the channel layout
 */
public record AudioStream(List<Integer> indices, Optional<String> stereoMix) {
    public AudioStream {
        indices = List.copyOf(indices);
    }
}
