package dev.sluice.media.text;

import java.util.List;

/**
 * The closed captions in the frames of a video.
 *
 * @param channels with text, in order
 * @param mayHaveOthers whether there may be captions in other channels or of another kind (CTA-708)
 */
public record ClosedCaptions(List<CaptionChannel> channels, boolean mayHaveOthers) {
    /** Of a video that was not read. */
    public static final ClosedCaptions UNKNOWN = new ClosedCaptions(List.of(), true);

    public ClosedCaptions {
        channels = List.copyOf(channels);
    }
}
