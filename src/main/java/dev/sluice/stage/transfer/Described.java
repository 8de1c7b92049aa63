package dev.sluice.stage.transfer;

import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.message.StagedJob;
import dev.sluice.message.VideoMetadata;

/** What the wire says of a file that FFmpeg looked at. */
final class Described {
    private static final double MILLIS = 1000.0;

    private Described() {}

    /** The media type is what the producer said: the wire has it for display only. */
    static VideoMetadata metadata(StagedJob job, MediaInfo info) {
        Dimensions shown = info.video().displaySize();
        return new VideoMetadata(
                info.duration().map(length -> length.toMillis() / MILLIS).orElse(0.0),
                info.video().codec(),
                info.bitrate(),
                Math.round(info.video().frameRate() * MILLIS) / MILLIS,
                shown.width(),
                shown.height(),
                info.bytes(),
                job.mimeType().orElse(""));
    }
}
