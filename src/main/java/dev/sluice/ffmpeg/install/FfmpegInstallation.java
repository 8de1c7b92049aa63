package dev.sluice.ffmpeg.install;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.BatchScheduling;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.ffmpeg.sandbox.Sandbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The FFmpeg that this process uses, and how it is run.
 *
 * @param version as reported by the program, {@code 8.1.2}
 * @param sandbox of each process; empty: none
 * @param scheduling of encodes; empty: that of this process
 * @param maxMemory address space of each process, in bytes
 */
public record FfmpegInstallation(
        Path ffmpeg,
        Path ffprobe,
        String version,
        Origin origin,
        Optional<Sandbox> sandbox,
        Optional<BatchScheduling> scheduling,
        long maxMemory) {

    /** FFmpeg's name of the encoder of AV1. */
    public static final String AV1_ENCODER = "libsvtav1";

    /** Where the programs were found. */
    public enum Origin {
        CONFIGURED,
        BUNDLED,
        PATH
    }

    /**
     * Finds FFmpeg and starts it once: the configured programs, else the bundled ones (unpacked on first use), else those on the
     * PATH. Starts it again in a sandbox, unless disabled by the configuration. Blocks.
     *
     * @throws FfmpegUnavailableException if no FFmpeg can be started, or if a sandbox is required and unavailable; the message
     *     states what to install
     */
    public static FfmpegInstallation locate(FfmpegConfig config) {
        return new FfmpegLocator(config, Platform.current(), Platform.searchPath()).locate();
    }

    /**
     * This FFmpeg, if it has the encoders that the settings of jobs require and not every FFmpeg has. Blocks.
     *
     * @throws FfmpegUnavailableException if one is missing; the message names the setting
     */
    public FfmpegInstallation requireEncoders(MediaConfig.Profiles profiles) {
        profiles.keyOfCodec(MediaConfig.Codec.AV1)
                .filter(key -> !hasEncoder(AV1_ENCODER))
                .ifPresent(key -> {
                    throw new FfmpegUnavailableException(key + ": av1 requires the encoder " + AV1_ENCODER
                            + " (SVT-AV1), which FFmpeg " + version + " (" + ffmpeg
                            + ") does not have. Install an FFmpeg with it, or remove av1.");
                });
        return this;
    }

    private boolean hasEncoder(String name) {
        StringBuilder output = new StringBuilder();
        var unused = withSandbox(Optional.empty())
                .readRunner(FileAccess.none(ffmpeg))
                .run(
                        List.of("-hide_banner", "-h", "encoder=" + name),
                        output::append,
                        Watchdog.withDeadline(FfmpegLocator.START_TIMEOUT),
                        new CancellationToken());
        return output.indexOf("Encoder " + name) >= 0;
    }

    public boolean isSandboxed() {
        return sandbox.isPresent();
    }

    /** The same FFmpeg with this sandbox, or without one. */
    public FfmpegInstallation withSandbox(Optional<Sandbox> newSandbox) {
        return new FfmpegInstallation(ffmpeg, ffprobe, version, origin, newSandbox, scheduling, maxMemory);
    }

    /** The same FFmpeg with this scheduling of encodes. */
    FfmpegInstallation withScheduling(Optional<BatchScheduling> batch) {
        return new FfmpegInstallation(ffmpeg, ffprobe, version, origin, sandbox, batch, maxMemory);
    }

    /**
     * Runs FFmpeg to write files.
     *
     * @param maxFileBytes maximum size of each file
     */
    public FfmpegRunner encodeRunner(FileAccess fileAccess, long maxFileBytes) {
        ProcessLimits limits = new ProcessLimits(maxMemory, maxFileBytes);
        return new FfmpegRunner(new FfmpegLaunchSpec(ffmpeg, fileAccess, limits, sandbox, scheduling));
    }

    /** Runs FFmpeg to read files. */
    public FfmpegRunner readRunner(FileAccess fileAccess) {
        return new FfmpegRunner(new FfmpegLaunchSpec(ffmpeg, fileAccess, ProcessLimits.forReader(maxMemory), sandbox));
    }

    /** Runs ffprobe. */
    public FfmpegRunner probeRunner(FileAccess fileAccess) {
        return new FfmpegRunner(new FfmpegLaunchSpec(ffprobe, fileAccess, ProcessLimits.forReader(maxMemory), sandbox));
    }
}
