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
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Writes a plain MP4 whose header precedes its samples: a hybrid file without fragments. */
public final class FaststartWriter {
    /** Audio precedes the video of a group of pictures, in chunks of about this duration. */
    private static final Duration INTERLEAVING = Duration.ofSeconds(1);

    private final Mp4Reader reader;
    private final Box moov;
    private final List<Mp4Track> tracks;
    private final FragmentPlan plan;
    private final List<Fragment> fragments;

    private FaststartWriter(ByteSource source) throws IOException {
        reader = new Mp4Reader(source);
        moov = reader.topLevel("moov");
        tracks = Mp4Track.of(reader, moov);
        plan = FragmentPlan.of(reader, tracks, INTERLEAVING, Optional.empty());
        fragments = plan.fragments().stream()
                .filter(fragment -> !fragment.isSilence())
                .toList();
    }

    /**
     * Writes the file; blocks.
     *
     * @param source an MP4 file with one H.264 and at most one AAC track
     * @param target is replaced
     * @throws dev.sluice.job.JobException OUTPUT_INVALID if the source is invalid, DISK_FULL, or the cancellation's reason
     */
    public static void write(ByteSource source, Path target, CancellationToken cancellation) {
        try (FileChannel out = PrivateFiles.open(target, StandardOpenOption.TRUNCATE_EXISTING)) {
            new FaststartWriter(source).write(new Mp4Output(out), cancellation);
        } catch (IOException cause) {
            throw FileErrorMapper.translate(cause);
        }
    }

    private void write(Mp4Output out, CancellationToken cancellation) throws IOException {
        Box ftyp = reader.topLevel("ftyp");
        long ftypBytes = Mp4Reader.HEADER_BYTES + ftyp.bodyBytes();
        HybridLayout layout = HybridLayout.of(
                plan, fragments, large -> new MovieHeader(reader, moov, tracks, large), ftypBytes, false);
        out.header("ftyp", ftypBytes);
        reader.source().transfer(ftyp.body(), ftyp.bodyBytes(), out);
        layout.movie().write(out);
        layout.writeMediaHeader(out);
        SampleCursor video = tracks.get(0).cursor(reader);
        SampleCursor audio = tracks.get(tracks.size() - 1).cursor(reader);
        copy(audio, plan.priming(), out);
        for (Fragment fragment : fragments) {
            cancellation.throwIfCancelled();
            copy(fragment.isVideo() ? video : audio, fragment.samples(), out);
        }
        out.flush();
        Mp4Reader.require(out.position() == layout.end(), "its size is not that of its layout");
    }

    private void copy(SampleCursor samples, int count, Mp4Output out) throws IOException {
        SampleExtents extents = new SampleExtents();
        for (int i = 0; i < count; i++) {
            HybridWriter.advance(samples, extents);
        }
        extents.copy(reader, out);
    }
}
