package dev.sluice.media.concat;

import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.CompositeSource;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The audio of the whole video, which is in one file. */
final class ConcatAudio {
    private final ByteSource source;
    private final Mp4Reader reader;
    private final Mp4Track track;
    private final TrackTimes times;
    private int samples;
    private long bytes;

    ConcatAudio(ByteSource source) throws IOException {
        this.source = source;
        reader = new Mp4Reader(source);
        track = Mp4Track.onlyAudio(reader, reader.topLevel("moov"));
        SampleCursor sample = track.cursor(reader);
        long start = 0;
        long end = Long.MIN_VALUE;
        while (sample.advance()) {
            if (samples++ == 0) {
                start = sample.presentationTime();
            }
            bytes += sample.size();
            end = Math.max(end, sample.presentationTime() + sample.duration());
        }
        times = new TrackTimes(track.timescale(), start, 0, end);
    }

    Mp4Reader reader() {
        return reader;
    }

    Mp4Track track() {
        return track;
    }

    TrackTimes times() {
        return times;
    }

    /** Bytes of all samples. */
    long bytes() {
        return bytes;
    }

    /** The sample tables of the file, for samples in one chunk. */
    List<PlannedBox> tables(ConcatHeader.Position position) throws IOException {
        List<PlannedBox> tables = new ArrayList<>();
        for (Box box : reader.children(track.samples())) {
            switch (box.type()) {
                case "stsc" -> tables.add(ConcatHeader.oneChunk(samples));
                case "stco", "co64" -> tables.add(ConcatHeader.chunkOffset(position));
                default -> tables.add(PlannedBox.copy(reader, box));
            }
        }
        return tables;
    }

    void appendSamples(CompositeSource target) throws IOException {
        SampleCursor sample = track.cursor(reader);
        while (sample.advance()) {
            target.append(source, sample.position(), sample.size());
        }
    }
}
