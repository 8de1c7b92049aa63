package dev.sluice.standalone.bench;

import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.Rendition;
import dev.sluice.media.rendition.RenditionLadder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands that a benchmark holds our work against; each begins with the program and writes into {@code directory}, which is
 * to be its working directory. Pure.
 */
public final class BaselineCommands {
    private static final long LEGACY_THUMBNAIL_SECONDS = 15;

    private BaselineCommands() {}

    /** The best we can write by hand: the same outputs in one run, without limits, allow-lists, progress and checks. */
    public static List<String> singlePass(Path ffmpeg, Path source, MediaInfo info, MediaConfig config, int threads) {
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displaySize());
        List<String> command = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats"));
        command.addAll(List.of(
                "-loglevel", "error", "-y", "-i", source.toAbsolutePath().toString()));
        command.addAll(new EncodeCommand(config, threads).outputs(info, renditions));
        return List.copyOf(command);
    }

    /**
     * The way of the older processor: one run for each rung (x264 medium, CRF 23, AAC 128 kbit/s, faststart), then one for
     * each thumbnail.
     */
    public static List<List<String>> perOutput(Path ffmpeg, Path source, MediaInfo info, MediaConfig config) {
        List<List<String>> commands = new ArrayList<>();
        for (Rendition rendition :
                new RenditionLadder(config).renditions(info.video().displaySize())) {
            List<String> command = start(ffmpeg);
            command.addAll(List.of("-i", source.toAbsolutePath().toString()));
            command.addAll(List.of(
                    "-vf",
                    "scale=" + rendition.size().width() + ":" + rendition.size().height()));
            command.addAll(List.of("-c:v", "libx264", "-preset", "medium", "-crf", "23"));
            command.addAll(List.of("-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", rendition.fileName()));
            commands.add(List.copyOf(command));
        }
        double length = info.duration().map(DecimalSeconds::toSeconds).orElse(0.0);
        for (long at = 0; at == 0 || at < length; at += LEGACY_THUMBNAIL_SECONDS) {
            List<String> command = start(ffmpeg);
            command.addAll(List.of(
                    "-ss", Long.toString(at), "-i", source.toAbsolutePath().toString()));
            command.addAll(List.of(
                    "-frames:v", "1", "-vf", "scale=" + config.thumbnails().width() + ":-2"));
            command.add("thumbnail-" + at / LEGACY_THUMBNAIL_SECONDS + ".jpg");
            commands.add(List.copyOf(command));
        }
        return List.copyOf(commands);
    }

    private static List<String> start(Path ffmpeg) {
        return new ArrayList<>(
                List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error", "-y"));
    }
}
