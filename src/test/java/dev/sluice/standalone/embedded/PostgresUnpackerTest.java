package dev.sluice.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresUnpackerTest {
    @TempDir
    private Path directory;

    @Test
    void unpacksHardLinks() throws IOException {
        Path programs = directory.resolve("PG");

        PostgresUnpacker.unpack(archive("bin/postmaster", "bin/postgres"), programs);

        assertThat(programs.resolve("bin/postmaster")).hasContent("program").isExecutable();
    }

    @Test
    void rejectsLinkOutsideTargetDirectory() {
        assertThatThrownBy(() ->
                        PostgresUnpacker.unpack(archive("bin/postmaster", "../../outside"), directory.resolve("PG")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'../../outside' is outside the target directory");
    }

    /** An archive of a program and a hard link. */
    private static InputStream archive(String link, String linkedTo) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream entries = new TarArchiveOutputStream(new XZCompressorOutputStream(bytes))) {
            byte[] content = "program".getBytes(StandardCharsets.US_ASCII);
            TarArchiveEntry program = new TarArchiveEntry("bin/postgres");
            program.setMode(0755);
            program.setSize(content.length);
            entries.putArchiveEntry(program);
            entries.write(content);
            entries.closeArchiveEntry();
            TarArchiveEntry second = new TarArchiveEntry(link, TarConstants.LF_LINK);
            second.setLinkName(linkedTo);
            entries.putArchiveEntry(second);
            entries.closeArchiveEntry();
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
