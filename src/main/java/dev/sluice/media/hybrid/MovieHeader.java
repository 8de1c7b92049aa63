package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The {@code moov} of the plain MP4: that of the source with other chunks. */
final class MovieHeader {
    private static final Set<String> CONTAINERS = Set.of("moov", "trak", "mdia", "minf", "stbl");

    private final Mp4Reader reader;
    private final Box moov;
    private final List<Mp4Track> tracks;
    private final boolean large;
    private final List<ChunkTable> chunks;

    /** @param large whether chunk offsets and the size of the media data have 64 bits */
    MovieHeader(Mp4Reader reader, Box moov, List<Mp4Track> tracks, boolean large) {
        this.reader = reader;
        this.moov = moov;
        this.tracks = tracks;
        this.large = large;
        this.chunks = tracks.stream().map(track -> new ChunkTable(large)).toList();
    }

    boolean isLarge() {
        return large;
    }

    void addChunk(int track, int samples) {
        chunks.get(track).add(samples);
    }

    /** Sets the position of the next chunk of a track, in the order in which they were added. */
    void setNextChunkOffset(int track, long position) {
        chunks.get(track).setNextOffset(position);
    }

    long bytes() throws IOException {
        long bytes = bytes(moov, moov);
        Mp4Reader.require(bytes <= Integer.MAX_VALUE, "its header has more than 2 GiB");
        return bytes;
    }

    private long bytes(Box box, Box trak) throws IOException {
        if (CONTAINERS.contains(box.type())) {
            long bytes = Mp4Reader.HEADER_BYTES;
            for (Box child : reader.children(box)) {
                bytes += bytes(child, child.type().equals("trak") ? child : trak);
            }
            return bytes;
        }
        return switch (box.type()) {
            case "stsc" -> chunks(trak).runBytes();
            case "stco", "co64" -> chunks(trak).offsetBytes();
            default -> Mp4Reader.HEADER_BYTES + box.bodyBytes();
        };
    }

    private ChunkTable chunks(Box trak) {
        for (int i = 0; i < tracks.size(); i++) {
            if (tracks.get(i).box().equals(trak)) {
                return chunks.get(i);
            }
        }
        throw Mp4Reader.invalid("a sample table is in no track");
    }

    void write(Mp4Output out) throws IOException {
        write(out, moov, moov);
    }

    private void write(Mp4Output out, Box box, Box trak) throws IOException {
        switch (box.type()) {
            case "stsc" -> chunks(trak).writeRuns(out);
            case "stco", "co64" -> chunks(trak).writeOffsets(out);
            default -> {
                out.header(box.type(), bytes(box, trak));
                if (!CONTAINERS.contains(box.type())) {
                    reader.source().transfer(box.body(), box.bodyBytes(), out);
                    return;
                }
                for (Box child : reader.children(box)) {
                    write(out, child, child.type().equals("trak") ? child : trak);
                }
            }
        }
    }
}
