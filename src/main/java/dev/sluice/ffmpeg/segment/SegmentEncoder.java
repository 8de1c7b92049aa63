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
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
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
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(2);

    /**
     * A key frame is looked for so much before a segment, then so much: containers look for it by other times than those of the
     * frames.
     */
    private static final List<Duration> PREROLLS = List.of(Duration.ofMillis(500), Duration.ofSeconds(10));

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
    public EncodedSegment encodeVideo(
            Path source,
            MediaInfo info,
            Segment segment,
            Optional<Duration> expected,
            Path directory,
            int threads,
            ProgressListener progress,
            CancellationToken cancellation) {
        SegmentRequest once = new SegmentRequest(
                source, info, segment, expected.orElse(segment.start()), directory, threads, progress, cancellation);
        for (Duration preroll : PREROLLS) {
            if (preroll.compareTo(segment.start()) >= 0) {
                break;
            }
            EncodedSegment made = run(once, Optional.of(preroll));
            if (segment.isFirst() || expected.map(first -> has(made, first)).orElse(true)) {
                return made;
            }
            LOG.atWarn()
                    .addKeyValue("segment", segment.number())
                    .addKeyValue(
                            "expected", expected.map(DecimalSeconds::format).orElse(""))
                    .addKeyValue("soughtSecondsBefore", DecimalSeconds.format(preroll))
                    .log("seeking in the source led behind the segment's first frame, it begins earlier now");
        }
        return run(once, Optional.empty());
    }

    private static boolean has(EncodedSegment made, Duration first) {
        return made.frames()
                .filter(frames -> frames.first().minus(TIMESTAMP_TOLERANCE).compareTo(first) <= 0)
                .isPresent();
    }

    private record SegmentRequest(
            Path source,
            MediaInfo info,
            Segment segment,
            Duration first,
            Path directory,
            int threads,
            ProgressListener progress,
            CancellationToken cancellation) {}

    private EncodedSegment run(SegmentRequest what, Optional<Duration> preroll) {
        MediaInfo info = what.info();
        Segment segment = what.segment();
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displaySize());
        Duration length = segment.end().minus(segment.start());
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.ExitResult outcome = encode.run(
                new EncodeCommand(config, what.threads())
                        .arguments(what.source(), info, renditions, segment, what.first(), preroll),
                FileAccess.encode(what.directory(), what.source()),
                parser,
                () -> parser.fraction(segment.start(), length).ifPresent(what.progress()::report),
                // Decoding is faster than watching.
                preroll.isPresent() ? Duration.ZERO : segment.start(),
                what.cancellation());
        if (!isWithoutFrames(outcome, parser)) {
            EncodeRunner.requireSuccess(outcome, parser);
        }
        return made(what, renditions, parser.frames(), ProcessErrorMapper.sourceDamage(outcome.stderr()));
    }

    /** A recording of a screen on which nothing happens has minutes without a frame; FFmpeg calls that an error. */
    private static boolean isWithoutFrames(FfmpegRunner.ExitResult outcome, ProgressParser parser) {
        return parser.frames() == 0
                && outcome.exitCode() == NO_ENCODER
                && NO_FRAMES.stream().anyMatch(outcome.stderr()::contains)
                && !outcome.stderr().contains(UNREADABLE);
    }

    private EncodedSegment made(SegmentRequest what, List<Rendition> renditions, long frames, SourceDamage damage) {
        if (frames == 0) {
            // That nothing came is what FFmpeg complains of.
            return new EncodedSegment(Optional.empty(), List.of(), new SourceDamage(damage.truncated(), false));
        }
        List<Path> files = new ArrayList<>();
        renditions.forEach(rendition -> files.add(what.directory().resolve(rendition.fileName())));
        files.addAll(ThumbnailFiles.listFiles(what.directory()));
        Path smallest =
                what.directory().resolve(renditions.get(renditions.size() - 1).fileName());
        Duration first = FirstFrameProbe.probe(
                smallest, ffmpeg, ffmpegConfig.probeTimeout(), config.limits(), what.cancellation());
        return new EncodedSegment(Optional.of(new EncodedSegment.FrameRange(frames, first)), files, damage);
    }

    /**
     * Encodes the sound of {@code source}, whole, likewise; gives its file.
     *
     * @throws JobException as above
     */
    public Path encodeAudio(
            Path source,
            MediaInfo info,
            AudioStream audio,
            Path directory,
            ProgressListener progress,
            CancellationToken cancellation) {
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.ExitResult outcome = encode.run(
                new EncodeCommand(config, 1).audioOnly(source, audio),
                FileAccess.encode(directory, source),
                parser,
                () -> parser.fraction(info.duration()).ifPresent(progress::report),
                cancellation);
        EncodeRunner.requireSuccess(outcome, parser);
        return directory.resolve(EncodeCommand.AUDIO_FILE);
    }
}
