package dev.sluice.ffmpeg.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressParserTest {
    private static final Optional<Duration> LENGTH = Optional.of(Duration.ofSeconds(10));

    private final ProgressParser progress = new ProgressParser();

    @Test
    void tellsHowMuchIsDone() {
        feed(
                "frame=62",
                "fps=31.0",
                "out_time_us=2500000",
                "out_time=00:00:02.500000",
                "speed=1.2x",
                "progress=continue");

        assertThat(progress.fraction(LENGTH)).hasValue(0.25);
        assertThat(progress.frames()).isEqualTo(62);
        assertThat(progress.outputTime()).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void seesThatTheWorkGetsOn() {
        assertThat(progress.accept("frame=1")).isTrue();
        assertThat(progress.accept("frame=1")).isFalse();
        assertThat(progress.accept("out_time_us=40000")).isTrue();
        assertThat(progress.accept("out_time_us=40000")).isFalse();
        assertThat(progress.accept("speed=0.1x")).isFalse();
        assertThat(progress.accept("progress=continue")).isFalse();
        assertThat(progress.accept("progress=end")).isTrue();
    }

    @Test
    void knowsNothingBeforeTheFirstFrame() {
        feed("frame=0", "out_time_us=N/A", "progress=continue");

        assertThat(progress.fraction(LENGTH)).hasValue(0);
    }

    @Test
    void tellsNoShareOfAnUnknownLength() {
        feed("out_time_us=2500000");

        assertThat(progress.fraction(Optional.empty())).isEmpty();
        assertThat(progress.fraction(Optional.of(Duration.ZERO))).isEmpty();
    }

    @Test
    void isDoneInTheEndWhateverTheLengthWasSaidToBe() {
        feed("out_time_us=2500000", "progress=end");

        assertThat(progress.fraction(LENGTH)).hasValue(1);
        assertThat(progress.fraction(Optional.empty())).hasValue(1);
    }

    @Test
    void neverPassesTheEnds() {
        feed("out_time_us=99000000");
        assertThat(progress.fraction(LENGTH)).hasValue(1);

        feed("out_time_us=-40000");
        assertThat(progress.fraction(LENGTH)).hasValue(0);
    }

    @Test
    void ignoresWhatIsNoProgress() {
        assertThat(progress.accept("")).isFalse();
        assertThat(progress.accept("no equals sign")).isFalse();
        assertThat(progress.accept("frame=many")).isFalse();
    }

    private void feed(String... lines) {
        for (String line : lines) {
            boolean ignored = progress.accept(line);
        }
    }
}
