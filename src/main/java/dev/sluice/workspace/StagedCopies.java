package dev.sluice.workspace;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of staged objects on the host that staged them, so that its later runs need not download them. A copy may disappear at
 * any time: all are deleted when the disk is low on space, and those of an attempt with the attempt or its job. Threads: any.
 */
public final class StagedCopies {
    private static final Logger LOG = LoggerFactory.getLogger(StagedCopies.class);

    private final AttemptDirectories directories;
    private final DiskReservations disk;

    StagedCopies(AttemptDirectories directories, DiskReservations disk) {
        this.directories = directories;
        this.disk = disk;
    }

    /** Keeps the files of an attempt, all of which are staged, or deletes them if the disk is low on space; never fails. */
    public Future<Void> keep(Attempt attempt) {
        return directories
                .blocking(() -> {
                    if (disk.isLow()) {
                        return false;
                    }
                    Path copy = directories.stagedOf(attempt);
                    PrivateFiles.createParents(copy);
                    Files.move(directories.of(attempt), copy, StandardCopyOption.ATOMIC_MOVE);
                    return true;
                })
                .otherwise(cause -> {
                    LOG.atWarn()
                            .addKeyValue("jobId", attempt.run().job())
                            .addKeyValue("error", String.valueOf(cause.getCause()))
                            .log("staged files not kept on this host");
                    return false;
                })
                .compose(kept -> kept ? Future.succeededFuture() : directories.delete(attempt));
    }

    /**
     * The copy of a staged file; empty if this host has none of this size.
     *
     * @param attempt directory name of the attempt that staged the file
     * @param name of the file in the directory of the attempt
     */
    public Future<Optional<Path>> find(JobId job, String attempt, String name, long bytes) {
        return directories.blocking(() -> {
            Optional<Path> copy = AttemptDirectoryName.of(attempt)
                    .map(parsed -> new AttemptDirectory(directories.stagedOf(job.pathSegment(), parsed)).file(name));
            return copy.isPresent()
                            && Files.isRegularFile(copy.get(), LinkOption.NOFOLLOW_LINKS)
                            && Files.size(copy.get()) == bytes
                    ? copy
                    : Optional.empty();
        });
    }

    /** Deletes the copies of all jobs; returns whether there were any. Blocks. */
    boolean deleteAll() throws IOException {
        boolean deleted = false;
        for (Path copies : directories.stagedOfAllJobs()) {
            DirectoryTree.deleteRecursively(copies);
            deleted = true;
        }
        return deleted;
    }
}
