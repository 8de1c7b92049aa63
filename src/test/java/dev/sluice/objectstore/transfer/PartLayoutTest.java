package dev.sluice.objectstore.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.objectstore.ByteRange;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PartLayoutTest {
    private static final long MIB = 1 << 20;

    @Test
    void coversEveryByteOnce() {
        PartLayout parts = new PartLayout(new ByteRange(7, 107), 30);

        assertThat(IntStream.range(0, parts.count()).mapToObj(parts::part))
                .containsExactly(
                        new ByteRange(7, 37), new ByteRange(37, 67), new ByteRange(67, 97), new ByteRange(97, 107));
    }

    @Test
    void hasNoPartsForEmptyRange() {
        assertThat(new PartLayout(new ByteRange(5, 5), 30).count()).isZero();
    }

    @Test
    void keepsPreferredPartSize() {
        assertThat(PartLayout.forUpload(2_048 * MIB, 8 * MIB).count()).isEqualTo(256);
    }

    @Test
    void enlargesPartsToRespectMaximumCount() {
        PartLayout parts = PartLayout.forUpload(5 * MIB * MIB, 8 * MIB);

        assertThat(parts.count()).isEqualTo(PartLayout.MAX_PARTS);
        assertThat(parts.part(parts.count() - 1).end()).isEqualTo(5 * MIB * MIB);
    }
}
