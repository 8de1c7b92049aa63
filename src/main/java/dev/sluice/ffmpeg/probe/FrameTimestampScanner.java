package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.JobException;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.segment.FrameTimestamps;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the timestamps of all frames of a source, sequentially and without seeking. Only this shows which frame is the first of
 * a segment, because containers can seek inaccurately.
 */
public final class FrameTimestampScanner {
    private static final Logger LOG = LoggerFactory.getLogger(FrameTimestampScanner.class);

    /** More than twelve hours at 60 frames per second; 24 MB. */
    private static final int MAX_FRAMES = 3_000_000;

    /** FFmpeg's {@code -dts_delta_threshold}: an encode in one piece continues after a larger step back. */
    private static final Duration DISCONTINUITY = Duration.ofSeconds(10);

    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig config;
    private final Limits limits;

    public FrameTimestampScanner(FfmpegInstallation ffmpeg, FfmpegConfig config, Limits limits) {
        this.ffmpeg = ffmpeg;
        this.config = config;
        this.limits = limits;
    }

    /**
     * Returns the timestamps of all frames; empty if the source is not segmentable, because frames have no timestamps, the
     * timestamps start again, or there are too many. Blocks; reads the whole file.
     *
     * @throws JobException FFMPEG_STALLED, or the cancellation's reason
     */
    public Optional<FrameTimestamps> scan(ProbedSource source, CancellationToken cancellation) {
        Path file = source.path();
        MediaInfo info = source.info();
        FrameTimestamps timestamps = new FrameTimestamps();
        AtomicBoolean incomplete = new AtomicBoolean();
        FfmpegRunner.ExitResult result = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        FfprobeCommand.packetTimes(file, info.video().index(), limits, info.unusedDecoders()),
                        line -> {
                            FfprobePacket packet = FfprobePacket.of(line);
                            if (line.isBlank() || !packet.isDisplayed()) {
                                return;
                            }
                            packet.time()
                                    .filter(time -> timestamps.count() < MAX_FRAMES)
                                    .filter(time -> !timestamps.isBefore(time, DISCONTINUITY))
                                    .ifPresentOrElse(
                                            time -> timestamps.add(DecimalSeconds.toSeconds(time)),
                                            () -> incomplete.set(true));
                        },
                        Watchdog.withDeadline(ReadTimeout.forBytes(config.probeTimeout(), info.bytes())),
                        cancellation);
        if (result.exitCode() != 0 || incomplete.get() || timestamps.count() == 0) {
            LOG.atInfo()
                    .addKeyValue("exitCode", result.exitCode())
                    .addKeyValue("frames", timestamps.count())
                    .log("source has frames without usable timestamps");
            return Optional.empty();
        }
        return Optional.of(timestamps);
    }
}
