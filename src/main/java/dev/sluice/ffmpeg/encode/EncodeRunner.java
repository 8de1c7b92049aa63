package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.BlockingTask;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.loudness.LoudnessMeter;
import dev.sluice.ffmpeg.preview.PreviewBuilder;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.OutputActivity;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ProgressParser;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.Loudness;
import dev.sluice.media.AudioStream;
import dev.sluice.media.Dimensions;
import dev.sluice.media.SourceDamage;
import dev.sluice.media.SourceWarnings;
import dev.sluice.media.hybrid.HybridWriter;
import dev.sluice.media.preview.Previews;
import dev.sluice.media.rendition.EncodeResult;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.RenditionLadder;
import dev.sluice.media.rendition.ThumbnailFile;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.streaming.StreamFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs FFmpeg to write files, as long as it makes progress, and collects the verified outputs. All methods block. */
public record EncodeRunner(
        FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig media, EncodeMetrics metrics) {
    private static final Logger LOG = LoggerFactory.getLogger(EncodeRunner.class);
    /** EBU R 128 allows -1 dBTP in production; AAC adds up to 1.6 dB to the peaks of short bursts. */
    private static final double MAX_TRUE_PEAK = -2;

    /** A runner that measures nothing. */
    public EncodeRunner(FfmpegInstallation ffmpeg, FfmpegConfig ffmpegConfig, MediaConfig media) {
        this(ffmpeg, ffmpegConfig, media, EncodeMetrics.none());
    }

    /** Measures the audio of outputs. */
    public LoudnessMeter loudnessMeter() {
        return new LoudnessMeter(ffmpeg, ffmpegConfig.stallTimeout());
    }

    /**
     * The gain, dB, that brings the audio of a source to the configured loudness; a gain above 0 leaves the true peak at most
     * {@value #MAX_TRUE_PEAK} dBTP before AAC. Empty without a configured loudness, and if the audio cannot be measured. Blocks.
     *
     * @throws dev.sluice.job.JobException the reason of the cancellation, if cancelled
     */
    public OptionalDouble gain(EncodeRequest request, AudioStream audio) {
        if (media.loudnessTarget().isEmpty()) {
            return OptionalDouble.empty();
        }
        return loudnessMeter()
                .measure(
                        new EncodeCommand(media, 1).loudness(request.source(), audio),
                        FileAccess.readFile(request.source().path()),
                        request.cancellation())
                .map(measured -> OptionalDouble.of(gain(measured)))
                .orElseGet(OptionalDouble::empty);
    }

    private double gain(Loudness measured) {
        double wanted = media.loudnessTarget().orElseThrow() - measured.integrated();
        double headroom = MAX_TRUE_PEAK - measured.truePeak().orElse(MAX_TRUE_PEAK);
        return wanted > 0 ? Math.max(0, Math.min(wanted, headroom)) : wanted;
    }

    /** The renditions of a source with this display size, largest first. */
    public List<Rendition> renditions(Dimensions displaySize) {
        return new RenditionLadder(media).renditions(displaySize);
    }

    /** Whether renditions are hybrid files. */
    public boolean isHybrid() {
        return EncodeCommand.isHybrid(media);
    }

    /**
     * Replaces the renditions of an encode by hybrid files unless streaming is off; in their order.
     *
     * @param written receives each rendition when its file does not change any more
     */
    List<StreamFile> writeHybridFiles(
            Path directory, List<Rendition> renditions, Consumer<Path> written, CancellationToken cancellation) {
        List<StreamFile> streams = new ArrayList<>();
        for (Rendition rendition : renditions) {
            Path file = directory.resolve(rendition.fileName());
            if (isHybrid()) {
                streams.add(HybridWriter.replace(file, media.segmentDuration(), cancellation));
            }
            written.accept(file);
        }
        return streams;
    }

    /**
     * Runs FFmpeg for a request, with its progress, and returns the damage of the source.
     *
     * @throws dev.sluice.job.JobException with the cause if FFmpeg fails
     */
    public SourceDamage encode(EncodeRequest request, List<String> arguments, ProgressParser parser) {
        Optional<Duration> duration = request.source().info().duration();
        FfmpegRunner.ExitResult result = runUnchecked(
                arguments,
                FileAccess.encode(request.directory(), request.source().path()),
                parser,
                () -> parser.fraction(duration).ifPresent(request.progress()::report),
                Duration.ZERO,
                request.cancellation());
        requireSuccess(result, parser);
        return ProcessErrorMapper.sourceDamage(result.stderr());
    }

    /**
     * Runs FFmpeg without a check of its exit code.
     *
     * @param extraStallAllowance added to the stall timeout, for work that shows no progress
     */
    public FfmpegRunner.ExitResult runUnchecked(
            List<String> arguments,
            FileAccess fileAccess,
            ProgressParser parser,
            Runnable onProgress,
            Duration extraStallAllowance,
            CancellationToken cancellation) {
        Watchdog watchdog = Watchdog.forEncode(
                ffmpegConfig.stallTimeout().plus(extraStallAllowance),
                ffmpegConfig.maxEncodeDuration(),
                new OutputActivity(fileAccess.directory()));
        return ffmpeg.encodeRunner(fileAccess, media.limits().maxOutputBytes())
                .run(
                        arguments,
                        line -> {
                            if (parser.accept(line)) {
                                watchdog.reset();
                                onProgress.run();
                            }
                        },
                        watchdog,
                        cancellation);
    }

    /**
     * Checks the exit code.
     *
     * @throws dev.sluice.job.JobException with the cause if FFmpeg failed
     */
    public static void requireSuccess(FfmpegRunner.ExitResult result, ProgressParser parser) {
        if (result.exitCode() != 0) {
            LOG.atWarn()
                    .addKeyValue("exitCode", result.exitCode())
                    .addKeyValue("ffmpeg", result.stderr())
                    .log("encode failed");
            throw ProcessErrorMapper.translate(result, parser.frames());
        }
    }

    /**
     * Verifies renditions and thumbnails in {@code directory} while it builds the previews, and collects the warnings.
     *
     * @param statedDuration of the source, by its header
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if an output is not as expected
     */
    public EncodeResult collect(
            Path directory,
            OutputVerifier.Expectation expected,
            Dimensions displaySize,
            Optional<Duration> statedDuration,
            SourceDamage damage,
            CancellationToken cancellation) {
        List<ThumbnailFile> thumbnails = ThumbnailFiles.list(
                directory,
                RenditionLadder.thumbnailSize(displaySize, media.thumbnails().width()));
        OutputVerifier verifier = new OutputVerifier(ffmpeg, ffmpegConfig.probeTimeout());
        OutputVerifier.VerifiedOutputs outputs = verifier.verifyTracks(
                directory, expected, thumbnails, media.thumbnails().interval());
        try (BlockingTask<Previews> previews = BlockingTask.start(
                "previews", () -> previews(directory, expected, outputs, displaySize, cancellation))) {
            verifier.verifyFrames(directory, expected, thumbnails, media.keyFrameInterval(), cancellation);
            return EncodeResult.of(
                            outputs.files(),
                            thumbnails,
                            SourceWarnings.build(
                                    statedDuration, outputs.longest(), damage, expected.source(), outputs.times()))
                    .withPreviews(previews.result());
        }
    }

    private Previews previews(
            Path directory,
            OutputVerifier.Expectation expected,
            OutputVerifier.VerifiedOutputs outputs,
            Dimensions displaySize,
            CancellationToken cancellation) {
        // FFmpeg decodes H.264 faster than AV1.
        RenditionFile largest = outputs.files().get(expected.renditions().get(0).isAv1() ? 1 : 0);
        Duration start = outputs.times().videoStart().orElse(Duration.ZERO);
        return new PreviewBuilder(ffmpeg, ffmpegConfig.probeTimeout())
                .build(
                        new PreviewBuilder.Request(
                                directory,
                                displaySize,
                                largest,
                                outputs.files().get(outputs.files().size() - 1),
                                expected.source().videoStart().orElse(start),
                                start.plus(largest.duration())),
                        media.preview(),
                        cancellation);
    }
}
