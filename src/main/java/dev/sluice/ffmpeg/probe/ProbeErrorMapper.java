package dev.sluice.ffmpeg.probe;

import dev.sluice.ffmpeg.process.StderrLog;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Maps error messages of ffprobe to error codes. Pure. */
public final class ProbeErrorMapper {
    private static final Pattern FORMAT = Pattern.compile("\\[([\\w,]+) @ [^]]*] .*Format not on whitelist");
    private static final Pattern CODEC = Pattern.compile("Codec \\((\\w+)\\) not on whitelist");

    private static final Set<String> PLAYLISTS =
            Set.of("hls", "concat", "dash", "sdp", "imf", "rtsp", "rtp", "webm_dash_manifest");

    private static final Set<String> AUDIO_FORMATS = Set.of(
            "mp3", "wav", "flac", "aac", "ac3", "eac3", "dts", "dtshd", "amr", "aiff", "au", "caf", "w64", "ape", "wv",
            "tta", "mpc", "mpc8", "truehd", "loas", "latm", "spdif");

    /** Formats of videos and animations that are not accepted. */
    private static final Map<String, String> OTHER_CONTAINERS = Map.ofEntries(
            Map.entry("apng", "a PNG animation"),
            Map.entry("nut", "a NUT video"),
            Map.entry("swf", "a Flash animation"),
            Map.entry("nsv", "a Nullsoft video"),
            Map.entry("wtv", "a Windows TV recording"),
            Map.entry("yuv4mpegpipe", "an uncompressed Y4M video"),
            Map.entry("h264", "a raw H.264 stream without a container"),
            Map.entry("hevc", "a raw HEVC stream without a container"),
            Map.entry("av1", "a raw AV1 stream without a container"),
            Map.entry("obu", "a raw AV1 stream without a container"));

    private ProbeErrorMapper() {}

    /**
     * The failure for a file that ffprobe could not open.
     *
     * @param isContainer whether the file has the signature of a video container
     */
    public static JobException of(StderrLog errors, int maxStreams, boolean isContainer) {
        Optional<String> format = found(FORMAT, errors);
        if (format.isPresent()) {
            return ofFormat(format.get());
        }
        Optional<String> codec = rejectedCodec(errors);
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
            return new JobException(ErrorCode.NOT_A_VIDEO, "Unknown or unsupported container format.");
        }
        if (errors.contains("moov atom not found")) {
            return new JobException(
                    ErrorCode.UNREADABLE, "The file has no index (moov atom): it is truncated or incomplete.");
        }
        if (errors.contains("exceeds specified max pixel") || errors.contains("Picture size")) {
            return new JobException(ErrorCode.TOO_MANY_PIXELS, "Frame size exceeds media.limits.maxPixels.");
        }
        return new JobException(
                ErrorCode.UNREADABLE, "The file has the signature of a video, but its structure cannot be read.");
    }

    /** The decoder that was refused; empty if the run failed for another reason. */
    static Optional<String> rejectedCodec(StderrLog errors) {
        return found(FORMAT, errors).isPresent() ? Optional.empty() : found(CODEC, errors);
    }

    private static JobException ofFormat(String format) {
        if (PLAYLISTS.contains(format)) {
            return new JobException(
                    ErrorCode.PLAYLIST,
                    "The file is a playlist or script (" + format + ") that references other files.");
        }
        if (format.startsWith("image2") || format.endsWith("_pipe")) {
            return new JobException(ErrorCode.STILL_IMAGE, "The file is an image, not a video.");
        }
        String container = OTHER_CONTAINERS.get(format);
        if (container != null) {
            return new JobException(
                    ErrorCode.NOT_A_VIDEO,
                    "The file is " + container
                            + ", a format that is not accepted; convert it to MP4, Matroska or WebM.");
        }
        if (AUDIO_FORMATS.contains(format)) {
            return new JobException(
                    ErrorCode.NO_VIDEO_STREAM, "The file contains audio (" + format + ") but no video.");
        }
        return new JobException(ErrorCode.NOT_A_VIDEO, "The file's format (" + format + ") is not accepted as video.");
    }

    static JobException unsupportedCodec(String codec) {
        return new JobException(ErrorCode.UNSUPPORTED_CODEC, "The codec '" + codec + "' is not supported.");
    }

    static JobException encrypted() {
        return new JobException(ErrorCode.ENCRYPTED, "The video is encrypted (DRM) and cannot be decoded.");
    }

    static JobException tooManyStreams(int maxStreams) {
        return new JobException(
                ErrorCode.TOO_MANY_STREAMS,
                "The file has more than the " + maxStreams + " streams allowed (media.limits.maxStreams).");
    }

    private static Optional<String> found(Pattern pattern, StderrLog errors) {
        return errors.lines().stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .map(line -> line.group(1))
                .findFirst();
    }
}
