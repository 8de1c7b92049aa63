package dev.sluice.objectstore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Files whose blocks are all different, so that a misplaced block is detected. */
public final class SampleFile {
    private static final int BLOCK = 64 * 1024;

    private SampleFile() {}

    public static Path of(Path file, long size) {
        return of(file, size, 1);
    }

    /** @param seed files with different seeds differ everywhere */
    public static Path of(Path file, long size, long seed) {
        byte[] block = new byte[BLOCK];
        Random random = new Random(seed);
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= BLOCK) {
                random.nextBytes(block);
                out.write(block, 0, (int) Math.min(BLOCK, left));
            }
        } catch (IOException cause) {
            throw new IllegalStateException("no sample file", cause);
        }
        return file;
    }
}
