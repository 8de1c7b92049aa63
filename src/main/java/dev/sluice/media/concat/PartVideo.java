package dev.sluice.media.concat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.BoxBuffer;
import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import dev.sluice.media.mp4.SampleDescription;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The track of a part.
 *
 * @param configuration content of {@code avcC}; empty for AV1, whose key frames contain their sequence header
 * @param format everything else that must be the same in all parts: size, matrix, color and aspect ratio; of AV1 also profile, level
 *     and bit depth
 */
record PartVideo(
        VideoPart part,
        ByteSource source,
        Mp4Reader reader,
        Mp4Track track,
        ByteBuffer configuration,
        ByteBuffer format) {
    private static final int COMPRESSOR_NAME = 42;
    private static final int COMPRESSOR_NAME_BYTES = 32;
    /** Before the sequence header (AV1 Codec ISO Media File Format Binding, 2.3.3). */
    private static final int AV1_FIELDS = 4;

    private static final int MAX_ENTRY_BYTES = 1 << 16;
    /** Rounding of timestamps by containers. */
    private static final Duration TOLERANCE = Duration.ofMillis(2);

    /** Reads the header of a part. */
    static PartVideo open(VideoPart part, ByteSource source) throws IOException {
        Mp4Reader reader = new Mp4Reader(source);
        List<Mp4Track> tracks = Mp4Track.of(reader, reader.topLevel("moov"));
        Mp4Track track = tracks.get(0);
        Mp4Reader.require(
                tracks.size() == 1
                        && (track.codec().startsWith("avc1.") || track.codec().startsWith("av01.")),
                "it has not only H.264 or AV1 video");
        Box entry = SampleDescription.entry(reader, reader.get(track.samples(), "stsd"));
        Mp4Reader.require(
                entry.bodyBytes() >= SampleDescription.VISUAL_ENTRY_BYTES && entry.bodyBytes() <= MAX_ENTRY_BYTES,
                "its sample description has another size");
        Box tkhd = reader.get(track.box(), "tkhd");
        BoxBuffer format = new BoxBuffer()
                .int32((int) track.timescale())
                .add(reader.bytes(tkhd.end() - TrackTimes.TRACK_HEADER_TAIL, TrackTimes.TRACK_HEADER_TAIL))
                .add(visualEntry(reader, entry));
        ByteBuffer configuration = ByteBuffer.allocate(0);
        for (Box box : reader.boxes(entry.body() + SampleDescription.VISUAL_ENTRY_BYTES, entry.end())) {
            byte[] content = reader.bytes(box.start(), (int) (box.end() - box.start()));
            switch (box.type()) {
                case "avcC" -> configuration = ByteBuffer.wrap(reader.bytes(box.body(), (int) box.bodyBytes()));
                case "av1C" -> format = format.add(reader.bytes(box.body(), AV1_FIELDS));
                // Bitrates.
                case "btrt" -> {}
                default -> format = format.add(content);
            }
        }
        return new PartVideo(part, source, reader, track, configuration, ByteBuffer.wrap(format.toBytes()));
    }

    /** The fields of a sample entry, without the name of the encoder. */
    private static byte[] visualEntry(Mp4Reader reader, Box entry) throws IOException {
        byte[] fields = reader.bytes(entry.body(), SampleDescription.VISUAL_ENTRY_BYTES);
        Arrays.fill(fields, COMPRESSOR_NAME, COMPRESSOR_NAME + COMPRESSOR_NAME_BYTES, (byte) 0);
        return fields;
    }

    boolean hasFormatOf(PartVideo other) {
        return format.equals(other.format);
    }

    boolean hasConfigurationOf(PartVideo other) {
        return configuration.equals(other.configuration);
    }

    /** Moves to the first sample; checks it and the number of samples. */
    SampleCursor firstSample() throws IOException {
        SampleCursor sample = track.cursor(reader);
        long frames = part.frames().count();
        require(sample.count() == frames, "It has " + sample.count() + " frames instead of " + frames + ".");
        require(sample.advance() && sample.isSync(), "It does not start with a key frame.");
        Duration start = DecimalSeconds.fromSeconds(sample.presentationTime() / (double) track.timescale());
        Duration expected = part.frames().first();
        require(
                start.minus(expected).abs().compareTo(TOLERANCE) <= 0,
                "It starts at " + DecimalSeconds.format(start) + " s instead of " + DecimalSeconds.format(expected)
                        + " s.");
        return sample;
    }

    private static void require(boolean condition, String error) {
        if (!condition) {
            throw new JobException(ErrorCode.OUTPUT_INVALID, error);
        }
    }
}
