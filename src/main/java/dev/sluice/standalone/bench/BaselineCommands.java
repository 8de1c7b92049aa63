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

/** FFmpeg commands that the pipeline is compared with. Each begins with the program and writes into its working directory. */
public final class BaselineCommands {
    private static final long LEGACY_THUMBNAIL_SECONDS = 15;

    private BaselineCommands() {}

    /** The same outputs in one run, without limits, allow lists, progress and verification. */
    public static List<String> singlePass(Path ffmpeg, Path source, MediaInfo info, MediaConfig config, int threads) {
        List<Rendition> renditions =
                new RenditionLadder(config).renditions(info.video().displaySize());
        List<String> command = new ArrayList<>(List.of(ffmpeg.toString(), "-nostdin", "-hide_banner", "-nostats"));
        command.addAll(List.of("-loglevel", "error", "-y"));
        command.addAll(EncodeCommand.inputOptions(info.video()));
        command.addAll(List.of("-i", source.toAbsolutePath().toString()));
        command.addAll(new EncodeCommand(config, threads).outputs(info, renditions));
        return List.copyOf(command);
    }

    /**
     * The commands of the legacy processor: one run for each rendition (x264 medium, CRF 23, AAC 128 kbit/s, faststart), then
     * one for each thumbnail.
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
