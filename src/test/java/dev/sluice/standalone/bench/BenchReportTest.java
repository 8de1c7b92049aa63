package dev.sluice.standalone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchReportTest {
    @Test
    void printsMedianOfRatiosOfRounds() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        BenchReport report = new BenchReport(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                List.of(BenchVariant.SINGLE_PASS, BenchVariant.PIPELINE));

        report.addRound(round(10, 11));
        report.addRound(round(20, 20));
        report.addRound(round(40, 48));
        report.summary();

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("pipeline / single-pass: wall 1.100, CPU 1.100")
                .doesNotContain("legacy");
    }

    @Test
    void medianOfEvenNumberIsMeanOfMiddleTwo() {
        assertThat(BenchReport.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
    }

    private static List<Measurement> round(double plain, double pipeline) {
        return List.of(
                new Measurement(BenchVariant.SINGLE_PASS, plain, 2 * plain, 0, 0),
                new Measurement(BenchVariant.PIPELINE, pipeline, 2 * pipeline, 1, 40));
    }
}
