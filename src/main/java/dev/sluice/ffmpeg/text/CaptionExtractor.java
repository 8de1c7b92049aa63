package dev.sluice.ffmpeg.text;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.job.TextTrack;
import dev.sluice.media.text.CaptionChannel;
import dev.sluice.media.text.CaptionReader;
import dev.sluice.media.text.ClosedCaptions;
import dev.sluice.media.text.TextTrackFile;
import dev.sluice.media.text.VideoCaptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a text track of each channel of closed captions in a rendition. What cannot be read or converted gives a warning and fails
 * nothing. Blocks.
 */
record CaptionExtractor(WebVttConverter converter) {
    private static final Logger LOG = LoggerFactory.getLogger(CaptionExtractor.class);

    /** @throws JobException the cancellation's reason */
    TextTracks addTo(TextTracks text, Path video, CancellationToken cancellation) {
        List<TextTrackFile> tracks = new ArrayList<>();
        int number = text.subtitles().size();
        List<String> warnings = new ArrayList<>(text.warnings());
        Optional<VideoCaptions> captions = read(video, cancellation);
        if (captions.isEmpty()) {
            warnings.add("The closed captions of the video could not be read.");
        }
        ClosedCaptions summary = captions.map(VideoCaptions::summary).orElse(ClosedCaptions.UNKNOWN);
        for (CaptionChannel channel : summary.channels()) {
            Path converted = video.resolveSibling("closed-captions-" + channel + ".vtt");
            VideoCaptions found = captions.orElseThrow();
            if (!convert(found.scc(channel), converted, cancellation) || !found.isComplete(channel)) {
                warnings.add("The closed captions of channel " + channel + " could not be converted completely.");
            }
            converter
                    .rewrite(converted, video.resolveSibling(TextTrackFile.subtitlesName(number + tracks.size())), true)
                    .map(written -> new TextTrackFile(track(channel), written))
                    .ifPresent(tracks::add);
        }
        return new TextTracks(text.tracks(), tracks, warnings, summary);
    }

    private static Optional<VideoCaptions> read(Path video, CancellationToken cancellation) {
        try {
            return Optional.of(CaptionReader.read(video, cancellation));
        } catch (IOException | JobException failure) {
            cancellation.throwIfCancelled();
            LOG.atWarn().setCause(failure).log("closed captions not read");
            return Optional.empty();
        }
    }

    private boolean convert(String scc, Path file, CancellationToken cancellation) {
        String name = String.valueOf(file.getFileName());
        return WebVttConverter.write(file.resolveSibling(name + ".scc"), scc)
                .filter(input -> converter.run(
                        SubtitleCommand.captions(name + ".scc", name),
                        FileAccess.writeDirectory(
                                Optional.ofNullable(file.toAbsolutePath().getParent())
                                        .orElseThrow()),
                        scc.length(),
                        cancellation))
                .isPresent();
    }

    /** The language of a channel is not stated. */
    private static TextTrack track(CaptionChannel channel) {
        return new TextTrack(TextTrack.Kind.CAPTIONS, Optional.empty(), channel.name(), false, false);
    }
}
