package dev.sluice.ffmpeg.probe;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.ffmpeg.install.FfmpegInstallation;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.process.ReadTimeout;
import dev.sluice.ffmpeg.process.Watchdog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes a few frames of a source's streams with ffprobe. All methods block, for at most {@link #MAX_DURATION}, and for the time to
 * read the file if pixels are not square.
 */
record FrameDecoder(
        FfmpegInstallation ffmpeg,
        FfmpegConfig config,
        Limits limits,
        Path file,
        Set<String> unusedDecoders,
        CancellationToken cancellation) {
    private static final Logger LOG = LoggerFactory.getLogger(FrameDecoder.class);
    /** Containers without an index are read from the start to each point. */
    private static final Duration MAX_DURATION = Duration.ofSeconds(10);

    /**
     * Formats that state no aspect ratio: FFmpeg applies that of the first frame to all, so the others must be known before the
     * encode. Videos with square pixels do not change it.
     */
    private static final Set<String> BROADCAST_FORMATS = Set.of("mpegts", "mpeg");

    private static final int POINTS = 12;
    /** Containers seek to a key frame, except transport and program streams, which seek to any packet. */
    private static final int PACKETS = 2;

    private static final int PACKETS_BEFORE_KEY_FRAME = 100;
    private static final int AUDIO_PACKETS = 8;

    /**
     * Decodes key frames at evenly spread points of a video stream.
     *
     * @param duration of the stream; if empty only the start is surveyed
     */
    FrameSurvey survey(FfprobeStream stream, Optional<Duration> duration, String formatName) {
        FrameSurvey survey = new FrameSurvey();
        List<Duration> points = duration.map(length -> LongStream.range(0, POINTS)
                        .mapToObj(i -> length.multipliedBy(i).dividedBy(POINTS))
                        .toList())
                .orElse(List.of(Duration.ZERO));
        int packets = formatName.startsWith("mpeg") ? PACKETS_BEFORE_KEY_FRAME : PACKETS;
        boolean ended = run(
                FfprobeCommand.frames(file, stream.index(), packets, points, limits, unusedDecoders), survey::accept);
        if (survey.isEmpty() && ended) {
            // The file does not start with a key frame.
            List<String> start = FfprobeCommand.frames(
                    file,
                    stream.index(),
                    10 * PACKETS_BEFORE_KEY_FRAME,
                    List.of(Duration.ZERO),
                    limits,
                    unusedDecoders);
            if (!run(start, survey::accept)) {
                LOG.atInfo().addKeyValue("stream", stream.index()).log("no key frame found in time");
            }
        }
        if (BROADCAST_FORMATS.contains(formatName) && survey.isAnamorphic()) {
            boolean isComplete = run(
                    FfprobeCommand.keyFrames(file, stream.index(), limits, unusedDecoders),
                    survey::acceptKeyFrame,
                    ReadTimeout.forBytes(config.probeTimeout(), file.toFile().length()));
            if (!isComplete) {
                LOG.atInfo().addKeyValue("stream", stream.index()).log("aspect ratios of later frames unknown");
            }
        }
        return survey;
    }

    /** Whether one of the first packets of an audio stream can be decoded, or is not found in time. */
    boolean decodesAudio(FfprobeStream stream) {
        AtomicBoolean decoded = new AtomicBoolean();
        boolean ended =
                run(FfprobeCommand.audioFrames(file, stream.index(), AUDIO_PACKETS, limits, unusedDecoders), line -> {
                    if (!line.isBlank()) {
                        decoded.set(true);
                    }
                });
        return decoded.get() || !ended;
    }

    /** Returns whether ffprobe ended in time. */
    private boolean run(List<String> command, Consumer<String> lines) {
        Duration limit = config.probeTimeout().compareTo(MAX_DURATION) < 0 ? config.probeTimeout() : MAX_DURATION;
        return run(command, lines, limit);
    }

    private boolean run(List<String> command, Consumer<String> lines, Duration limit) {
        try {
            FfmpegRunner.ExitResult result = ffmpeg.probeRunner(FileAccess.readFile(file))
                    .run(command, lines, Watchdog.withDeadline(limit), cancellation);
            if (result.exitCode() != 0) {
                LOG.atDebug().addKeyValue("ffprobe", result.stderr()).log("frames not decoded");
            }
            return true;
        } catch (JobException failure) {
            if (failure.code() != ErrorCode.FFMPEG_STALLED || cancellation.isCancelled()) {
                throw failure;
            }
            LOG.atInfo().addKeyValue("limitSeconds", limit.toSeconds()).log("frame survey incomplete");
            return false;
        }
    }
}
