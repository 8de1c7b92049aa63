package dev.sluice.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import org.junit.jupiter.api.Test;

class DiskBudgetTest {
    private static final long MIB = 1 << 20;

    private final DiskBudget disk = new DiskBudget(() -> 100 * MIB, 10 * MIB);

    @Test
    void promisesWhatIsFreeAndNoMore() {
        assertThatCode(() -> disk.take(90 * MIB).close()).doesNotThrowAnyException();
        assertThatExceptionOfType(JobFailure.class)
                .isThrownBy(() -> disk.take(90 * MIB + 1))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_LOW))
                .withMessageContaining("may need 91 MiB")
                .withMessageContaining("100 MiB are free");
    }

    @Test
    void promisesNothingTwice() throws Exception {
        DiskBudget.Share first = disk.take(60 * MIB);
        assertThatExceptionOfType(JobFailure.class).isThrownBy(() -> disk.take(60 * MIB));

        first.close();

        assertThatCode(() -> disk.take(60 * MIB)).doesNotThrowAnyException();
    }

    @Test
    void keepsNothingForWhatItRefused() {
        assertThatExceptionOfType(JobFailure.class).isThrownBy(() -> disk.take(1000 * MIB));

        assertThatCode(() -> disk.take(90 * MIB)).doesNotThrowAnyException();
    }
}
