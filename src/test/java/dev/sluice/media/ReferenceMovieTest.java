package dev.sluice.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceMovieTest {
    @TempDir
    private Path directory;

    @Test
    void detectsIndexWithoutMediaData() throws IOException {
        assertThat(matches(box("ftyp", 8), box("moov", 100))).isTrue();
        assertThat(matches(box("moov", 100), box("free", 0))).isTrue();
    }

    @Test
    void acceptsFilesWithMediaData() throws IOException {
        assertThat(matches(box("ftyp", 8), box("moov", 100), box("mdat", 10))).isFalse();
        assertThat(matches(box("mdat", 10), box("moov", 100))).isFalse();
        assertThat(matches(box("moov", 100), box("moof", 10))).as("fragments").isFalse();
        assertThat(matches(box("moov", 100), large("mdat", 10))).isFalse();
    }

    @Test
    void leavesTruncatedFilesToFfmpeg() throws IOException {
        byte[] truncated = box("mdat", 100);

        assertThat(matches(box("moov", 100), java.util.Arrays.copyOf(truncated, 50)))
                .isFalse();
        assertThat(matches(box("moov", 100), new byte[] {0, 0, 0, 0, 'm', 'd', 'a', 't', 1, 2}))
                .as("to the end of the file")
                .isFalse();
    }

    @Test
    void ignoresOtherFiles() throws IOException {
        assertThat(matches("RIFF....AVI LIST".getBytes(StandardCharsets.US_ASCII)))
                .isFalse();
        assertThat(matches(new byte[3])).isFalse();
    }

    private boolean matches(byte[]... parts) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return ReferenceMovie.matches(Files.write(directory.resolve("file"), all.toByteArray()));
    }

    private static byte[] box(String type, int content) {
        return ByteBuffer.allocate(8 + content)
                .putInt(8 + content)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    private static byte[] large(String type, int content) {
        return ByteBuffer.allocate(16 + content)
                .putInt(1)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putLong(16 + content)
                .array();
    }
}
