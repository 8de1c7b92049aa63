package dev.sluice.faults;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A file system of its own under a directory, small enough to be filled; only whoever may mount one can have it. */
final class SmallDisk implements AutoCloseable {
    private static final int BLOCK = 64 * 1024;
    private static final long LONGEST_SECONDS = 10;
    private static final long REFILL_MILLIS = 100;

    private final Path directory;
    private final boolean mounted;

    private SmallDisk(Path directory, boolean mounted) {
        this.directory = directory;
        this.mounted = mounted;
    }

    /** Mounts it over this directory, which is made, or leaves the directory as it is where that is not allowed. */
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

    /** Takes away what a run that was killed left mounted there. */
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
     * Fills it to the last byte for so long, or until {@code over} opens, and then gives the space back. What others free
     * meanwhile is filled too: a worker that gives up an attempt deletes its files.
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
            // Byte by byte at the end: a write that does not fit is refused as a whole.
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
            return process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
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
