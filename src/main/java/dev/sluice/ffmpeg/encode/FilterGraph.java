package dev.sluice.ffmpeg.encode;

import dev.sluice.media.ColorInfo;
import dev.sluice.media.ColorStandard;
import dev.sluice.media.Crop;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.VideoStream;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.ThumbnailFiles;
import dev.sluice.media.segment.Segment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Filters between the decoder and all encoders. Each rendition is scaled from the next larger one, which costs less than
 * scaling each from the source. Thumbnails are selected before scaling, so that only two frames a second are scaled for them.
 * Pure.
 */
final class FilterGraph {
    /** Encoding takes ten times as long as scaling: one scaling thread keeps up with four encoding threads. */
    private static final int ENCODING_THREADS_PER_SCALING_THREAD = 4;

    /** Side data of HDR frames, which no output is, color profiles, which players would apply, and spherical mapping. */
    private static final List<String> DROPPED_SIDE_DATA = List.of(
            "MASTERING_DISPLAY_METADATA",
            "CONTENT_LIGHT_LEVEL",
            "DYNAMIC_HDR_PLUS",
            "DYNAMIC_HDR_VIVID",
            "AMBIENT_VIEWING_ENVIRONMENT",
            "DOVI_RPU_BUFFER",
            "DOVI_METADATA",
            "ICC_PROFILE",
            // FFmpeg drops it from scaled frames; all renditions are the same.
            "SPHERICAL");
    /** Codecs that mark interlaced frames; their headers are silent about them in some containers. */
    private static final Set<String> INTERLACED_CODECS = Set.of(
            "h264",
            "hevc",
            "mpeg2video",
            "mpeg4",
            "vc1",
            "wmv3",
            "dvvideo",
            "prores",
            "dnxhd",
            "mjpeg",
            "rawvideo",
            "ffv1",
            "utvideo",
            "huffyuv",
            "ffvhuff",
            "v210",
            "cfhd",
            "jpeg2000",
            "svq3",
            "qtrle");
    /** bwdif rejects smaller frames. */
    private static final int MIN_DEINTERLACED_SIDE = 8;
    /**
     * Moves a frame to 2 ms after the one before it if they are closer. x264 limits the size of a frame by its distance from
     * the one before it, in decoding order ({@code frame_size_maximum} in {@code ratecontrol.c}): without a distance, a frame
     * gets hardly a bit, and the frames that refer to it are bad, too. A larger step back is a discontinuity, which is left to
     * FFmpeg.
     */
    private static final String MIN_FRAME_DISTANCE =
            "setpts='if(between(PTS-PREV_OUTPTS,-0.02/TB,0.002/TB),PREV_OUTPTS+0.002/TB,PTS)'";

    private static final String TOLERANCE = DecimalSeconds.format(Segment.BOUNDARY_TOLERANCE);
    /** Mean luma, of 255, of a frame that is not black. */
    private static final int MIN_BRIGHTNESS = 22;
    /**
     * Spatial information (ITU-T P.910) of a frame that is not blank: 0 for one color, 3 to 12 with noise, from 27 for a surveillance
     * camera, 120 for two lines of text.
     */
    private static final int MIN_DETAIL = 14;

    private final VideoStream source;
    private final List<Rendition> renditions;
    private final Stills stills;
    private final Duration videoStart;
    private final Optional<TimeRange> range;

    /**
     * The part of the video that passes the graph.
     *
     * @param lookahead time after the segment that the encoders receive, too; zero for the last segment
     */
    record TimeRange(Segment segment, Duration lookahead) {}

    /**
     * Single frames that the graph selects.
     *
     * @param thumbnail size of the thumbnails
     * @param seconds interval of the thumbnails
     * @param tile size of the tiles; empty for none
     * @param tileSeconds interval of the tiles
     */
    record Stills(Dimensions thumbnail, long seconds, Optional<Dimensions> tile, long tileSeconds) {}

    /**
     * Creates the graph.
     *
     * @param renditions largest first
     * @param videoStart start time of the video stream of the whole file
     */
    FilterGraph(
            VideoStream source,
            List<Rendition> renditions,
            Stills stills,
            Duration videoStart,
            Optional<TimeRange> range) {
        this.source = source;
        this.renditions = List.copyOf(renditions);
        this.stills = stills;
        this.videoStart = videoStart;
        this.range = range;
    }

    /** Threads for filters, of {@code all} threads: unneeded ones wait for each other at each frame (012-ffmpeg-command-line.md). */
    int threads(int all) {
        boolean isExpensive = source.color().isWideGamut() || source.hasInterlacedFrames();
        return isExpensive ? all : Math.max(1, all / ENCODING_THREADS_PER_SCALING_THREAD);
    }

    /** Builds the graph with the outputs {@code [v0]}, {@code [v1]}, … in the order of the renditions, {@code [thumbnails]}, {@code [contents]} and, with tiles, {@code [tiles]}. */
    String build() {
        List<String> chains = new ArrayList<>();
        chains.add("[0:" + source.index() + "]" + preparation() + "split=2[all][some]");
        List<Integer> scaled = IntStream.range(0, renditions.size())
                .filter(i -> !renditions.get(i).isAv1())
                .boxed()
                .toList();
        for (int i = 0; i < scaled.size(); i++) {
            String input = i == 0 ? "all" : "from" + scaled.get(i - 1);
            chains.add(rendition(scaled.get(i), input, i == scaled.size() - 1));
        }
        chains.addAll(thumbnails());
        tiles().ifPresent(chains::add);
        return String.join(";", chains);
    }

    /** Builds a graph of the first {@code frames} frames in the size of the only rendition, with the outputs {@code [t0]}, {@code [t1]}, …, which start at 0. */
    String trial(int frames, int outputs) {
        String labels =
                IntStream.range(0, outputs).mapToObj(i -> "[t" + i + "]").collect(Collectors.joining());
        return "[0:" + source.index() + "]" + preparation() + "trim=end_frame=" + frames + ",setpts=PTS-STARTPTS[all];"
                + rendition(0, "all", true) + ";[v0]split=" + outputs + labels;
    }

    /** Filters before the frames are split, each followed by a comma; deinterlacing uses neighbours of the frames in range, too. */
    private String preparation() {
        List<String> filters = new ArrayList<>();
        DROPPED_SIDE_DATA.forEach(type -> filters.add("sidedata=mode=delete:type=" + type));
        filters.add(assumedColor());
        filters.addAll(uniformSize());
        if (INTERLACED_CODECS.contains(source.codec()) && source.codedSize().shortSide() >= MIN_DEINTERLACED_SIDE) {
            filters.add("bwdif=mode=send_frame:deint=interlaced");
        }
        filters.add(MIN_FRAME_DISTANCE);
        if (!source.crop().equals(Crop.NONE)) {
            Crop crop = source.crop();
            filters.add("crop=iw-" + (crop.left() + crop.right()) + ":ih-" + (crop.top() + crop.bottom()) + ":"
                    + crop.left() + ":" + crop.top());
        }
        filters.addAll(orientation(source.displayMatrix()));
        range.flatMap(FilterGraph::trim).ifPresent(filters::add);
        if (source.pixelFormat().hasAlpha()) {
            // Transparent pixels then are black.
            filters.add("premultiply=inplace=1");
        }
        if (source.color().isWideGamut()) {
            filters.add(narrowGamut());
        }
        return String.join(",", filters) + ",";
    }

    private String assumedColor() {
        ColorInfo color = source.color();
        return colorTags(color.fullRange() ? "pc" : "tv", color.matrix(), color.primaries(), color.transfer());
    }

    private static String colorTags(String range, String matrix, String primaries, String transfer) {
        return "setparams=range=" + range + ":colorspace=" + matrix + ":color_primaries=" + primaries + ":color_trc="
                + transfer;
    }

    /**
     * Frames of another size or aspect ratio are fitted into that of most frames. FFmpeg must not rebuild the graph for them
     * ({@code -reinit_filter 0}), because the thumbnail selection would start again.
     */
    private List<String> uniformSize() {
        Dimensions size = source.codedSize();
        if (!source.changesSize()) {
            return List.of("scale=" + size.width() + ":" + size.height());
        }
        String sampleAspect = sampleAspectRatio(source.aspectChanges());
        String isUsual = "eq(iw\\," + size.width() + ")*eq(ih\\," + size.height() + ")*lt(abs(" + sampleAspect + "-"
                + source.sampleAspectRatio() + ")\\,0.001)";
        String wider = "a*" + sampleAspect + "/" + source.sampleAspectRatio() * size.width() / size.height();
        // pad rejects odd sides of formats with chroma subsampling.
        int width = even(size.width());
        int height = even(size.height());
        // Bars of whole chroma lines of both fields keep the field order.
        int lines = source.hasInterlacedFrames() ? 8 : 2;
        return List.of(
                "scale=w=if(" + isUsual + "\\," + width + "\\,2*round(" + width + "*min(1\\," + wider + ")/2)):h=if("
                        + isUsual + "\\," + height + "\\,max(2\\," + height + "-" + lines + "*round(" + height
                        + "*(1-min(1\\,1/(" + wider + ")))/" + lines + "))):eval=frame:interl=-1",
                "pad=" + width + ":" + height + ":-1:-1:eval=frame",
                "setsar=" + source.sampleAspectRatio());
    }

    private static int even(int side) {
        return Math.max(2, side - side % 2);
    }

    /** An expression of {@code scale} for the aspect ratio of the pixels: of the frame, or by time if FFmpeg overwrites it there. */
    private static String sampleAspectRatio(List<VideoStream.AspectChange> changes) {
        if (changes.isEmpty()) {
            return "sar";
        }
        StringBuilder sum = new StringBuilder("(").append(changes.get(0).sampleAspectRatio());
        for (int i = 1; i < changes.size(); i++) {
            double difference =
                    changes.get(i).sampleAspectRatio() - changes.get(i - 1).sampleAspectRatio();
            sum.append("+(")
                    .append(difference)
                    .append(")*gte(t\\,")
                    .append(DecimalSeconds.format(
                            Segment.withTolerance(changes.get(i).start())))
                    .append(')');
        }
        return sum.append(')').toString();
    }

    /** The filters that FFmpeg inserts itself, but before deinterlacing ({@code ffmpeg_filter.c}). */
    private static List<String> orientation(DisplayMatrix matrix) {
        return switch (matrix.rotation()) {
            case 0 -> matrix.yy() < 0 ? List.of("vflip") : List.of();
            case 90 -> List.of("transpose=" + (matrix.yx() > 0 ? "cclock_flip" : "clock"));
            case 180 ->
                Stream.of(matrix.xx() < 0 ? "hflip" : "", matrix.yy() < 0 ? "vflip" : "")
                        .filter(filter -> !filter.isEmpty())
                        .toList();
            case 270 -> List.of("transpose=" + (matrix.yx() < 0 ? "clock_flip" : "cclock"));
            default -> List.of("rotate=" + matrix.rotation() + "*PI/180");
        };
    }

    private static Optional<String> trim(TimeRange range) {
        Segment segment = range.segment();
        List<String> bounds = new ArrayList<>();
        if (!segment.isFirst()) {
            bounds.add("start=" + DecimalSeconds.format(Segment.withTolerance(segment.start())));
        }
        if (!segment.isLast()) {
            bounds.add("end="
                    + DecimalSeconds.format(Segment.withTolerance(segment.end().plus(range.lookahead()))));
        }
        return bounds.isEmpty() ? Optional.empty() : Optional.of("trim=" + String.join(":", bounds));
    }

    private String withoutLookahead() {
        return range.filter(part -> !part.lookahead().isZero())
                .map(part -> "trim=end="
                        + DecimalSeconds.format(
                                Segment.withTolerance(part.segment().end())) + ",")
                .orElse("");
    }

    /**
     * To BT.709 in 8 bits: linear light, narrower primaries and, for PQ and HLG, a curve that keeps highlights. Scaled first,
     * because this is expensive and no rendition needs it at full size; without chroma subsampling, because zscale rejects odd
     * sides with it.
     */
    private String narrowGamut() {
        Dimensions size = renditions.get(0).size();
        String scaled = "scale=" + size.width() + ":" + size.height() + ":flags=bicubic,format="
                + (source.pixelFormat().isRgb() ? "gbrp16le" : "yuv444p16le");
        return source.color().isHdr()
                ? scaled + ",zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,"
                        + "zscale=t=bt709:m=bt709:r=tv,format=yuv420p"
                : scaled + ",zscale=p=bt709:t=bt709:m=bt709:r=tv,format=yuv420p";
    }

    /** One chain for a rendition and, before it in the list, its equal in AV1. */
    private String rendition(int i, String input, boolean isLast) {
        Dimensions size = renditions.get(i).size();
        ColorStandard output = source.color().output();
        // For each rendition: scale names both matrices of BT.601 by one of their names.
        String scaled = "[" + input + "]scale=" + size.width() + ":" + size.height()
                + ":flags=bicubic:out_color_matrix=" + output.matrix() + ":out_range=tv,setsar=1,format=yuv420p,"
                + colorTags("tv", output.matrix(), output.primaries(), output.transfer());
        String labels = (i > 0 && renditions.get(i - 1).isAv1() ? "[v" + (i - 1) + "]" : "") + "[v" + i + "]"
                + (isLast ? "" : "[from" + i + "]");
        long outputs = labels.chars().filter(character -> character == '[').count();
        return outputs == 1 ? scaled + labels : scaled + ",split=" + outputs + labels;
    }

    /**
     * The first frame of each interval, and the first of each that is neither black nor blank, of two candidates a second. The latter
     * may not exist, but FFmpeg fails if an output is empty: a placeholder precedes them.
     */
    private List<String> thumbnails() {
        Dimensions thumbnail = stills.thumbnail();
        String thumbnailSeconds = Long.toString(stills.seconds());
        String start = range.map(part -> stated()).orElse("start_t-" + TOLERANCE);
        return List.of(
                "[some]" + withoutLookahead() + firstOfEach("0.5", start) + ",scale=" + thumbnail.width() + ":"
                        + thumbnail.height()
                        + ":out_color_matrix=smpte170m:out_range=pc,setsar=1,format=yuv420p,"
                        + (stills.tile().isPresent()
                                ? "split=4[each][first][candidates][small]"
                                : "split=3[each][first][candidates]"),
                "[each]" + firstOfEach(thumbnailSeconds, start) + "[thumbnails]",
                "[first]trim=end_frame=1,setpts=PTS-" + ThumbnailFiles.PLACEHOLDER_SHIFT + "/TB[placeholder]",
                "[candidates]signalstats,metadata=select:key=lavfi.signalstats.YAVG:value=" + MIN_BRIGHTNESS
                        + ":function=greater,siti,metadata=select:key=lavfi.siti.si:value=" + MIN_DETAIL
                        + ":function=greater," + firstOfEach(thumbnailSeconds, stated()) + "[good]",
                "[placeholder][good]interleave[contents]");
    }

    /** Tiles are scaled from the candidates for thumbnails, which costs less than scaling the frames of the video. */
    private Optional<String> tiles() {
        return stills.tile()
                .map(size -> "[small]" + firstOfEach(Long.toString(stills.tileSeconds()), stated()) + ",scale="
                        + size.width() + ":" + size.height() + "[tiles]");
    }

    /** The start of the first interval as the file states it: the first frame that has content may be a later one. */
    private String stated() {
        return DecimalSeconds.format(Segment.withTolerance(videoStart));
    }

    /** Selects the first frame, and the first frame of each further interval of this number of seconds. */
    private static String firstOfEach(String seconds, String start) {
        return "select='isnan(prev_selected_t)+gt(floor((t-(" + start + "))/" + seconds + "),floor((prev_selected_t-("
                + start + "))/" + seconds + "))'";
    }
}
