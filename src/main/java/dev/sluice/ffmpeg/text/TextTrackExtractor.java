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
import dev.sluice.job.TextTrack;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.text.SubtitleStream;
import dev.sluice.media.text.TextSource;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.media.text.WebVtt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts the text subtitles and chapters of a source to WebVTT. A stream that cannot be converted gives a warning and fails
 * nothing. Blocks.
 *
 * @param baseTimeout added to the time for reading the source
 */
public record TextTrackExtractor(FfmpegInstallation ffmpeg, Duration baseTimeout, Limits limits) {
    private static final Logger LOG = LoggerFactory.getLogger(TextTrackExtractor.class);

    /**
     * Writes the tracks of a source into a directory.
     *
     * @throws JobException the cancellation's reason
     */
    public TextTracks extract(ProbedSource source, Path directory, CancellationToken cancellation) {
        TextSource text = source.info().text();
        List<String> warnings = new ArrayList<>(text.warnings());
        failedStreams(source, text.textStreams(), directory, cancellation)
                .forEach(stream -> warnings.add("The subtitles of stream " + stream.index() + " (" + stream.codec()
                        + ") could not be converted completely."));
        List<TextTrackFile> tracks = new ArrayList<>();
        for (SubtitleStream stream : text.textStreams()) {
            sanitized(directory.resolve(SubtitleCommand.fileName(stream)))
                    .flatMap(file -> write(directory.resolve(TextTrackFile.subtitlesName(tracks.size())), file))
                    .ifPresent(file -> tracks.add(new TextTrackFile(stream.track(tracks.size()), file)));
        }
        WebVtt.chapters(text.chapters())
                .flatMap(file -> write(directory.resolve(TextTrackFile.CHAPTERS_NAME), file))
                .ifPresent(file -> tracks.add(new TextTrackFile(TextTrack.CHAPTERS, file)));
        return new TextTracks(tracks, warnings);
    }

    /** Converts all streams in one run, and those of a failed run one by one. */
    private List<SubtitleStream> failedStreams(
            ProbedSource source, List<SubtitleStream> streams, Path directory, CancellationToken cancellation) {
        if (streams.isEmpty() || convert(source, streams, directory, cancellation)) {
            return List.of();
        }
        return streams.size() == 1
                ? streams
                : streams.stream()
                        .filter(stream -> !convert(source, List.of(stream), directory, cancellation))
                        .toList();
    }

    private boolean convert(
            ProbedSource source, List<SubtitleStream> streams, Path directory, CancellationToken cancellation) {
        try {
            FfmpegRunner.ExitResult result = ffmpeg.encodeRunner(
                            FileAccess.encode(directory, source.path()), limits.maxOutputBytes())
                    .run(
                            SubtitleCommand.arguments(source, streams, limits),
                            line -> {},
                            Watchdog.withDeadline(ReadTimeout.forBytes(
                                    baseTimeout, source.info().bytes())),
                            cancellation);
            if (result.exitCode() != 0) {
                LOG.atInfo().addKeyValue("ffmpeg", result.stderr()).log("subtitles not converted");
            }
            return result.exitCode() == 0;
        } catch (JobException failure) {
            if (cancellation.isCancelled() || failure.code() == ErrorCode.SHUTDOWN) {
                throw failure;
            }
            LOG.atInfo().addKeyValue("error", failure.code()).log("subtitles not converted");
            return false;
        }
    }

    private static Optional<String> sanitized(Path file) {
        try {
            // FFmpeg may write a few cues after the limit.
            boolean isReadable = Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) <= 2 * SubtitleCommand.MAX_BYTES;
            return isReadable
                    ? WebVtt.sanitize(new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                            .lines()
                            .toList())
                    : Optional.empty();
        } catch (IOException unreadable) {
            LOG.atWarn().setCause(unreadable).log("subtitles not readable");
            return Optional.empty();
        }
    }

    private static Optional<Path> write(Path file, String text) {
        try {
            PrivateFiles.writeString(file, text);
            return Optional.of(file);
        } catch (IOException full) {
            LOG.atWarn().setCause(full).log("text track not written");
            return Optional.empty();
        }
    }
}
