package dev.sluice.ffmpeg.encode;

import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One run of FFmpeg that reads all renditions: every packet of each file (copied), its first and its last frames
 * (decoded, and handed over as they are: their bytes are nobody's concern), reported as a list of packets. Pure.
 */
final class OutputVerifyCommand {
    /** Seconds, of which the first frame is decoded and perhaps a few more. */
    private static final String START = "0.1";

    /** Whether a picture can be decoded shows without its edges being smoothed. */
    private static final List<String> SKIP_LOOP_FILTER = List.of("-skip_loop_filter", "all");

    private OutputVerifyCommand() {}

    /**
     * The streams of the report are, in order: video (and audio) of each file; the start of each; the end of each.
     *
     * @param end when the files end; what is decoded begins at the last key frame before it
     */
    static List<String> arguments(List<Rendition> renditions, boolean withSound, Duration end) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-nostats"));
        command.addAll(List.of("-loglevel", "level+error", "-threads", "1"));
        for (Rendition rendition : renditions) {
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        for (Rendition rendition : renditions) {
            command.addAll(SKIP_LOOP_FILTER);
            command.addAll(List.of("-t", START));
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        for (Rendition rendition : renditions) {
            command.addAll(SKIP_LOOP_FILTER);
            command.addAll(List.of("-noaccurate_seek", "-ss", String.valueOf(end.toMillis() / 1000.0)));
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        int stream = 0;
        for (int i = 0; i < renditions.size(); i++) {
            command.addAll(List.of("-map", i + ":v", "-c:" + stream++, "copy"));
            if (withSound) {
                command.addAll(List.of("-map", i + ":a", "-c:" + stream++, "copy"));
            }
        }
        for (int input = renditions.size(); input < 3 * renditions.size(); input++) {
            command.addAll(List.of("-map", input + ":v", "-c:" + stream++, "wrapped_avframe"));
        }
        command.addAll(List.of("-fps_mode", "passthrough", "-flush_packets", "0", "-f", "framecrc", "pipe:1"));
        return List.copyOf(command);
    }
}
