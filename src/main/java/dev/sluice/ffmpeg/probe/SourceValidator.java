package dev.sluice.ffmpeg.probe;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.VideoStream;
import java.time.Duration;

/** Which sources are refused for what they hold. Pure. */
public final class SourceValidator {
    private static final long MEBIBYTE = 1L << 20;

    private final Limits limits;

    public SourceValidator(Limits limits) {
        this.limits = limits;
    }

    /** Refuses an empty or too large file. */
    public void checkBytes(long bytes) {
        if (bytes == 0) {
            throw new JobException(ErrorCode.EMPTY_FILE, "The file is empty (0 bytes).");
        }
        if (bytes > limits.maxBytes()) {
            throw new JobException(
                    ErrorCode.TOO_LARGE,
                    "The file has " + bytes / MEBIBYTE + " MiB; up to " + limits.maxBytes() / MEBIBYTE
                            + " MiB are accepted.");
        }
    }

    /** Refuses a file without a stream that we may decode and show. */
    public void checkStreams(FfprobeOutput output) {
        if (output.streams().size() > limits.maxStreams()) {
            throw ProbeErrorMapper.tooManyStreams(limits.maxStreams());
        }
        if (output.streams().stream().anyMatch(FfprobeStream::isEncrypted)) {
            throw ProbeErrorMapper.encrypted();
        }
        if (output.videoStreams().isEmpty()) {
            throw new JobException(ErrorCode.NO_VIDEO_STREAM, "The file has no video stream.");
        }
        if (output.movingVideoStreams().isEmpty()) {
            throw new JobException(
                    ErrorCode.NO_VIDEO_STREAM, "The file's only picture is cover art; it has no video stream.");
        }
    }

    /** Refuses a picture without size and one that is too large. */
    public void checkDimensions(VideoStream video) {
        Dimensions coded = video.codedSize();
        if (video.codec().equals("unknown") || video.codec().equals("none")) {
            throw new JobException(ErrorCode.UNSUPPORTED_CODEC, "The video's codec is not known to FFmpeg.");
        }
        if (coded.pixels() > limits.maxPixels() || video.displaySize().pixels() > limits.maxPixels()) {
            throw new JobException(
                    ErrorCode.TOO_MANY_PIXELS,
                    "The video's picture is " + coded + "; up to " + limits.maxPixels() + " pixels are accepted.");
        }
        if (coded.pixels() == 0) {
            throw new JobException(ErrorCode.NO_FRAMES, "Not one frame of the video can be decoded.");
        }
    }

    public void checkDuration(Duration duration) {
        if (isTooLong(duration)) {
            throw new JobException(
                    ErrorCode.TOO_LONG,
                    "The video lasts " + duration.toSeconds() + " s; up to "
                            + limits.maxDuration().toSeconds() + " s are accepted.");
        }
    }

    boolean isTooLong(Duration duration) {
        return duration.compareTo(limits.maxDuration()) > 0;
    }
}
