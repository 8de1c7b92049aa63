package dev.sluice.media.rendition;

import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Codec;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.media.Dimensions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Selects the renditions of a source by the shorter side of its display size. A rung is used only if it is not larger than
 * the source. If none is, there is one rendition in the size of the source, named after its shorter side. If renditions are not published, there is only the smallest one.
 * With AV1, the largest rendition is encoded in this codec, too. Pure.
 */
public final class RenditionLadder {
    /** SVT-AV1 crashes with some smaller frames. */
    private static final int MIN_AV1_SIDE = 64;
    /** Larger frames are beyond the levels of AV1. */
    private static final int MAX_AV1_SIDE = 8192;
    /** SVT-AV1 rejects higher ones; bit/s. */
    private static final int MAX_AV1_BITRATE = 100_000_000;

    private final List<Rung> rungs;
    private final boolean published;
    private final boolean withAv1;

    public RenditionLadder(MediaConfig config) {
        this.rungs = config.ladder().stream()
                .sorted(Comparator.comparingInt(Rung::shortSide).reversed())
                .toList();
        this.published = config.published().renditions();
        this.withAv1 = config.codecs().contains(Codec.AV1);
    }

    /** The renditions, largest first, that in AV1 before all in H.264; at least one in H.264. */
    public List<Rendition> renditions(Dimensions source) {
        List<Rendition> renditions = h264(source);
        Rendition largest = renditions.get(0);
        return withAv1 && isEncodable(largest.size())
                ? Stream.concat(Stream.of(av1(largest)), renditions.stream()).toList()
                : renditions;
    }

    private static boolean isEncodable(Dimensions size) {
        return size.shortSide() >= MIN_AV1_SIDE && Math.max(size.width(), size.height()) <= MAX_AV1_SIDE;
    }

    private static Rendition av1(Rendition largest) {
        return new Rendition(
                largest.quality() + Codec.AV1_SUFFIX,
                largest.size(),
                Math.min(MAX_AV1_BITRATE, largest.maxBitrate()),
                Codec.AV1);
    }

    private List<Rendition> h264(Dimensions source) {
        List<Rendition> renditions = rungs.stream()
                .filter(rung -> rung.shortSide() <= source.shortSide())
                .map(rung -> new Rendition(rung.quality(), scaled(source, rung.shortSide()), rung.maxBitrate()))
                .toList();
        if (renditions.isEmpty()) {
            return List.of(sourceSizedRendition(source));
        }
        return published ? renditions : List.of(renditions.get(renditions.size() - 1));
    }

    private Rendition sourceSizedRendition(Dimensions source) {
        Dimensions size = new Dimensions(evenBelow(source.width()), evenBelow(source.height()));
        int maxBitrate = rungs.isEmpty() ? 0 : rungs.get(rungs.size() - 1).maxBitrate();
        return new Rendition(size.shortSide() + "p", size, maxBitrate);
    }

    private static Dimensions scaled(Dimensions source, int shortSide) {
        double factor = (double) shortSide / source.shortSide();
        return new Dimensions(nearestEven(source.width() * factor), nearestEven(source.height() * factor));
    }

    private static int nearestEven(double side) {
        return Math.max(2, (int) Math.round(side / 2) * 2);
    }

    private static int evenBelow(int side) {
        return Math.max(2, side / 2 * 2);
    }

    /** Size of the thumbnails: {@code width} wide, in the aspect ratio of the source, at most four times as high as wide. */
    public static Dimensions thumbnailSize(Dimensions source, int width) {
        double factor = Math.min((double) width / source.width(), 4.0 * width / source.height());
        return new Dimensions(nearestEven(source.width() * factor), nearestEven(source.height() * factor));
    }
}
