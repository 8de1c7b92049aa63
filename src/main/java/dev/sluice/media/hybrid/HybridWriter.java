package dev.sluice.media.hybrid;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.media.mp4.Box;
import dev.sluice.media.mp4.ByteSource;
import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import dev.sluice.media.mp4.Mp4Track;
import dev.sluice.media.mp4.SampleCursor;
import dev.sluice.media.streaming.FileRange;
import dev.sluice.media.streaming.StreamFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a hybrid file from a plain MP4: {@code ftyp}, {@code moov} with all sample tables, an initialization segment for each
 * track in a {@code free} box, and one {@code mdat} that contains fragments.
 *
 * <p>A reader of plain MP4 finds the samples through the {@code moov}; HLS and DASH address the fragments by byte ranges. Memory:
 * buffers of 0.3 MB, and about 200 bytes for each fragment (12 hours: 29,000 fragments, 6 MB).
 */
public final class HybridWriter {
    private final Mp4Reader reader;
    private final Box moov;
    private final List<Mp4Track> tracks;
    private final FragmentPlan plan;
    private final List<Fragment> fragments;
    private final List<byte[]> initializations = new ArrayList<>();

    private HybridWriter(Mp4Reader reader, Duration segment, Optional<Duration> origin) throws IOException {
        this.reader = reader;
        moov = reader.topLevel("moov");
        tracks = Mp4Track.of(reader, moov);
        plan = FragmentPlan.of(reader, tracks, segment, origin);
        fragments = plan.fragments();
        for (Mp4Track track : tracks) {
            initializations.add(new InitializationSegment(reader).of(moov, track));
        }
    }

    /**
     * Writes and verifies a hybrid file; blocks.
     *
     * @param source an MP4 file with one track of H.264 or AV1 and at most one AAC track; not changed
     * @param target is replaced
     * @param segment duration of a segment; a segment starts at the first key frame after each multiple of it
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if the source or the written file is invalid, DISK_FULL, FILES_MISSING,
     *     or the cancellation's reason
     */
    public static StreamFile write(Path source, Path target, Duration segment, CancellationToken cancellation) {
        return write(source, target, segment, Optional.empty(), cancellation);
    }

    private static StreamFile write(
            Path source, Path target, Duration segment, Optional<Duration> origin, CancellationToken cancellation) {
        try (FileChannel in = FileChannel.open(source)) {
            return write(ByteSource.of(in), target, segment, origin, cancellation);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    /**
     * As {@link #write(Path, Path, Duration, CancellationToken)}, from other bytes than those of a file.
     *
     * @param source an MP4 file with one H.264 and at most one AAC track
     */
    public static StreamFile write(ByteSource source, Path target, Duration segment, CancellationToken cancellation) {
        try {
            return write(source, target, segment, Optional.empty(), cancellation);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private static StreamFile write(
            ByteSource source, Path target, Duration segment, Optional<Duration> origin, CancellationToken cancellation)
            throws IOException {
        StreamFile written;
        try (FileChannel out = PrivateFiles.open(target, StandardOpenOption.TRUNCATE_EXISTING)) {
            written = new HybridWriter(new Mp4Reader(source), segment, origin).write(out, cancellation);
        }
        HybridVerifier.verify(target, written);
        return written;
    }

    /**
     * Replaces a plain MP4 by a hybrid file; blocks. While it runs, both are on the disk.
     *
     * @see #write
     */
    public static StreamFile replace(Path file, Duration segment, CancellationToken cancellation) {
        return replace(file, segment, Optional.empty(), cancellation);
    }

    /**
     * Replaces a part of a video; otherwise as {@link #replace(Path, Duration, CancellationToken)}. Its first frame may be later than
     * the part by more than the key frames that follow: if the segments were counted from it, one of them could get a group of
     * pictures too many.
     *
     * @param start presentation time at which the part starts
     */
    public static StreamFile replacePart(Path file, Duration start, Duration segment, CancellationToken cancellation) {
        return replace(file, segment, Optional.of(start), cancellation);
    }

    private static StreamFile replace(
            Path file, Duration segment, Optional<Duration> origin, CancellationToken cancellation) {
        Path target = file.resolveSibling(file.getFileName() + ".hybrid");
        StreamFile written = write(file, target, segment, origin, cancellation);
        try {
            Files.move(target, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
        return written;
    }

    private StreamFile write(FileChannel channel, CancellationToken cancellation) throws IOException {
        Box ftyp = reader.topLevel("ftyp");
        HybridLayout layout = HybridLayout.of(
                plan, fragments, large -> new MovieHeader(reader, moov, tracks, large), headBytes(ftyp), true);
        Mp4Output out = new Mp4Output(channel);
        out.header("ftyp", Mp4Reader.HEADER_BYTES + ftyp.bodyBytes());
        reader.source().transfer(ftyp.body(), ftyp.bodyBytes(), out);
        layout.movie().write(out);
        for (byte[] initialization : initializations) {
            out.header("free", Mp4Reader.HEADER_BYTES + initialization.length);
            out.bytes(initialization);
        }
        layout.writeMediaHeader(out);
        writeSamples(out, layout, cancellation);
        out.flush();
        Mp4Reader.require(out.position() == layout.end(), "its size is not that of its layout");
        return new StreamIndex(plan, layout.positions()).of(out.position(), tracks, initializationRanges(layout));
    }

    /** Bytes before the outer {@code mdat}, without the {@code moov}. */
    private long headBytes(Box ftyp) {
        long bytes = Mp4Reader.HEADER_BYTES + ftyp.bodyBytes();
        for (byte[] initialization : initializations) {
            bytes += Mp4Reader.HEADER_BYTES + initialization.length;
        }
        return bytes;
    }

    private List<FileRange> initializationRanges(HybridLayout layout) {
        List<FileRange> ranges = new ArrayList<>();
        long end = layout.mediaData();
        for (int i = initializations.size() - 1; i >= 0; i--) {
            int bytes = initializations.get(i).length;
            ranges.add(0, new FileRange(end - bytes, bytes));
            end -= Mp4Reader.HEADER_BYTES + bytes;
        }
        return ranges;
    }

    private void writeSamples(Mp4Output out, HybridLayout layout, CancellationToken cancellation) throws IOException {
        SampleCursor video = tracks.get(0).cursor(reader);
        SampleCursor audio = tracks.get(tracks.size() - 1).cursor(reader);
        SampleExtents extents = new SampleExtents();
        if (plan.priming() > 0) {
            for (int i = 0; i < plan.priming(); i++) {
                advance(audio, extents);
            }
            extents.copy(reader, out);
        }
        for (int i = 0; i < fragments.size(); i++) {
            cancellation.throwIfCancelled();
            Mp4Reader.require(out.position() == layout.positions()[i], "a fragment is not at its position");
            Fragment fragment = fragments.get(i);
            writeFragment(reader, out, fragment, i + 1, fragment.isVideo() ? video : audio);
        }
    }

    /**
     * Writes a fragment.
     *
     * @param sequence number of the fragment, from 1
     * @param sample before the first sample of the fragment; after its last one then
     */
    static void writeFragment(Mp4Reader reader, Mp4Output out, Fragment fragment, int sequence, SampleCursor sample)
            throws IOException {
        SampleExtents extents = new SampleExtents();
        FragmentHeader header = new FragmentHeader(fragment);
        header.write(out, sequence, () -> {
            for (int i = 0; i < fragment.samples() && !fragment.isSilence(); i++) {
                advance(sample, extents);
                header.writeSample(out, sample);
            }
        });
        for (int i = 0; i < fragment.samples() && fragment.isSilence(); i++) {
            out.bytes(SilentPacket.BYTES);
        }
        extents.copy(reader, out);
    }

    static void advance(SampleCursor sample, SampleExtents extents) throws IOException {
        Mp4Reader.require(sample.advance(), "a track has fewer samples than planned");
        extents.add(sample.position(), sample.size());
    }
}
