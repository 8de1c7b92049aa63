package dev.sluice.ffmpeg.encode;

import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.VideoStream;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The filters between the one decoder and all encoders. Each rendition is scaled from the next larger one, which costs less
 * than scaling each from the source. Thumbnails leave before the scaling, and only the few frames that are wanted. Pure.
 */
final class FilterGraph {
    /** Encoders take ten times as long as scaling does: a thread of it keeps up with what so many threads encode. */
    private static final int ENCODING_THREADS_A_SCALING_ONE = 4;

    private final VideoStream source;
    private final List<Rendition> renditions;
    private final Dimensions thumbnail;
    private final long thumbnailSeconds;
    private final Optional<TimeRange> cut;

    /**
     * Which part of the film it lets through.
     *
     * @param begin when the whole film's picture begins
     * @param runOut how much more of it the encoders see, for what they look ahead; zero for the last segment
     */
    record TimeRange(Segment segment, Duration begin, Duration lookahead) {}

    /** @param renditions largest first */
    FilterGraph(
            VideoStream source,
            List<Rendition> renditions,
            Dimensions thumbnail,
            long thumbnailSeconds,
            Optional<TimeRange> cut) {
        this.source = source;
        this.renditions = List.copyOf(renditions);
        this.thumbnail = thumbnail;
        this.thumbnailSeconds = thumbnailSeconds;
        this.cut = cut;
    }

    /**
     * On how many threads it works, of those that all may use: more than it needs wait for each other at each frame
     * (docs/decisions/012-what-ffmpeg-is-asked.md).
     */
    int threads(int all) {
        boolean heavy = source.color().isHdr() || source.isInterlaced();
        return heavy ? all : Math.max(1, all / ENCODING_THREADS_A_SCALING_ONE);
    }

    /** The graph; its outputs are {@code [v0]}, {@code [v1]}, … in the order of the renditions, and {@code [thumbnails]}. */
    String build() {
        List<String> chains = new ArrayList<>();
        chains.add("[0:" + source.index() + "]" + preparation() + "split=2[all][some]");
        for (int i = 0; i < renditions.size(); i++) {
            chains.add(rendition(i));
        }
        chains.add("[some]" + withoutRunOut() + "select='" + thumbnailSelectExpression() + "',scale="
                + thumbnail.width() + ":" + thumbnail.height() + ":out_range=pc,setsar=1,format=yuv420p[thumbnails]");
        return String.join(";", chains);
    }

    private String preparation() {
        String deinterlace = source.isInterlaced() ? "bwdif=mode=send_frame:deint=interlaced," : "";
        // What looks at neighbours has to see those beyond the cut, what takes time has not.
        String range = cut.map(FilterGraph::range).orElse("");
        return source.color().isHdr() ? deinterlace + range + toneMap() + "," : deinterlace + range;
    }

    private static String range(TimeRange cut) {
        Segment segment = cut.segment();
        List<String> ends = new ArrayList<>();
        if (!segment.isFirst()) {
            ends.add("start=" + DecimalSeconds.format(Segment.withTolerance(segment.start())));
        }
        if (!segment.isLast()) {
            ends.add("end="
                    + DecimalSeconds.format(Segment.withTolerance(segment.end().plus(cut.lookahead()))));
        }
        return ends.isEmpty() ? "" : "trim=" + String.join(":", ends) + ",";
    }

    private String withoutRunOut() {
        return cut.filter(part -> !part.lookahead().isZero())
                .map(part -> "trim=end="
                        + DecimalSeconds.format(
                                Segment.withTolerance(part.segment().end())) + ",")
                .orElse("");
    }

    /**
     * PQ or HLG to BT.709: linear light, narrower primaries, a curve that keeps highlights, then 8 bits again. Scaled first,
     * because the curve is costly and no rendition needs it at full size.
     */
    private String toneMap() {
        Dimensions size = renditions.get(0).size();
        String missing = (source.color().primaries().isEmpty() ? ":pin=bt2020" : "")
                + (source.color().space().isEmpty() ? ":min=bt2020nc" : "")
                + (source.color().range().isEmpty() ? ":rin=tv" : "");
        return "zscale=w=" + size.width() + ":h=" + size.height() + ":t=linear:npl=100" + missing
                + ",format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
                + "format=yuv420p";
    }

    private String rendition(int i) {
        Dimensions size = renditions.get(i).size();
        String from = i == 0 ? "all" : "from" + (i - 1);
        String scaled = "[" + from + "]scale=" + size.width() + ":" + size.height()
                + ":flags=bicubic:out_range=tv,setsar=1,format=yuv420p";
        return i == renditions.size() - 1 ? scaled + "[v" + i + "]" : scaled + ",split=2[v" + i + "][from" + i + "]";
    }

    /** The first frame, and the first one of each further interval counted from the first frame of the film. */
    private String thumbnailSelectExpression() {
        String begin = cut.map(segment -> DecimalSeconds.format(Segment.withTolerance(segment.begin())))
                .orElse("start_t");
        return "isnan(prev_selected_t)+gt(floor((t-" + begin + ")/" + thumbnailSeconds + "),floor((prev_selected_t-"
                + begin + ")/" + thumbnailSeconds + "))";
    }
}
