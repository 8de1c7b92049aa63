package dev.sluice.media.concat;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.BoxBuffer;
import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything before the samples of the whole movie: {@code ftyp}, {@code moov} and the header of {@code mdat}. The samples of each
 * track are one chunk: those of the video, and then those of the audio.
 */
final class ConcatHeader {
    private final PlannedBox fileType;
    private final PlannedBox movie;
    private final long videoBytes;

    /** A position in the movie that is known when the sizes of all boxes are. */
    interface Position {
        long get();
    }

    ConcatHeader(ConcatVideo video, VideoTables tables, Optional<ConcatAudio> audio) throws IOException {
        Mp4Reader reader = video.first().reader();
        Mp4Track track = video.first().track();
        fileType = PlannedBox.copy(reader, reader.topLevel("ftyp"));
        videoBytes = tables.bytes();
        List<PlannedBox> videoTables = new ArrayList<>();
        videoTables.add(PlannedBox.copy(reader, reader.get(track.samples(), "stsd")));
        videoTables.addAll(tables.boxes(this::bytes));
        List<PlannedBox> boxes = new ArrayList<>();
        int duration = Math.max(
                tables.times().end(), audio.map(each -> each.times().end()).orElse(0));
        boxes.add(TrackTimes.movieHeader(duration, audio.isPresent() ? 2 : 1));
        boxes.add(track(reader, track.box(), 1, tables.times(), videoTables));
        if (audio.isPresent()) {
            ConcatAudio sound = audio.get();
            boxes.add(track(
                    sound.reader(), sound.track().box(), 2, sound.times(), sound.tables(() -> bytes() + videoBytes)));
        }
        Optional<Box> metadata = reader.find(reader.topLevel("moov"), "udta");
        if (metadata.isPresent()) {
            boxes.add(PlannedBox.copy(reader, metadata.get()));
        }
        movie = PlannedBox.container("moov", boxes);
    }

    private static PlannedBox track(Mp4Reader reader, Box trak, int id, TrackTimes times, List<PlannedBox> tables)
            throws IOException {
        Box mdia = reader.get(trak, "mdia");
        List<PlannedBox> information = new ArrayList<>();
        for (Box box : reader.children(reader.get(mdia, "minf"))) {
            information.add(
                    box.type().equals("stbl") ? PlannedBox.container("stbl", tables) : PlannedBox.copy(reader, box));
        }
        return PlannedBox.container(
                "trak",
                List.of(
                        times.trackHeader(reader, reader.get(trak, "tkhd"), id),
                        times.editList(),
                        PlannedBox.container(
                                "mdia",
                                List.of(
                                        times.mediaHeader(reader, reader.get(mdia, "mdhd")),
                                        PlannedBox.copy(reader, reader.get(mdia, "hdlr")),
                                        PlannedBox.container("minf", information)))));
    }

    /** {@code stsc} for all samples. */
    static PlannedBox oneChunk(int samples) {
        return PlannedBox.table("stsc", 1, 3 * Integer.BYTES, out -> {
            out.int32(1);
            out.int32(samples);
            out.int32(1);
        });
    }

    /** {@code co64} with one chunk. */
    static PlannedBox chunkOffset(Position position) {
        return PlannedBox.table("co64", 1, Long.BYTES, out -> out.int64(position.get()));
    }

    /** Size, which is the position of the first sample. */
    long bytes() {
        return fileType.bytes() + movie.bytes() + Mp4Reader.LARGE_HEADER_BYTES;
    }

    /** @param sampleBytes of all samples */
    void writeTo(Mp4Output out, long sampleBytes) throws IOException {
        fileType.writeTo(out);
        movie.writeTo(out);
        out.int32(1);
        out.bytes(BoxBuffer.type("mdat"));
        out.int64(Mp4Reader.LARGE_HEADER_BYTES + sampleBytes);
    }
}
