package dev.sluice.workspace;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.job.Attempt;
import dev.sluice.job.JobId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Manages the directories below {@code <root>/jobs}: one for each job, named by {@link JobId#pathSegment}, which
 * contains one for each attempt, one for the source and one for copies of staged objects. The last contains one for each attempt
 * that staged them. Files are never accessed on an event loop.
 */
public final class AttemptDirectories {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptDirectories.class);
    private static final String SOURCE = "source";
    private static final String STAGED = "staged";

    private final Vertx vertx;
    private final Path jobs;

    AttemptDirectories(Vertx vertx, Path root) {
        this.vertx = vertx;
        this.jobs = jobsDirectory(root);
    }

    static Path jobsDirectory(Path root) {
        return root.resolve("jobs");
    }

    Path of(JobId job) {
        return jobs.resolve(job.pathSegment());
    }

    Path of(Attempt attempt) {
        return of(attempt.run().job()).resolve(AttemptDirectoryName.of(attempt).toDirectoryName());
    }

    Path sourceOf(JobId job) {
        return of(job).resolve(SOURCE);
    }

    Path stagedOf(Attempt attempt) {
        return stagedOf(attempt.run().job().pathSegment(), AttemptDirectoryName.of(attempt));
    }

    Path stagedOf(String job, AttemptDirectoryName attempt) {
        return stagedOf(job).resolve(attempt.toDirectoryName());
    }

    private Path stagedOf(String job) {
        return jobs.resolve(job).resolve(STAGED);
    }

    /** The existing directories for copies of staged objects; blocks. */
    List<Path> stagedOfAllJobs() throws IOException {
        return DirectoryTree.list(jobs).stream()
                .map(this::stagedOf)
                .filter(Files::isDirectory)
                .toList();
    }

    // A fencing token repeats only if the database was restored: existing files belong to an earlier state of it.
    AttemptDirectory createEmpty(Attempt attempt) throws IOException {
        Path path = of(attempt);
        DirectoryTree.deleteRecursively(path);
        DirectoryTree.deleteRecursively(stagedOf(attempt));
        PrivateFiles.createDirectories(path);
        return new AttemptDirectory(path);
    }

    /** Returns the directory names of all jobs. */
    public Future<List<String>> listJobs() {
        return blocking(() -> DirectoryTree.list(jobs));
    }

    /** Returns the attempts that have a directory in that of a job; other entries are ignored. */
    public Future<List<AttemptDirectoryName>> list(String job) {
        return attemptsIn(jobs.resolve(job));
    }

    /** Returns the attempts of a job with copies of staged objects. */
    public Future<List<AttemptDirectoryName>> listStaged(String job) {
        return attemptsIn(stagedOf(job));
    }

    private Future<List<AttemptDirectoryName>> attemptsIn(Path directory) {
        return blocking(() -> DirectoryTree.list(directory).stream()
                .flatMap(name -> AttemptDirectoryName.of(name).stream())
                .toList());
    }

    /** Deletes the files of one attempt and the copies of what it has staged; failures are logged. */
    public Future<Void> delete(String job, AttemptDirectoryName attempt) {
        return delete(jobs.resolve(job).resolve(attempt.toDirectoryName()))
                .compose(deleted -> delete(stagedOf(job, attempt)));
    }

    Future<Void> delete(Attempt attempt) {
        return delete(attempt.run().job().pathSegment(), AttemptDirectoryName.of(attempt));
    }

    /** Deletes source and copies of a job that has ended, and its directory unless it contains an attempt. */
    public Future<Void> deleteJobIfEmpty(String job) {
        return blocking(() -> {
            DirectoryTree.deleteRecursively(jobs.resolve(job).resolve(SOURCE));
            DirectoryTree.deleteRecursively(stagedOf(job));
            DirectoryTree.deleteIfEmpty(jobs.resolve(job));
            return null;
        });
    }

    /** Deletes a directory; failures are logged. */
    Future<Void> delete(Path path) {
        return this.<Void>blocking(() -> {
                    DirectoryTree.deleteRecursively(path);
                    return null;
                })
                .otherwise(cause -> {
                    LOG.atWarn()
                            .addKeyValue("directory", path)
                            .addKeyValue("error", String.valueOf(cause.getCause()))
                            .log("directory not deleted");
                    return null;
                });
    }

    <T> Future<T> blocking(Callable<T> work) {
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
