package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ProcessErrorMapper;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.FileSignature;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.VideoStream;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks into a file from outside and refuses what is no acceptable video. */
public final class MediaProber {
    private static final Logger LOG = LoggerFactory.getLogger(MediaProber.class);
    /** Below this no video of ours was ever seen: the header's duration is wrong rather. */
    private static final long LOWEST_BITRATE = 4_000;

    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig config;
    private final Limits limits;
    private final SourceValidator validator;

    public MediaProber(FfmpegInstallation ffmpeg, FfmpegConfig config, Limits limits) {
        this.ffmpeg = ffmpeg;
        this.config = config;
        this.limits = limits;
        this.validator = new SourceValidator(limits);
    }

    /**
     * Describes the video in {@code file}. Blocks for the time of one or two runs of ffprobe.
     *
     * @throws JobException with the code of the rule that refuses the file, UNREADABLE when it can't be read, FFMPEG_STALLED
     *     when the look at it takes too long, or the cancellation's reason
     */
    public MediaInfo probe(Path file, CancellationToken cancellation) {
        byte[] head = head(file);
        FfprobeOutput output = report(file, FileSignature.isContainer(head), cancellation);
        validator.checkStreams(output);
        FfprobeStream stream =
                FfprobeOutput.preferred(output.movingVideoStreams()).orElseThrow();
        VideoStream video = stream.video();
        validator.checkDimensions(video);
        long bytes = bytes(file);
        Optional<Duration> duration = duration(file, bytes, output, stream, cancellation);
        duration.ifPresent(validator::checkDuration);
        return new MediaInfo(
                duration,
                output.startTime(stream),
                bytes,
                duration.map(length -> bitrate(bytes, length)).orElse(0L),
                video,
                FfprobeOutput.preferred(output.audioStreams()).map(FfprobeStream::audio));
    }

    private byte[] head(Path file) {
        validator.checkBytes(bytes(file));
        try (InputStream content = Files.newInputStream(file)) {
            byte[] head = content.readNBytes(FileSignature.LENGTH);
            FileSignature.reject(head).ifPresent(refusal -> {
                throw refusal;
            });
            return head;
        } catch (IOException e) {
            throw missing(e);
        }
    }

    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw missing(e);
        }
    }

    private static JobException missing(IOException cause) {
        return new JobException(ErrorCode.FILES_MISSING, "The source file is not on this host's disk any more.", cause);
    }

    private FfprobeOutput report(Path file, boolean isContainer, CancellationToken cancellation) {
        FfprobeRun description = FfprobeRun.run(file, ffmpeg, limits, config.probeTimeout(), cancellation);
        FfmpegRunner.ExitResult outcome = description.outcome();
        if (outcome.exitCode() != 0) {
            JobException refusal = ProcessErrorMapper.wasKilled(outcome)
                    ? new JobException(ErrorCode.FFMPEG_FAILED, "ffprobe was killed while it looked at the file.")
                    : ProbeErrorMapper.of(outcome.stderr(), limits.maxStreams(), isContainer);
            LOG.atInfo()
                    .addKeyValue("error", refusal.code())
                    .addKeyValue("ffprobe", outcome.stderr())
                    .log("source refused");
            throw refusal;
        }
        try {
            return FfprobeOutput.of(description.json());
        } catch (DecodeException e) {
            throw new JobException(ErrorCode.UNREADABLE, "The file's description can't be read.", e);
        }
    }

    /** The header's word where it can be true, else the times of the packets. */
    private Optional<Duration> duration(
            Path file, long bytes, FfprobeOutput output, FfprobeStream video, CancellationToken cancellation) {
        Optional<Duration> stated = video.duration()
                .or(output::duration)
                .filter(length -> length.compareTo(Duration.ZERO) > 0)
                .filter(length -> bitrate(bytes, length) >= LOWEST_BITRATE)
                .filter(length -> !validator.isTooLong(length));
        if (stated.isPresent()) {
            return stated;
        }
        PacketDuration span = new PacketDuration();
        FfmpegRunner.ExitResult outcome = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        FfprobeCommand.packetTimes(file, video.index(), limits),
                        span::add,
                        Watchdog.withDeadline(ReadTimeout.forBytes(config.probeTimeout(), bytes)),
                        cancellation);
        if (outcome.exitCode() != 0) {
            LOG.atWarn().addKeyValue("ffprobe", outcome.stderr()).log("packet times could not be read");
        }
        return span.duration();
    }

    private static long bitrate(long bytes, Duration length) {
        return Math.round(bytes * 8 / DecimalSeconds.toSeconds(length));
    }
}
