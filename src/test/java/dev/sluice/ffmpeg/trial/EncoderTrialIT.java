package dev.sluice.ffmpeg.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.config.MediaConfig.Effort;
import dev.sluice.config.MediaConfig.Rung;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.ffmpeg.trial.EffortDecision.Reason;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.ProbedSource;
import dev.sluice.media.rendition.EncodeSpeedEstimator;
import dev.sluice.media.rendition.SpeedClass;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Decides the effort of encodes of generated videos. */
@Timeout(120)
class EncoderTrialIT {
    private static final String STILL = "trim=end_frame=1,loop=loop=-1:size=1,setpts=N/25/TB";
    /** Two windows in turn, each for a fifth of a second: the frames of the other one are needed as references. */
    private static final String FLIP =
            "testsrc2=size=960x540:rate=25," + STILL + "[one];mandelbrot=size=960x540:rate=25," + STILL
                    + "[other];[one][other]overlay=enable='mod(floor(t*5)\\,2)',trim=duration=14";
    /** One window without motion. */
    private static final String WINDOW = "testsrc2=size=960x540:rate=25," + STILL + ",trim=duration=14";

    @TempDir
    private Path directory;

    @Test
    void keepsReferencesThatVideoNeeds() {
        EffortDecision decision = decide(source(FLIP), media("medium", true)).orElseThrow();

        assertThat(decision.effort()).isEqualTo(Effort.PRESET);
        assertThat(decision.reason()).isEqualTo(Reason.DIFFERENT);
        assertThat(decision.bytes()).isGreaterThan(0.3);
    }

    @Test
    void reducesEffortOfSimilarResultAndRepeatsItsDecision() {
        ProbedSource source = source(WINDOW);

        EffortDecision decision = decide(source, media("medium", true)).orElseThrow();

        assertThat(decision.effort()).isEqualTo(Effort.REDUCED);
        assertThat(decision.reason()).isEqualTo(Reason.SIMILAR);
        assertThat(decision.excerpts()).isPositive();
        assertThat(Math.abs(decision.bytes())).isLessThan(0.03);
        assertThat(decide(source, media("medium", true))).contains(decision);
    }

    @Test
    void triesOnlyWhatMaySaveTime() {
        ProbedSource source = source(WINDOW);
        EffortDecision noTrial = new EffortDecision(Effort.PRESET, Reason.NO_TRIAL, 0, 0, 0);

        assertThat(decide(source, media("medium", false))).isEmpty();
        assertThat(decide(source, media("veryfast", true))).contains(noTrial);
        assertThat(decide(source(WINDOW.replace("duration=14", "duration=3")), media("medium", true)))
                .contains(noTrial);
        assertThat(decide(source(WINDOW.replace("960x540", "320x180")), media("medium", true)))
                .as("one rendition")
                .contains(noTrial);
    }

    @Test
    void calibratesHostOnceWhileOtherWorkIsDone() {
        Map<SpeedClass, Double> measured = new ConcurrentHashMap<>();
        EncodeSpeedEstimator estimator = new EncodeSpeedEstimator(measured::put);
        SpeedCalibration calibration = new SpeedCalibration(FfmpegFixture.runner(FfmpegFixture.MEDIA));
        CancellationToken cancellation = new CancellationToken();

        assertThat(calibration.calibrateDuring(() -> "scanned", estimator, cancellation))
                .isEqualTo("scanned");

        assertThat(estimator.isGuessing()).isFalse();
        assertThat(measured).hasSize(1).containsOnlyKeys(SpeedClass.generated(1280 * 720));
        Duration cpu = cancellation.cost().total().cpu();
        assertThat(cpu).isPositive();

        calibration.calibrateDuring(() -> "scanned", estimator, cancellation);
        assertThat(cancellation.cost().total().cpu()).as("the speed is known").isEqualTo(cpu);
    }

    @Test
    void calibrationEndsWithItsJob() {
        EncodeSpeedEstimator estimator = new EncodeSpeedEstimator();
        CancellationToken cancelled = new CancellationToken();
        JobException reason = new JobException(ErrorCode.INTERNAL_ERROR, "cancelled");
        cancelled.cancel(reason);

        assertThatThrownBy(() -> new SpeedCalibration(FfmpegFixture.runner(FfmpegFixture.MEDIA))
                        .calibrateDuring(() -> "scanned", estimator, cancelled))
                .isSameAs(reason);
        assertThat(estimator.isGuessing()).isTrue();
    }

    @Test
    void trialThatFailsKeepsPreset() throws IOException {
        ProbedSource probed = source(WINDOW);
        Path broken = Files.writeString(directory.resolve("broken.mp4"), "no video");
        ProbedSource source = new ProbedSource(broken, probed.info());
        CancellationToken cancelled = new CancellationToken();
        cancelled.cancel(new JobException(ErrorCode.CANCELLED, "Cancelled."));

        assertThat(decide(source, media("medium", true)))
                .contains(new EffortDecision(Effort.PRESET, Reason.FAILED, 0, 0, 0));
        assertThatThrownBy(() ->
                        new EncoderTrial(FfmpegFixture.runner(media("medium", true)), 2).decide(probed, cancelled))
                .isInstanceOf(JobException.class);
    }

    /** x264 writes its parameters into the stream. */
    @Test
    void reducesEffortOfAllRenditionsButSmallest() throws IOException {
        ProbedSource source = source(WINDOW.replace("duration=14", "duration=1"));

        FfmpegFixture.encoder(media("medium", true).withEffort(Effort.REDUCED))
                .encode(FfmpegFixture.request(source.path(), source.info(), directory));

        assertThat(parameters("540p")).contains(" ref=1 ").contains(" analyse=0x3:0x13 ");
        assertThat(parameters("180p")).contains(" ref=3 ").contains(" analyse=0x3:0x113 ");
    }

    private String parameters(String quality) throws IOException {
        return Files.readString(directory.resolve(quality + ".mp4"), StandardCharsets.ISO_8859_1);
    }

    private ProbedSource source(String filter) {
        Path file = FfmpegFixture.clip(
                directory.resolve("source-" + Math.abs(filter.hashCode()) + ".mp4"),
                filter,
                "sine=duration=1",
                "-map",
                "0:v");
        return new ProbedSource(file, FfmpegFixture.probe(file));
    }

    private static Optional<EffortDecision> decide(ProbedSource source, MediaConfig media) {
        return new EncoderTrial(FfmpegFixture.runner(media), 2).decide(source, new CancellationToken());
    }

    private static MediaConfig media(String preset, boolean adaptive) {
        return FfmpegFixture.media(
                List.of(new Rung("180p", 180, 400_000), new Rung("540p", 540, 1_500_000)),
                new MediaConfig.X264(preset, 23, adaptive, Effort.PRESET),
                FfmpegFixture.MEDIA.thumbnails(),
                FfmpegFixture.MEDIA.limits());
    }
}
