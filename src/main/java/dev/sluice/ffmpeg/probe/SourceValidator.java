package dev.sluice.ffmpeg.probe;

import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.Dimensions;
import dev.sluice.media.FileSignature;
import dev.sluice.media.VideoStream;
import java.time.Duration;

/** Validates the properties of a source. Pure. */
public final class SourceValidator {
    private static final long MEBIBYTE = 1L << 20;

    private final Limits limits;

    public SourceValidator(Limits limits) {
        this.limits = limits;
    }

    /** Rejects an empty file and one that is too large. */
    public void checkBytes(long bytes) {
        if (bytes == 0) {
            throw new JobException(ErrorCode.EMPTY_FILE, "The file is empty (0 bytes).");
        }
        if (bytes > limits.maxBytes()) {
            throw new JobException(
                    ErrorCode.TOO_LARGE,
                    "The file size of " + bytes / MEBIBYTE + " MiB exceeds the limit of " + limits.maxBytes() / MEBIBYTE
                            + " MiB.");
        }
    }

    /** Rejects a file without a video stream that may be decoded. */
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
        if (output.formatName().equals("gif") && output.videoStreams().get(0).hasOneFrame()) {
            throw FileSignature.stillImage("GIF");
        }
        if (output.movingVideoStreams().isEmpty()) {
            throw new JobException(ErrorCode.NO_VIDEO_STREAM, "The file has no video stream, only cover art.");
        }
    }

    /** Rejects a video without a frame size and one that is too large. */
    public void checkDimensions(VideoStream video) {
        Dimensions coded = video.codedSize();
        if (video.codec().equals("unknown") || video.codec().equals("none")) {
            throw new JobException(ErrorCode.UNSUPPORTED_CODEC, "The codec of the video is unknown.");
        }
        if (coded.pixels() > limits.maxPixels() || video.displaySize().pixels() > limits.maxPixels()) {
            throw new JobException(
                    ErrorCode.TOO_MANY_PIXELS,
                    "The frame size " + coded + " exceeds the limit of " + limits.maxPixels() + " pixels.");
        }
        if (coded.pixels() == 0) {
            throw new JobException(ErrorCode.NO_FRAMES, "No frame could be decoded.");
        }
    }

    /** Rejects a video that is too long. */
    public void checkDuration(Duration duration) {
        if (isTooLong(duration)) {
            throw new JobException(
                    ErrorCode.TOO_LONG,
                    "The video duration of " + duration.toSeconds() + " s exceeds the limit of "
                            + limits.maxDuration().toSeconds() + " s.");
        }
    }

    boolean isTooLong(Duration duration) {
        return duration.compareTo(limits.maxDuration()) > 0;
    }
}
