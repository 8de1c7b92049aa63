package dev.sluice.ffmpeg.install;

/** There is no FFmpeg that runs here, or not as the configuration wants it; the message tells an operator what to install or configure. */
public final class FfmpegUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FfmpegUnavailableException(String message) {
        super(message);
    }
}
