package dev.sluice.media.streaming;

import dev.sluice.media.text.ClosedCaptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Builds the HLS playlists of a video that is being encoded in segments: media playlists of type {@code EVENT} (RFC 8216bis,
 * 4.4.3.5) over the pieces that exist. Playlists over more pieces start with the lines of playlists over fewer pieces. Pure.
 *
 * <p>All playlists grow together, because players take a stream with one complete playlist for complete. A segment that is longer
 * than the target duration, which must not change, ends the growth.
 */
public final class GrowingPlaylists {
    /** Starts at the beginning of the video; players start near the end of a playlist that grows otherwise. */
    private static final String START = "#EXT-X-START:TIME-OFFSET=0\n";

    private static final double BITS_PER_BYTE = 8;
    /** Seconds of the maximum bitrate that the rate control of the encoder may send at once. */
    private static final int BUFFER_SECONDS = 2;
    /** Headers of fragments, as part of the media data. */
    private static final double OVERHEAD = 1.02;

    private final long targetSeconds;
    private final List<Rendition> renditions;
    private final List<StreamPiece> audio;
    private final int segments;
    private final boolean complete;

    /**
     * The pieces of a rendition.
     *
     * @param maxBitrate of the encoder, bit/s
     * @param pieces from the first one, without gap
     */
    public record Rendition(String quality, int maxBitrate, List<StreamPiece> pieces) {
        public Rendition {
            pieces = List.copyOf(pieces);
        }

        private List<StreamPiece.Segment> segments() {
            return segmentsOf(pieces);
        }
    }

    private static List<StreamPiece.Segment> segmentsOf(List<StreamPiece> pieces) {
        return pieces.stream().flatMap(piece -> piece.segments().stream()).toList();
    }

    /**
     * Creates the playlists of a video.
     *
     * @param targetSeconds target duration, the same in all calls for a video
     * @param renditions smallest first, at least one; segments start at the same times in all
     * @param audio from the start, without gap, at least as long as the video; empty if there is none
     * @param complete whether these are all pieces
     */
    public GrowingPlaylists(long targetSeconds, List<Rendition> renditions, List<StreamPiece> audio, boolean complete) {
        this.targetSeconds = targetSeconds;
        this.renditions = List.copyOf(renditions);
        this.audio = List.copyOf(audio);
        this.segments = renditions.stream()
                .mapToInt(rendition -> countWithinTarget(rendition.segments()))
                .min()
                .orElse(0);
        this.complete = complete
                && segments == this.renditions.get(0).segments().size()
                && countWithinTarget(segmentsOf(audio)) == segmentsOf(audio).size();
    }

    private int countWithinTarget(List<StreamPiece.Segment> all) {
        return (int) all.stream()
                .takeWhile(segment -> segment.roundedSeconds() <= targetSeconds)
                .count();
    }

    /** Whether there is a segment. */
    public boolean isWatchable() {
        return segments > 0;
    }

    /** The multivariant playlist, which never changes. */
    public Playlist multivariant() {
        StringBuilder text = new StringBuilder(HlsPlaylists.HEAD).append("#EXT-X-INDEPENDENT-SEGMENTS\n" + START);
        if (!audio.isEmpty()) {
            text.append(HlsPlaylists.AUDIO_MEDIA);
        }
        text.append(HlsPlaylists.captionsMedia(
                captions(renditions.get(0).pieces().get(0).format())));
        for (Rendition rendition : renditions) {
            StreamPiece.Format format = rendition.pieces().get(0).format();
            text.append("#EXT-X-STREAM-INF:BANDWIDTH=")
                    .append((long) Math.ceil(maxBandwidth(rendition) + audioBandwidth()))
                    .append(",CODECS=\"")
                    .append(format.codec())
                    .append(audio.isEmpty() ? "" : "," + audio.get(0).format().codec())
                    .append("\",RESOLUTION=")
                    .append(format.width())
                    .append('x')
                    .append(format.height())
                    .append(String.format(Locale.ROOT, ",FRAME-RATE=%.3f", format.samplesPerSecond()))
                    .append(audio.isEmpty() ? "" : HlsPlaylists.AUDIO_ATTRIBUTE)
                    .append(HlsPlaylists.captionsAttribute(captions(format)))
                    .append('\n')
                    .append(HlsPlaylists.mediaName(rendition.quality()))
                    .append('\n');
        }
        return new Playlist(Playlist.MASTER, Playlist.HLS_TYPE, text.toString());
    }

    /** Later pieces may have others. */
    private static ClosedCaptions captions(StreamPiece.Format format) {
        return new ClosedCaptions(format.captions(), true);
    }

    /** The media playlists. */
    public List<Playlist> media() {
        List<Playlist> playlists = new ArrayList<>();
        List<StreamPiece.Segment> shown = renditions.get(0).segments().subList(0, segments);
        if (!audio.isEmpty()) {
            List<StreamPiece.Segment> all = segmentsOf(audio);
            Duration end =
                    segments == 0 ? Duration.ZERO : shown.get(segments - 1).end();
            int count = complete
                    ? all.size()
                    : (int) all.stream()
                            .takeWhile(segment -> segment.start().compareTo(end) < 0)
                            .count();
            playlists.add(media(HlsPlaylists.AUDIO, audio, Math.min(count, countWithinTarget(all))));
        }
        renditions.forEach(rendition ->
                playlists.add(media(HlsPlaylists.mediaName(rendition.quality()), rendition.pieces(), segments)));
        return playlists;
    }

    private Playlist media(String name, List<StreamPiece> pieces, int count) {
        StringBuilder text = new StringBuilder(HlsPlaylists.HEAD)
                .append("#EXT-X-TARGETDURATION:")
                .append(targetSeconds)
                .append("\n#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-INDEPENDENT-SEGMENTS\n" + START);
        String digest = "";
        int left = count;
        for (StreamPiece piece : pieces) {
            if (left > 0 && !piece.format().digest().equals(digest)) {
                digest = piece.format().digest();
                text.append(HlsPlaylists.map(piece.name(), piece.initialization()));
            }
            for (StreamPiece.Segment segment : piece.segments()) {
                if (left-- > 0) {
                    text.append(HlsPlaylists.segment(piece.name(), segment.range(), segment.seconds()));
                }
            }
        }
        return new Playlist(
                name,
                Playlist.HLS_TYPE,
                text.append(complete ? HlsPlaylists.END : "").toString());
    }

    /** The most that the rate control permits in half a target duration, the shortest time that counts for the peak. */
    private double maxBandwidth(Rendition rendition) {
        return OVERHEAD * rendition.maxBitrate() * (1 + 2.0 * BUFFER_SECONDS / targetSeconds);
    }

    /** Of the first piece: the multivariant playlist stays the same when more audio exists. */
    private double audioBandwidth() {
        return audio.stream()
                .limit(1)
                .flatMap(piece -> piece.segments().stream())
                .filter(segment -> 2 * segment.seconds() >= targetSeconds)
                .mapToDouble(segment -> BITS_PER_BYTE * segment.range().bytes() / segment.seconds())
                .max()
                .orElse(0);
    }
}
