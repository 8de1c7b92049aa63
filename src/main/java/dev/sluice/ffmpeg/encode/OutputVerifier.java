package dev.sluice.ffmpeg.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at what an encode made before anybody hears of it. */
public final class OutputVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(OutputVerifier.class);

    private final FfmpegInstallation ffmpeg;
    private final Duration baseTimeout;

    /** @param look how long a look at files may take, besides the time it takes to read them */
    public OutputVerifier(FfmpegInstallation ffmpeg, Duration look) {
        this.ffmpeg = ffmpeg;
        this.baseTimeout = look;
    }

    /**
     * Outputs that are what was asked for.
     *
     * @param files in the order of the renditions
     * @param longest of all their streams
     */
    public record VerifiedOutputs(List<RenditionFile> files, Duration longest) {}

    /**
     * Reads all renditions once, with one run of FFmpeg.
     *
     * @param frames how many each must have
     * @param reached when they end, as the encode said
     * @throws JobException OUTPUT_INVALID when a file is not what was asked for
     */
    public VerifiedOutputs verify(
            Path directory,
            List<Rendition> renditions,
            boolean withSound,
            long frames,
            Duration reached,
            CancellationToken cancellation) {
        long bytes = renditions.stream()
                .mapToLong(rendition -> bytes(directory.resolve(rendition.fileName())))
                .sum();
        FramecrcParser parser = new FramecrcParser();
        FfmpegRunner.ExitResult outcome = ffmpeg.readRunner(FileAccess.readDirectory(directory))
                .run(
                        OutputVerifyCommand.arguments(renditions, withSound, reached),
                        parser::accept,
                        Watchdog.withDeadline(ReadTimeout.forBytes(baseTimeout, bytes)),
                        cancellation);
        if (outcome.exitCode() != 0 || outcome.stderr().errorCount() > 0) {
            LOG.atWarn().addKeyValue("ffmpeg", outcome.stderr()).log("outputs can't be read");
            throw invalid("An output can't be decoded");
        }
        List<RenditionFile> files = new ArrayList<>();
        for (int i = 0; i < renditions.size(); i++) {
            files.add(checked(directory, renditions, i, withSound, frames, parser));
        }
        return new VerifiedOutputs(files, parser.longest());
    }

    private static RenditionFile checked(
            Path directory, List<Rendition> renditions, int i, boolean withSound, long frames, FramecrcParser parser) {
        Rendition rendition = renditions.get(i);
        String name = rendition.fileName();
        int perFile = withSound ? 2 : 1;
        int decoded = perFile * renditions.size();
        FramecrcParser.Stream video = parser.stream(perFile * i);
        require(video.codec().equals("h264"), name + " holds no H.264 video");
        require(video.size().equals(rendition.size().toString()), name + " is " + video.size() + " in size");
        require(video.packets() == frames, name + " has " + video.packets() + " frames instead of " + frames);
        if (withSound) {
            FramecrcParser.Stream audio = parser.stream(perFile * i + 1);
            require(audio.codec().equals("aac"), name + " holds no AAC sound");
            require(audio.sampleRate().equals("48000"), name + " has sound of " + audio.sampleRate() + " Hz");
        }
        requireFrame("first", rendition, parser.stream(decoded + i));
        requireFrame("last", rendition, parser.stream(decoded + renditions.size() + i));
        Path file = directory.resolve(name);
        return new RenditionFile(
                rendition.quality(),
                file,
                rendition.size().width(),
                rendition.size().height(),
                bytes(file),
                video.length(),
                video.packets());
    }

    private static void requireFrame(String which, Rendition rendition, FramecrcParser.Stream decoded) {
        require(
                decoded.packets() > 0 && decoded.size().equals(rendition.size().toString()),
                "the " + which + " frame of " + rendition.fileName() + " is broken");
    }

    private static long bytes(Path file) {
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            require(found.isRegularFile(), file.getFileName() + " is no file but a link or the like");
            return found.size();
        } catch (IOException e) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, "An output of the encode is missing.", e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw invalid("An output is wrong: " + otherwise);
        }
    }

    private static JobException invalid(String what) {
        return new JobException(ErrorCode.OUTPUT_INVALID, what + ".");
    }
}
