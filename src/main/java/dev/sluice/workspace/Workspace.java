package dev.sluice.workspace;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.FileErrorMapper;
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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of jobs between their stages: {@code <root>/jobs/<job>/<stage>-<task>-<token>/}, one directory for each attempt.
 * Futures fail with a {@link JobException} and complete on the caller's context; files are never touched on an event loop.
 */
public final class Workspace {
    private static final Logger LOG = LoggerFactory.getLogger(Workspace.class);

    /** Where in a job's directory its source is, if it was fetched for several attempts. */
    private static final String SOURCE = "source";

    private final Vertx vertx;
    private final Path root;
    private final Path listJobs;
    private final DiskReservations disk;
    private volatile BooleanSupplier spare = () -> false;

    private Workspace(Vertx vertx, Path root, FileStore store, long keepFree) {
        this.vertx = vertx;
        this.root = root;
        this.listJobs = root.resolve("jobs");
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
                        Files.createDirectories(root.resolve("jobs"));
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

    /** Where the workspace is, as a real path. */
    public Path root() {
        return root;
    }

    /**
     * Lends an empty directory to an attempt. When the work succeeds its files stay, for the stages that follow, until the job
     * is {@link #discard discarded}; when it fails they are removed, after all that the work's Future stands for has ended.
     *
     * <p>Begins nothing and fails with DISK_LOW when {@code bytes} more than other work may need are not free, with
     * DISK_TOO_SMALL when they never will be.
     *
     * @param bytes what the work may write at the most, as well as one can tell beforehand
     */
    public <T> Future<T> withAttemptDirectory(Attempt attempt, long bytes, Function<AttemptDirectory, Future<T>> work) {
        Path path = path(attempt);
        return blocking(() -> lend(path, bytes))
                .compose(lent -> Future.succeededFuture(lent.directory())
                        .compose(work)
                        .recover(cause -> removed(path).transform(done -> Future.failedFuture(cause)))
                        .onComplete(ended -> lent.reservation().close()));
    }

    private Allocation lend(Path path, long bytes) throws IOException {
        DiskReservations.Reservation share = take(bytes);
        try {
            return new Allocation(fresh(path), share);
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
        Path file = home(job).resolve(SOURCE).resolve("source");
        return blocking(() -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == bytes)
                .compose(there -> there ? Future.succeededFuture(file) : fetched(file, bytes, fetch));
    }

    private Future<Path> fetched(Path file, long bytes, Function<Path, Future<Void>> fetch) {
        Path partial = file.resolveSibling(UUID.randomUUID() + ".part");
        return blocking(() -> {
                    DiskReservations.Reservation share = take(bytes);
                    Files.createDirectories(partial.getParent());
                    return share;
                })
                .compose(share -> fetch.apply(partial).onComplete(ended -> share.close()))
                .compose(done -> blocking(() -> Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE)));
    }

    /** Removes a job's source that was fetched; what can't be removed is logged. */
    Future<Void> deleteSource(JobId job) {
        return removed(home(job).resolve(SOURCE));
    }

    /** As {@link #discardSource}, and blocks. */
    void deleteSourceBlocking(JobId job) throws IOException {
        DirectoryTree.deleteRecursively(home(job).resolve(SOURCE));
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
        return blocking(() -> {
            Path home = home(job);
            Path file = inside(home, relative);
            if (!file.toRealPath().startsWith(home.toRealPath())) {
                throw leaves();
            }
            return file;
        });
    }

    /** Removes all files of a job that has ended; what can't be removed is logged. */
    public Future<Void> delete(JobId job) {
        return removed(home(job));
    }

    /** Removes the files of an attempt that came to nothing after all; what can't be removed is logged. */
    public Future<Void> delete(Attempt attempt) {
        return removed(path(attempt));
    }

    /** The file names of all jobs that have a directory here. */
    public Future<List<String>> listJobs() {
        return blocking(() -> DirectoryTree.list(listJobs));
    }

    /**
     * The attempts that have a directory in that of the job with this file name; what was not made by a workspace is left out.
     */
    public Future<List<AttemptDirectoryName>> listAttempts(String fileName) {
        return blocking(() -> DirectoryTree.list(listJobs.resolve(fileName)).stream()
                .flatMap(name -> AttemptDirectoryName.of(name).stream())
                .toList());
    }

    /** Removes the files of one attempt; what can't be removed is logged. */
    public Future<Void> deleteAttempt(String fileName, AttemptDirectoryName attempt) {
        return removed(listJobs.resolve(fileName).resolve(attempt.toDirectoryName()));
    }

    /** Removes the directory of the ended job with this file name if no attempt's is in it any more. */
    public Future<Void> deleteJobDirectoryIfEmpty(String fileName) {
        return blocking(() -> {
            DirectoryTree.deleteRecursively(listJobs.resolve(fileName).resolve(SOURCE));
            DirectoryTree.deleteIfEmpty(listJobs.resolve(fileName));
            return null;
        });
    }

    private Path home(JobId job) {
        return listJobs.resolve(job.pathSegment());
    }

    private Path path(Attempt attempt) {
        return home(attempt.run().job())
                .resolve(AttemptDirectoryName.of(attempt).toDirectoryName());
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

    // The same token comes twice only when the database was set back: what lies there is of another life.
    private static AttemptDirectory fresh(Path path) throws IOException {
        DirectoryTree.deleteRecursively(path);
        return new AttemptDirectory(Files.createDirectories(path));
    }

    private Future<Void> removed(Path path) {
        return this.<Void>blocking(() -> {
                    DirectoryTree.deleteRecursively(path);
                    return null;
                })
                .otherwise(cause -> {
                    LOG.atWarn()
                            .addKeyValue("directory", path)
                            .addKeyValue("error", String.valueOf(cause.getCause()))
                            .log("directory could not be removed");
                    return null;
                });
    }

    private <T> Future<T> blocking(Callable<T> work) {
        return vertx.executeBlocking(
                () -> {
                    try {
                        return work.call();
                    } catch (Exception cause) {
                        throw FileErrorMapper.translate(cause);
                    }
                },
                false);
    }
}
