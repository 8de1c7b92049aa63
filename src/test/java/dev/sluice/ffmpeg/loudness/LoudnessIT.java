package dev.sluice.ffmpeg.loudness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.config.MediaConfig;
import dev.sluice.ffmpeg.FfmpegFixture;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.Loudness;
import dev.sluice.media.rendition.EncodeResult;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Encodes test signals of EBU Tech 3341 and 3342 and measures what is published. */
@Timeout(120)
class LoudnessIT {
    /** The tolerance of EBU Tech 3341 for integrated loudness. */
    private static final double TOLERANCE = 0.1;

    @TempDir
    private Path directory;

    /** Signals 1 to 3 of Tech 3341: sine of 1 kHz in both channels; dBFS for seconds, repeatedly. */
    @ParameterizedTest
    @CsvSource({"-23:20, -23.0", "-33:20, -33.0", "-36:10 -23:60 -36:10, -23.0"})
    void measuresIntegratedLoudnessOfTestSignals(String signal, double expected) throws IOException {
        Loudness loudness = encode(signal, FfmpegFixture.MEDIA).loudness().orElseThrow();

        assertThat(loudness.integrated()).isCloseTo(expected, within(TOLERANCE));
        // The peak of a sine, and the ripple that AAC adds to it.
        assertThat(loudness.truePeak().orElseThrow()).isCloseTo(-23 + Math.min(0, expected + 23), within(1.0));
    }

    /** Signal 1 of Tech 3342. */
    @Test
    void measuresLoudnessRangeOfTestSignal() throws IOException {
        assertThat(encode("-20:20 -30:20", FfmpegFixture.MEDIA).loudness())
                .hasValueSatisfying(loudness -> assertThat(loudness.range()).isCloseTo(10, within(1.0)));
    }

    @Test
    void silenceHasNoLoudness() throws IOException {
        assertThat(encode("-150:2", FfmpegFixture.MEDIA).loudness()).isEmpty();
    }

    /** The second signal has a burst with little headroom, the third is too loud. */
    @ParameterizedTest
    @CsvSource({"-33:10, -23.0", "-33:10 -4:0.05 -33:10, -26.2", "-14:10, -23.0"})
    void gainReachesTargetUnlessPeaksForbidIt(String signal, double expected) throws IOException {
        MediaConfig corrected =
                FfmpegFixture.MEDIA.withEncoding(new JsonObject().put("loudness", new JsonObject().put("target", -23)));

        Loudness loudness = encode(signal, corrected).loudness().orElseThrow();

        assertThat(loudness.integrated()).isCloseTo(expected, within(0.5));
        assertThat(loudness.truePeak().orElseThrow()).isLessThan(0);
    }

    @Test
    void measurementThatFailsHasNoResult() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.mp4"), "no audio");
        CancellationToken cancelled = new CancellationToken();
        cancelled.cancel(new JobException(ErrorCode.CANCELLED, "Cancelled."));

        LoudnessMeter meter = FfmpegFixture.runner(FfmpegFixture.MEDIA).loudnessMeter();

        assertThat(meter.measureOutput(broken, new CancellationToken())).isEmpty();
        assertThatThrownBy(() -> meter.measureOutput(broken, cancelled)).isInstanceOf(JobException.class);
    }

    @Test
    void readsSummaryAlone() {
        List<String> log = List.of(
                "[info]   I: -99.0 LUFS",
                "I: -50.0 LUFS",
                "[Parsed_ebur128_1 @ 0x7f] [info] Summary:",
                "Integrated loudness:",
                "I:         -23.4 LUFS",
                "Threshold: -33.4 LUFS",
                "LRA:         5.1 LU",
                "LRA low:   -26.0 LUFS",
                "True peak:",
                "Peak:      -inf dBFS");

        assertThat(LoudnessMeter.parse(log))
                .hasValueSatisfying(
                        loudness -> assertThat(loudness.integrated()).isEqualTo(-23.4))
                .hasValueSatisfying(loudness -> assertThat(loudness.range()).isEqualTo(5.1))
                .hasValueSatisfying(loudness -> assertThat(loudness.truePeak()).isEmpty());
    }

    /** Encodes sines with these levels and lengths one after the other. */
    private EncodeResult encode(String signal, MediaConfig media) throws IOException {
        StringBuilder amplitude = new StringBuilder("0");
        double end = 0;
        for (String part : signal.split(" ")) {
            String[] level = part.split(":");
            double start = end;
            end += Double.parseDouble(level[1]);
            amplitude.append(String.format(
                    Locale.ROOT, "+between(t,%s,%s)*%s", start, end, Math.pow(10, Double.parseDouble(level[0]) / 20)));
        }
        String sine = "(" + amplitude + ")*sin(2*PI*1000*t)";
        Path source = FfmpegFixture.clip(
                directory.resolve("source.mov"),
                "testsrc2=size=64x48:rate=2:duration=" + end,
                "aevalsrc=exprs='" + sine + "|" + sine + "':sample_rate=48000:duration=" + end,
                "-c:a",
                "pcm_s16le");
        Path outputs = Files.createDirectories(directory.resolve("outputs"));
        return FfmpegFixture.encoder(media).encode(FfmpegFixture.request(source, FfmpegFixture.probe(source), outputs));
    }
}
