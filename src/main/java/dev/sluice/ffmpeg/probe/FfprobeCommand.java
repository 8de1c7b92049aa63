package dev.sluice.ffmpeg.probe;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.process.InputArguments;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of ffprobe. Pure. */
public final class FfprobeCommand {
    private static final List<String> QUIET = List.of("-hide_banner", "-loglevel", "level+warning");

    private FfprobeCommand() {}

    /** Prints container and streams as JSON. */
    public static List<String> describe(Path file, Limits limits) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-show_format", "-show_streams", "-print_format", "json=compact=1"));
        command.addAll(InputArguments.untrustedInput(file, limits));
        return List.copyOf(command);
    }

    /** Prints the timestamps of all packets of one stream, one per line, for {@link FfprobePacket}. Reads the whole file. */
    public static List<String> packetTimes(Path file, int stream, Limits limits) {
        List<String> command = new ArrayList<>(QUIET);
        command.addAll(List.of("-select_streams", Integer.toString(stream)));
        command.addAll(List.of("-show_entries", FfprobePacket.ENTRIES, "-print_format", "csv=print_section=0"));
        command.addAll(InputArguments.untrustedInput(file, limits));
        return List.copyOf(command);
    }
}
