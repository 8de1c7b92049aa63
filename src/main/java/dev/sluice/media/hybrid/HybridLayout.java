package dev.sluice.media.hybrid;

import dev.sluice.media.mp4.Mp4Reader;
import java.io.IOException;
import java.util.List;

/** Positions of the parts of a hybrid file. */
final class HybridLayout {
    private final MovieHeader movie;
    private final long mediaData;
    private final long[] positions;
    private final long end;

    /** @param headBytes before the outer {@code mdat}, without the {@code moov} */
    HybridLayout(FragmentPlan plan, List<Fragment> fragments, MovieHeader movie, long headBytes) throws IOException {
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
            FragmentHeader header = new FragmentHeader(fragment);
            positions[i] = position;
            if (!fragment.isSilence()) {
                movie.setNextChunkOffset(trackNumber(fragment), position + header.dataOffset());
            }
            position += header.fragmentBytes();
        }
        end = position;
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
