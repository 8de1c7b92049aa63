package dev.sluice.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class DiskReservationsTest {
    private static final long MIB = 1 << 20;

    private final DiskReservations disk = new DiskReservations(disk(100 * MIB, 2000 * MIB), 10 * MIB);

    @Test
    void promisesWhatIsFreeAndNoMore() {
        assertThatCode(() -> disk.reserve(90 * MIB).close()).doesNotThrowAnyException();
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> disk.reserve(90 * MIB + 1))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_LOW))
                .withMessageContaining("may need 91 MiB")
                .withMessageContaining("100 MiB are free");
    }

    @Test
    void promisesNothingTwice() throws Exception {
        DiskReservations.Reservation first = disk.reserve(60 * MIB);
        assertThatExceptionOfType(JobException.class).isThrownBy(() -> disk.reserve(60 * MIB));

        first.close();

        assertThatCode(() -> disk.reserve(60 * MIB)).doesNotThrowAnyException();
    }

    @Test
    void keepsNothingForWhatItRefused() {
        assertThatExceptionOfType(JobException.class).isThrownBy(() -> disk.reserve(1000 * MIB));

        assertThatCode(() -> disk.reserve(90 * MIB)).doesNotThrowAnyException();
    }

    @Test
    void refusesForGoodWhatTheDiskCouldNotHoldIfItWereEmpty() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> disk.reserve(1990 * MIB + 1))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_TOO_SMALL))
                .withMessage("The work may need 1991 MiB of disk; the workspace's disk has 2000 MiB in all, of which 10"
                        + " are kept free.");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> disk.reserve(1990 * MIB))
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_LOW));
    }

    @Test
    void isNotConfusedByAnAbsurdAmount() {
        DiskReservations silent = new DiskReservations(disk(100 * MIB, 0), 10 * MIB);

        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(JobException.class)
                    .isThrownBy(() -> silent.reserve(Long.MAX_VALUE))
                    .satisfies(failure -> assertThat(failure.code()).isEqualTo(ErrorCode.DISK_LOW))
                    .withMessageContaining("may need 8796093022208 MiB");
        }
        assertThatCode(() -> silent.reserve(90 * MIB)).doesNotThrowAnyException();
    }

    @Test
    void isLowIfOtherFilesTakeWhatWasReserved() throws Exception {
        AtomicLong free = new AtomicLong(100 * MIB);
        DiskReservations shared = new DiskReservations(disk(free::get, 2000 * MIB), 10 * MIB);
        DiskReservations.Reservation reservation = shared.reserve(60 * MIB);

        free.set(70 * MIB);
        assertThat(shared.isLow()).isFalse();

        free.set(70 * MIB - 1);
        assertThat(shared.isLow()).isTrue();

        reservation.close();
        assertThat(shared.isLow()).isFalse();
    }

    private static DiskReservations.Disk disk(long free, long total) {
        return disk(() -> free, total);
    }

    private static DiskReservations.Disk disk(LongSupplier free, long total) {
        return new DiskReservations.Disk() {
            @Override
            public long free() {
                return free.getAsLong();
            }

            @Override
            public long total() {
                return total;
            }
        };
    }
}
