package dev.sluice.workspace;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.config.WorkspaceConfig;
import dev.sluice.job.Attempt;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The files of jobs between their stages: {@code <root>/jobs/<job>/<stage>-<task>-<token>/}, one directory for each attempt.
 * Futures fail with a {@link JobException} and complete on the caller's context; files are never touched on an event loop.
 */
public final class Workspace {
    private final Path root;
    private final AttemptDirectories directories;
    private final DiskReservations disk;
    private volatile BooleanSupplier spare = () -> false;

    private Workspace(Vertx vertx, Path root, FileStore store, long keepFree) {
        this.root = root;
        this.directories = new AttemptDirectories(vertx, root);
        this.disk = new DiskReservations(DiskReservations.Disk.of(store), keepFree);
    }

    /**
     * Makes the directory where it is missing and tries to write there.
     *
     * <p>Fails with {@link IllegalArgumentException}, whose message names the setting, if that does not work.
     */
    public static Future<Workspace> open(Vertx vertx, WorkspaceConfig config) {
        return vertx.executeBlocking(
                () -> {
                    try {
                        Path root = Files.createDirectories(config.directory()).toRealPath();
                        Files.createDirectories(AttemptDirectories.jobsDirectory(root));
                        Files.delete(Files.createTempFile(root, ".writable", null));
                        return new Workspace(vertx, root, Files.getFileStore(root), config.minFreeBytes());
                    } catch (IOException cause) {
                        throw new IllegalArgumentException(
                                "workspace.directory: '" + config.directory() + "' can't be written to (" + cause + ")",
                                cause);
                    }
                },
                false);
    }

    public AttemptDirectories attemptDirectories() {
        return directories;
    }

    /** Where the workspace is, as a real path. */
    public Path root() {
        return root;
    }

    /**
     * Lends an empty directory to an attempt. When the work succeeds its files stay, for the stages that follow, until the job
     * is {@link #delete discarded}; when it fails they are removed, after all that the work's Future stands for has ended.
     *
     * <p>Begins nothing and fails with DISK_LOW when {@code bytes} more than other work may need are not free, with
     * DISK_TOO_SMALL when they never will be.
     *
     * @param bytes what the work may write at the most, as well as one can tell beforehand
     */
    public <T> Future<T> withAttemptDirectory(Attempt attempt, long bytes, Function<AttemptDirectory, Future<T>> work) {
        return directories
                .blocking(() -> lend(attempt, bytes))
                .compose(lent -> Future.succeededFuture(lent.directory())
                        .compose(work)
                        .recover(cause -> delete(attempt).transform(done -> Future.failedFuture(cause)))
                        .onComplete(ended -> lent.reservation().close()));
    }

    private Allocation lend(Attempt attempt, long bytes) throws IOException {
        DiskReservations.Reservation share = take(bytes);
        try {
            return new Allocation(directories.createEmpty(attempt), share);
        } catch (IOException | RuntimeException cause) {
            share.close();
            throw cause;
        }
    }

    private DiskReservations.Reservation take(long bytes) throws IOException {
        try {
            return disk.reserve(bytes);
        } catch (JobException low) {
            if (low.code() == ErrorCode.DISK_LOW && spare.getAsBoolean()) {
                return disk.reserve(bytes);
            }
            throw low;
        }
    }

    /**
     * Who removes what could be fetched again, when the disk is short of space.
     *
     * @param removal says whether anything was removed; blocks
     */
    void onLowDiskSpace(BooleanSupplier removal) {
        spare = removal;
    }

    /**
     * The source of a job, fetched into the job's directory unless it is there: whole, or not under its name at all.
     *
     * @param bytes size of the object that is fetched
     * @param fetch puts it into the file that it is given
     */
    Future<Path> fetchSource(JobId job, long bytes, Function<Path, Future<Void>> fetch) {
        Path file = directories.sourceOf(job).resolve("source");
        return directories
                .blocking(() -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == bytes)
                .compose(there -> there ? Future.succeededFuture(file) : fetched(file, bytes, fetch));
    }

    private Future<Path> fetched(Path file, long bytes, Function<Path, Future<Void>> fetch) {
        Path partial = file.resolveSibling(UUID.randomUUID() + ".part");
        return directories
                .blocking(() -> {
                    DiskReservations.Reservation share = take(bytes);
                    Files.createDirectories(partial.getParent());
                    return share;
                })
                .compose(share -> fetch.apply(partial).onComplete(ended -> share.close()))
                .compose(done -> directories.blocking(() -> Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE)));
    }

    /** Removes a job's source that was fetched; what can't be removed is logged. */
    Future<Void> deleteSource(JobId job) {
        return directories.delete(directories.sourceOf(job));
    }

    /** As {@link #deleteSource}, and blocks. */
    void deleteSourceBlocking(JobId job) throws IOException {
        DirectoryTree.deleteRecursively(directories.sourceOf(job));
    }

    private record Allocation(AttemptDirectory directory, DiskReservations.Reservation reservation) {}

    /**
     * How a message names a file of the workspace; {@link #resolve} is the way back.
     *
     * @throws IllegalArgumentException if the file is elsewhere
     */
    public String relativize(Path file) {
        Path normal = file.normalize();
        if (!normal.startsWith(root) || normal.equals(root)) {
            throw new IllegalArgumentException("'" + file + "' is not in the workspace");
        }
        return root.relativize(normal).toString();
    }

    /**
     * The file of this job that a message names. Messages come from outside: what leads out of the job's own directory, by
     * {@code ..}, from the root or over a link, fails with INVALID_MESSAGE; what is not there with FILES_MISSING.
     */
    public Future<Path> resolve(JobId job, String relative) {
        return directories.blocking(() -> {
            Path home = directories.of(job);
            Path file = inside(home, relative);
            if (!file.toRealPath().startsWith(home.toRealPath())) {
                throw leaves();
            }
            return file;
        });
    }

    /** Removes all files of a job that has ended; what can't be removed is logged. */
    public Future<Void> delete(JobId job) {
        return directories.delete(directories.of(job));
    }

    /** Removes the files of an attempt that came to nothing after all; what can't be removed is logged. */
    public Future<Void> delete(Attempt attempt) {
        return directories.delete(directories.of(attempt));
    }

    private Path inside(Path home, String relative) {
        try {
            Path file = root.resolve(relative).normalize();
            if (Path.of(relative).isAbsolute() || !file.startsWith(home) || file.equals(home)) {
                throw leaves();
            }
            return file;
        } catch (InvalidPathException bad) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "The message names a file that can't exist.", bad);
        }
    }

    private static JobException leaves() {
        return new JobException(
                ErrorCode.INVALID_MESSAGE, "The message names a file that is not in the directory of its job.");
    }
}
