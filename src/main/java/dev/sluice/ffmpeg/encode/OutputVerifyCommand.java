package dev.sluice.ffmpeg.encode;

import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * FFmpeg command line that reads all renditions in one run: every packet of each file (copied), and its first and last frames
 * (decoded, and wrapped because their bytes are not needed). The output is a list of packets. Pure.
 */
final class OutputVerifyCommand {
    /** Seconds to decode: the first frame and possibly a few more. */
    private static final String START = "0.1";

    /** Deblocking is not needed to verify that a frame can be decoded; more threads cost more than they save. */
    static final List<String> DECODER = List.of("-threads", "1", "-skip_loop_filter", "all");

    private OutputVerifyCommand() {}

    /**
     * The streams of the output are, in order: video (and audio) of each file; the start of each; the end of each.
     *
     * @param end of the files; decoding starts at the last key frame before it
     */
    static List<String> arguments(List<Rendition> renditions, boolean hasAudio, Duration end) {
        List<String> command = new ArrayList<>(List.of("-nostdin", "-hide_banner", "-nostats"));
        command.addAll(List.of("-loglevel", "level+error", "-threads", "1"));
        for (Rendition rendition : renditions) {
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        for (Rendition rendition : renditions) {
            command.addAll(DECODER);
            command.addAll(List.of("-t", START));
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        for (Rendition rendition : renditions) {
            command.addAll(DECODER);
            command.addAll(List.of("-noaccurate_seek", "-ss", String.valueOf(end.toMillis() / 1000.0)));
            command.addAll(InputArguments.ownInput("mov", rendition.fileName()));
        }
        int stream = 0;
        for (int i = 0; i < renditions.size(); i++) {
            command.addAll(List.of("-map", i + ":v", "-c:" + stream++, "copy"));
            if (hasAudio) {
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
