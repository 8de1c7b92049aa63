package dev.sluice.media.concat;

import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The sample tables of the whole video. Counts their entries first, so that each table is written without keeping it in memory. */
final class VideoTables {
    private final ConcatVideo video;
    private final TrackTimes times;
    private long samples;
    private long bytes;
    private long syncSamples;
    private long durationRuns;
    private long offsetRuns;
    private boolean isReordered;

    VideoTables(ConcatVideo video) throws IOException {
        this.video = video;
        RunTable durations = new RunTable((count, value) -> durationRuns++);
        RunTable offsets = new RunTable((count, value) -> offsetRuns++);
        times = video.measure(sample -> {
            samples++;
            bytes += sample.bytes();
            syncSamples += sample.isSync() ? 1 : 0;
            isReordered |= sample.compositionOffset() != 0;
            durations.add(sample.duration());
            offsets.add(sample.compositionOffset());
        });
        durations.finish();
        offsets.finish();
        Mp4Reader.require(samples <= Integer.MAX_VALUE, "it has too many frames");
    }

    TrackTimes times() {
        return times;
    }

    /** Bytes of all samples. */
    long bytes() {
        return bytes;
    }

    /** All tables after the sample description, in FFmpeg's order, for samples in one chunk. */
    List<PlannedBox> boxes(ConcatHeader.Position position) {
        List<PlannedBox> boxes = new ArrayList<>();
        boxes.add(PlannedBox.table("stts", durationRuns, 2 * Integer.BYTES, out -> {
            RunTable runs = RunTable.writingTo(out);
            video.forEach(sample -> runs.add(sample.duration()));
            runs.finish();
        }));
        if (syncSamples < samples) {
            boxes.add(PlannedBox.table("stss", syncSamples, Integer.BYTES, out -> {
                int[] number = {0};
                video.forEach(sample -> {
                    number[0]++;
                    if (sample.isSync()) {
                        out.int32(number[0]);
                    }
                });
            }));
        }
        if (isReordered) {
            boxes.add(PlannedBox.table("ctts", offsetRuns, 2 * Integer.BYTES, out -> {
                RunTable runs = RunTable.writingTo(out);
                video.forEach(sample -> runs.add(sample.compositionOffset()));
                runs.finish();
            }));
        }
        boxes.add(ConcatHeader.oneChunk((int) samples));
        // The first number is the size of all samples, if they have the same one.
        boxes.add(new PlannedBox("stsz", Mp4Reader.HEADER_BYTES + 12 + samples * Integer.BYTES, out -> {
            out.int32(0);
            out.int32(0);
            out.int32((int) samples);
            video.forEach(sample -> out.int32(sample.bytes()));
        }));
        boxes.add(ConcatHeader.chunkOffset(position));
        return boxes;
    }
}
