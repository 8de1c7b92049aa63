package dev.sluice.ffmpeg.trial;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Effort;
import dev.sluice.ffmpeg.encode.EncodeCommand;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.process.StderrLog;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.ffmpeg.trial.EffortDecision.Reason;
import dev.sluice.job.JobException;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.Rendition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides the effort of an encode: encodes excerpts in the smallest rendition with the effort of the preset and with reduced
 * effort, and compares size and quality. The decision depends on the source and the settings only.
 *
 * @param threads that FFmpeg may use, 1 or more
 */
public record EncoderTrial(EncodeRunner runner, int threads) {
    /** Faster presets have few references, and the references of slower ones span more than an excerpt. */
    private static final Set<String> PRESETS = Set.of("medium", "slow");
    /**
     * Maximum change of the bytes at the quality of the preset, on average over the excerpts. In the larger renditions the change
     * is a fifth to three quarters of it.
     */
    private static final double MAX_CHANGE = 0.02;
    /** Relative change of the bytes that changes the quality by 1 dB. */
    private static final double BYTES_PER_DECIBEL = 0.2;

    private static final String FAILED = "trial encode failed";
    private static final Logger LOG = LoggerFactory.getLogger(EncoderTrial.class);

    /**
     * Decides the effort for a source; blocks. A trial that fails decides for the effort of the preset. Empty if the configuration
     * wants the effort of the preset for all videos.
     *
     * @throws JobException the reason of the cancellation, if cancelled
     */
    public Optional<EffortDecision> decide(ProbedSource source, CancellationToken cancellation) {
        MediaConfig media = runner.media();
        if (!media.x264().adaptive()) {
            return Optional.empty();
        }
        List<Rendition> renditions = runner.renditions(source.info().video().displaySize()).stream()
                .filter(rendition -> !rendition.isAv1())
                .toList();
        List<Duration> starts =
                renditions.size() > 1 && PRESETS.contains(media.x264().preset())
                        ? Excerpts.starts(source.info(), renditions)
                        : List.of();
        return Optional.of(
                starts.isEmpty()
                        ? EffortDecision.withoutExcerpts(Reason.NO_TRIAL)
                        : compare(source, starts, cancellation));
    }

    private EffortDecision compare(ProbedSource source, List<Duration> starts, CancellationToken cancellation) {
        List<TrialMeasurement> measured = new ArrayList<>();
        EffortDecision decision = EffortDecision.withoutExcerpts(Reason.FAILED);
        for (Duration start : starts) {
            Optional<TrialMeasurement> excerpt = measure(source, start, cancellation);
            if (excerpt.isEmpty()) {
                return EffortDecision.withoutExcerpts(Reason.FAILED);
            }
            measured.add(excerpt.get());
            decision = decision(measured);
            // The other excerpts could not compensate for these if they were equal.
            if (change(decision) * measured.size() > MAX_CHANGE * starts.size()) {
                return decision;
            }
        }
        return decision;
    }

    private static EffortDecision decision(List<TrialMeasurement> measured) {
        double preset =
                measured.stream().mapToDouble(TrialMeasurement::presetRate).sum();
        double reduced =
                measured.stream().mapToDouble(TrialMeasurement::reducedRate).sum();
        double psnr = measured.stream()
                .mapToDouble(TrialMeasurement::psnrChange)
                .average()
                .orElse(0);
        EffortDecision similar =
                new EffortDecision(Effort.REDUCED, Reason.SIMILAR, measured.size(), reduced / preset - 1, psnr);
        return change(similar) <= MAX_CHANGE
                ? similar
                : new EffortDecision(
                        Effort.PRESET, Reason.DIFFERENT, similar.excerpts(), similar.bytes(), similar.psnr());
    }

    /** Relative change of the bytes at the quality of the preset. */
    private static double change(EffortDecision decision) {
        return decision.bytes() - BYTES_PER_DECIBEL * decision.psnr();
    }

    private Optional<TrialMeasurement> measure(ProbedSource source, Duration start, CancellationToken cancellation) {
        Duration videoStart = source.info().times().videoStart().orElse(Duration.ZERO);
        return runner.ffmpeg()
                .encodeRunner(
                        FileAccess.readFile(source.path()),
                        runner.media().limits().maxOutputBytes())
                .measure(
                        new EncodeCommand(runner.media(), threads)
                                .trial(source, videoStart.plus(start), Excerpts.FRAMES),
                        runner.ffmpegConfig().stallTimeout(),
                        FAILED,
                        cancellation)
                .flatMap(EncoderTrial::parse);
    }

    private static Optional<TrialMeasurement> parse(StderrLog log) {
        Optional<TrialMeasurement> measured = TrialMeasurement.parse(log.lines());
        if (measured.isEmpty()) {
            LOG.atWarn().addKeyValue("ffmpeg", log).log(FAILED);
        }
        return measured;
    }
}
