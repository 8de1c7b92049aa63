package dev.sluice.ffmpeg.segment;

import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.LastPacketDuration;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * FFmpeg command line that concatenates segments to whole files, to compare with. File names are relative to the working
 * directory.
 */
final class ConcatCommand {
    private ConcatCommand() {}

    /**
     * A segment with frames.
     *
     * @param number of the segment; also its directory
     * @param start timestamp of its first frame in the whole video
     */
    record ConcatEntry(int number, Duration start) {}

    /** The list of one rendition's files for FFmpeg's concat demuxer; each file starts at the timestamp of its first frame. */
    static String concatList(Rendition rendition, List<ConcatEntry> entries) {
        StringBuilder list = new StringBuilder("ffconcat version 1.0\n");
        for (int i = 0; i < entries.size(); i++) {
            ConcatEntry entry = entries.get(i);
            list.append("file '")
                    .append(entry.number())
                    .append('/')
                    .append(rendition.fileName())
                    .append("'\n");
            if (i + 1 < entries.size()) {
                Duration length = entries.get(i + 1).start().minus(entry.start());
                list.append("duration ").append(DecimalSeconds.format(length)).append('\n');
            }
        }
        return list.toString();
    }

    static String listName(Rendition rendition) {
        return rendition.quality() + ".ffconcat";
    }

    /**
     * Builds the arguments.
     *
     * @param start timestamp of the first frame of all
     */
    static List<String> arguments(List<Rendition> renditions, boolean hasAudio, Duration start) {
        List<String> command = new ArrayList<>(EncodeCommand.COMMON_OPTIONS);
        command.add("-copyts");
        for (Rendition rendition : renditions) {
            command.addAll(List.of("-itsoffset", DecimalSeconds.format(start)));
            command.addAll(InputArguments.ownInput("concat,mov", listName(rendition)));
        }
        if (hasAudio) {
            command.addAll(InputArguments.ownInput("mov", EncodeCommand.AUDIO_FILE));
        }
        for (int i = 0; i < renditions.size(); i++) {
            command.addAll(List.of("-map", i + ":v"));
            if (hasAudio) {
                command.addAll(List.of("-map", renditions.size() + ":a"));
            }
            command.addAll(List.of("-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"));
            command.addAll(LastPacketDuration.OPTIONS);
            command.addAll(List.of("-f", "mp4"));
            command.add("file:" + renditions.get(i).fileName());
        }
        return List.copyOf(command);
    }
}
