package dev.sluice.media.text;

import java.util.List;
import java.util.stream.Collectors;

/** Subtitle streams and chapters of a source. */
public record TextSource(List<SubtitleStream> subtitles, List<Chapter> chapters) {
    public static final TextSource EMPTY = new TextSource(List.of(), List.of());

    public TextSource {
        subtitles = List.copyOf(subtitles);
        chapters = List.copyOf(chapters);
    }

    public List<SubtitleStream> textStreams() {
        return subtitles.stream().filter(SubtitleStream::isText).toList();
    }

    /** A warning about streams that cannot become text, one sentence; none if there are none. */
    public List<String> warnings() {
        List<SubtitleStream> others =
                subtitles.stream().filter(stream -> !stream.isText()).toList();
        return others.isEmpty()
                ? List.of()
                : List.of("Subtitles that are not text were left out: "
                        + others.stream()
                                .map(stream -> "stream " + stream.index() + " (" + stream.codec() + ")")
                                .collect(Collectors.joining(", "))
                        + ".");
    }
}
