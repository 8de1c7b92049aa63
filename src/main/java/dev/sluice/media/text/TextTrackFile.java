package dev.sluice.media.text;

import dev.sluice.job.TextTrack;
import java.nio.file.Path;

/**
 * A WebVTT file of a video.
 *
 * @param file named by {@link #subtitlesName} or {@link #CHAPTERS_NAME}
 */
public record TextTrackFile(TextTrack track, Path file) {
    /** File name of the chapters. */
    public static final String CHAPTERS_NAME = "chapters.vtt";
    /** Media type of WebVTT files. */
    public static final String CONTENT_TYPE = "text/vtt";

    /** File name of subtitles or captions; numbers begin with 0. */
    public static String subtitlesName(int number) {
        return "text_" + number + ".vtt";
    }

    /** File name, and name of the object. */
    public String name() {
        return String.valueOf(file.getFileName());
    }
}
