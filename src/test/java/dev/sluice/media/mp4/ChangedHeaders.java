package dev.sluice.media.mp4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** MP4 files with one changed number in their header, which is at their end. */
public final class ChangedHeaders {
    private ChangedHeaders() {}

    /** Asserts that reading the file succeeds or fails with OUTPUT_INVALID after each change, which often fails. */
    public static void assertReadOrRejected(byte[] plain, Path file, Runnable read) throws IOException {
        int moov = new String(plain, StandardCharsets.ISO_8859_1).indexOf("moov") - 4;
        int rejected = 0;
        for (int position = moov; position + 4 <= plain.length; position += 4) {
            int before = ByteBuffer.wrap(plain).getInt(position);
            byte[] changed = plain.clone();
            ByteBuffer.wrap(changed).putInt(position, new int[] {0, -1, before + 1}[position / 4 % 3]);
            Files.write(file, changed);
            try {
                read.run();
            } catch (JobException error) {
                assertThat(error.code()).isEqualTo(ErrorCode.OUTPUT_INVALID);
                rejected++;
            }
        }
        assertThat(rejected).isGreaterThan(100);
    }
}
