package dev.sluice.media.streaming;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes a DASH manifest (ISO/IEC 23009-1) over byte ranges of hybrid files. Segments are listed: an index in the file
 * ({@code sidx}) describes contiguous bytes, but audio and video alternate. Pure.
 */
public final class DashManifest {
    private final StreamPresentation presentation;

    /** @param renditions smallest first; at least one */
    public DashManifest(List<StreamRendition> renditions) {
        this.presentation = new StreamPresentation(renditions);
    }

    /** The manifest. */
    public Playlist build() {
        StringBuilder text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
                .append(
                        "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" profiles=\"urn:mpeg:dash:profile:isoff-main:2011\"")
                .append(String.format(
                        Locale.ROOT,
                        " type=\"static\" mediaPresentationDuration=\"PT%.3fS\" minBufferTime=\"PT%dS\">\n",
                        endSeconds(),
                        presentation.targetSeconds()))
                .append("<Period>\n");
        presentation.renditions().stream()
                .collect(Collectors.groupingBy(StreamRendition::videoFormat, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(renditions -> addVideo(text, renditions));
        presentation.audio().ifPresent(audio -> {
            text.append("<AdaptationSet contentType=\"audio\" segmentAlignment=\"true\" startWithSAP=\"1\">\n")
                    .append(representation(
                            "audio",
                            audio,
                            "audio/mp4",
                            presentation.audioBandwidth(),
                            "audioSamplingRate=\"" + audio.timescale() + "\""));
            addSegments(text, presentation.audioRendition().uri(), audio);
            text.append("</AdaptationSet>\n");
        });
        return new Playlist(
                Playlist.MANIFEST,
                Playlist.DASH_TYPE,
                text.append("</Period>\n</MPD>\n").toString());
    }

    /** Renditions of one codec: players switch between them. */
    private void addVideo(StringBuilder text, List<StreamRendition> renditions) {
        text.append("<AdaptationSet contentType=\"video\" segmentAlignment=\"true\" startWithSAP=\"1\">\n");
        for (StreamRendition rendition : renditions) {
            FragmentedStream video = rendition.file().video();
            text.append(representation(
                    rendition.quality(),
                    video,
                    "video/mp4",
                    presentation.videoBandwidth(rendition),
                    String.format(
                            Locale.ROOT,
                            "width=\"%d\" height=\"%d\" frameRate=\"%d/1000\"",
                            video.width(),
                            video.height(),
                            Math.round(1000 * presentation.frameRate(rendition)))));
            addSegments(text, rendition.uri(), video);
        }
        text.append("</AdaptationSet>\n");
    }

    private double endSeconds() {
        return Stream.concat(
                        presentation.renditions().stream()
                                .map(rendition -> rendition.file().video()),
                        presentation.audio().stream())
                .mapToDouble(stream -> (double) stream.segments()
                                .get(stream.segments().size() - 1)
                                .end()
                        / stream.timescale())
                .max()
                .orElse(0);
    }

    private static String representation(
            String id, FragmentedStream stream, String mimeType, Bandwidth bandwidth, String attributes) {
        return "<Representation id=\"" + id + "\" mimeType=\"" + mimeType + "\" codecs=\"" + stream.codec()
                + "\" bandwidth=\"" + bandwidth.peak() + "\" " + attributes + ">\n";
    }

    private static void addSegments(StringBuilder text, String uri, FragmentedStream stream) {
        text.append("<BaseURL>")
                .append(uri)
                .append("</BaseURL>\n<SegmentList timescale=\"")
                .append(stream.timescale())
                .append("\">\n<Initialization range=\"")
                .append(range(stream.initialization()))
                .append("\"/>\n<SegmentTimeline>");
        for (StreamSegment segment : stream.segments()) {
            text.append("<S t=\"" + segment.start() + "\" d=\"" + segment.duration() + "\"/>");
        }
        text.append("</SegmentTimeline>\n");
        for (StreamSegment segment : stream.segments()) {
            text.append("<SegmentURL mediaRange=\"" + range(segment.range()) + "\"/>");
        }
        text.append("\n</SegmentList>\n</Representation>\n");
    }

    private static String range(FileRange range) {
        return range.offset() + "-" + (range.end() - 1);
    }
}
