package dev.sluice.media.mp4;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A track of an MP4 file and its edit list.
 *
 * @param box {@code trak}
 * @param samples {@code stbl}
 * @param timescale ticks per second of the track
 * @param width of the video, pixels; 0 for audio
 * @param height of the video, pixels; 0 for audio
 * @param codec of the sample description, RFC 6381
 * @param delay of the media on the timeline of the movie (empty edit), ticks
 * @param mediaTime first time of the media that is presented, ticks
 */
public record Mp4Track(
        Box box,
        Box samples,
        long id,
        Kind kind,
        long timescale,
        int width,
        int height,
        String codec,
        long delay,
        long mediaTime) {

    /** Media of a track. */
    public enum Kind {
        VIDEO,
        AUDIO
    }

    /** Ticks between the media's times and the movie's. */
    public long shift() {
        return delay - mediaTime;
    }

    public SampleCursor cursor(Mp4Reader reader) throws IOException {
        return new SampleCursor(reader, this);
    }

    /** The tracks of a movie: one of video and at most one of audio, in this order. */
    public static List<Mp4Track> of(Mp4Reader reader, Box moov) throws IOException {
        Box mvhd = reader.get(moov, "mvhd");
        long movieTimescale = timescale(reader, mvhd);
        List<Box> boxes = reader.children(moov).stream()
                .filter(box -> box.type().equals("trak"))
                .toList();
        Mp4Reader.require(boxes.size() <= 2, "it has more than two tracks");
        Optional<Mp4Track> video = Optional.empty();
        Optional<Mp4Track> audio = Optional.empty();
        for (Box box : boxes) {
            Mp4Track track = of(reader, box, movieTimescale);
            if (track.kind == Kind.VIDEO) {
                Mp4Reader.require(video.isEmpty(), "it has two video tracks");
                video = Optional.of(track);
            } else {
                Mp4Reader.require(audio.isEmpty(), "it has two audio tracks");
                audio = Optional.of(track);
            }
        }
        Mp4Track first = video.orElseThrow(() -> Mp4Reader.invalid("it has no video track"));
        return audio.map(second -> List.of(first, second)).orElse(List.of(first));
    }

    /** The track of a file with audio only. */
    public static Mp4Track onlyAudio(Mp4Reader reader, Box moov) throws IOException {
        Mp4Track track = of(reader, reader.get(moov, "trak"), timescale(reader, reader.get(moov, "mvhd")));
        Mp4Reader.require(track.kind == Kind.AUDIO, "its first track is not audio");
        return track;
    }

    private static Mp4Track of(Mp4Reader reader, Box trak, long movieTimescale) throws IOException {
        Box mdia = reader.get(trak, "mdia");
        String handler = new String(reader.bytes(reader.get(mdia, "hdlr").body() + 8, 4), StandardCharsets.ISO_8859_1);
        Kind kind = switch (handler) {
            case "vide" -> Kind.VIDEO;
            case "soun" -> Kind.AUDIO;
            default -> throw Mp4Reader.invalid("it has a track that is neither video nor audio");
        };
        Box tkhd = reader.get(trak, "tkhd");
        long id = reader.uint32(tkhd.body() + (reader.version(tkhd) == 1 ? 20 : 12));
        long timescale = timescale(reader, reader.get(mdia, "mdhd"));
        Box stbl = reader.get(mdia, "minf", "stbl");
        EditList edits = EditList.of(reader, trak, timescale, movieTimescale);
        return new Mp4Track(
                trak,
                stbl,
                id,
                kind,
                timescale,
                reader.int32(tkhd.end() - 8) >>> 16,
                reader.int32(tkhd.end() - 4) >>> 16,
                SampleDescription.codec(reader, reader.get(stbl, "stsd")),
                edits.delay(),
                edits.mediaTime());
    }

    /** Ticks per second of {@code mvhd} or {@code mdhd}. */
    private static long timescale(Mp4Reader reader, Box header) throws IOException {
        long timescale = reader.uint32(header.body() + (reader.version(header) == 1 ? 20 : 12));
        Mp4Reader.require(timescale > 0, "a timescale is 0");
        return timescale;
    }

    private record EditList(long delay, long mediaTime) {
        /** An empty edit, if the track starts later, and one edit with the rest of the media: the only form FFmpeg writes. */
        static EditList of(Mp4Reader reader, Box trak, long timescale, long movieTimescale) throws IOException {
            Optional<Box> edits = reader.find(trak, "edts");
            if (edits.isEmpty()) {
                return new EditList(0, 0);
            }
            Box elst = reader.get(edits.get(), "elst");
            boolean large = reader.version(elst) == 1;
            EntryTable table = EntryTable.of(reader, elst, large ? 20 : 12);
            long delay = 0;
            for (int entries = 1; table.next(); entries++) {
                long duration = large ? table.int64() : Integer.toUnsignedLong(table.int32());
                long mediaTime = large ? table.int64() : table.int32();
                int rate = table.int32();
                Mp4Reader.require(
                        rate == 1 << 16 && duration >= 0 && duration <= Long.MAX_VALUE / timescale,
                        "its edit list has an unusual rate or duration");
                if (mediaTime >= 0) {
                    Mp4Reader.require(entries == table.count(), "its edit list has more than one part of the media");
                    return new EditList(delay, mediaTime);
                }
                delay += Math.round((double) duration * timescale / movieTimescale);
            }
            throw Mp4Reader.invalid("its edit list has no media");
        }
    }
}
