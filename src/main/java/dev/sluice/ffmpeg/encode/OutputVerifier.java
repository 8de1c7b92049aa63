package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.BlockingTask;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the renditions of an encode before they are published.
 *
 * @param baseTimeout added to the time for reading the bytes of the files
 */
public record OutputVerifier(FfmpegInstallation ffmpeg, Duration baseTimeout) {
    private static final Logger LOG = LoggerFactory.getLogger(OutputVerifier.class);
    private static final Duration TIMESTAMP_TOLERANCE = Duration.ofMillis(3);

    /**
     * Expected properties of the renditions.
     *
     * @param frames of each rendition
     * @param end timestamp of the end, or another one after the last key frame
     * @param source times of the streams of the source; differences are reported, not rejected
     * @param color of all renditions; empty: any that is the same in all
     * @param frameRate for which the level was selected, in frames per second; the highest accepted one if unknown
     */
    public record Expectation(
            List<Rendition> renditions,
            boolean hasAudio,
            long frames,
            Duration end,
            StreamTimes source,
            Optional<ColorStandard> color,
            double frameRate) {
        public Expectation {
            renditions = List.copyOf(renditions);
        }
    }

    /**
     * Verified renditions.
     *
     * @param files in the order of the renditions
     * @param longest time from the start of the first stream to the end of the last one
     * @param times of the streams of the first rendition
     */
    record VerifiedOutputs(List<RenditionFile> files, Duration longest, StreamTimes times) {}

    /**
     * Verifies streams, frames, color, level, the number of thumbnails, and that frames are those of the thumbnails; blocks. The
     * checks run side by side; of several failures the one of streams and frames is reported.
     *
     * @param thumbnails of the same encode
     * @param interval of the thumbnails
     * @param keyFrameInterval of the renditions
     * @throws JobException OUTPUT_INVALID if a file is not as expected
     */
    VerifiedOutputs verify(
            Path directory,
            Expectation expected,
            List<ThumbnailFile> thumbnails,
            Duration interval,
            Duration keyFrameInterval,
            CancellationToken cancellation) {
        ThumbnailCount count = new ThumbnailCount(interval);
        FrameComparison comparison = new FrameComparison(
                expected.renditions(),
                FrameComparison.samples(
                        thumbnails, expected.source().videoStart().orElse(Duration.ZERO), keyFrameInterval));
        try (BlockingTask<Void> properties =
                        start("output-properties", () -> requireProperties(directory, expected, cancellation));
                BlockingTask<Void> frames =
                        start("output-frames", () -> compareFrames(directory, expected, comparison, cancellation))) {
            VerifiedOutputs outputs =
                    verifyPackets(directory, expected, new FramecrcParser(count::accept), cancellation);
            requireThumbnails(count, thumbnails, expected.source(), outputs.times());
            properties.result();
            frames.result();
            return outputs;
        }
    }

    private static BlockingTask<Void> start(String name, Runnable check) {
        return BlockingTask.start(name, () -> {
            check.run();
            return null;
        });
    }

    /** Reads all renditions once, in one FFmpeg run. */
    private VerifiedOutputs verifyPackets(
            Path directory, Expectation expected, FramecrcParser parser, CancellationToken cancellation) {
        List<Rendition> renditions = expected.renditions();
        FfmpegRunner.ExitResult exit = ffmpeg.readRunner(FileAccess.readDirectory(directory))
                .run(
                        OutputVerifyCommand.arguments(renditions, expected.hasAudio(), expected.end()),
                        parser::accept,
                        Watchdog.withDeadline(readTimeout(directory, renditions)),
                        cancellation);
        if (exit.exitCode() != 0 || exit.stderr().errorCount() > 0) {
            LOG.atWarn().addKeyValue("ffmpeg", exit.stderr()).log("output verification failed");
            throw invalid("An output cannot be decoded");
        }
        return new VerifiedOutputs(
                IntStream.range(0, renditions.size())
                        .mapToObj(i -> verify(directory, expected, i, parser))
                        .toList(),
                parser.longest(),
                times(parser, expected.hasAudio()));
    }

    private static void requireThumbnails(
            ThumbnailCount count, List<ThumbnailFile> thumbnails, StreamTimes source, StreamTimes outputs) {
        // If the first frame is later than stated, segments count intervals from another time.
        boolean startsAsStated = source.videoStart()
                .filter(stated ->
                        stated.minus(outputs.videoStart().orElse(stated)).abs().compareTo(TIMESTAMP_TOLERANCE) <= 0)
                .isPresent();
        require(
                count.matches(thumbnails.size())
                        || (!startsAsStated && Math.abs(count.expected() - thumbnails.size()) <= 1),
                "there are " + thumbnails.size() + " thumbnails instead of " + count.expected());
    }

    private void requireProperties(Path directory, Expectation expected, CancellationToken cancellation) {
        List<RenditionProperties> found = expected.renditions().stream()
                .map(rendition -> properties(directory, rendition, cancellation))
                .toList();
        ColorStandard color = expected.color()
                .orElseGet(() -> Stream.of(ColorStandard.values())
                        .filter(standard -> found.get(0).wrongColor(standard).isEmpty())
                        .findFirst()
                        .orElse(ColorStandard.BT709));
        for (int i = 0; i < found.size(); i++) {
            Rendition rendition = expected.renditions().get(i);
            RenditionProperties properties = found.get(i);
            properties.wrongColor(color).ifPresent(wrong -> {
                throw invalidOutput(rendition.fileName() + " has the color tags " + wrong);
            });
            properties.hdrSideData().ifPresent(type -> {
                throw invalidOutput(rendition.fileName() + " has the side data " + type);
            });
            int level = H264Level.required(
                            rendition.size(),
                            expected.frameRate(),
                            properties.references(),
                            rendition.maxBitrate(),
                            2 * rendition.maxBitrate())
                    .idc();
            require(
                    properties.level() <= level,
                    rendition.fileName() + " has the H.264 level " + properties.level() / 10.0 + ", but needs "
                            + level / 10.0);
        }
    }

    private RenditionProperties properties(Path directory, Rendition rendition, CancellationToken cancellation) {
        StringBuilder json = new StringBuilder();
        FfmpegRunner.ExitResult exit = ffmpeg.probeRunner(FileAccess.readDirectory(directory))
                .run(
                        RenditionProperties.arguments(rendition),
                        line -> json.append(line).append('\n'),
                        Watchdog.withDeadline(readTimeout(directory, List.of(rendition))),
                        cancellation);
        return Optional.of(json.toString())
                .filter(text -> exit.exitCode() == 0)
                .flatMap(RenditionProperties::of)
                .orElseThrow(() -> invalid("The header of " + rendition.fileName() + " cannot be read"));
    }

    private void compareFrames(
            Path directory, Expectation expected, FrameComparison comparison, CancellationToken cancellation) {
        if (comparison.isEmpty()) {
            return;
        }
        FfmpegRunner.ExitResult exit = ffmpeg.readRunner(FileAccess.readDirectory(directory))
                .run(
                        comparison.arguments(),
                        comparison::accept,
                        Watchdog.withDeadline(readTimeout(directory, expected.renditions())),
                        cancellation);
        if (exit.exitCode() != 0 || !comparison.isComplete()) {
            LOG.atWarn().addKeyValue("ffmpeg", exit.stderr()).log("frames of outputs not compared");
        }
        comparison.mismatch().ifPresent(mismatch -> {
            throw invalidOutput(String.format(
                    Locale.ROOT,
                    "%s does not show the frame of the source at %.3f s (PSNR %.1f dB)",
                    mismatch.rendition().fileName(),
                    DecimalSeconds.toSeconds(mismatch.thumbnail().timestamp()),
                    mismatch.psnr()));
        });
    }

    private static StreamTimes times(FramecrcParser parser, boolean hasAudio) {
        Optional<FramecrcParser.Stream> audio = Optional.of(parser.stream(1)).filter(stream -> hasAudio);
        return new StreamTimes(
                Duration.ZERO,
                Optional.of(parser.stream(0).start()),
                audio.map(FramecrcParser.Stream::start),
                audio.map(stream -> stream.start().plus(stream.duration())));
    }

    private static RenditionFile verify(Path directory, Expectation expected, int i, FramecrcParser parser) {
        List<Rendition> renditions = expected.renditions();
        Rendition rendition = renditions.get(i);
        String name = rendition.fileName();
        int streamsPerFile = expected.hasAudio() ? 2 : 1;
        int firstDecoded = streamsPerFile * renditions.size();
        FramecrcParser.Stream video = parser.stream(streamsPerFile * i);
        require(video.codec().equals("h264"), name + " has no H.264 video");
        require(video.size().equals(rendition.size().toString()), name + " has the size " + video.size());
        require(
                video.packets() == expected.frames(),
                name + " has " + video.packets() + " frames instead of " + expected.frames());
        if (expected.hasAudio()) {
            FramecrcParser.Stream audio = parser.stream(streamsPerFile * i + 1);
            require(audio.codec().equals("aac"), name + " has no AAC audio");
            require(audio.sampleRate().equals("48000"), name + " has audio of " + audio.sampleRate() + " Hz");
        }
        requireFrame("first", rendition, parser.stream(firstDecoded + i));
        requireFrame("last", rendition, parser.stream(firstDecoded + renditions.size() + i));
        Path file = directory.resolve(name);
        return new RenditionFile(
                rendition.quality(),
                file,
                rendition.size().width(),
                rendition.size().height(),
                bytes(file),
                video.duration(),
                video.packets());
    }

    private static void requireFrame(String which, Rendition rendition, FramecrcParser.Stream decoded) {
        require(
                decoded.packets() > 0 && decoded.size().equals(rendition.size().toString()),
                "the " + which + " frame of " + rendition.fileName() + " cannot be decoded");
    }

    private Duration readTimeout(Path directory, List<Rendition> renditions) {
        return ReadTimeout.forBytes(
                baseTimeout,
                renditions.stream()
                        .mapToLong(rendition -> bytes(directory.resolve(rendition.fileName())))
                        .sum());
    }

    private static long bytes(Path file) {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            require(attributes.isRegularFile(), file.getFileName() + " is not a regular file");
            return attributes.size();
        } catch (IOException e) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "An output of the encode is missing.", e);
        }
    }

    private static void require(boolean condition, String error) {
        if (!condition) {
            throw invalidOutput(error);
        }
    }

    private static JobException invalidOutput(String error) {
        return invalid("An output is invalid: " + error);
    }

    private static JobException invalid(String message) {
        return new JobException(ErrorCode.OUTPUT_INVALID, message + ".");
    }
}
