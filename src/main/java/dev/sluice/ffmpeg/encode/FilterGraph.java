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
 * Filters between the decoder and all encoders. Each rendition is scaled from the next larger one, which costs less than
 * scaling each from the source. Thumbnails are selected before scaling, so that only these few frames are scaled for them.
 * Pure.
 */
final class FilterGraph {
    /** Encoding takes ten times as long as scaling: one scaling thread keeps up with four encoding threads. */
    private static final int ENCODING_THREADS_PER_SCALING_THREAD = 4;

    /**
     * Moves a frame to 2 ms after the one before it if they are closer. x264 limits the size of a frame by its distance from
     * the one before it, in decoding order ({@code frame_size_maximum} in {@code ratecontrol.c}): without a distance, a frame gets hardly a bit, and
     * the frames that refer to it are bad, too. A larger step back is a discontinuity, which is left to FFmpeg.
     */
    private static final String MIN_FRAME_DISTANCE =
            "setpts='if(between(PTS-PREV_OUTPTS,-0.02/TB,0.002/TB),PREV_OUTPTS+0.002/TB,PTS)'";

    private final VideoStream source;
    private final List<Rendition> renditions;
    private final Dimensions thumbnail;
    private final long thumbnailSeconds;
    private final Optional<TimeRange> range;

    /**
     * The part of the video that passes the graph.
     *
     * @param videoStart start time of the video stream of the whole file
     * @param lookahead time after the segment that the encoders receive, too; zero for the last segment
     */
    record TimeRange(Segment segment, Duration videoStart, Duration lookahead) {}

    /** @param renditions largest first */
    FilterGraph(
            VideoStream source,
            List<Rendition> renditions,
            Dimensions thumbnail,
            long thumbnailSeconds,
            Optional<TimeRange> range) {
        this.source = source;
        this.renditions = List.copyOf(renditions);
        this.thumbnail = thumbnail;
        this.thumbnailSeconds = thumbnailSeconds;
        this.range = range;
    }

    /** Threads for filters, of {@code all} threads: unneeded ones wait for each other at each frame (012-ffmpeg-command-line.md). */
    int threads(int all) {
        boolean isExpensive = source.color().isHdr() || source.isInterlaced();
        return isExpensive ? all : Math.max(1, all / ENCODING_THREADS_PER_SCALING_THREAD);
    }

    /** Builds the graph with the outputs {@code [v0]}, {@code [v1]}, … in the order of the renditions, and {@code [thumbnails]}. */
    String build() {
        List<String> chains = new ArrayList<>();
        chains.add("[0:" + source.index() + "]" + preparation() + "split=2[all][some]");
        for (int i = 0; i < renditions.size(); i++) {
            chains.add(rendition(i));
        }
        chains.add("[some]" + withoutLookahead() + "select='" + thumbnailSelectExpression() + "',scale="
                + thumbnail.width() + ":" + thumbnail.height() + ":out_range=pc,setsar=1,format=yuv420p[thumbnails]");
        return String.join(";", chains);
    }

    private String preparation() {
        // Deinterlacing uses neighbouring frames, also those beyond the boundary; tone mapping is expensive.
        return (source.isInterlaced() ? "bwdif=mode=send_frame:deint=interlaced," : "")
                + MIN_FRAME_DISTANCE + ","
                + range.map(FilterGraph::trim).orElse("")
                + (source.color().isHdr() ? toneMap() + "," : "");
    }

    private static String trim(TimeRange range) {
        Segment segment = range.segment();
        List<String> bounds = new ArrayList<>();
        if (!segment.isFirst()) {
            bounds.add("start=" + DecimalSeconds.format(Segment.withTolerance(segment.start())));
        }
        if (!segment.isLast()) {
            bounds.add("end="
                    + DecimalSeconds.format(Segment.withTolerance(segment.end().plus(range.lookahead()))));
        }
        return bounds.isEmpty() ? "" : "trim=" + String.join(":", bounds) + ",";
    }

    private String withoutLookahead() {
        return range.filter(part -> !part.lookahead().isZero())
                .map(part -> "trim=end="
                        + DecimalSeconds.format(
                                Segment.withTolerance(part.segment().end())) + ",")
                .orElse("");
    }

    /**
     * PQ or HLG to BT.709: linear light, narrower primaries, a curve that keeps highlights, then 8 bits again. Scaled first,
     * because the curve is expensive and no rendition needs it at full size.
     */
    private String toneMap() {
        Dimensions size = renditions.get(0).size();
        String defaults = (source.color().primaries().isEmpty() ? ":pin=bt2020" : "")
                + (source.color().space().isEmpty() ? ":min=bt2020nc" : "")
                + (source.color().range().isEmpty() ? ":rin=tv" : "");
        return "zscale=w=" + size.width() + ":h=" + size.height() + ":t=linear:npl=100" + defaults
                + ",format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
                + "format=yuv420p";
    }

    private String rendition(int i) {
        Dimensions size = renditions.get(i).size();
        String input = i == 0 ? "all" : "from" + (i - 1);
        String scaled = "[" + input + "]scale=" + size.width() + ":" + size.height()
                + ":flags=bicubic:out_range=tv,setsar=1,format=yuv420p";
        return i == renditions.size() - 1 ? scaled + "[v" + i + "]" : scaled + ",split=2[v" + i + "][from" + i + "]";
    }

    /** Selects the first frame, and the first frame of each further interval, counted from the first frame of the video. */
    private String thumbnailSelectExpression() {
        String start = range.map(part -> DecimalSeconds.format(Segment.withTolerance(part.videoStart())))
                .orElse("start_t");
        return "isnan(prev_selected_t)+gt(floor((t-" + start + ")/" + thumbnailSeconds + "),floor((prev_selected_t-"
                + start + ")/" + thumbnailSeconds + "))";
    }
}
