package dev.sluice.media.streaming;

import dev.sluice.job.TextTrack;
import dev.sluice.job.VariantAttributes;
import dev.sluice.media.text.ClosedCaptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes HLS playlists (RFC 8216bis) over byte ranges of hybrid files: a multivariant playlist, a media playlist and an I-frame
 * playlist for each rendition, and one for the audio. Pure.
 */
public final class HlsPlaylists {
    static final String AUDIO = "audio.m3u8";
    /** As Apple's authoring specification requests for captions. */
    private static final String CAPTIONS = ",CHARACTERISTICS=\"public.accessibility.transcribes-spoken-dialog,"
            + "public.accessibility.describes-music-and-sound\"";

    private static final String AUDIO_GROUP = "audio";
    /** {@code EXT-X-MAP} in fragmented MP4 needs 6 or 7. */
    static final String HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n";

    private static final String TEXT_GROUP = "text";

    static final String AUDIO_MEDIA = "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"" + AUDIO_GROUP + "\",NAME=\"" + AUDIO_GROUP
            + "\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"" + AUDIO + "\"\n";
    static final String AUDIO_ATTRIBUTE = ",AUDIO=\"" + AUDIO_GROUP + "\"";
    private static final String CAPTIONS_GROUP = "cc";
    static final String END = "#EXT-X-ENDLIST\n";

    private final StreamPresentation presentation;
    private final List<StreamText> texts;
    private final ClosedCaptions captions;
    private final Map<String, VariantAttributes> variants = new LinkedHashMap<>();

    /**
     * Creates the playlists of a video.
     *
     * @param renditions smallest first; at least one
     * @param texts subtitles and captions
     * @param captions in the video of each rendition
     */
    public HlsPlaylists(List<StreamRendition> renditions, List<StreamText> texts, ClosedCaptions captions) {
        this.presentation = new StreamPresentation(renditions);
        this.texts = List.copyOf(texts);
        this.captions = captions;
        presentation
                .renditions()
                .forEach(rendition -> variants.put(rendition.quality(), presentation.attributes(rendition)));
    }

    /** What the multivariant playlist states about each rendition, by quality. */
    public Map<String, VariantAttributes> variants() {
        return Collections.unmodifiableMap(variants);
    }

    /** All playlists, the multivariant one first. */
    public List<Playlist> build() {
        List<Playlist> playlists = new ArrayList<>();
        playlists.add(playlist(Playlist.MASTER, multivariant()));
        presentation
                .audio()
                .ifPresent(audio -> playlists.add(
                        playlist(AUDIO, media(presentation.audioRendition().uri(), audio))));
        for (StreamRendition rendition : presentation.renditions()) {
            FragmentedStream video = rendition.file().video();
            playlists.add(playlist(mediaName(rendition), media(rendition.uri(), video)));
            playlists.add(playlist(keyFramesName(rendition), keyFrames(rendition.uri(), video)));
        }
        texts.forEach(text -> playlists.add(playlist(text.playlistName(), text(text))));
        return playlists;
    }

    private static Playlist playlist(String name, String text) {
        return new Playlist(name, Playlist.HLS_TYPE, text);
    }

    private static String mediaName(StreamRendition rendition) {
        return mediaName(rendition.quality());
    }

    static String mediaName(String quality) {
        return "video_" + quality + ".m3u8";
    }

    private static String keyFramesName(StreamRendition rendition) {
        return "iframes_" + rendition.quality() + ".m3u8";
    }

    private String multivariant() {
        StringBuilder text = new StringBuilder(HEAD).append("#EXT-X-INDEPENDENT-SEGMENTS\n");
        if (presentation.audio().isPresent()) {
            text.append(AUDIO_MEDIA);
        }
        addTexts(text);
        text.append(captionsMedia(captions));
        for (StreamRendition rendition : presentation.renditions()) {
            VariantAttributes variant = Objects.requireNonNull(variants.get(rendition.quality()));
            text.append(bandwidth("#EXT-X-STREAM-INF:", new Bandwidth(variant.bandwidth(), variant.averageBandwidth())))
                    .append(",CODECS=\"")
                    .append(variant.codecs())
                    .append('"')
                    .append(resolution(rendition.file().video()))
                    .append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", variant.frameRate()))
                    .append(presentation.audio().isPresent() ? AUDIO_ATTRIBUTE : "")
                    .append(texts.isEmpty() ? "" : ",SUBTITLES=\"" + TEXT_GROUP + "\"")
                    .append(rendition.hasCaptions() || captions.channels().isEmpty() ? captionsAttribute(captions) : "")
                    .append('\n')
                    .append(mediaName(rendition))
                    .append('\n');
        }
        for (StreamRendition rendition : presentation.renditions()) {
            FragmentedStream video = rendition.file().video();
            Bandwidth bandwidth = Bandwidth.of(
                    video.keyFrames(),
                    video.timescale(),
                    StreamPresentation.targetSeconds(video.keyFrames(), video.timescale()));
            text.append(bandwidth("#EXT-X-I-FRAME-STREAM-INF:", bandwidth))
                    .append(",CODECS=\"")
                    .append(video.codec())
                    .append('"')
                    .append(resolution(video))
                    .append(",URI=\"")
                    .append(keyFramesName(rendition))
                    .append("\"\n");
        }
        return text.toString();
    }

    /** Names are different in a group, and one rendition at most is the default (RFC 8216bis, 4.4.6.1). */
    private void addTexts(StringBuilder playlist) {
        Set<String> names = new HashSet<>();
        boolean hasDefault = false;
        for (StreamText text : texts) {
            TextTrack track = text.track();
            String label = track.label().replace('"', '\'');
            String name = label;
            for (int i = 2; !names.add(name); i++) {
                name = label + " (" + i + ")";
            }
            boolean isDefault = track.isDefault() && !hasDefault;
            hasDefault |= isDefault;
            playlist.append("#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"" + TEXT_GROUP + "\",NAME=\"")
                    .append(name)
                    .append('"')
                    .append(track.language()
                            .map(language -> ",LANGUAGE=\"" + language + "\"")
                            .orElse(""))
                    .append(isDefault ? ",DEFAULT=YES" : ",DEFAULT=NO")
                    .append(",AUTOSELECT=YES")
                    .append(track.isForced() ? ",FORCED=YES" : ",FORCED=NO")
                    .append(track.kind() == TextTrack.Kind.CAPTIONS ? CAPTIONS : "")
                    .append(",URI=\"")
                    .append(text.playlistName())
                    .append("\"\n");
        }
    }

    /** The lines for the closed captions in the video. */
    static String captionsMedia(ClosedCaptions captions) {
        return captions.channels().stream()
                .map(channel -> "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"" + CAPTIONS_GROUP + "\",NAME=\""
                        + channel + "\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=\"" + channel + "\"\n")
                .collect(Collectors.joining());
    }

    /** An attribute of each variant; without it, players search for captions. */
    static String captionsAttribute(ClosedCaptions captions) {
        if (captions.channels().isEmpty()) {
            return captions.mayHaveOthers() ? "" : ",CLOSED-CAPTIONS=NONE";
        }
        return ",CLOSED-CAPTIONS=\"" + CAPTIONS_GROUP + "\"";
    }

    /** One segment: the whole file. Its target duration may differ from that of the other playlists (RFC 8216bis, 6.2.4). */
    private String text(StreamText text) {
        FragmentedStream video = presentation.renditions().get(0).file().video();
        StreamSegment last = video.segments().get(video.segments().size() - 1);
        double seconds = (double) last.end() / video.timescale();
        return HEAD + "#EXT-X-TARGETDURATION:" + Math.max(1, Math.round(seconds)) + "\n#EXT-X-PLAYLIST-TYPE:VOD\n"
                + String.format(Locale.ROOT, "#EXTINF:%.6f,\n%s\n#EXT-X-ENDLIST\n", seconds, text.name());
    }

    private static String bandwidth(String tag, Bandwidth bandwidth) {
        return tag + "BANDWIDTH=" + bandwidth.peak() + ",AVERAGE-BANDWIDTH=" + bandwidth.average();
    }

    private static String resolution(FragmentedStream video) {
        return ",RESOLUTION=" + video.width() + "x" + video.height();
    }

    private String media(String uri, FragmentedStream stream) {
        return playlist(uri, stream, stream.segments(), presentation.targetSeconds(), "#EXT-X-INDEPENDENT-SEGMENTS\n");
    }

    private static String keyFrames(String uri, FragmentedStream video) {
        long target = StreamPresentation.targetSeconds(video.keyFrames(), video.timescale());
        return playlist(uri, video, video.keyFrames(), target, "#EXT-X-I-FRAMES-ONLY\n");
    }

    private static String playlist(
            String uri, FragmentedStream stream, List<StreamSegment> segments, long targetSeconds, String kind) {
        FileRange initialization = stream.initialization();
        StringBuilder text = new StringBuilder(HEAD)
                .append("#EXT-X-TARGETDURATION:")
                .append(targetSeconds)
                .append("\n#EXT-X-PLAYLIST-TYPE:VOD\n")
                .append(kind)
                .append(map(uri, initialization));
        for (StreamSegment segment : segments) {
            text.append(segment(uri, segment.range(), (double) segment.duration() / stream.timescale()));
        }
        return text.append(END).toString();
    }

    static String map(String uri, FileRange initialization) {
        return "#EXT-X-MAP:URI=\"" + uri + "\",BYTERANGE=\"" + range(initialization) + "\"\n";
    }

    static String segment(String uri, FileRange range, double seconds) {
        return String.format(Locale.ROOT, "#EXTINF:%.6f,\n#EXT-X-BYTERANGE:%s\n%s\n", seconds, range(range), uri);
    }

    private static String range(FileRange range) {
        return range.bytes() + "@" + range.offset();
    }
}
