package dev.sluice.ffmpeg.text;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.job.TextTrack;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.text.ClosedCaptions;
import dev.sluice.media.text.SubtitleStream;
import dev.sluice.media.text.TextSource;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.media.text.WebVtt;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Converts the text subtitles, closed captions and chapters of a video to WebVTT. A stream that cannot be converted gives a warning and fails
 * nothing. Blocks.
 *
 * @param baseTimeout added to the time for reading the source
 */
public record TextTrackExtractor(FfmpegInstallation ffmpeg, Duration baseTimeout, Limits limits) {
    /**
     * Writes the tracks of a source into a directory.
     *
     * @throws JobException the cancellation's reason
     */
    public TextTracks extract(ProbedSource source, Path directory, CancellationToken cancellation) {
        TextSource text = source.info().text();
        List<String> warnings = new ArrayList<>(text.warnings());
        WebVttConverter converter = converter();
        failedStreams(source, text.textStreams(), directory, cancellation)
                .forEach(stream -> warnings.add("The subtitles of stream " + stream.index() + " (" + stream.codec()
                        + ") could not be converted completely."));
        List<TextTrackFile> tracks = new ArrayList<>();
        for (SubtitleStream stream : text.textStreams()) {
            converter
                    .rewrite(
                            directory.resolve(SubtitleCommand.fileName(stream)),
                            directory.resolve(TextTrackFile.subtitlesName(tracks.size())),
                            stream.hasHardSpaces())
                    .ifPresent(file -> tracks.add(new TextTrackFile(stream.track(tracks.size()), file)));
        }
        WebVtt.chapters(text.chapters())
                .flatMap(file -> WebVttConverter.write(directory.resolve(TextTrackFile.CHAPTERS_NAME), file))
                .ifPresent(file -> tracks.add(new TextTrackFile(TextTrack.CHAPTERS, file)));
        return new TextTracks(tracks, List.of(), warnings, ClosedCaptions.UNKNOWN);
    }

    /**
     * Adds the closed captions in the frames of a rendition, and a track for each channel.
     *
     * @param video finished, in a directory of this encode
     * @throws JobException the cancellation's reason
     */
    public TextTracks addCaptions(TextTracks text, Path video, CancellationToken cancellation) {
        return new CaptionExtractor(converter()).addTo(text, video, cancellation);
    }

    private WebVttConverter converter() {
        return new WebVttConverter(ffmpeg, baseTimeout, limits);
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
        return converter()
                .run(
                        SubtitleCommand.arguments(source, streams, limits),
                        FileAccess.encode(directory, source.path()),
                        source.info().bytes(),
                        cancellation);
    }
}
