package dev.sluice.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Color properties with which the frames of a source are interpreted, by FFmpeg's names. All are set: a tag that is missing, that
 * cannot be true or that cannot be computed is replaced by the value that players assume.
 *
 * @param warnings one sentence for each stated tag that was replaced
 */
public record ColorInfo(
        String matrix,
        String primaries,
        String transfer,
        boolean fullRange,
        ColorStandard output,
        List<String> warnings) {
    private static final int HD_LINES = 720;
    private static final Set<Integer> LINES_625 = Set.of(288, 576);

    private static final Set<String> HDR_TRANSFERS = Set.of("smpte2084", "arib-std-b67");
    /** Players treat all curves that are not HDR as this one. */
    private static final String SDR_TRANSFER = "bt709";

    private static final Set<String> TRANSFERS = Set.of(
            "smpte2084",
            "arib-std-b67",
            SDR_TRANSFER,
            "bt470m",
            "gamma22",
            "bt470bg",
            "gamma28",
            "smpte170m",
            "smpte240m",
            "iec61966-2-1",
            "iec61966-2-4",
            "bt1361e",
            "bt2020-10",
            "bt2020-12");

    private static final Set<String> MATRICES = Set.of("bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "bt2020nc");
    private static final Set<String> WIDE_PRIMARIES = Set.of("bt2020", "smpte431", "smpte432");
    private static final Set<String> PRIMARIES = Set.of(
            "bt709",
            "bt470m",
            "bt470bg",
            "smpte170m",
            "smpte240m",
            "film",
            "jedec-p22",
            "ebu3213",
            "bt2020",
            "smpte431",
            "smpte432");

    /**
     * Tags as stated by frames or header; empty where they are not stated.
     *
     * @param matrix FFmpeg's {@code color_space}
     */
    public record Tags(
            Optional<String> matrix, Optional<String> primaries, Optional<String> transfer, Optional<String> range) {}

    public ColorInfo {
        warnings = List.copyOf(warnings);
    }

    /** Interprets the tags of frames with this format and this number of coded lines. */
    public static ColorInfo of(Tags tags, PixelFormat format, int lines) {
        List<String> warnings = new ArrayList<>();
        String transfer = transfer(tags, warnings);
        boolean isHdr = HDR_TRANSFERS.contains(transfer);
        boolean isWide = isHdr
                || tags.primaries().filter(WIDE_PRIMARIES::contains).isPresent()
                || tags.matrix().filter(matrix -> matrix.startsWith("bt2020")).isPresent();
        ColorStandard assumed =
                lines >= HD_LINES || format.isRgb() ? ColorStandard.BT709 : standardDefinition(tags, lines);
        String matrix = format.isRgb()
                ? "gbr"
                : supported("matrix", tags.matrix(), MATRICES, isWide ? "bt2020nc" : assumed.matrix(), warnings);
        String primaries =
                supported("primaries", tags.primaries(), PRIMARIES, isWide ? "bt2020" : assumed.primaries(), warnings);
        return new ColorInfo(
                matrix,
                primaries,
                transfer,
                format.isFullRange() || tags.range().filter("pc"::equals).isPresent(),
                isWide || matrix.equals("bt709") ? ColorStandard.BT709 : assumed,
                warnings);
    }

    private static ColorStandard standardDefinition(Tags tags, int lines) {
        return tags.primaries().map("bt470bg"::equals).orElse(LINES_625.contains(lines))
                ? ColorStandard.BT601_625
                : ColorStandard.BT601_525;
    }

    private static String transfer(Tags tags, List<String> warnings) {
        String transfer = supported("transfer characteristics", tags.transfer(), TRANSFERS, SDR_TRANSFER, warnings);
        return HDR_TRANSFERS.contains(transfer) ? transfer : SDR_TRANSFER;
    }

    /** The stated value if it can be converted, else the assumed one; warns of a stated value that is replaced. */
    private static String supported(
            String kind, Optional<String> stated, Set<String> supported, String assumed, List<String> warnings) {
        stated.filter(value -> !supported.contains(value))
                .ifPresent(value -> warnings.add(
                        "The color " + kind + " '" + value + "' cannot be converted; '" + assumed + "' was assumed."));
        return stated.filter(supported::contains).orElse(assumed);
    }

    /** Whether the transfer characteristics are those of HDR (PQ or HLG). */
    public boolean isHdr() {
        return HDR_TRANSFERS.contains(transfer);
    }

    /** Whether colors must be mapped into the smaller gamut of the outputs. */
    public boolean isWideGamut() {
        return WIDE_PRIMARIES.contains(primaries);
    }
}
