package dev.sluice.media;

import dev.sluice.config.MediaConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What FFmpeg is asked: one decode, all renditions and thumbnails, and the sound encoded once for all of them (the tee
 * muxer writes it into each file). Pure; names of outputs are relative to the directory FFmpeg runs in.
 */
final class EncodeCommand {
    /** Thumbnails are named after their time in milliseconds: {@code thumbnail-15000.jpg}. */
    static final String THUMBNAIL_PREFIX = "thumbnail-";

    private static final Duration MARGIN = Duration.ofMinutes(1);

    private final MediaConfig config;
    private final int threads;

    /** @param threads what the encoder may use of the machine, 1 or more */
    EncodeCommand(MediaConfig config, int threads) {
        this.config = config;
        this.threads = threads;
    }

    /** @param renditions largest first */
    List<String> arguments(Path source, MediaInfo info, List<Rendition> renditions) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-nostats", "-loglevel"));
        command.addAll(List.of("level+warning", "-progress", "pipe:1", "-stats_period", "0.5", "-y"));
        command.addAll(List.of("-max_error_rate", "1", "-filter_complex_threads", Integer.toString(threads)));
        command.addAll(List.of(
                "-threads",
                Integer.toString(threads),
                "-t",
                seconds(config.limits().maxDuration().plus(MARGIN))));
        command.addAll(SourceArguments.opening(source, config.limits()));
        command.addAll(outputs(info, renditions));
        return List.copyOf(command);
    }

    /** The part of the command behind the input: filters, renditions, thumbnails. */
    List<String> outputs(MediaInfo info, List<Rendition> renditions) {
        List<String> command = new ArrayList<>(List.of("-filter_complex", graph(info, renditions)));
        addRenditions(command, info, renditions);
        addThumbnails(command);
        return command;
    }

    private String graph(MediaInfo info, List<Rendition> renditions) {
        Size thumbnail = Ladder.thumbnail(info.video().displayed(), config.thumbnailWidth());
        return new FilterGraph(
                        info.video(),
                        renditions,
                        thumbnail,
                        config.thumbnailInterval().toSeconds())
                .text();
    }

    private void addRenditions(List<String> command, MediaInfo info, List<Rendition> renditions) {
        for (int i = 0; i < renditions.size(); i++) {
            Rendition rendition = renditions.get(i);
            command.addAll(List.of("-map", "[v" + i + "]"));
            command.addAll(List.of("-maxrate:v:" + i, Integer.toString(rendition.maxBitrate())));
            command.addAll(List.of("-bufsize:v:" + i, Integer.toString(2 * rendition.maxBitrate())));
            command.addAll(List.of("-threads:v:" + i, Integer.toString(threadsFor(rendition, renditions))));
        }
        command.addAll(List.of("-c:v", "libx264", "-preset", config.preset(), "-crf", Integer.toString(config.crf())));
        command.addAll(List.of("-pix_fmt", "yuv420p"));
        command.addAll(List.of("-flags", "+cgop+global_header", "-sc_threshold", "0", "-g", "100000"));
        command.addAll(List.of("-force_key_frames", "expr:gte(t,n_forced*" + seconds(config.keyFrameInterval()) + ")"));
        command.addAll(List.of("-fps_mode:v", "vfr", "-enc_time_base:v", "demux"));
        info.audio().ifPresent(audio -> {
            command.addAll(List.of("-map", "0:" + audio.index(), "-c:a", "aac"));
            command.addAll(List.of("-b:a", Integer.toString(config.audioBitrate()), "-ac", "2", "-ar", "48000"));
            command.addAll(List.of("-af", "aresample=async=1000"));
        });
        command.addAll(List.of("-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1"));
        command.addAll(List.of("-f", "tee", tee(renditions, info.audio().isPresent())));
    }

    /** Each encoder gets its share of the pixels, rounded up: more threads than work cost time and a little quality. */
    private int threadsFor(Rendition rendition, List<Rendition> renditions) {
        long all = renditions.stream().mapToLong(each -> each.size().pixels()).sum();
        return Math.toIntExact((threads * rendition.size().pixels() + all - 1) / all);
    }

    private static String tee(List<Rendition> renditions, boolean withSound) {
        String sound = withSound ? ",a" : "";
        return IntStream.range(0, renditions.size())
                .mapToObj(i -> "[f=mp4:movflags=+faststart:select=\\'v:" + i + sound + "\\']"
                        + renditions.get(i).fileName())
                .collect(Collectors.joining("|"));
    }

    private static void addThumbnails(List<String> command) {
        command.addAll(List.of("-map", "[thumbnails]", "-c:v", "mjpeg", "-q:v", "3", "-threads:v", "1"));
        command.addAll(List.of("-fps_mode:v", "vfr", "-enc_time_base:v", "1:1000", "-map_metadata", "-1"));
        command.addAll(List.of("-f", "image2", "-frame_pts", "1", "file:" + THUMBNAIL_PREFIX + "%d.jpg"));
    }

    private static String seconds(Duration duration) {
        return java.math.BigDecimal.valueOf(duration.toMillis(), 3)
                .stripTrailingZeros()
                .toPlainString();
    }
}
