package dev.sluice.media.streaming;

import dev.sluice.media.text.CaptionChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of a stream in a file of its own, published while other parts are encoded.
 *
 * @param name of the file, in the directory of its playlists
 * @param initialization range of the initialization segment
 * @param segments in order, at least one
 */
public record StreamPiece(String name, Format format, FileRange initialization, List<Segment> segments) {
    private static final double NANOS = 1e9;

    public StreamPiece {
        segments = List.copyOf(segments);
    }

    /**
     * Format of a stream.
     *
     * @param codec RFC 6381
     * @param width of the video, pixels; 0 for audio
     * @param height of the video, pixels; 0 for audio
     * @param samplesPerSecond of the first segment
     * @param digest of the initialization segment: one is enough for pieces with the same digest
     * @param captions in the frames of this piece
     */
    public record Format(
            String codec,
            int width,
            int height,
            double samplesPerSecond,
            String digest,
            List<CaptionChannel> captions) {
        public Format {
            captions = List.copyOf(captions);
        }
    }

    /**
     * A part of a piece that a player can load and decode by itself.
     *
     * @param start presentation time
     */
    public record Segment(FileRange range, Duration start, Duration duration) {
        Duration end() {
            return start.plus(duration);
        }

        /** Duration in whole seconds, as compared with the target duration. */
        long roundedSeconds() {
            return Math.round(seconds());
        }

        double seconds() {
            return duration.toNanos() / NANOS;
        }
    }

    /** Without the last segment; empty if there is no other. */
    public Optional<StreamPiece> withoutLastSegment() {
        return withSegments(segments.subList(0, segments.size() - 1));
    }

    /** The segments after those of another piece of the same stream; empty if there are none. */
    public Optional<StreamPiece> after(StreamPiece other) {
        Duration end = other.segments.get(other.segments.size() - 1).end();
        return withSegments(segments.stream()
                .filter(segment -> segment.start().compareTo(end) >= 0)
                .toList());
    }

    private Optional<StreamPiece> withSegments(List<Segment> others) {
        return others.isEmpty() ? Optional.empty() : Optional.of(new StreamPiece(name, format, initialization, others));
    }

    /**
     * The piece that a file contains.
     *
     * @param digest of the initialization segment
     * @param captions in the frames of the piece
     * @param next presentation time of what follows the piece, to which its last segment lasts; empty at the end of the stream
     */
    public static StreamPiece of(
            String name,
            FragmentedStream stream,
            String digest,
            List<CaptionChannel> captions,
            Optional<Duration> next) {
        List<Segment> segments = new ArrayList<>();
        for (StreamSegment segment : stream.segments()) {
            Duration start = duration(segment.start(), stream);
            segments.add(new Segment(
                    segment.range(), start, duration(segment.end(), stream).minus(start)));
        }
        Segment last = segments.get(segments.size() - 1);
        next.filter(time -> time.compareTo(last.start()) > 0)
                .ifPresent(time -> segments.set(
                        segments.size() - 1, new Segment(last.range(), last.start(), time.minus(last.start()))));
        double rate = stream.segments().get(0).samples()
                / Math.max(1e-3, segments.get(0).seconds());
        return new StreamPiece(
                name,
                new Format(stream.codec(), stream.width(), stream.height(), rate, digest, captions),
                stream.initialization(),
                segments);
    }

    private static Duration duration(long ticks, FragmentedStream stream) {
        return Duration.ofNanos(1000 * Math.round(ticks * 1e6 / stream.timescale()));
    }
}
