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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the times of all pictures of a source, from end to end and without seeking, before it is cut: only that tells which
 * frame a segment has to begin with, whatever the container's seeking makes of it.
 */
public final class FrameTimestampScanner {
    private static final Logger LOG = LoggerFactory.getLogger(FrameTimestampScanner.class);

    /** Twelve hours at 60 frames a second, and some more; 24 MiB of times. */
    private static final int MAX_FRAMES = 3_000_000;

    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig config;
    private final Limits limits;

    public FrameTimestampScanner(FfmpegInstallation ffmpeg, FfmpegConfig config, Limits limits) {
        this.ffmpeg = ffmpeg;
        this.config = config;
        this.limits = limits;
    }

    /**
     * The times of all pictures; empty when the source cannot be cut safely: not all of its pictures say when they are shown, or
     * there are more than any film has. Blocks for as long as it takes to read the file.
     *
     * @throws JobException FFMPEG_STALLED, or the cancellation's reason
     */
    public Optional<FrameTimestamps> scan(ProbedSource source, CancellationToken cancellation) {
        Path file = source.path();
        MediaInfo info = source.info();
        FrameTimestamps times = new FrameTimestamps();
        AtomicBoolean unsafe = new AtomicBoolean();
        FfmpegRunner.ExitResult outcome = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        FfprobeCommand.packetTimes(file, info.video().index(), limits),
                        line -> {
                            FfprobePacket packet = FfprobePacket.of(line);
                            if (line.isBlank() || !packet.isDisplayed()) {
                                return;
                            }
                            packet.time()
                                    .filter(time -> times.count() < MAX_FRAMES)
                                    .ifPresentOrElse(
                                            time -> times.add(DecimalSeconds.toSeconds(time)), () -> unsafe.set(true));
                        },
                        Watchdog.withDeadline(ReadTimeout.forBytes(config.probeTimeout(), info.bytes())),
                        cancellation);
        if (outcome.exitCode() != 0 || unsafe.get() || times.count() == 0) {
            LOG.atInfo()
                    .addKeyValue("exitCode", outcome.exitCode())
                    .addKeyValue("pictures", times.count())
                    .log("not all pictures of the source say when they are shown");
            return Optional.empty();
        }
        return Optional.of(times);
    }
}
