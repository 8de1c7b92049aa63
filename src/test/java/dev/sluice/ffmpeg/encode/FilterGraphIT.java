package dev.sluice.ffmpeg.encode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.media.ColorInfo;
import dev.sluice.media.Crop;
import dev.sluice.media.Dimensions;
import dev.sluice.media.DisplayMatrix;
import dev.sluice.media.PixelFormat;
import dev.sluice.media.VideoStream;
import dev.sluice.media.rendition.RenditionLadder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every combination of color tags, pixel format and parity of the sides gives a filter graph that FFmpeg accepts. */
@Timeout(900)
class FilterGraphIT {
    /** All graphs instead of a sample. */
    private static final boolean COMPLETE = "complete".equals(System.getProperty("sluice.matrix"));

    private static final int SAMPLE = 96;
    private static final int GRAPHS_IN_RUN = 12;

    private static final List<String> MATRICES =
            words("- gbr bt709 fcc bt470bg smpte170m smpte240m ycgco bt2020nc bt2020c smpte2085 chroma-derived-nc"
                    + " chroma-derived-c ictcp ipt-c2");
    private static final List<String> TRANSFERS =
            words("- bt709 bt470m bt470bg smpte170m smpte240m linear log100 log316 iec61966-2-4 bt1361e iec61966-2-1"
                    + " bt2020-10 bt2020-12 smpte2084 smpte428 arib-std-b67");
    private static final List<String> PRIMARIES =
            words("- bt709 bt470m bt470bg smpte170m smpte240m film bt2020 smpte428 smpte431 smpte432 jedec-p22");
    private static final List<String> FORMATS = words("yuv420p yuv422p10le yuvj420p yuva444p gbrp bgra");
    private static final List<Dimensions> SIZES =
            List.of(new Dimensions(64, 48), new Dimensions(65, 48), new Dimensions(64, 49), new Dimensions(65, 49));

    @TempDir
    private Path directory;

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }

    private static Optional<String> tag(String name) {
        return Optional.of(name).filter(each -> !each.equals("-"));
    }

    @Test
    void acceptsEveryCombinationOfColorTags() {
        Map<String, String> sources = distinctGraphs();
        List<Map.Entry<String, String>> all = List.copyOf(sources.entrySet());
        int step = COMPLETE ? 1 : Math.max(1, all.size() / SAMPLE);
        List<Map.Entry<String, String>> selected = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            selected.add(all.get(i));
        }
        List<String> failed = new ArrayList<>();
        for (int i = 0; i < selected.size(); i += GRAPHS_IN_RUN) {
            List<Map.Entry<String, String>> batch = selected.subList(i, Math.min(selected.size(), i + GRAPHS_IN_RUN));
            if (!succeeds(batch)) {
                batch.stream()
                        .filter(graph -> !succeeds(List.of(graph)))
                        .forEach(graph -> failed.add(graph.getValue() + " " + graph.getKey()));
            }
        }

        assertThat(failed)
                .as(selected.size() + " of " + all.size() + " different graphs")
                .isEmpty();
    }

    /** A source for each distinct graph, by the graph. */
    private static Map<String, String> distinctGraphs() {
        Map<String, String> graphs = new LinkedHashMap<>();
        for (String format : FORMATS) {
            for (Dimensions size : SIZES) {
                for (String matrix : MATRICES) {
                    for (String transfer : TRANSFERS) {
                        for (String primaries : PRIMARIES) {
                            graphs.putIfAbsent(
                                    graph(format, size, matrix, transfer, primaries),
                                    "color=red:size=" + size + ":rate=25:duration=0.04,format=" + format
                                            + ",setparams=colorspace=" + value(matrix) + ":color_trc=" + value(transfer)
                                            + ":color_primaries=" + value(primaries));
                        }
                    }
                }
            }
        }
        return graphs;
    }

    private static String value(String tag) {
        return tag.equals("-") ? "unknown" : tag.replace("ipt-c2", "unknown");
    }

    private static String graph(String format, Dimensions size, String matrix, String transfer, String primaries) {
        PixelFormat pixelFormat = new PixelFormat(format);
        ColorInfo color = ColorInfo.of(
                new ColorInfo.Tags(tag(matrix), tag(primaries), tag(transfer), Optional.empty()),
                pixelFormat,
                size.height());
        VideoStream video = new VideoStream(
                0, "ffv1", size, 1, Crop.NONE, DisplayMatrix.IDENTITY, 25, pixelFormat, color, false, false, List.of());
        return new FilterGraph(
                        video,
                        new RenditionLadder(FfmpegFixture.MEDIA).renditions(size),
                        new FilterGraph.Stills(new Dimensions(32, 24), 15, Optional.empty(), 1),
                        Duration.ZERO,
                        Optional.empty())
                .build();
    }

    private boolean succeeds(List<Map.Entry<String, String>> graphs) {
        List<String> chains = new ArrayList<>();
        List<String> outputs = new ArrayList<>();
        for (int i = 0; i < graphs.size(); i++) {
            String suffix = "_" + i + "]";
            chains.add(graphs.get(i).getValue() + ","
                    + graphs.get(i).getKey().replace("[0:0]", "").replaceAll("(\\[\\w+)\\]", "$1" + suffix));
            Stream.of("v0", "thumbnails", "contents")
                    .forEach(output -> outputs.addAll(List.of("-map", "[" + output + suffix)));
        }
        List<String> command = new ArrayList<>(List.of("-nostdin", "-loglevel", "level+error", "-filter_complex"));
        command.add(String.join(";", chains));
        command.addAll(outputs);
        command.addAll(List.of("-c:v", "wrapped_avframe", "-f", "null", "-"));
        FfmpegRunner.ExitResult result = FfmpegFixture.bare(
                        FfmpegFixture.ffmpeg().ffmpeg(), directory)
                .run(command, line -> {}, Watchdog.withDeadline(Duration.ofSeconds(60)), new CancellationToken());
        return result.exitCode() == 0 && result.stderr().errorCount() == 0;
    }
}
