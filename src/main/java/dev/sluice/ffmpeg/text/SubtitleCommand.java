package dev.sluice.ffmpeg.text;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.text.SubtitleStream;
import java.util.ArrayList;
import java.util.List;

/** FFmpeg command line that converts subtitle streams and closed captions to WebVTT. Pure. */
final class SubtitleCommand {
    /** Of each file; the subtitles of a feature film have 0.1 MB. */
    static final long MAX_BYTES = 4L << 20;

    private SubtitleCommand() {}

    /** Writes a file for each stream into the working directory, with the timestamps of the renditions. */
    static List<String> arguments(ProbedSource source, List<SubtitleStream> streams, Limits limits) {
        List<String> command = new ArrayList<>(EncodeCommand.COMMON_OPTIONS);
        command.addAll(List.of("-max_error_rate", "1", "-threads", "1", "-copyts"));
        command.addAll(List.of(
                "-itsoffset",
                DecimalSeconds.format(source.info().times().origin().negated())));
        command.addAll(InputArguments.untrustedInput(source.path(), limits));
        for (SubtitleStream stream : streams) {
            addOutput(command, "0:" + stream.index(), fileName(stream));
        }
        return List.copyOf(command);
    }

    /** Converts a file with closed captions; both files are in the working directory. */
    static List<String> captions(String sccName, String webVttName) {
        List<String> command = new ArrayList<>(EncodeCommand.COMMON_OPTIONS);
        command.addAll(List.of("-max_error_rate", "1", "-copyts"));
        command.addAll(InputArguments.ownInput("scc", "cc_dec", sccName));
        addOutput(command, "0:s", webVttName);
        return List.copyOf(command);
    }

    private static void addOutput(List<String> command, String stream, String name) {
        command.addAll(List.of("-map", stream, "-c:s", "webvtt"));
        command.addAll(List.of("-map_metadata", "-1", "-map_chapters", "-1", "-fs", Long.toString(MAX_BYTES)));
        command.addAll(List.of("-f", "webvtt", "file:" + name));
    }

    /** Name of the file that FFmpeg writes. */
    static String fileName(SubtitleStream stream) {
        return "subtitles-" + stream.index() + ".vtt";
    }
}
