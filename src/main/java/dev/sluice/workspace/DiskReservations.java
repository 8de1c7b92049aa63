package dev.sluice.workspace;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.FileStore;

/**
 * Reserves the free space of the workspace disk for runs in progress: space that one run may still write is not
 * available to the next. Of other processes only the data already written is counted.
 */
final class DiskReservations {
    private static final long MIB = 1 << 20;

    private final Disk disk;
    private final long minFreeBytes;
    private long reservedBytes;

    /**
     * Creates an empty set of reservations.
     *
     * @param minFreeBytes bytes that always stay free
     */
    DiskReservations(Disk disk, long minFreeBytes) {
        this.disk = disk;
        this.minFreeBytes = minFreeBytes;
    }

    /** The disk that stores the files. */
    interface Disk {
        /** Returns the bytes that this process may still write. */
        long free() throws IOException;

        /** Returns the bytes that this process could write to an empty disk; 0 or less if unknown. */
        long total() throws IOException;

        /** Reads the values from a file store. */
        static Disk of(FileStore store) {
            return new Disk() {
                @Override
                public long free() throws IOException {
                    return store.getUsableSpace();
                }

                @Override
                public long total() throws IOException {
                    long kept = store.getUnallocatedSpace() - store.getUsableSpace();
                    return store.getTotalSpace() - kept;
                }
            };
        }
    }

    /** A number of reserved bytes, released by {@link #close}, which must be called once. */
    interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves {@code bytes} bytes.
     *
     * @throws JobException DISK_TOO_SMALL if they would not be available even on an empty disk, DISK_LOW if they are
     *     not available now
     */
    Reservation reserve(long bytes) throws IOException {
        long total = disk.total();
        if (total > 0 && total - minFreeBytes < bytes) {
            throw new JobException(
                    ErrorCode.DISK_TOO_SMALL,
                    "The work may need " + mib(bytes) + " MiB of disk; the workspace's disk has " + mib(total)
                            + " MiB in all, of which " + mib(minFreeBytes) + " are kept free.");
        }
        return reserveFrom(bytes, disk.free());
    }

    /** Whether less is free than was reserved and always stays free; blocks. */
    boolean isLow() throws IOException {
        return disk.free() - minFreeBytes < reserved();
    }

    double free() {
        try {
            return disk.free();
        } catch (IOException unknown) {
            return Double.NaN;
        }
    }

    synchronized double reserved() {
        return (double) reservedBytes;
    }

    private synchronized Reservation reserveFrom(long bytes, long free) {
        if (free - minFreeBytes - reservedBytes < bytes) {
            throw new JobException(
                    ErrorCode.DISK_LOW,
                    "The work may need " + mib(bytes) + " MiB of disk; " + mib(free) + " MiB are free, of which "
                            + mib(reservedBytes) + " are reserved for other work and " + mib(minFreeBytes)
                            + " are kept free.");
        }
        reservedBytes += bytes;
        return () -> release(bytes);
    }

    private synchronized void release(long bytes) {
        reservedBytes -= bytes;
    }

    private static long mib(long bytes) {
        return bytes / MIB + (bytes % MIB == 0 ? 0 : 1);
    }
}
