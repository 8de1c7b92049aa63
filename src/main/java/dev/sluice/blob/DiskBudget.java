package dev.sluice.blob;

import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The free space of the workspace's disk, shared out among the work that has begun: what one run may still write is not there
 * for the next one. Other processes are seen only by what they have written.
 */
final class DiskBudget {
    private static final long MIB = 1 << 20;

    private final FreeSpace freeSpace;
    private final long keepFree;
    private final AtomicLong promised = new AtomicLong();

    /** @param keepFree bytes that stay free whatever is asked for */
    DiskBudget(FreeSpace freeSpace, long keepFree) {
        this.freeSpace = freeSpace;
        this.keepFree = keepFree;
    }

    /** Asks the disk. */
    @FunctionalInterface
    interface FreeSpace {
        /** Bytes that this process may still write. */
        long bytes() throws IOException;
    }

    /** Bytes that are promised to somebody until {@link #close} is called, once. */
    interface Share extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Promises so many bytes.
     *
     * @throws JobFailure DISK_LOW when they are not there
     */
    Share take(long bytes) throws IOException {
        long free = freeSpace.bytes();
        long before = promised.getAndAdd(bytes);
        Share share = () -> promised.addAndGet(-bytes);
        if (free - before - keepFree < bytes) {
            share.close();
            throw new JobFailure(
                    ErrorCode.DISK_LOW,
                    "The work may need " + mib(bytes) + " MiB of disk; " + mib(free) + " MiB are free, of which "
                            + mib(before) + " are promised to other work and " + mib(keepFree) + " are kept free.");
        }
        return share;
    }

    private static long mib(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}
