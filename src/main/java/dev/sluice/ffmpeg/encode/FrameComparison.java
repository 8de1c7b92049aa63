package dev.sluice.ffmpeg.encode;

import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.ThumbnailFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Compares frames of all renditions with thumbnails of the same time: these are frames of the source, scaled and compressed
 * independently of the renditions. Frames are averaged to a few pixels, so that noise and compression hardly matter. Pure.
 */
final class FrameComparison {
    /** Below it, the frames differ. Equal frames have more than 35 dB, frames of different scenes about 8 to 14. */
    static final double MIN_PSNR = 16;

    private static final int SIDE = 16;
    /** Thumbnails of which one is selected. */
    private static final int CHOICE = 5;
    /** Frames compared with a thumbnail; the most similar one counts. */
    private static final int WINDOW = 3;
    /** Timestamps of thumbnails are rounded, and frames may be dropped. */
    private static final Duration EARLIER = Duration.ofMillis(20);

    private static final String WINDOW_SECONDS = "0.5";
    private static final Pattern PSNR = Pattern.compile("\\bpsnr_avg:([\\d.]+|inf)\\b");

    private final List<Rendition> renditions;
    private final List<ThumbnailFile> samples;
    private final List<Double> values = new ArrayList<>();

    /** A frame that a rendition does not show. */
    record Mismatch(Rendition rendition, ThumbnailFile thumbnail, double psnr) {}

    FrameComparison(List<Rendition> renditions, List<ThumbnailFile> samples) {
        this.renditions = List.copyOf(renditions);
        this.samples = List.copyOf(samples);
    }

    /**
     * One of the first, one of the last and one of the thumbnails in between: those which need the fewest decoded frames, because
     * decoding starts at the key frame before them.
     *
     * @param start time of the first frame and key frame
     */
    static List<ThumbnailFile> samples(List<ThumbnailFile> thumbnails, Duration start, Duration keyFrameInterval) {
        int third = (thumbnails.size() + 2) / 3;
        int choice = Math.min(third, CHOICE);
        int middle = (thumbnails.size() - choice) / 2;
        return IntStream.of(0, middle, thumbnails.size() - choice)
                .mapToObj(from -> thumbnails.subList(from, from + choice).stream()
                        .min(Comparator.comparingLong(thumbnail -> Math.floorMod(
                                thumbnail.timestamp().minus(start).toMillis(), keyFrameInterval.toMillis()))))
                .flatMap(Optional::stream)
                .distinct()
                .toList();
    }

    /** Whether there is no thumbnail to compare with. */
    boolean isEmpty() {
        return samples.isEmpty();
    }

    /** Arguments of FFmpeg, which prints a line for each compared frame. */
    List<String> arguments() {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-nostats"));
        command.addAll(List.of("-loglevel", "level+error", "-threads", "1", "-filter_complex_threads", "1"));
        List<String> frames = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        int input = 0;
        for (ThumbnailFile sample : samples) {
            for (Rendition rendition : renditions) {
                Duration start = sample.timestamp().minus(EARLIER);
                command.addAll(RenditionProperties.DECODER);
                command.addAll(List.of("-seek_timestamp", "1"));
                command.addAll(List.of("-ss", DecimalSeconds.format(start.isNegative() ? Duration.ZERO : start)));
                command.addAll(List.of("-t", WINDOW_SECONDS));
                command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
                frames.add("[" + input++ + ":v]trim=end_frame=" + WINDOW + ",tpad=stop=" + WINDOW
                        + ":stop_mode=clone,trim=end_frame=" + WINDOW + "," + small());
            }
            command.addAll(List.of("-f", "jpeg_pipe"));
            command.addAll(InputArguments.ownInput(
                    "jpeg_pipe", "mjpeg", String.valueOf(sample.file().getFileName())));
            expected.add("[" + input++ + ":v]" + small() + ",loop=loop=" + (WINDOW * renditions.size() - 1)
                    + ":size=1,setpts=N/25/TB");
        }
        command.addAll(List.of(
                "-filter_complex",
                concat(frames, "f") + ";" + concat(expected, "e") + ";[f][e]psnr=stats_file=-",
                "-f",
                "null",
                "-"));
        return List.copyOf(command);
    }

    /**
     * To twice the side first, where subsampled chroma has the side: a conversion of the whole frame to 4:4:4 costs more than
     * decoding it.
     */
    private static String small() {
        return "scale=" + 2 * SIDE + ":" + 2 * SIDE
                + ":flags=area:out_color_matrix=smpte170m:out_range=pc,format=yuv420p,scale=" + SIDE + ":" + SIDE
                + ":flags=area,format=yuv444p,setsar=1,settb=1/1000,setpts=N/25/TB";
    }

    private static String concat(List<String> chains, String name) {
        String labelled = IntStream.range(0, chains.size())
                .mapToObj(i -> chains.get(i) + "[" + name + i + "];")
                .collect(Collectors.joining());
        String labels = IntStream.range(0, chains.size())
                .mapToObj(i -> "[" + name + i + "]")
                .collect(Collectors.joining());
        return labelled + labels + "concat=n=" + chains.size() + ",setpts=N/25/TB[" + name + "]";
    }

    /** Accepts a line of the output. */
    void accept(String line) {
        Matcher matcher = PSNR.matcher(line);
        if (matcher.find()) {
            values.add(
                    matcher.group(1).equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(matcher.group(1)));
        }
    }

    /** Whether there is a value for each compared frame. */
    boolean isComplete() {
        return values.size() == WINDOW * samples.size() * renditions.size();
    }

    /** The worst frame, if it differs from the thumbnail; empty if the comparison is not complete. */
    Optional<Mismatch> mismatch() {
        return isComplete()
                ? psnrs().filter(each -> each.psnr() < MIN_PSNR)
                        .min((one, other) -> Double.compare(one.psnr(), other.psnr()))
                : Optional.empty();
    }

    /** The similarity of each rendition to each thumbnail. */
    Stream<Mismatch> psnrs() {
        return IntStream.range(0, samples.size() * renditions.size())
                .mapToObj(i -> new Mismatch(
                        renditions.get(i % renditions.size()),
                        samples.get(i / renditions.size()),
                        values.subList(WINDOW * i, WINDOW * (i + 1)).stream()
                                .mapToDouble(Double::doubleValue)
                                .max()
                                .orElse(0)));
    }
}
