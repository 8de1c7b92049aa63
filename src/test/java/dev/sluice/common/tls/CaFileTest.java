package dev.sluice.common.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaFileTest {
    @TempDir
    Path directory;

    @Test
    void readsAllCertificatesAndSkipsOtherText() throws IOException {
        String one = Files.readString(TestCertificateAuthority.known().caPem());
        String other = Files.readString(TestCertificateAuthority.unknown().caPem());
        Path file = file("# Zürich\n" + one + "\nof our own:\n" + other, StandardCharsets.ISO_8859_1);

        CaFile read = CaFile.read(file);

        assertThat(read.certificates())
                .containsExactly(
                        TestCertificateAuthority.known().caFile().certificates().get(0),
                        TestCertificateAuthority.unknown()
                                .caFile()
                                .certificates()
                                .get(0));
        assertThat(read).hasToString(file.toString());
    }

    @Test
    void rejectsMissingFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CaFile.read(directory.resolve("none.pem")))
                .withMessage("file not found");
    }

    @Test
    void rejectsFileWithoutCertificate() throws IOException {
        Path key = TestCertificateAuthority.known().key();
        Path text = file("Dear reader,", StandardCharsets.UTF_8);

        for (Path file : new Path[] {key, text}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CaFile.read(file))
                    .withMessage("the file contains no PEM certificate (BEGIN CERTIFICATE)");
        }
    }

    @Test
    void namesInvalidCertificate() throws IOException {
        String good = Files.readString(TestCertificateAuthority.known().caPem());
        Path file = file(good + good.replaceFirst("\n[A-Za-z0-9+/]{30}", "\n"), StandardCharsets.UTF_8);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> CaFile.read(file))
                .withMessage("certificate 2 of the file is invalid");
    }

    @Test
    void rejectsUnreadableFile() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CaFile.read(directory))
                .withMessage("the file cannot be read");
    }

    private Path file(String content, java.nio.charset.Charset charset) throws IOException {
        return Files.writeString(directory.resolve("ca.pem"), content, charset);
    }
}
