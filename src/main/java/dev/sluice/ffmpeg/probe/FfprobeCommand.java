package dev.sluice.ffmpeg.probe;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Command lines of ffprobe. Pure. */
public final class FfprobeCommand {
    private static final List<String> QUIET = List.of("-hide_banner", "-loglevel", "level+warning");

    private static final List<String> STREAM_TYPES = List.of("v", "a", "s", "d", "t");

    private FfprobeCommand() {}

    /** Prints container, programs, chapters and streams as JSON. */
    public static List<String> describe(Path file, Limits limits) {
        return describe(file, limits, Set.of());
    }

    /**
     * As above; describes streams of other codecs than the allowed ones, too.
     *
     * @param unusedDecoders FFmpeg's names of decoders of streams that are not used
     */
    static List<String> describe(Path file, Limits limits, Set<String> unusedDecoders) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of(
                "-show_format",
                "-show_programs",
                "-show_chapters",
                "-show_streams",
                "-print_format",
                "json=compact=1"));
        command.addAll(input(file, limits, unusedDecoders));
        return List.copyOf(command);
    }

    /** ffprobe opens a decoder for every stream, and ends if it is not allowed. It decodes no packet of an unused stream. */
    private static List<String> input(Path file, Limits limits, Set<String> unusedDecoders) {
        List<String> input = new ArrayList<>(InputArguments.untrustedInput(file, limits));
        if (!unusedDecoders.isEmpty()) {
            // With a stream specifier the option is not applied to the demuxer, which would decode packets.
            String decoders = InputArguments.allowedDecoders() + "," + String.join(",", unusedDecoders);
            STREAM_TYPES.forEach(type -> input.addAll(0, List.of("-codec_whitelist:" + type, decoders)));
        }
        return input;
    }

    /**
     * Decodes key frames at points of a stream and prints the properties of each for {@link FrameSurvey}.
     *
     * @param packets that are read at each point, until a key frame is decoded
     * @param points from the start of the file
     */
    static List<String> frames(
            Path file, int stream, int packets, List<Duration> points, Limits limits, Set<String> unusedDecoders) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-select_streams", Integer.toString(stream), "-skip_frame", "nokey"));
        command.addAll(List.of(
                "-read_intervals",
                points.stream()
                        .map(point -> (point.isZero() ? "" : DecimalSeconds.format(point)) + "%+#" + packets)
                        .collect(Collectors.joining(","))));
        command.addAll(List.of("-show_entries", FrameSurvey.ENTRIES, "-print_format", "compact"));
        command.addAll(input(file, limits, unusedDecoders));
        return List.copyOf(command);
    }

    /** Decodes all key frames of a stream and prints time and aspect ratio of each. Reads the whole file. */
    static List<String> keyFrames(Path file, int stream, Limits limits, Set<String> unusedDecoders) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-select_streams", Integer.toString(stream), "-skip_frame", "nokey"));
        command.addAll(List.of("-show_entries", FrameSurvey.KEY_FRAME_ENTRIES, "-print_format", "compact"));
        command.addAll(input(file, limits, unusedDecoders));
        return List.copyOf(command);
    }

    /** Decodes the first packets of an audio stream and prints a line for each frame. */
    static List<String> audioFrames(Path file, int stream, int packets, Limits limits, Set<String> unusedDecoders) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-select_streams", Integer.toString(stream), "-read_intervals", "%+#" + packets));
        command.addAll(List.of("-show_entries", "frame=nb_samples", "-print_format", "csv=print_section=0"));
        command.addAll(input(file, limits, unusedDecoders));
        return List.copyOf(command);
    }

    /** Prints the timestamps of all packets of one stream, one per line, for {@link FfprobePacket}. Reads the whole file. */
    public static List<String> packetTimes(Path file, int stream, Limits limits, Set<String> unusedDecoders) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-select_streams", Integer.toString(stream)));
        command.addAll(List.of("-show_entries", FfprobePacket.ENTRIES, "-print_format", "csv=print_section=0"));
        command.addAll(input(file, limits, unusedDecoders));
        return List.copyOf(command);
    }
}
