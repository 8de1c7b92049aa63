package dev.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.common.async.CancellationToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ChecksumTest {
    @TempDir
    private Path dir;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(dir.resolve("file"), "..123456789..");
    }

    @ParameterizedTest
    @CsvSource({
        "MD5, 25f9e794323b453885f5181f1b624d0b",
        "SHA1, f7c3bc1d808e04732adf679965ccc34ca7ae3441",
        "SHA256, 15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
        "CRC32, cbf43926",
        "CRC32C, e3069283",
        "CRC64NVME, ae8b14860a799888"
    })
    void matchesPublishedCheckValue(ChecksumAlgorithm algorithm, String hex) throws IOException {
        Checksum checksum = Checksum.ofFile(algorithm, file, new ByteRange(2, 11), new CancellationToken());

        assertThat(HexFormat.of().formatHex(checksum.value())).isEqualTo(hex);
    }

    @Test
    void yieldsSameValueForAnySplit() {
        byte[] bytes =
                "a long enough text, to be cut where no word of eight bytes ends".getBytes(StandardCharsets.UTF_8);
        Crc64Nvme whole = new Crc64Nvme();
        Crc64Nvme pieces = new Crc64Nvme();
        whole.update(bytes, 0, bytes.length);

        for (int at = 0, step = 1; at < bytes.length; at += step, step = step % 13 + 1) {
            pieces.update(bytes, at, Math.min(step, bytes.length - at));
        }

        assertThat(pieces.getValue()).isEqualTo(whole.getValue());
    }

    @Test
    void readsFilesLargerThanBuffer() throws IOException {
        Path large = SampleFile.of(dir.resolve("large"), 300_001);
        CRC32 expected = new CRC32();
        expected.update(Files.readAllBytes(large));

        Checksum checksum =
                Checksum.ofFile(ChecksumAlgorithm.CRC32, large, new ByteRange(0, 300_001), new CancellationToken());

        assertThat(HexFormat.of().formatHex(checksum.value()))
                .isEqualTo(HexFormat.of().toHexDigits((int) expected.getValue()));
    }

    @Test
    void rejectsFileShorterThanRange() {
        assertThatThrownBy(() ->
                        Checksum.ofFile(ChecksumAlgorithm.MD5, file, new ByteRange(0, 100), new CancellationToken()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ends at 13");
    }

    @ParameterizedTest
    @CsvSource({
        "25f9e794323b453885f5181f1b624d0b, true",
        "25F9E794323B453885F5181F1B624D0B, true",
        "25f9e794323b453885f5181f1b624d0b-2, false",
        "25f9e794323b453885f5181f1b624d0, false",
        "not-a-checksum, false"
    })
    void readsMd5OnlyFromEtagInThatForm(String etag, boolean found) {
        assertThat(Checksum.fromEtag(etag).isPresent()).isEqualTo(found);
    }
}
