package dev.sluice.workspace;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import java.io.IOException;
import java.nio.file.FileStore;

/**
 * The free space of the workspace's disk, shared out among the work that has begun: what one run may still write is not there
 * for the next one. Other processes are seen only by what they have written.
 */
final class DiskReservations {
    private static final long MIB = 1 << 20;

    private final Disk disk;
    private final long minFreeBytes;
    private long reservedBytes;

    /** @param keepFree bytes that stay free whatever is asked for */
    DiskReservations(Disk disk, long keepFree) {
        this.disk = disk;
        this.minFreeBytes = keepFree;
    }

    /** Where the files lie. */
    interface Disk {
        /** Bytes that this process may still write. */
        long free() throws IOException;

        /** Bytes that this process could write if the disk were empty; 0 or less when the disk does not say. */
        long total() throws IOException;

        /** What a file system says of itself. */
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

    /** Bytes that are promised to somebody until {@link #close} is called, once. */
    interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Promises so many bytes.
     *
     * @throws JobException DISK_TOO_SMALL when the disk would not have them if it were empty, DISK_LOW when they are not there
     *     now
     */
    Reservation reserve(long bytes) throws IOException {
        long total = disk.total();
        if (total > 0 && total - minFreeBytes < bytes) {
            throw new JobException(
                    ErrorCode.DISK_TOO_SMALL,
                    "The work may need " + mib(bytes) + " MiB of disk; the workspace's disk has " + mib(total)
                            + " MiB in all, of which " + mib(minFreeBytes) + " are kept free.");
        }
        return share(bytes, disk.free());
    }

    private synchronized Reservation share(long bytes, long free) {
        if (free - minFreeBytes - reservedBytes < bytes) {
            throw new JobException(
                    ErrorCode.DISK_LOW,
                    "The work may need " + mib(bytes) + " MiB of disk; " + mib(free) + " MiB are free, of which "
                            + mib(reservedBytes) + " are promised to other work and " + mib(minFreeBytes)
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
