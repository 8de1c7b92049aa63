package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.BlockingTask;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import dev.sluice.media.rendition.ThumbnailFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleConsumer;
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
    private static final String AAC_LC = "mp4a.40.2";
    private static final int SAMPLING_RATE = 48_000;

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
     * Verifies the tracks of all outputs and the number of thumbnails; blocks.
     *
     * @param thumbnails of the same encode
     * @param interval of the thumbnails
     * @throws JobException OUTPUT_INVALID if a file is not as expected
     */
    VerifiedOutputs verifyTracks(
            Path directory, Expectation expected, List<ThumbnailFile> thumbnails, Duration interval) {
        ThumbnailCount count = new ThumbnailCount(interval);
        List<RenditionFile> files = new ArrayList<>();
        List<OutputTracks> tracks = new ArrayList<>();
        for (Rendition rendition : expected.renditions()) {
            Path file = directory.resolve(rendition.fileName());
            long bytes = bytes(file);
            OutputTracks found = tracks(file, tracks.isEmpty() ? count::accept : seconds -> {});
            requireTracks(rendition, expected, found);
            tracks.add(found);
            files.add(new RenditionFile(
                    rendition.quality(),
                    file,
                    rendition.size().width(),
                    rendition.size().height(),
                    bytes,
                    found.video().duration(),
                    found.video().samples(),
                    found.variant()));
        }
        StreamTimes times = times(tracks.get(0));
        requireThumbnails(count, thumbnails, expected.source(), times);
        return new VerifiedOutputs(
                List.copyOf(files),
                tracks.stream()
                        .map(OutputTracks::duration)
                        .max(Comparator.naturalOrder())
                        .orElseThrow(),
                times);
    }

    /**
     * Verifies that key frames can be decoded, color and level, and that frames are those of the thumbnails; blocks. These checks run
     * side by side; of several failures the one of the thumbnails is reported.
     *
     * @param thumbnails of the same encode
     * @param keyFrameInterval of the renditions
     * @throws JobException OUTPUT_INVALID if a file is not as expected
     */
    void verifyFrames(
            Path directory,
            Expectation expected,
            List<ThumbnailFile> thumbnails,
            Duration keyFrameInterval,
            CancellationToken cancellation) {
        FrameComparison comparison = new FrameComparison(
                expected.renditions(),
                FrameComparison.samples(
                        thumbnails, expected.source().videoStart().orElse(Duration.ZERO), keyFrameInterval));
        try (BlockingTask<List<RenditionProperties>> properties =
                BlockingTask.start("output-properties", () -> properties(directory, expected, cancellation))) {
            compareFrames(directory, expected, comparison, cancellation);
            requireProperties(expected, properties.result());
        }
    }

    private static OutputTracks tracks(Path file, DoubleConsumer onFrame) {
        try {
            return OutputTracks.read(file, onFrame);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private static void requireTracks(Rendition rendition, Expectation expected, OutputTracks found) {
        String name = rendition.fileName();
        Mp4Track video = found.video().description();
        Dimensions size = new Dimensions(video.width(), video.height());
        require(
                video.codec().startsWith(rendition.isAv1() ? "av01." : "avc1."),
                name + (rendition.isAv1() ? " has no AV1 video" : " has no H.264 video"));
        require(size.equals(rendition.size()), name + " has the size " + size);
        require(
                found.video().samples() == expected.frames(),
                name + " has " + found.video().samples() + " frames instead of " + expected.frames());
        require(
                found.audio().isPresent() == expected.hasAudio(),
                name + (expected.hasAudio() ? " has no audio" : " has audio"));
        found.audio().map(OutputTracks.Track::description).ifPresent(audio -> {
            require(audio.codec().equals(AAC_LC), name + " has no AAC audio");
            // FFmpeg's timescale of an audio track is its sampling rate.
            require(audio.timescale() == SAMPLING_RATE, name + " has audio of " + audio.timescale() + " Hz");
        });
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

    private List<RenditionProperties> properties(Path directory, Expectation expected, CancellationToken cancellation) {
        return expected.renditions().stream()
                .map(rendition -> properties(directory, rendition, expected.end(), cancellation))
                .toList();
    }

    private static void requireProperties(Expectation expected, List<RenditionProperties> found) {
        ColorStandard color = expected.color()
                .orElseGet(() -> Stream.of(ColorStandard.values())
                        .filter(standard -> found.get(0).wrongColor(standard).isEmpty())
                        .findFirst()
                        .orElse(ColorStandard.BT709));
        for (int i = 0; i < found.size(); i++) {
            Rendition rendition = expected.renditions().get(i);
            RenditionProperties properties = found.get(i);
            requireFrames(rendition, properties.frames());
            properties.wrongColor(color).ifPresent(wrong -> {
                throw invalidOutput(rendition.fileName() + " has the color tags " + wrong);
            });
            properties.hdrSideData().ifPresent(type -> {
                throw invalidOutput(rendition.fileName() + " has the side data " + type);
            });
            if (!rendition.isAv1()) {
                requireLevel(rendition, properties, expected.frameRate());
            }
        }
    }

    private static void requireLevel(Rendition rendition, RenditionProperties properties, double frameRate) {
        int level = H264Level.required(
                        rendition.size(),
                        frameRate,
                        properties.references(),
                        rendition.maxBitrate(),
                        2 * rendition.maxBitrate())
                .idc();
        require(
                properties.level() <= level,
                rendition.fileName() + " has the H.264 level " + properties.level() / 10.0 + ", but needs "
                        + level / 10.0);
    }

    private static void requireFrames(Rendition rendition, List<Dimensions> frames) {
        require(
                frames.size() == 2,
                "the first or the last key frame of " + rendition.fileName() + " cannot be decoded");
        // The size of a track is that of its pixels only if they are square.
        for (Dimensions frame : frames) {
            require(frame.equals(rendition.size()), rendition.fileName() + " has frames of the size " + frame);
        }
    }

    private RenditionProperties properties(
            Path directory, Rendition rendition, Duration end, CancellationToken cancellation) {
        StringBuilder json = new StringBuilder();
        FfmpegRunner.ExitResult exit = ffmpeg.probeRunner(FileAccess.readDirectory(directory))
                .run(
                        RenditionProperties.arguments(rendition, end),
                        line -> json.append(line).append('\n'),
                        Watchdog.withDeadline(readTimeout(directory, List.of(rendition))),
                        cancellation);
        if (exit.exitCode() != 0 || exit.stderr().errorCount() > 0) {
            LOG.atWarn().addKeyValue("ffmpeg", exit.stderr()).log("output verification failed");
            throw invalidOutput(rendition.fileName() + " cannot be read");
        }
        return RenditionProperties.of(json.toString())
                .orElseThrow(() -> invalidOutput(rendition.fileName() + " has no video"));
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

    private static StreamTimes times(OutputTracks tracks) {
        return new StreamTimes(
                Duration.ZERO,
                Optional.of(tracks.video().startTime()),
                tracks.audio().map(OutputTracks.Track::startTime),
                tracks.audio().map(OutputTracks.Track::endTime));
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
        return new JobException(ErrorCode.OUTPUT_INVALID, "An output is invalid: " + error + ".");
    }
}
