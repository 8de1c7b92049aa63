package dev.sluice.stage.encode;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.probe.FrameTimestampScanner;
import dev.sluice.ffmpeg.trial.SpeedCalibration;
import dev.sluice.media.Dimensions;
import dev.sluice.media.MediaInfo;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.EncodeWork;
import dev.sluice.media.segment.FrameTimestamps;
import dev.sluice.media.segment.SegmentPlan;
import dev.sluice.message.EncodePlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether a video is encoded in one piece or in segments, and plans the segments.
 *
 * @param calibration of a host whose speed is unknown
 * @param maxTaskDuration of one encode on this host
 * @param threads that an encode may use, 1 or more
 */
public record SegmentPlanner(
        EncodeSpeedEstimator speedEstimator,
        FrameTimestampScanner scanner,
        SpeedCalibration calibration,
        Duration maxTaskDuration,
        int threads) {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentPlanner.class);
    /**
     * Segments of a long video, unless they become too short: many hosts then finish at about the same time. With the audio, these
     * are 128 tasks: full rounds for 2, 4, 8, 16 and 32 equal hosts.
     */
    private static final int MAX_COUNT = 127;
    /** In a shorter task, starting FFmpeg and decoding the preroll take a significant part of the time. */
    private static final Duration MIN_TASK = Duration.ofSeconds(30);
    /** Margin: a segment may be more complex than the video on average, and its host slower than this one. */
    private static final int MARGIN = 2;

    /** The plan; empty for a video that is encoded in one piece. Blocks; reads a long source completely. */
    Optional<EncodePlan> plan(ProbedSource source, MediaConfig media, CancellationToken cancellation) {
        MediaInfo info = source.info();
        EncodeWork work = EncodeWork.of(info, media, threads);
        if (speedEstimator.estimate(work).compareTo(maxTaskDuration) <= 0) {
            return Optional.empty();
        }
        // A host whose speed is unknown is measured meanwhile.
        Optional<FrameTimestamps> timestamps =
                calibration.calibrateDuring(() -> scanner.scan(source, cancellation), speedEstimator, cancellation);
        if (timestamps.isEmpty()) {
            LOG.atWarn()
                    .addKeyValue(
                            "estimateSeconds", speedEstimator.estimate(work).toSeconds())
                    .log("source not segmentable; encoding in one piece");
        }
        // The header is not trusted: the estimate is repeated with the actual number of frames.
        return timestamps.flatMap(
                found -> plan(info, media, found, speedEstimator.estimate(work.withFrames(found.count()))));
    }

    private Optional<EncodePlan> plan(
            MediaInfo info, MediaConfig media, FrameTimestamps timestamps, Duration estimate) {
        if (estimate.compareTo(maxTaskDuration) <= 0) {
            return Optional.empty();
        }
        Duration start = info.times().videoStart().orElse(Duration.ZERO);
        Duration length = timestamps.duration();
        SegmentPlan segments = SegmentPlan.of(
                start,
                start.plus(length),
                MAX_COUNT,
                part(length, MIN_TASK, estimate),
                part(length, maxTaskDuration.dividedBy(MARGIN), estimate),
                media.keyFrameInterval());
        return segments.count() == 1
                ? Optional.empty()
                : Optional.of(encodePlan(info, media, segments, timestamps.firstFrameTimes(segments)));
    }

    /** The duration of the part of a video that takes this time, by the estimate for all of it. */
    private static Duration part(Duration length, Duration task, Duration estimate) {
        return Duration.ofMillis(length.toMillis() * task.toMillis() / estimate.toMillis());
    }

    private EncodePlan encodePlan(
            MediaInfo info, MediaConfig media, SegmentPlan segments, List<Optional<Duration>> firstFrameTimes) {
        Dimensions size = info.video().displaySize();
        return new EncodePlan(
                segments.start(),
                segments.end(),
                segments.segmentDuration(),
                firstFrameTimes,
                new EncodePlan.Video(
                        size.width(),
                        size.height(),
                        info.video().frameRate(),
                        info.video().color().output().name()),
                info.audio().isPresent(),
                info.times().audioStart(),
                info.times().audioEnd(),
                info.warnings(),
                media.toEncodingJson(),
                Optional.empty());
    }
}
