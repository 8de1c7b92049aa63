package dev.sluice.ffmpeg.install;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.ffmpeg.process.FfmpegLaunchSpec;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.sandbox.BatchScheduling;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.sandbox.ProcessLimits;
import dev.sluice.ffmpeg.sandbox.Sandbox;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The FFmpeg that this process uses.
 *
 * @param version as the program tells it, {@code 8.1.2}
 * @param sandbox what each of its processes runs in; empty: none
 * @param scheduling how its encodes are scheduled; empty: as this process is
 * @param maxMemory bytes of address space for each of its processes
 */
public record FfmpegInstallation(
        Path ffmpeg,
        Path ffprobe,
        String version,
        Origin origin,
        Optional<Sandbox> sandbox,
        Optional<BatchScheduling> scheduling,
        long maxMemory) {

    /** Where the programs were found. */
    public enum Origin {
        CONFIGURED,
        BUNDLED,
        PATH
    }

    /**
     * Finds FFmpeg and starts it once: the configured programs, else the bundled ones (unpacked on first use), else those on
     * the PATH; then once more in a sandbox, unless the configuration wants none. Blocks.
     *
     * @throws FfmpegUnavailableException when there is none that runs, or no sandbox where one is required; its message says what to
     *     install
     */
    public static FfmpegInstallation locate(FfmpegConfig config) {
        return new FfmpegLocator(config, Platform.current(), Platform.searchPath()).locate();
    }

    /** Whether its processes see nothing of this host but what they need. */
    public boolean isSandboxed() {
        return sandbox.isPresent();
    }

    /** The same FFmpeg, in this sandbox or in none. */
    public FfmpegInstallation withSandbox(Optional<Sandbox> cage) {
        return new FfmpegInstallation(ffmpeg, ffprobe, version, origin, cage, scheduling, maxMemory);
    }

    /** The same FFmpeg, its encodes scheduled like this. */
    FfmpegInstallation withScheduling(Optional<BatchScheduling> batch) {
        return new FfmpegInstallation(ffmpeg, ffprobe, version, origin, sandbox, batch, maxMemory);
    }

    /**
     * FFmpeg, to make files.
     *
     * @param maxFileBytes size of each of them
     */
    public FfmpegRunner encodeRunner(FileAccess fileAccess, long maxFileBytes) {
        ProcessLimits limits = new ProcessLimits(maxMemory, maxFileBytes);
        return new FfmpegRunner(new FfmpegLaunchSpec(ffmpeg, fileAccess, limits, sandbox, scheduling));
    }

    /** FFmpeg, to read files. */
    public FfmpegRunner readRunner(FileAccess fileAccess) {
        return new FfmpegRunner(new FfmpegLaunchSpec(ffmpeg, fileAccess, ProcessLimits.forReader(maxMemory), sandbox));
    }

    /** ffprobe, which only reads. */
    public FfmpegRunner probeRunner(FileAccess fileAccess) {
        return new FfmpegRunner(new FfmpegLaunchSpec(ffprobe, fileAccess, ProcessLimits.forReader(maxMemory), sandbox));
    }
}
