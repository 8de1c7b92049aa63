package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.StreamTimes;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the renditions of an encode before they are published.
 *
 * @param baseTimeout added to the time for reading the bytes of the files
 */
public record OutputVerifier(FfmpegInstallation ffmpeg, Duration baseTimeout) {
    private static final Logger LOG = LoggerFactory.getLogger(OutputVerifier.class);

    /**
     * Expected properties of the renditions.
     *
     * @param frames of each rendition
     * @param end timestamp of the end, or another one after the last key frame
     * @param source times of the streams of the source; differences are reported, not rejected
     */
    public record Expectation(
            List<Rendition> renditions, boolean hasAudio, long frames, Duration end, StreamTimes source) {
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
     * Reads all renditions once, in one FFmpeg run; blocks.
     *
     * @throws JobException OUTPUT_INVALID if a file is not as expected
     */
    VerifiedOutputs verify(Path directory, Expectation expected, CancellationToken cancellation) {
        List<Rendition> renditions = expected.renditions();
        long bytes = renditions.stream()
                .mapToLong(rendition -> bytes(directory.resolve(rendition.fileName())))
                .sum();
        FramecrcParser parser = new FramecrcParser();
        FfmpegRunner.ExitResult exit = ffmpeg.readRunner(FileAccess.readDirectory(directory))
                .run(
                        OutputVerifyCommand.arguments(renditions, expected.hasAudio(), expected.end()),
                        parser::accept,
                        Watchdog.withDeadline(ReadTimeout.forBytes(baseTimeout, bytes)),
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
            throw invalid("An output is invalid: " + error);
        }
    }

    private static JobException invalid(String message) {
        return new JobException(ErrorCode.OUTPUT_INVALID, message + ".");
    }
}
