package dev.sluice.ffmpeg.trial;

import dev.sluice.common.async.BlockingTask;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.ffmpeg.encode.EncodeRunner;
import dev.sluice.ffmpeg.process.FfmpegRunner;
import dev.sluice.ffmpeg.sandbox.FileAccess;
import dev.sluice.job.Cost;
import dev.sluice.media.DecimalSeconds;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.SpeedClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures the speed of a host that has encoded nothing yet: encodes a generated video for about two seconds, with one thread.
 * CPU time counts, so that other work of the host does not.
 */
public record SpeedCalibration(EncodeRunner runner) {
    private static final Logger LOG = LoggerFactory.getLogger(SpeedCalibration.class);
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int FRAMES = 50;
    private static final String SOURCE =
            "testsrc2=size=" + WIDTH + "x" + HEIGHT + ":rate=25,format=yuv420p,trim=end_frame=" + FRAMES;
    /**
     * Speed of the default renditions of a video, with decode and verification, relative to that of the generated one: 43 and 46
     * million pixels per second and thread on the same host at rest, rounded down. A speed that is too low makes segments shorter
     * than necessary; one that is too high makes tasks longer than their limit.
     */
    private static final double RELATIVE_SPEED = 0.9;

    /**
     * Does other work and, if no speed is known, measures and records one meanwhile, on another thread; returns the result of the
     * work. Blocks until both have ended. A failed measurement is logged only.
     *
     * @throws dev.sluice.job.JobException that of {@code work}, or the reason of the cancellation
     */
    public <T> T calibrateDuring(Supplier<T> work, EncodeSpeedEstimator estimator, CancellationToken cancellation) {
        if (!estimator.isGuessing()) {
            return work.get();
        }
        try (BlockingTask<Boolean> calibrating =
                BlockingTask.start("calibration", () -> calibrate(estimator, cancellation))) {
            T result = work.get();
            LOG.atInfo()
                    .addKeyValue("succeeded", calibrating.result())
                    .log("encode speed of this host measured with a generated video");
            return result;
        }
    }

    private boolean calibrate(EncodeSpeedEstimator estimator, CancellationToken cancellation) {
        CancellationToken measured = new CancellationToken();
        CancellationToken.Registration registration =
                cancellation.onCancel(() -> cancellation.reason().ifPresent(measured::cancel));
        try {
            boolean succeeded = runner.ffmpeg()
                    .encodeRunner(
                            FileAccess.none(runner.ffmpeg().ffmpeg()),
                            runner.media().limits().maxOutputBytes())
                    .measure(command(), runner.ffmpegConfig().stallTimeout(), "encode speed not measured", measured)
                    .isPresent();
            if (succeeded) {
                estimator.record(
                        SpeedClass.generated((long) WIDTH * HEIGHT),
                        speed(measured.cost().total()));
            }
            return succeeded;
        } finally {
            registration.close();
            cancellation.cost().add(measured.cost().total());
        }
    }

    private static double speed(Cost cost) {
        return RELATIVE_SPEED * FRAMES * WIDTH * HEIGHT / DecimalSeconds.toSeconds(cost.cpu());
    }

    private static List<String> command() {
        List<String> command = new ArrayList<>(FfmpegRunner.MEASUREMENT_OPTIONS);
        command.addAll(List.of("-filter_threads", "1", "-f", "lavfi", "-i", SOURCE));
        command.addAll(List.of("-c:v", "libx264", "-preset", "medium", "-crf", "23", "-threads:v", "1"));
        command.addAll(List.of("-f", "null", "-"));
        return List.copyOf(command);
    }
}
