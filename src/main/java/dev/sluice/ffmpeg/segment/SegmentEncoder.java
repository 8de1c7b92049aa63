package dev.sluice.ffmpeg.segment;

import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.EncodeRequest;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.probe.FirstFrameProbe;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.process.StderrLog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.Loudness;
import dev.sluice.media.AudioStream;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.preview.TileFiles;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.EncodeWork;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.EncodedSegment;
import dev.sluice.media.segment.Segment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Encodes what {@link SegmentConcatenator} concatenates: the video of each segment, and the audio once. */
public record SegmentEncoder(EncodeRunner runner, EncodeSpeedEstimator speedEstimator) {
    /** FFmpeg's messages if the encoders received no frame, and if all encoded frames are outside the segment. */
    private static final List<String> NO_FRAMES =
            List.of(StderrLog.NO_FILTERED_FRAMES, "Output file is empty, nothing was encoded");
    /** Exit code if an encoder could not be opened without a frame: EINVAL, a negative error number truncated to eight bits. */
    private static final int NO_ENCODER = 256 - 22;
    /** With this message, the same exit code may also mean that frames could not be read. */
    private static final String UNREADABLE = "Input/output error";
    /** Rounding of timestamps by containers. */
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(2);
    /** Seek distances before a segment, in order: containers seek by other timestamps than those of the frames. */
    private static final List<Duration> PREROLLS = List.of(Duration.ofMillis(500), Duration.ofSeconds(10));

    private static final Logger LOG = LoggerFactory.getLogger(SegmentEncoder.class);

    /**
     * The audio of a video that is encoded in segments.
     *
     * @param loudness empty for silence, and if it could not be measured
     */
    public record EncodedAudio(Path file, SourceDamage damage, Optional<Loudness> loudness) {}

    /**
     * Encodes the video of one segment, without audio; blocks. If seeking passed the first frame of the segment, it repeats the
     * encode with a longer preroll, and finally with everything before the segment decoded.
     *
     * @throws dev.sluice.job.JobException FFMPEG_FAILED, FFMPEG_STALLED, MEMORY_EXCEEDED, OUTPUT_EXCEEDED, TIME_EXCEEDED,
     *     DISK_FULL, OUTPUT_INVALID, or the cancellation's reason
     */
    public EncodedSegment encodeVideo(SegmentRequest request) {
        long startNanos = System.nanoTime();
        EncodedSegment result = encodeFromFirstFrame(request);
        Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
        Segment segment = request.segment();
        result.frames().ifPresent(frames -> {
            speedEstimator.record(
                    EncodeWork.of(
                                    request.encode().source().info(),
                                    runner.media(),
                                    request.encode().threads())
                            .withFrames(frames.count()),
                    elapsed);
            runner.metrics()
                    .encoded(
                            runner.renditions(request.displaySize()),
                            frames.count(),
                            segment.end().minus(segment.start()),
                            elapsed);
        });
        return result;
    }

    private EncodedSegment encodeFromFirstFrame(SegmentRequest request) {
        Segment segment = request.segment();
        Optional<Duration> expected = request.firstFrame();
        for (Duration preroll : PREROLLS) {
            if (preroll.compareTo(segment.start()) >= 0) {
                break;
            }
            EncodedSegment result = encode(request, Optional.of(preroll));
            if (segment.isFirst()
                    || expected.map(first -> startsWith(result, first)).orElse(true)) {
                return result;
            }
            LOG.atWarn()
                    .addKeyValue("segment", segment.number())
                    .addKeyValue(
                            "expectedSeconds",
                            expected.map(DecimalSeconds::format).orElse(""))
                    .addKeyValue("prerollSeconds", DecimalSeconds.format(preroll))
                    .log("seek passed the first frame of the segment; retrying with longer preroll");
        }
        return encode(request, Optional.empty());
    }

    private static boolean startsWith(EncodedSegment result, Duration first) {
        return result.frames()
                .filter(frames -> frames.first().minus(TIMESTAMP_TOLERANCE).compareTo(first) <= 0)
                .isPresent();
    }

    private EncodedSegment encode(SegmentRequest segmentRequest, Optional<Duration> preroll) {
        EncodeRequest request = segmentRequest.encode();
        Segment segment = segmentRequest.segment();
        List<Rendition> renditions = runner.renditions(segmentRequest.displaySize());
        Duration length = segment.end().minus(segment.start());
        ProgressParser parser = new ProgressParser();
        FfmpegRunner.ExitResult exit = runner.runUnchecked(
                new EncodeCommand(runner.media(), request.threads())
                        .arguments(
                                request.source(),
                                segmentRequest.displaySize(),
                                segment,
                                segmentRequest.firstFrame().orElse(segment.start()),
                                preroll),
                FileAccess.encode(request.directory(), request.source().path()),
                parser,
                () -> parser.fraction(segment.start(), length).ifPresent(request.progress()::report),
                // No progress is reported while the video before the segment is decoded, which is faster than real
                // time.
                preroll.isPresent() ? Duration.ZERO : segment.start(),
                request.cancellation());
        if (!isWithoutFrames(exit, parser)) {
            EncodeRunner.requireSuccess(exit, parser);
        }
        SourceDamage damage = preroll.isPresent()
                ? ProcessErrorMapper.damageAfterSeek(exit.stderr())
                : ProcessErrorMapper.sourceDamage(exit.stderr());
        return result(request, renditions, parser.frames(), damage);
    }

    /** A recording of an unchanging screen has minutes without a frame, which is an error for FFmpeg. */
    private static boolean isWithoutFrames(FfmpegRunner.ExitResult exit, ProgressParser parser) {
        return parser.frames() == 0
                && exit.exitCode() == NO_ENCODER
                && NO_FRAMES.stream().anyMatch(exit.stderr()::contains)
                && !exit.stderr().contains(UNREADABLE);
    }

    private EncodedSegment result(EncodeRequest request, List<Rendition> renditions, long frames, SourceDamage damage) {
        if (frames == 0) {
            // The reported error is the missing frames, not damage.
            return new EncodedSegment(Optional.empty(), List.of(), new SourceDamage(damage.truncated(), false));
        }
        List<Path> files = new ArrayList<>();
        renditions.forEach(rendition -> files.add(request.directory().resolve(rendition.fileName())));
        Path smallest = files.get(files.size() - 1);
        files.addAll(ThumbnailFiles.listFiles(request.directory()));
        files.addAll(TileFiles.listFiles(request.directory()));
        Duration first = FirstFrameProbe.probe(
                smallest,
                runner.ffmpeg(),
                runner.ffmpegConfig().probeTimeout(),
                runner.media().limits(),
                request.cancellation());
        return new EncodedSegment(Optional.of(new EncodedSegment.FrameRange(frames, first)), files, damage);
    }

    /**
     * Encodes the whole audio, with one thread, and measures it; blocks.
     *
     * @param gain dB, see {@link EncodeRunner#gain}
     * @throws dev.sluice.job.JobException as {@link #encodeVideo}
     */
    public EncodedAudio encodeAudio(EncodeRequest request, AudioStream audio, OptionalDouble gain) {
        SourceDamage damage =
                runner.encode(request, audioCommand(gain).audioOnly(request.source(), audio), new ProgressParser());
        Path file = request.directory().resolve(EncodeCommand.AUDIO_FILE);
        return new EncodedAudio(file, damage, runner.loudnessMeter().measureOutput(file, request.cancellation()));
    }

    /**
     * Encodes the start of the audio: the packets of {@link #encodeAudio}, but for the last ones, which lack what follows; blocks.
     *
     * @throws dev.sluice.job.JobException as {@link #encodeVideo}
     */
    public Path encodeAudioHead(EncodeRequest request, AudioStream audio, OptionalDouble gain, Duration duration) {
        var unused = runner.encode(
                request, audioCommand(gain).audioHead(request.source(), audio, duration), new ProgressParser());
        return request.directory().resolve(EncodeCommand.AUDIO_HEAD_FILE);
    }

    private EncodeCommand audioCommand(OptionalDouble gain) {
        return new EncodeCommand(runner.media(), 1).withGain(gain);
    }
}
