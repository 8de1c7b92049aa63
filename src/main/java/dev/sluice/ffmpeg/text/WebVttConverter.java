package dev.sluice.ffmpeg.text;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.text.WebVtt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs FFmpeg to convert text to WebVTT, and rewrites what it has written. Blocks.
 *
 * @param baseTimeout added to the time for reading the input
 */
record WebVttConverter(FfmpegInstallation ffmpeg, Duration baseTimeout, Limits limits) {
    private static final Logger LOG = LoggerFactory.getLogger(WebVttConverter.class);

    /**
     * Returns whether FFmpeg has converted everything.
     *
     * @param bytes of the input
     * @throws JobException the cancellation's reason
     */
    boolean run(List<String> arguments, FileAccess access, long bytes, CancellationToken cancellation) {
        try {
            FfmpegRunner.ExitResult result = ffmpeg.encodeRunner(access, limits.maxOutputBytes())
                    .run(
                            arguments,
                            line -> {},
                            Watchdog.withDeadline(ReadTimeout.forBytes(baseTimeout, bytes)),
                            cancellation);
            if (result.exitCode() != 0) {
                LOG.atInfo().addKeyValue("ffmpeg", result.stderr()).log("text not converted");
            }
            return result.exitCode() == 0;
        } catch (JobException failure) {
            if (cancellation.isCancelled() || failure.code() == ErrorCode.SHUTDOWN) {
                throw failure;
            }
            LOG.atInfo().addKeyValue("error", failure.code()).log("text not converted");
            return false;
        }
    }

    /**
     * Rewrites a file that FFmpeg has written; empty if it has no cues or is missing.
     *
     * @param hasHardSpaces whether a space may be written as in ASS, <code>\h</code>
     */
    Optional<Path> rewrite(Path from, Path to, boolean hasHardSpaces) {
        return sanitized(from, hasHardSpaces).flatMap(text -> write(to, text));
    }

    private static Optional<String> sanitized(Path file, boolean hasHardSpaces) {
        try {
            // FFmpeg may write a few cues after the limit.
            boolean isReadable = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) <= 2 * SubtitleCommand.MAX_BYTES;
            return isReadable
                    ? WebVtt.sanitize(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> hasHardSpaces ? line.replace("\\h", " ") : line)
                            .toList())
                    : Optional.empty();
        } catch (IOException unreadable) {
            LOG.atWarn().setCause(unreadable).log("text track not readable");
            return Optional.empty();
        }
    }

    static Optional<Path> write(Path file, String text) {
        try {
            PrivateFiles.writeString(file, text);
            return Optional.of(file);
        } catch (IOException full) {
            LOG.atWarn().setCause(full).log("text track not written");
            return Optional.empty();
        }
    }
}
