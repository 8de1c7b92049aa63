package dev.sluice.ffmpeg.segment;

import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What FFmpeg is asked to make whole files of segments: no frame is decoded or encoded. Pure; names are relative to the
 * directory it runs in.
 */
public final class ConcatCommand {
    private ConcatCommand() {}

    /**
     * A segment that has frames.
     *
     * @param number of the segment; also its directory
     * @param start when its first frame is shown, in the times of the whole
     */
    public record ConcatEntry(int number, Duration start) {}

    /** The list of one rendition's files, for FFmpeg's concat demuxer; each begins when its first frame is shown. */
    static String concatList(Rendition rendition, List<ConcatEntry> pieces) {
        StringBuilder list = new StringBuilder("ffconcat version 1.0\n");
        for (int i = 0; i < pieces.size(); i++) {
            ConcatEntry piece = pieces.get(i);
            list.append("file '").append(fileName(piece.number(), rendition)).append("'\n");
            if (i + 1 < pieces.size()) {
                Duration lasts = pieces.get(i + 1).start().minus(piece.start());
                list.append("duration ").append(DecimalSeconds.format(lasts)).append('\n');
            }
        }
        return list.toString();
    }

    static String listName(Rendition rendition) {
        return rendition.quality() + ".ffconcat";
    }

    static String fileName(int segment, Rendition rendition) {
        return segment + "/" + rendition.fileName();
    }

    /** @param begin when the first frame of all is shown */
    static List<String> arguments(List<Rendition> renditions, boolean withSound, Duration begin) {
        List<String> command = new ArrayList<>(EncodeCommand.COMMON_OPTIONS);
        command.add("-copyts");
        for (Rendition rendition : renditions) {
            command.addAll(List.of("-itsoffset", DecimalSeconds.format(begin)));
            command.addAll(InputArguments.ownInput("concat,mov", listName(rendition)));
        }
        if (withSound) {
            command.addAll(InputArguments.ownInput("mov", EncodeCommand.AUDIO_FILE));
        }
        for (int i = 0; i < renditions.size(); i++) {
            command.addAll(List.of("-map", i + ":v"));
            if (withSound) {
                command.addAll(List.of("-map", renditions.size() + ":a"));
            }
            command.addAll(List.of("-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"));
            command.addAll(List.of("-movflags", "+faststart", "-f", "mp4"));
            command.add("file:" + renditions.get(i).fileName());
        }
        return List.copyOf(command);
    }
}
