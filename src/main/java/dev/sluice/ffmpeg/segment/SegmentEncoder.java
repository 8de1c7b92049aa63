package dev.sluice.ffmpeg.segment;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.probe.FirstFrameProbe;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.media.AudioStream;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the parts of a film that {@link SegmentConcatenator} makes the whole of: the pictures of each segment, and the sound once. */
public final class SegmentEncoder {
    /** What FFmpeg says where no frame came to the encoders, and where none of what they made is in the segment. */
    private static final List<String> NO_FRAMES =
            List.of("No filtered frames for output stream", "Output file is empty, nothing was encoded");
    /** How it ends then: it opens no encoder without a frame, which is EINVAL, a negative error number cut to eight bits. */
    private static final int NO_ENCODER = 256 - 22;
    /** With which it ends the same way, and what it did not read may have had frames. */
    private static final String UNREADABLE = "Input/output error";

    /** What the clocks of containers round away. */
    private static final Duration LATE = Duration.ofMillis(2);

    /**
     * A key frame is looked for so much before a segment, then so much: containers look for it by other times than those of the
     * frames.
     */
    private static final List<Duration> RUN_UPS = List.of(Duration.ofMillis(500), Duration.ofSeconds(10));

    private static final Logger LOG = LoggerFactory.getLogger(SegmentEncoder.class);

    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig ffmpegConfig;
    private final EncodeRunner encode;
    private final MediaConfig config;

    public SegmentEncoder(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig config) {
        this.ffmpeg = ffmpeg;
        this.ffmpegConfig = ffmpegConfig;
        this.encode = new EncodeRunner(ffmpeg, ffmpegConfig, config);
        this.config = config;
    }

    /**
     * Encodes one segment of {@code source}, without its sound, into {@code directory}, which must exist and be this attempt's
     * own. Blocks until all is done. Where the container's seeking led behind the segment's first frame, it is sought longer before
     * that, and at last all that comes before is decoded.
     *
     * @param expected when the segment's first frame is shown, as {@link FrameTimestampScanner} found it
     * @param threads what FFmpeg may use of the machine, 1 or more
     * @throws JobException FFMPEG_FAILED, FFMPEG_STALLED, MEMORY_EXCEEDED, OUTPUT_EXCEEDED, TIME_EXCEEDED, DISK_FULL,
     *     OUTPUT_INVALID, or the cancellation's reason
     */
    public EncodedSegment pictures(
            Path source,
            MediaInfo info,
            Segment segment,
            Optional<Duration> expected,
            Path directory,
            int threads,
            ProgressListener progress,
            CancellationToken cancellation) {
        Encode once = new Encode(
                source, info, segment, expected.orElse(segment.from()), directory, threads, progress, cancellation);
        for (Duration runUp : RUN_UPS) {
            if (runUp.compareTo(segment.from()) >= 0) {
                break;
            }
            EncodedSegment made = run(once, Optional.of(runUp));
            if (segment.isFirst() || expected.map(first -> has(made, first)).orElse(true)) {
                return made;
            }
            LOG.atWarn()
                    .addKeyValue("segment", segment.number())
                    .addKeyValue("expected", expected.map(DecimalSeconds::text).orElse(""))
                    .addKeyValue("soughtSecondsBefore", DecimalSeconds.text(runUp))
                    .log("seeking in the source led behind the segment's first frame, it begins earlier now");
        }
        return run(once, Optional.empty());
    }

    private static boolean has(EncodedSegment made, Duration first) {
        return made.frames()
                .filter(frames -> frames.first().minus(LATE).compareTo(first) <= 0)
                .isPresent();
    }

    private record Encode(
            Path source,
            MediaInfo info,
            Segment segment,
            Duration first,
            Path directory,
            int threads,
            ProgressListener progress,
            CancellationToken cancellation) {}

    private EncodedSegment run(Encode what, Optional<Duration> runUp) {
        MediaInfo info = what.info();
        Segment segment = what.segment();
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displayed());
        Duration length = segment.until().minus(segment.from());
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.Outcome outcome = encode.of(
                new EncodeCommand(config, what.threads())
                        .arguments(what.source(), info, renditions, segment, what.first(), runUp),
                FileAccess.making(what.directory(), what.source()),
                parser,
                () -> parser.fraction(segment.from(), length).ifPresent(what.progress()::at),
                // Decoding is faster than watching.
                runUp.isPresent() ? Duration.ZERO : segment.from(),
                what.cancellation());
        if (!isWithoutFrames(outcome, parser)) {
            EncodeRunner.requireSuccess(outcome, parser);
        }
        return made(what, renditions, parser.frames(), SourceDamage.of(outcome.complaints()));
    }

    /** A recording of a screen on which nothing happens has minutes without a frame; FFmpeg calls that an error. */
    private static boolean isWithoutFrames(FfmpegRunner.Outcome outcome, ProgressParser parser) {
        return parser.frames() == 0
                && outcome.exitCode() == NO_ENCODER
                && NO_FRAMES.stream().anyMatch(outcome.complaints()::mention)
                && !outcome.complaints().mention(UNREADABLE);
    }

    private EncodedSegment made(Encode what, List<Rendition> renditions, long frames, SourceDamage damage) {
        if (frames == 0) {
            // That nothing came is what FFmpeg complains of.
            return new EncodedSegment(Optional.empty(), List.of(), new SourceDamage(damage.cutShort(), false));
        }
        List<Path> files = new ArrayList<>();
        renditions.forEach(rendition -> files.add(what.directory().resolve(rendition.fileName())));
        files.addAll(ThumbnailFiles.filesIn(what.directory()));
        Path smallest =
                what.directory().resolve(renditions.get(renditions.size() - 1).fileName());
        Duration first =
                FirstFrameProbe.of(smallest, ffmpeg, ffmpegConfig.probeTimeout(), config.limits(), what.cancellation());
        return new EncodedSegment(Optional.of(new EncodedSegment.Frames(frames, first)), files, damage);
    }

    /**
     * Encodes the sound of {@code source}, whole, likewise; gives its file.
     *
     * @throws JobException as above
     */
    public Path sound(
            Path source,
            MediaInfo info,
            AudioStream audio,
            Path directory,
            ProgressListener progress,
            CancellationToken cancellation) {
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.Outcome outcome = encode.of(
                new EncodeCommand(config, 1).soundAlone(source, audio),
                FileAccess.making(directory, source),
                parser,
                () -> parser.fraction(info.duration()).ifPresent(progress::at),
                cancellation);
        EncodeRunner.requireSuccess(outcome, parser);
        return directory.resolve(EncodeCommand.SOUND_FILE);
    }
}
