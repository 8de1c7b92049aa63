package dev.sluice.media.text;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;

/** Reads the closed captions in the H.264 video of an output, from the messages (SEI) before each frame. Nothing is decoded. */
public final class CaptionReader {
    private static final int LENGTH_BYTES = 4;
    private static final int TYPE = 0x1f;
    private static final int SEI = 6;
    private static final int LAST_SLICE = 5;
    /** A message with 31 pairs has 106 bytes, and at most half as many emulation prevention bytes. */
    private static final int MAX_SEI_BYTES = 512;
    /** Frames that can be decoded before a frame that is presented earlier (ITU-T H.264, max_num_reorder_frames). */
    private static final int MAX_REORDERED = 16;

    private final Mp4Reader reader;
    private final ByteBuffer head = ByteBuffer.allocate(LENGTH_BYTES + MAX_SEI_BYTES);
    private final Queue<Frame> frames = new PriorityQueue<>(Comparator.comparingLong(Frame::millis));
    private final VideoCaptions captions = new VideoCaptions();

    private record Frame(long millis, List<CaptionData> pairs) {}

    private CaptionReader(Mp4Reader reader) {
        this.reader = reader;
    }

    /**
     * Reads a file as an encode writes it; blocks.
     *
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if the file is not valid, or the cancellation's reason
     */
    public static VideoCaptions read(Path video, CancellationToken cancellation) throws IOException {
        try (FileChannel channel = FileChannel.open(video, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return new CaptionReader(new Mp4Reader(channel)).read(cancellation);
        }
    }

    private VideoCaptions read(CancellationToken cancellation) throws IOException {
        Mp4Track track = Mp4Track.of(reader, reader.topLevel("moov")).get(0);
        SampleCursor sample = track.cursor(reader);
        long end = 0;
        while (sample.advance()) {
            cancellation.throwIfCancelled();
            List<CaptionData> pairs = pairs(sample.position(), sample.position() + sample.size());
            end = Math.max(end, sample.presentationTime() + sample.duration());
            if (!pairs.isEmpty()) {
                frames.add(new Frame(millis(sample.presentationTime(), track), pairs));
                present(MAX_REORDERED);
            }
        }
        present(0);
        captions.end(millis(end, track));
        return captions;
    }

    private static long millis(long ticks, Mp4Track track) {
        return 1000 * Math.max(0, ticks) / track.timescale();
    }

    private void present(int kept) {
        while (frames.size() > kept) {
            Frame frame = frames.remove();
            frame.pairs().forEach(pair -> captions.add(frame.millis(), pair));
        }
    }

    /** The pairs before the first slice of a sample. */
    private List<CaptionData> pairs(long start, long end) throws IOException {
        List<CaptionData> pairs = new ArrayList<>();
        long position = start;
        while (end - position > LENGTH_BYTES) {
            head.clear().limit((int) Math.min(head.capacity(), end - position));
            reader.readFully(position, head);
            head.flip();
            long length = Integer.toUnsignedLong(head.getInt());
            Mp4Reader.require(
                    length > 0 && length <= end - position - LENGTH_BYTES, "a NAL unit is longer than its sample");
            int type = head.get(LENGTH_BYTES) & TYPE;
            if (type > 0 && type <= LAST_SLICE) {
                break;
            }
            if (type == SEI && length <= MAX_SEI_BYTES) {
                byte[] nalUnit = new byte[(int) length];
                head.get(nalUnit);
                pairs.addAll(CaptionData.ofSei(nalUnit));
            }
            position += LENGTH_BYTES + length;
        }
        return pairs;
    }
}
