package dev.sluice.ffmpeg.preview;

import dev.sluice.ffmpeg.process.InputArguments;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.Dimensions;
import dev.sluice.media.preview.ClipPlan;
import dev.sluice.media.preview.Storyboard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** FFmpeg command lines that make sheets, poster and preview clip; file names are relative to the working directory. Pure. */
final class PreviewCommand {
    static final String POSTER = "poster.jpg";
    static final String CLIP = "preview.mp4";
    /** Rounding of the timestamps in the names of tiles. */
    private static final Duration ROUNDING = Duration.ofMillis(2);

    private static final List<String> OPTIONS = List.of(
            "-nostdin",
            "-hide_banner",
            "-nostats",
            "-loglevel",
            "level+error",
            "-y",
            "-threads",
            "1",
            "-filter_complex_threads",
            "1");

    private PreviewCommand() {}

    /** The input of {@link #sheets}, with consecutive numbers. */
    static String tile(int number) {
        return "board-" + number + ".jpg";
    }

    static String sheet(int number) {
        return "storyboard-" + number + ".jpg";
    }

    /** Tiles all frames, and prints the statistics of each. */
    static List<String> sheets(int tiles) {
        List<String> command = new ArrayList<>(OPTIONS);
        command.addAll(List.of("-framerate", "1", "-f", "image2"));
        command.addAll(InputArguments.ownInput("image2", "mjpeg", "board-%d.jpg"));
        command.addAll(List.of(
                "-filter_complex",
                "[0:v]split=2[tiles][frames];[tiles]tile=" + Storyboard.columns(tiles) + "x" + Storyboard.rows(tiles)
                        + "[sheets];[frames]signalstats,blurdetect,entropy,metadata=print:file=-[statistics]"));
        command.addAll(List.of("-map", "[sheets]", "-c:v", "mjpeg", "-q:v", "5", "-threads:v", "1"));
        command.addAll(List.of("-fps_mode:v", "passthrough", "-f", "image2", "-start_number", "0"));
        command.add("file:storyboard-%d.jpg");
        command.addAll(List.of("-map", "[statistics]", "-f", "null", "-"));
        return List.copyOf(command);
    }

    /**
     * Takes the frame at a time from a rendition. JPEG files have the matrix of BT.601 and full range.
     *
     * @param time of the frame, rounded to a millisecond
     */
    static List<String> poster(String rendition, Dimensions size, Duration time) {
        Duration seek = time.minus(ROUNDING);
        List<String> command = new ArrayList<>(OPTIONS);
        command.addAll(List.of("-seek_timestamp", "1", "-ss"));
        command.add(DecimalSeconds.format(seek.isNegative() ? Duration.ZERO : seek));
        command.addAll(InputArguments.ownInput("mov", rendition));
        command.addAll(List.of(
                "-filter_complex",
                "[0:v]scale=" + size.width() + ":" + size.height()
                        + ":out_color_matrix=smpte170m:out_range=pc,format=yuv420p[poster]"));
        command.addAll(List.of("-map", "[poster]", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3", "-threads:v", "1"));
        command.addAll(List.of("-map_metadata", "-1", "-f", "image2", "-update", "1", "file:" + POSTER));
        return List.copyOf(command);
    }

    /**
     * Encodes the shots of a clip, each from a seek of its own, so that its cost hardly depends on the length of the video. Each
     * shot has as many frames as planned: with a variable frame rate, a frame may be shown before and after it.
     */
    static List<String> clip(String rendition, ClipPlan plan) {
        List<String> command = new ArrayList<>(OPTIONS);
        StringBuilder shots = new StringBuilder();
        StringBuilder labels = new StringBuilder();
        for (int i = 0; i < plan.starts().size(); i++) {
            // From the key frame on: an accurate seek drops a frame that is shown before the shot starts and during it.
            command.addAll(List.of("-noaccurate_seek", "-seek_timestamp", "1", "-ss"));
            command.add(DecimalSeconds.format(plan.starts().get(i)));
            command.addAll(InputArguments.ownInput("mov", rendition));
            // Of the next input, and finally of the output.
            command.addAll(List.of("-threads", "1"));
            shots.append("[" + i + ":v]fps=" + ClipPlan.FRAME_RATE + ":start_time=0:eof_action=pass,tpad=stop="
                    + plan.shotFrames() + ":stop_mode=clone,trim=end_frame=" + plan.shotFrames() + ",scale="
                    + plan.size().width() + ":" + plan.size().height() + ",setsar=1[s" + i + "];");
            labels.append("[s" + i + "]");
        }
        command.addAll(List.of(
                "-filter_complex",
                shots.append(labels) + "concat=n=" + plan.starts().size() + ",settb=1/" + ClipPlan.FRAME_RATE
                        + ",setpts=N[clip]"));
        command.addAll(List.of("-map", "[clip]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "26"));
        command.addAll(List.of("-pix_fmt", "yuv420p", "-fps_mode:v", "passthrough"));
        command.addAll(List.of("-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4", "file:" + CLIP));
        return List.copyOf(command);
    }

    /** Arguments of ffprobe, which prints codec, width, height, pixel format and number of decoded frames of each stream. */
    static List<String> inspectClip() {
        List<String> command = new ArrayList<>(List.of("-hide_banner", "-loglevel", "level+error", "-threads", "1"));
        command.addAll(List.of("-count_frames", "-show_entries"));
        command.add("stream=codec_name,width,height,pix_fmt,nb_read_frames");
        command.addAll(List.of("-print_format", "csv=print_section=0"));
        command.addAll(InputArguments.ownInput("mov", CLIP));
        return List.copyOf(command);
    }
}
