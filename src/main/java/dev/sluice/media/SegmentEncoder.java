package dev.sluice.media;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.job.Cancellation;
import dev.sluice.job.JobFailure;
import dev.sluice.job.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes the parts of a film that {@link Join} makes the whole of: the pictures of each segment, and the sound once. */
public final class SegmentEncoder {
    private static final String NO_FRAMES_COME = "No filtered frames for output stream";

    private final EncodeRun encode;
    private final MediaConfig config;

    public SegmentEncoder(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
        this.encode = new EncodeRun(ffmpeg, ffmpegConfig, config);
        this.config = config;
    }

    /**
     * Encodes one segment of {@code source}, without its sound, into {@code directory}, which must exist and be this attempt's
     * own. Blocks until all is done. Gives how many frames it has, which may be none.
     *
     * @param threads what FFmpeg may use of the machine, 1 or more
     * @throws JobFailure FFMPEG_FAILED, FFMPEG_STALLED, MEMORY_EXCEEDED, OUTPUT_EXCEEDED, TIME_EXCEEDED, DISK_FULL, or the
     *     cancellation's reason
     */
    public long pictures(
            Path source,
            MediaInfo info,
            Segment segment,
            Path directory,
            int threads,
            Progress progress,
            Cancellation cancellation) {
        List<Rendition> renditions = new Ladder(config).renditions(info.video().displayed());
        Duration begin = info.begin().orElse(Duration.ZERO);
        Duration length = segment.until().minus(segment.from());
        ProgressParser parser = new ProgressParser();
        FfmpegRun.Outcome outcome = encode.of(
                new EncodeCommand(config, threads).arguments(source, info, renditions, segment, begin),
                Reach.making(directory, source),
                parser,
                () -> parser.fraction(segment.from(), length).ifPresent(progress::at),
                cancellation);
        // A recording of a screen on which nothing happens has minutes without a frame; FFmpeg calls that an error.
        if (parser.frames() > 0 || !outcome.complaints().mention(NO_FRAMES_COME)) {
            EncodeRun.requireSuccess(outcome, parser);
        }
        return parser.frames();
    }

    /**
     * Encodes the sound of {@code source}, whole, likewise.
     *
     * @throws JobFailure as above
     */
    public void sound(
            Path source,
            MediaInfo info,
            AudioStream audio,
            Path directory,
            Progress progress,
            Cancellation cancellation) {
        ProgressParser parser = new ProgressParser();
        FfmpegRun.Outcome outcome = encode.of(
                new EncodeCommand(config, 1).soundAlone(source, audio),
                Reach.making(directory, source),
                parser,
                () -> parser.fraction(info.duration()).ifPresent(progress::at),
                cancellation);
        EncodeRun.requireSuccess(outcome, parser);
    }
}
