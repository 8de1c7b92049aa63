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
import dev.sluice.media.AudioStream;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.FileSignature;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ReferenceMovie;
import dev.sluice.media.StreamTimes;
import io.vertx.core.json.DecodeException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Probes an untrusted file and rejects it if it is not an acceptable video. */
public final class MediaProber {
    private static final Logger LOG = LoggerFactory.getLogger(MediaProber.class);
    /** Lower than any real video, in bit/s: the duration in the header is then considered wrong. */
    private static final long MIN_BITRATE = 4_000;

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
     * Probes a file; blocks for one or two runs of ffprobe.
     *
     * @throws JobException with the code of the violated rule, UNREADABLE if the file cannot be parsed, FFMPEG_STALLED if probing
     *     takes too long, or the cancellation's reason
     */
    public MediaInfo probe(Path file, CancellationToken cancellation) {
        byte[] head = head(file);
        Description description = describe(file, FileSignature.isContainer(head), cancellation);
        FfprobeOutput output = description.output();
        rejectReferenceMovie(file);
        validator.checkStreams(output);
        Set<String> rejected = description.rejectedCodecs();
        StreamSelector selector = new StreamSelector(
                output, rejected, new FrameDecoder(ffmpeg, config, limits, file, rejected, cancellation));
        StreamSelector.SelectedVideo selected = selector.video();
        validator.checkDimensions(selected.video());
        long bytes = bytes(file);
        Optional<Duration> duration = statedDuration(output, selected.stream(), bytes)
                .or(() -> duration(file, bytes, selected.stream(), rejected, cancellation));
        duration.ifPresent(validator::checkDuration);
        Optional<AudioStream> audio = selector.audio(selected.stream());
        StreamTimes times = output.times(selected.stream(), audio.flatMap(output::stream));
        return new MediaInfo(
                duration,
                times,
                bytes,
                duration.map(length -> bitrate(bytes, length)).orElse(0L),
                selected.video().from(times.origin()),
                audio,
                output.text(times.origin()),
                selector.warnings(),
                rejected);
    }

    private byte[] head(Path file) {
        validator.checkBytes(bytes(file));
        try (InputStream content = Files.newInputStream(file)) {
            byte[] head = content.readNBytes(FileSignature.LENGTH);
            FileSignature.reject(head).ifPresent(rejection -> {
                throw rejection;
            });
            return head;
        } catch (IOException e) {
            throw missing(e);
        }
    }

    private static void rejectReferenceMovie(Path file) {
        try {
            if (ReferenceMovie.matches(file)) {
                throw new JobException(
                        ErrorCode.UNREADABLE,
                        "The file has an index but no media data: it is a reference to another file, or incomplete.");
            }
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
        return new JobException(ErrorCode.FILES_MISSING, "The source file is missing on this host.", cause);
    }

    /**
     * Container and streams.
     *
     * @param rejectedCodecs of streams that must not be decoded
     */
    private record Description(FfprobeOutput output, Set<String> rejectedCodecs) {}

    private Description describe(Path file, boolean isContainer, CancellationToken cancellation) {
        Set<String> rejectedCodecs = new HashSet<>();
        FfprobeRun run = run(file, rejectedCodecs, cancellation);
        // One run names one decoder that is not allowed.
        while (run.result().exitCode() != 0
                && rejectedCodecs.size() < limits.maxStreams()
                && ProbeErrorMapper.rejectedCodec(run.result().stderr())
                        .filter(rejectedCodecs::add)
                        .isPresent()) {
            run = run(file, rejectedCodecs, cancellation);
        }
        return new Description(output(run, isContainer), Set.copyOf(rejectedCodecs));
    }

    private FfprobeRun run(Path file, Set<String> unusedDecoders, CancellationToken cancellation) {
        return FfprobeRun.run(
                file,
                ffmpeg,
                FfprobeCommand.describe(file, limits, unusedDecoders),
                config.probeTimeout(),
                cancellation);
    }

    private FfprobeOutput output(FfprobeRun run, boolean isContainer) {
        FfmpegRunner.ExitResult result = run.result();
        if (result.exitCode() != 0) {
            JobException rejection = ProcessErrorMapper.wasKilled(result)
                    ? new JobException(ErrorCode.FFMPEG_FAILED, "ffprobe was killed while it probed the file.")
                    : ProbeErrorMapper.of(result.stderr(), limits.maxStreams(), isContainer);
            LOG.atInfo()
                    .addKeyValue("error", rejection.code())
                    .addKeyValue("ffprobe", result.stderr())
                    .log("source rejected");
            throw rejection;
        }
        try {
            return FfprobeOutput.of(run.json());
        } catch (DecodeException e) {
            throw new JobException(ErrorCode.UNREADABLE, "The output of ffprobe for the file is invalid.", e);
        }
    }

    /** The duration stated by the header, if plausible. */
    private Optional<Duration> statedDuration(FfprobeOutput output, FfprobeStream video, long bytes) {
        return output.duration(video)
                .filter(length -> length.compareTo(Duration.ZERO) > 0)
                .filter(length -> bitrate(bytes, length) >= MIN_BITRATE)
                .filter(length -> !validator.isTooLong(length));
    }

    /** The duration from the timestamps of the packets. */
    private Optional<Duration> duration(
            Path file, long bytes, FfprobeStream video, Set<String> unusedDecoders, CancellationToken cancellation) {
        PacketDuration packets = new PacketDuration();
        FfmpegRunner.ExitResult result = ffmpeg.probeRunner(FileAccess.readFile(file))
                .run(
                        FfprobeCommand.packetTimes(file, video.index(), limits, unusedDecoders),
                        packets::add,
                        Watchdog.withDeadline(ReadTimeout.forBytes(config.probeTimeout(), bytes)),
                        cancellation);
        if (result.exitCode() != 0) {
            LOG.atWarn().addKeyValue("ffprobe", result.stderr()).log("packet timestamps not readable");
        }
        return packets.duration();
    }

    private static long bitrate(long bytes, Duration length) {
        return Math.round(bytes * 8 / DecimalSeconds.toSeconds(length));
    }
}
