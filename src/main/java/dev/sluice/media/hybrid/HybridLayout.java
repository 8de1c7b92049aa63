package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Output;
import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/** Positions of the parts of a file: of a hybrid one, or of a plain one with the same samples in the same order. */
final class HybridLayout {
    private final MovieHeader movie;
    private final long mediaData;
    private final long[] positions;
    private final long end;

    private HybridLayout(
            FragmentPlan plan, List<Fragment> fragments, MovieHeader movie, long headBytes, boolean fragmented)
            throws IOException {
        this.movie = movie;
        this.positions = new long[fragments.size()];
        if (plan.priming() > 0) {
            movie.addChunk(1, plan.priming());
        }
        fragments.stream()
                .filter(fragment -> !fragment.isSilence())
                .forEach(fragment -> movie.addChunk(trackNumber(fragment), fragment.samples()));
        mediaData = headBytes + movie.bytes();
        long position = mediaData + (movie.isLarge() ? Mp4Reader.LARGE_HEADER_BYTES : Mp4Reader.HEADER_BYTES);
        if (plan.priming() > 0) {
            movie.setNextChunkOffset(1, position);
        }
        position += plan.primingBytes();
        for (int i = 0; i < positions.length; i++) {
            Fragment fragment = fragments.get(i);
            long header = fragmented ? new FragmentHeader(fragment).dataOffset() : 0;
            positions[i] = position;
            if (!fragment.isSilence()) {
                movie.setNextChunkOffset(trackNumber(fragment), position + header);
            }
            position += header + fragment.bytes();
        }
        end = position;
    }

    /**
     * The layout of a movie. Positions depend on the size of the {@code moov}, which depends on whether chunk offsets need 64 bits.
     *
     * @param fragments all of the plan that the file contains
     * @param movie creates the header; its argument: whether it has 64 bits
     * @param headBytes before the outer {@code mdat}, without the {@code moov}
     * @param fragmented whether fragments have headers
     */
    static HybridLayout of(
            FragmentPlan plan,
            List<Fragment> fragments,
            Function<Boolean, MovieHeader> movie,
            long headBytes,
            boolean fragmented)
            throws IOException {
        HybridLayout small = new HybridLayout(plan, fragments, movie.apply(false), headBytes, fragmented);
        return small.end <= 0xffff_ffffL
                ? small
                : new HybridLayout(plan, fragments, movie.apply(true), headBytes, fragmented);
    }

    /** Writes the header of the outer {@code mdat}. */
    void writeMediaHeader(Mp4Output out) throws IOException {
        long mediaBytes = end - mediaData;
        if (movie.isLarge()) {
            out.header("mdat", 1);
            out.int64(mediaBytes);
        } else {
            out.header("mdat", mediaBytes);
        }
    }

    private static int trackNumber(Fragment fragment) {
        return fragment.isVideo() ? 0 : 1;
    }

    MovieHeader movie() {
        return movie;
    }

    /** Position of the outer {@code mdat}. */
    long mediaData() {
        return mediaData;
    }

    /** Positions of the fragments, in the order of the file. */
    long[] positions() {
        return positions;
    }

    /** Size of the file. */
    long end() {
        return end;
    }
}
