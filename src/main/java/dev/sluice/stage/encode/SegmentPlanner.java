package dev.sluice.stage.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.segment.FrameTimestamps;
import dev.sluice.media.segment.SegmentPlan;
import dev.sluice.message.EncodePlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether a video is encoded in one piece or in segments, and in which. */
public final class SegmentPlanner {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentPlanner.class);
    /** Into how many segments a long film is cut where that does not make them too short: so that many hosts end at about the same time. */
    private static final int MANY = 128;
    /** Starting FFmpeg and decoding what comes before a segment weighs in a shorter one. */
    private static final Duration SHORTEST_TASK = Duration.ofSeconds(30);

    /** A segment may turn out harder than the film on the whole, and the host that gets it slower than this one. */
    private static final double OF_THE_BOUND = 0.5;

    private final EncodeSpeedEstimator speedEstimator;
    private final FrameTimestampScanner scanner;
    private final MediaConfig media;
    private final Duration maxTask;

    /**
     * A planner for this host.
     *
     * @param maxTask how long one encode is to take at the most
     */
    public SegmentPlanner(
            EncodeSpeedEstimator speedEstimator, FrameTimestampScanner scanner, MediaConfig media, Duration maxTask) {
        this.speedEstimator = speedEstimator;
        this.scanner = scanner;
        this.media = media;
        this.maxTask = maxTask;
    }

    /** The plan; empty for what is encoded in one piece. Blocks for as long as it takes to read a long source. */
    Optional<EncodePlan> plan(Path source, MediaInfo info, CancellationToken cancellation) {
        if (speedEstimator.estimate(info).compareTo(maxTask) <= 0) {
            return Optional.empty();
        }
        Optional<FrameTimestamps> times = scanner.scan(source, info, cancellation);
        if (times.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue(
                            "estimateSeconds", speedEstimator.estimate(info).toSeconds())
                    .log("the source cannot be cut safely, it is encoded whole");
        }
        // Headers may say what they like: what counts are the pictures that are there.
        return times.filter(
                        found -> speedEstimator.estimate(info, found.count()).compareTo(maxTask) > 0)
                .flatMap(found -> plan(info, found));
    }

    private Optional<EncodePlan> plan(MediaInfo info, FrameTimestamps times) {
        Duration begin = info.startTime().orElse(Duration.ZERO);
        Duration length = times.duration();
        Duration estimate = speedEstimator.estimate(info, times.count());
        double share = (double) taskTime(estimate).toMillis() / estimate.toMillis();
        Duration longest = Duration.ofMillis((long) (length.toMillis() * share));
        SegmentPlan cut = SegmentPlan.of(begin, begin.plus(length), longest, media.keyFrameInterval());
        return cut.count() == 1 ? Optional.empty() : Optional.of(plan(info, cut, times.firstFrameTimes(cut)));
    }

    private Duration taskTime(Duration estimate) {
        Duration max = Duration.ofMillis((long) (maxTask.toMillis() * OF_THE_BOUND));
        Duration wanted = max(SHORTEST_TASK, estimate.dividedBy(MANY));
        return wanted.compareTo(max) < 0 ? wanted : max;
    }

    private static Duration max(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private EncodePlan plan(MediaInfo info, SegmentPlan cut, List<Optional<Duration>> firsts) {
        Dimensions shown = info.video().displaySize();
        return new EncodePlan(
                cut.start(),
                cut.end(),
                cut.segmentDuration(),
                firsts,
                shown.width(),
                shown.height(),
                info.audio().isPresent(),
                media.toEncodingJson());
    }
}
