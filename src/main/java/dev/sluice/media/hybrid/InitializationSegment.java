package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.BoxBuffer;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleDescription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Builds the CMAF header of a track: {@code ftyp} and a {@code moov} without samples, durations, bitrates and edit list. Times are in
 * the fragments. So files with parts of one stream have equal headers.
 */
final class InitializationSegment {
    private static final Set<String> CONTAINERS = Set.of("trak", "mdia", "minf");
    private static final Set<String> OMITTED = Set.of("edts", "udta", "meta", "tref");
    /** {@code stsd} of a video or audio stream with its codec configuration has a few hundred bytes. */
    private static final int MAX_BOX_BYTES = 1 << 20;

    private final Mp4Reader reader;

    InitializationSegment(Mp4Reader reader) {
        this.reader = reader;
    }

    byte[] of(Box moov, Mp4Track track) throws IOException {
        // cmf2: signed composition offsets and no edit list
        byte[] ftyp = BoxBuffer.box("ftyp", BoxBuffer.type("iso6"), new byte[4], BoxBuffer.type("iso6cmf2cmfcmp41"));
        byte[] trex = BoxBuffer.box(
                "trex", new BoxBuffer().int32(0, (int) track.id(), 1, 0, 0, 0).toBytes());
        byte[] movie = BoxBuffer.box(
                "moov",
                withoutDuration(reader.get(moov, "mvhd"), 16, 24),
                copy(track.box()),
                BoxBuffer.box("mvex", trex));
        return new BoxBuffer().add(ftyp).add(movie).toBytes();
    }

    private byte[] copy(Box box) throws IOException {
        if (box.type().equals("stbl")) {
            byte[] empty = new byte[8];
            return BoxBuffer.box(
                    "stbl",
                    description(reader.get(box, "stsd")),
                    BoxBuffer.box("stts", empty),
                    BoxBuffer.box("stsc", empty),
                    BoxBuffer.box("stsz", new byte[12]),
                    BoxBuffer.box("stco", empty));
        }
        if (!CONTAINERS.contains(box.type())) {
            return switch (box.type()) {
                case "tkhd" -> withoutDuration(box, 20, 28);
                case "mdhd" -> withoutDuration(box, 16, 24);
                default -> content(box);
            };
        }
        List<byte[]> children = new ArrayList<>();
        for (Box child : reader.children(box)) {
            if (!OMITTED.contains(child.type())) {
                children.add(copy(child));
            }
        }
        return BoxBuffer.box(box.type(), children.toArray(byte[][]::new));
    }

    /** The sample description, of a video without {@code btrt}: bitrates of this file. */
    private byte[] description(Box stsd) throws IOException {
        byte[] content = content(stsd);
        long start = stsd.body() + Mp4Reader.VERSION_BYTES + Integer.BYTES;
        Box entry = reader.box(start, stsd.end());
        if (!entry.type().equals("avc1")) {
            return content;
        }
        int fixed = SampleDescription.VISUAL_ENTRY_BYTES;
        Mp4Reader.require(
                entry.end() == stsd.end() && entry.bodyBytes() >= fixed, "a sample description has another size");
        BoxBuffer kept = new BoxBuffer().add(reader.bytes(entry.body(), fixed));
        for (Box child : reader.boxes(entry.body() + fixed, entry.end())) {
            if (!child.type().equals("btrt")) {
                var unused = kept.add(content(child));
            }
        }
        return BoxBuffer.box(
                "stsd",
                reader.bytes(stsd.body(), Mp4Reader.VERSION_BYTES + Integer.BYTES),
                BoxBuffer.box(entry.type(), kept.toBytes()));
    }

    /** A header with the duration 0, at one of two positions of its body, by version. */
    private byte[] withoutDuration(Box box, int position0, int position1) throws IOException {
        byte[] content = content(box);
        boolean large = reader.version(box) == 1;
        int start = Mp4Reader.HEADER_BYTES + (large ? position1 : position0);
        int end = start + (large ? Long.BYTES : Integer.BYTES);
        Mp4Reader.require(end <= content.length, "the box '" + box.type() + "' is too short");
        for (int i = start; i < end; i++) {
            content[i] = 0;
        }
        return content;
    }

    private byte[] content(Box box) throws IOException {
        Mp4Reader.require(box.bodyBytes() <= MAX_BOX_BYTES, "the box '" + box.type() + "' is too large");
        return BoxBuffer.box(box.type(), reader.bytes(box.body(), (int) box.bodyBytes()));
    }
}
