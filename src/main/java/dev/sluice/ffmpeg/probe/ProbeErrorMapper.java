package dev.sluice.ffmpeg.probe;

import dev.sluice.ffmpeg.process.StderrLog;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns ffprobe's reasons for not opening a file into ours. Pure. */
public final class ProbeErrorMapper {
    private static final Pattern FORMAT = Pattern.compile("\\[([\\w,]+) @ [^]]*] .*Format not on whitelist");
    private static final Pattern CODEC = Pattern.compile("Codec \\((\\w+)\\) not on whitelist");

    private static final Set<String> PLAYLISTS =
            Set.of("hls", "concat", "dash", "sdp", "imf", "rtsp", "rtp", "webm_dash_manifest");

    private static final Set<String> AUDIO_FORMATS = Set.of(
            "mp3", "wav", "flac", "aac", "ac3", "eac3", "dts", "dtshd", "amr", "aiff", "au", "caf", "w64", "ape", "wv",
            "tta", "mpc", "mpc8", "truehd", "loas", "latm", "spdif");

    private ProbeErrorMapper() {}

    /**
     * Why a file is refused that ffprobe would not describe.
     *
     * @param isContainer whether the file begins like a container of video
     */
    public static JobException of(StderrLog errors, int maxStreams, boolean isContainer) {
        Optional<String> format = found(FORMAT, errors);
        if (format.isPresent()) {
            return ofFormat(format.get());
        }
        Optional<String> codec = found(CODEC, errors);
        if (codec.isPresent()) {
            return unsupportedCodec(codec.get());
        }
        if (errors.contains("max_streams")) {
            return tooManyStreams(maxStreams);
        }
        if (errors.contains("encryption info") || errors.contains("Encryption")) {
            return encrypted();
        }
        if (!isContainer) {
            return new JobException(ErrorCode.NOT_A_VIDEO, "The file is in no format that FFmpeg knows as video.");
        }
        if (errors.contains("moov atom not found")) {
            return new JobException(
                    ErrorCode.UNREADABLE,
                    "The file has no index (moov atom): it was cut short, or is only the start of a video.");
        }
        if (errors.contains("exceeds specified max pixel") || errors.contains("Picture size")) {
            return new JobException(ErrorCode.TOO_MANY_PIXELS, "The video's picture is larger than what is accepted.");
        }
        return new JobException(ErrorCode.UNREADABLE, "The file looks like a video but its structure can't be read.");
    }

    private static JobException ofFormat(String format) {
        if (PLAYLISTS.contains(format)) {
            return new JobException(
                    ErrorCode.PLAYLIST, "The file is a playlist or script (" + format + ") that names other files.");
        }
        if (format.startsWith("image2") || format.endsWith("_pipe") || format.equals("gif") || format.equals("apng")) {
            return new JobException(ErrorCode.STILL_IMAGE, "The file is an image, not a video.");
        }
        if (AUDIO_FORMATS.contains(format)) {
            return new JobException(ErrorCode.NO_VIDEO_STREAM, "The file holds sound (" + format + ") but no video.");
        }
        return new JobException(ErrorCode.NOT_A_VIDEO, "The file's format (" + format + ") is not accepted as video.");
    }

    static JobException unsupportedCodec(String codec) {
        return new JobException(
                ErrorCode.UNSUPPORTED_CODEC,
                "The file is encoded with '" + codec + "', which is not on the list of accepted codecs.");
    }

    static JobException encrypted() {
        return new JobException(
                ErrorCode.ENCRYPTED, "The video is encrypted (DRM) and can't be decoded without its key.");
    }

    static JobException tooManyStreams(int maxStreams) {
        return new JobException(
                ErrorCode.TOO_MANY_STREAMS, "The file has more than " + maxStreams + " streams, the accepted number.");
    }

    private static Optional<String> found(Pattern pattern, StderrLog errors) {
        return errors.lines().stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(line -> line.group(1))
                .findFirst();
    }
}
