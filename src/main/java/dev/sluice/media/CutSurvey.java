package dev.sluice.media;

import dev.sluice.config.FfmpegConfig;
import dev.sluice.config.MediaConfig.Limits;
import dev.sluice.job.Cancellation;
import dev.sluice.job.JobFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the times of all pictures of a source, from end to end and without seeking, before it is cut: only that tells which
 * frame a segment has to begin with, whatever the container's seeking makes of it.
 */
public final class CutSurvey {
    private static final Logger LOG = LoggerFactory.getLogger(CutSurvey.class);

    private final FfmpegInstallation ffmpeg;
    private final FfmpegConfig config;
    private final Limits limits;

    public CutSurvey(FfmpegInstallation ffmpeg, FfmpegConfig config, Limits limits) {
        this.ffmpeg = ffmpeg;
        this.config = config;
        this.limits = limits;
    }

    /**
     * When the first frame of each segment is shown, in the times of the whole; empty for a segment that has none. Empty altogether
     * when the source cannot be cut safely: its pictures do not all say when they are shown. Blocks for as long as it takes to
     * read the file.
     *
     * @throws JobFailure FFMPEG_STALLED, or the cancellation's reason
     */
    public Optional<List<Optional<Duration>>> firsts(
            Path source, MediaInfo info, SegmentPlan plan, Cancellation cancellation) {
        List<Double> times = new ArrayList<>();
        boolean[] timeless = new boolean[1];
        FfmpegRun.Outcome outcome = ffmpeg.prober(Reach.looking(source))
                .run(
                        ProbeCommand.packetTimes(source, info.video().index(), limits),
                        line -> Seconds.parse(line.split(",", 2)[0])
                                .ifPresentOrElse(
                                        time -> times.add(Seconds.in(time)), () -> timeless[0] |= !line.isBlank()),
                        Watchdog.deadline(ReadingTime.of(config.probeTimeout(), info.bytes())),
                        cancellation);
        if (outcome.exitCode() != 0 || timeless[0] || times.isEmpty()) {
            LOG.atInfo()
                    .addKeyValue("exitCode", outcome.exitCode())
                    .addKeyValue("pictures", times.size())
                    .log("not all pictures of the source say when they are shown");
            return Optional.empty();
        }
        return Optional.of(firsts(times, plan));
    }

    private static List<Optional<Duration>> firsts(List<Double> times, SegmentPlan plan) {
        double start = Collections.min(times);
        List<Optional<Duration>> firsts = new ArrayList<>(Collections.nCopies(plan.count(), Optional.empty()));
        for (double time : times) {
            Duration shown = plan.begin().plus(Seconds.of(time - start));
            int number = plan.numberAt(shown);
            if (firsts.get(number).filter(known -> known.compareTo(shown) <= 0).isEmpty()) {
                firsts.set(number, Optional.of(shown));
            }
        }
        return firsts;
    }
}
