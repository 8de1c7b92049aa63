package dev.sluice.ffmpeg.install;

/** No FFmpeg can be started as configured; the message states what to install or configure. */
public final class FfmpegUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FfmpegUnavailableException(String message) {
        super(message);
    }
}
