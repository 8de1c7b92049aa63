package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressParserTest {
    private static final Optional<Duration> LENGTH = Optional.of(Duration.ofSeconds(10));

    private final ProgressParser parser = new ProgressParser();

    @Test
    void parsesFractionFramesAndTime() {
        feed(
                "frame=62",
                "fps=31.0",
                "out_time_us=2500000",
                "out_time=00:00:02.500000",
                "speed=1.2x",
                "progress=continue");

        assertThat(parser.fraction(LENGTH)).hasValue(0.25);
        assertThat(parser.frames()).isEqualTo(62);
        assertThat(parser.outputTime()).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void detectsProgress() {
        assertThat(parser.accept("frame=1")).isTrue();
        assertThat(parser.accept("frame=1")).isFalse();
        assertThat(parser.accept("out_time_us=40000")).isTrue();
        assertThat(parser.accept("out_time_us=40000")).isFalse();
        assertThat(parser.accept("speed=0.1x")).isFalse();
        assertThat(parser.accept("progress=continue")).isFalse();
        assertThat(parser.accept("progress=end")).isTrue();
    }

    @Test
    void reportsZeroBeforeFirstFrame() {
        feed("frame=0", "out_time_us=N/A", "progress=continue");

        assertThat(parser.fraction(LENGTH)).hasValue(0);
    }

    @Test
    void reportsNoFractionWhenDurationIsUnknown() {
        feed("out_time_us=2500000");

        assertThat(parser.fraction(Optional.empty())).isEmpty();
        assertThat(parser.fraction(Optional.of(Duration.ZERO))).isEmpty();
    }

    @Test
    void reportsCompletionAtEndForAnyDuration() {
        feed("out_time_us=2500000", "progress=end");

        assertThat(parser.fraction(LENGTH)).hasValue(1);
        assertThat(parser.fraction(Optional.empty())).hasValue(1);
    }

    @Test
    void limitsFractionToZeroAndOne() {
        feed("out_time_us=99000000");
        assertThat(parser.fraction(LENGTH)).hasValue(1);

        feed("out_time_us=-40000");
        assertThat(parser.fraction(LENGTH)).hasValue(0);
    }

    @Test
    void ignoresOtherLines() {
        assertThat(parser.accept("")).isFalse();
        assertThat(parser.accept("no equals sign")).isFalse();
        assertThat(parser.accept("frame=many")).isFalse();
    }

    private void feed(String... lines) {
        for (String line : lines) {
            boolean ignored = parser.accept(line);
        }
    }
}
