package dev.sluice.workspace;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
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
 * Stores the files of jobs between stages: {@code <root>/jobs/<job>/<stage>-<task>-<token>/}, one directory for each
 * attempt. Futures fail with a {@link JobException} and complete on the caller's context. Files are never accessed on
 * an event loop.
 */
public final class Workspace {
    private final Path root;
    private final AttemptDirectories directories;
    private final DiskReservations disk;
    private final StagedCopies stagedCopies;
    private volatile BooleanSupplier freeUnused = () -> false;

    private Workspace(Vertx vertx, Path root, FileStore store, long minFreeBytes) {
        this.root = root;
        this.directories = new AttemptDirectories(vertx, root);
        this.disk = new DiskReservations(DiskReservations.Disk.of(store), minFreeBytes);
        this.stagedCopies = new StagedCopies(directories, disk);
    }

    /**
     * Creates the directory if it is missing and tests that it is writable.
     *
     * <p>Fails with {@link IllegalArgumentException}, whose message names the setting, if not.
     */
    public static Future<Workspace> open(Vertx vertx, WorkspaceConfig config) {
        return vertx.executeBlocking(
                () -> {
                    try {
                        PrivateFiles.createDirectories(config.directory());
                        Path root = config.directory().toRealPath();
                        PrivateFiles.ownDirectory(AttemptDirectories.jobsDirectory(root));
                        Files.delete(Files.createTempFile(root, ".writable", null));
                        return new Workspace(vertx, root, Files.getFileStore(root), config.minFreeBytes());
                    } catch (IOException cause) {
                        throw new IllegalArgumentException(
                                "workspace.directory: '" + config.directory() + "' is not writable (" + cause + ")",
                                cause);
                    }
                },
                false);
    }

    public AttemptDirectories attemptDirectories() {
        return directories;
    }

    public StagedCopies stagedCopies() {
        return stagedCopies;
    }

    /** Returns the free bytes of the disk, NaN if unknown; blocks. */
    double freeBytes() {
        return disk.free();
    }

    /** Returns the bytes reserved for runs in progress. */
    double reservedBytes() {
        return disk.reserved();
    }

    /** Returns the directory of the workspace as a real path. */
    public Path root() {
        return root;
    }

    /**
     * Runs {@code work} with an empty directory for an attempt. If it succeeds, the files stay for later stages until
     * the job is {@link #delete deleted}. If it fails, they are deleted after the future of {@code work} has completed.
     *
     * <p>Fails without starting the work: with DISK_LOW if {@code bytes} are not free in addition to the reservations
     * of other work, with DISK_TOO_SMALL if they never can be.
     *
     * @param bytes estimate of what the work writes at most
     */
    public <T> Future<T> withAttemptDirectory(Attempt attempt, long bytes, Function<AttemptDirectory, Future<T>> work) {
        return directories
                .blocking(() -> allocate(attempt, bytes))
                .compose(allocation -> Future.succeededFuture(allocation.directory())
                        .compose(work)
                        .recover(cause -> delete(attempt).transform(done -> Future.failedFuture(cause)))
                        .onComplete(ended -> allocation.reservation().close()));
    }

    private Allocation allocate(Attempt attempt, long bytes) throws IOException {
        DiskReservations.Reservation reservation = reserve(bytes);
        try {
            return new Allocation(directories.createEmpty(attempt), reservation);
        } catch (IOException | RuntimeException cause) {
            reservation.close();
            throw cause;
        }
    }

    private DiskReservations.Reservation reserve(long bytes) throws IOException {
        try {
            return disk.reserve(bytes);
        } catch (JobException low) {
            if (low.code() == ErrorCode.DISK_LOW && deleteUnused()) {
                return disk.reserve(bytes);
            }
            throw low;
        }
    }

    private boolean deleteUnused() throws IOException {
        boolean copies = stagedCopies.deleteAll();
        return freeUnused.getAsBoolean() || copies;
    }

    /**
     * Sets the action that removes files that can be downloaded again when the disk is low on space.
     *
     * @param removal returns whether anything was removed; blocks
     */
    void onLowDiskSpace(BooleanSupplier removal) {
        freeUnused = removal;
    }

    /**
     * Returns the source of a job, downloaded into the directory of the job if it is missing. A file with the final
     * name is always complete.
     *
     * @param bytes size of the object to download
     * @param fetch downloads it into the given file
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
                    DiskReservations.Reservation reservation = reserve(bytes);
                    PrivateFiles.createParents(partial);
                    return reservation;
                })
                .compose(reservation -> fetch.apply(partial).onComplete(ended -> reservation.close()))
                .compose(done -> directories.blocking(() -> Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE)));
    }

    /** Deletes the downloaded source of a job; failures are logged. */
    Future<Void> deleteSource(JobId job) {
        return directories.delete(directories.sourceOf(job));
    }

    /** Deletes the downloaded source of a job; blocks, and throws if that fails. */
    void deleteSourceBlocking(JobId job) throws IOException {
        DirectoryTree.deleteRecursively(directories.sourceOf(job));
    }

    private record Allocation(AttemptDirectory directory, DiskReservations.Reservation reservation) {}

    /**
     * Returns the name of a workspace file as used in messages; {@link #resolve} is the inverse.
     *
     * @throws IllegalArgumentException if the file is not in the workspace
     */
    public String relativize(Path file) {
        Path normal = file.normalize();
        if (!normal.startsWith(root) || normal.equals(root)) {
            throw new IllegalArgumentException("'" + file + "' is not in the workspace");
        }
        return root.relativize(normal).toString();
    }

    /**
     * Returns the file of this job that a message names. Messages are untrusted: a path outside the directory of the
     * job ({@code ..}, absolute, or through a link) fails with INVALID_MESSAGE, a missing file with FILES_MISSING.
     */
    public Future<Path> resolve(JobId job, String relative) {
        return directories.blocking(() -> {
            Path jobDirectory = directories.of(job);
            Path file = resolveInside(jobDirectory, relative);
            if (!file.toRealPath().startsWith(jobDirectory.toRealPath())) {
                throw outsideJobDirectory();
            }
            return file;
        });
    }

    /** Deletes all files of a job that has ended; failures are logged. */
    public Future<Void> delete(JobId job) {
        return directories.delete(directories.of(job));
    }

    /** Deletes the files of an attempt whose result is not used; failures are logged. */
    public Future<Void> delete(Attempt attempt) {
        return directories.delete(attempt);
    }

    private Path resolveInside(Path jobDirectory, String relative) {
        try {
            Path file = root.resolve(relative).normalize();
            if (Path.of(relative).isAbsolute() || !file.startsWith(jobDirectory) || file.equals(jobDirectory)) {
                throw outsideJobDirectory();
            }
            return file;
        } catch (InvalidPathException bad) {
            throw new JobException(ErrorCode.INVALID_MESSAGE, "The message contains an invalid file name.", bad);
        }
    }

    private static JobException outsideJobDirectory() {
        return new JobException(
                ErrorCode.INVALID_MESSAGE, "The message names a file that is not in the directory of its job.");
    }
}
