package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.StageName;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("StageConfig")
class StageConfigTest {
    @ParameterizedTest(name = "{0} cores, {1} x {2} runs: {3}")
    @CsvSource({
        "1, 1, 1, 1",
        "2, 1, 1, 2",
        "2, 1, 2, 2",
        "2, 1, 64, 2",
        "4, 1, 1, 4",
        "8, 1, 2, 8",
        "16, 1, 4, 8",
        "16, 2, 4, 4",
        "64, 1, 16, 8",
        "128, 1, 32, 8",
        "64, 1, 2, 32",
        "4, 0, 1, 4"
    })
    void givesAnEncodeTwiceItsShareOfTheCoresUpToEightThreads(int cores, int instances, int concurrency, int threads) {
        StageConfig stage = Configs.defaults().stage(StageName.PROCESSING).scaled(instances, concurrency);

        assertThat(stage.threadsPerRun(cores)).isEqualTo(threads);
    }
}
