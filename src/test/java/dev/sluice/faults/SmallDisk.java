package dev.sluice.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A tmpfs mounted over a directory, small enough to be filled. Needs the permission to mount. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 64 * 1024;
    private static final long LIMIT_SECONDS = 10;
    private static final long REFILL_MILLIS = 100;

    private final Path directory;
    private final boolean mounted;

    private SmallDisk(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    /** Creates the directory and mounts the disk over it; without permission, only creates the directory. */
    static SmallDisk over(Path directory, int mebibytes) throws IOException {
        Files.createDirectories(directory);
        return new SmallDisk(
                directory,
                run(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + mebibytes + "m",
                        "sluice-small-disk",
                        directory.toString()));
    }

    /** Unmounts the disk that a killed run left mounted. */
    static void unmount(Path directory) throws IOException {
        if (Files.isDirectory(directory)
                && !Files.getFileStore(directory).equals(Files.getFileStore(directory.resolve("..")))) {
            run("umount", "-l", directory.toString());
        }
    }

    boolean isMounted() {
        return mounted;
    }

    /**
     * Fills it to the last byte for this time or until {@code over} is counted down, then releases the space. Space that a
     * worker frees in between, when it deletes the files of a failed attempt, is filled again.
     */
    void keepFull(Duration length, CountDownLatch over) throws IOException, InterruptedException {
        long until = System.nanoTime() + length.toNanos();
        try {
            do {
                fill();
            } while (!over.await(REFILL_MILLIS, TimeUnit.MILLISECONDS) && System.nanoTime() < until);
        } finally {
            Files.deleteIfExists(ballast());
        }
    }

    private void fill() throws IOException {
        byte[] block = new byte[BLOCK];
        try (RandomAccessFile ballast = new RandomAccessFile(ballast().toFile(), "rw")) {
            ballast.seek(ballast.length());
            // Halves the length: a write that does not fit is rejected as a whole.
            for (int length = BLOCK; length > 0; length /= 2) {
                while (written(ballast, block, length)) {
                    continue;
                }
            }
        }
    }

    private static boolean written(RandomAccessFile ballast, byte[] block, int length) {
        try {
            ballast.write(block, 0, length);
            return true;
        } catch (IOException full) {
            return false;
        }
    }

    private Path ballast() {
        return directory.resolve("ballast");
    }

    private static boolean run(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(List.of(command))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (mounted) {
            run("umount", "-l", directory.toString());
        }
    }
}
