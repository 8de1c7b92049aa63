package dev.sluice.standalone.embedded;

import dev.sluice.common.io.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/** Exclusive lock on a file. */
final class LockFile {
    private LockFile() {}

    /**
     * Locks the file until the channel is closed or the process ends.
     *
     * @param inUse error message if another process, or this one, has the lock
     */
    static FileChannel acquire(Path file, String inUse) throws IOException {
        FileChannel channel = PrivateFiles.open(file);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException lockedByThisProcess) {
            channel.close();
            throw new IOException(inUse, lockedByThisProcess);
        }
        channel.close();
        throw new IOException(inUse);
    }
}
