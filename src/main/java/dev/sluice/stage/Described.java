package dev.sluice.stage;

import dev.sluice.media.MediaInfo;
import dev.sluice.message.VideoMetadata;

/** What the wire says of a file that FFmpeg looked at. */
final class Described {
    private Described() {}

    static VideoMetadata metadata(MediaInfo info) {
        throw new UnsupportedOperationException();
    }
}
