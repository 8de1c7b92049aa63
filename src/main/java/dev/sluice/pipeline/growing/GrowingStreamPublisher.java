package dev.sluice.pipeline.growing;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.DirectoryTree;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.job.JobId;
import dev.sluice.job.StageName;
import dev.sluice.media.streaming.GrowingPlaylists;
import dev.sluice.media.streaming.Playlist;
import dev.sluice.message.JobUpdate;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.growing.GrowingStreamRepository.Growth;
import dev.sluice.persistence.growing.GrowingStreamRepository.Progress;
import dev.sluice.publisher.PublisherClient;
import dev.sluice.stage.TaskStream;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the playlists of videos that are being encoded: up to the first task that is not committed. One process at a time writes
 * those of a job, under a lease that is longer than a write may take. An error is logged, and the playlists grow with the next task
 * or the next pass of the cleanup. Threads: any event loop.
 */
public final class GrowingStreamPublisher {
    private static final Logger LOG = LoggerFactory.getLogger(GrowingStreamPublisher.class);
    private static final Duration LEASE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int CONCURRENCY = 4;

    private final Vertx vertx;
    private final GrowingStreamRepository streams;
    private final ObjectStore objectStore;
    private final OutputKeys keys;
    private final PublisherClient publisher;
    private final String worker;

    /** @param worker name of this process in updates */
    public GrowingStreamPublisher(
            Vertx vertx,
            GrowingStreamRepository streams,
            ObjectStore objectStore,
            OutputKeys keys,
            PublisherClient publisher,
            String worker) {
        this.vertx = vertx;
        this.streams = streams;
        this.objectStore = objectStore;
        this.keys = keys;
        this.publisher = publisher;
        this.worker = worker;
    }

    /** Lets the stream of a job grow to what is available. Never fails. */
    public Future<Void> grow(JobId job) {
        return streams.claim(job, LEASE, TaskStream.FIELD, TaskStream.UNTIL)
                .compose(claimed -> claimed.map(growth -> write(growth)
                                // A task that was committed meanwhile could not claim the playlists.
                                .compose(written -> grow(job)))
                        .orElseGet(Future::succeededFuture))
                .recover(cause -> {
                    LOG.atWarn()
                            .addKeyValue("jobId", job)
                            .addKeyValue(
                                    "errorCode", JobException.of(cause).code().wire())
                            .addKeyValue("error", cause.getMessage())
                            .log("playlists of a video that is being encoded not written; retrying");
                    return Future.succeededFuture();
                });
    }

    /** Lets all streams grow that are behind because a process stopped or the object store was unavailable. Never fails. */
    public Future<Void> growAll() {
        return streams.findBehind(TaskStream.FIELD, TaskStream.UNTIL)
                .compose(jobs -> ParallelTasks.sequentially(jobs, this::grow))
                .recover(cause -> {
                    LOG.atWarn()
                            .addKeyValue("error", cause.getMessage())
                            .log("streams that are behind not found; retrying");
                    return Future.succeededFuture();
                });
    }

    private Future<Void> write(Growth growth) {
        Optional<GrowingPlaylists> playlists =
                TaskStream.playlists(growth.tasks(), growth.complete()).filter(GrowingPlaylists::isWatchable);
        boolean announced = playlists.isPresent() && !growth.announced();
        return playlists
                .map(each -> upload(growth, each))
                .orElseGet(Future::succeededFuture)
                .compose(
                        uploaded -> streams.grown(
                                growth,
                                announced
                                        ? Optional.of(progress -> update(growth.job(), master(growth), progress))
                                        : Optional.empty()),
                        cause -> streams.release(growth).transform(released -> Future.failedFuture(cause)))
                .onSuccess(grown -> {
                    if (announced) {
                        publisher.notifyOutbox();
                        LOG.atInfo()
                                .addKeyValue("jobId", growth.job().id())
                                .log("video can be watched while it is encoded");
                    }
                });
    }

    /** The multivariant playlist is written after the playlists that it names, once. */
    private Future<Void> upload(Growth growth, GrowingPlaylists playlists) {
        CancellationToken deadline = new CancellationToken();
        long timer = vertx.setTimer(
                TIMEOUT.toMillis(),
                expired -> deadline.cancel(new JobException(
                        ErrorCode.STORE_UNAVAILABLE, "Playlists were not stored in " + TIMEOUT.toSeconds() + " s.")));
        return withFiles(directory -> upload(growth, playlists.media(), directory, deadline)
                        .compose(stored -> growth.announced()
                                ? Future.succeededFuture()
                                : upload(growth, List.of(playlists.multivariant()), directory, deadline)))
                .onComplete(done -> vertx.cancelTimer(timer));
    }

    private Future<Void> upload(Growth growth, List<Playlist> playlists, Path directory, CancellationToken deadline) {
        return ParallelTasks.forEachIndex(playlists.size(), CONCURRENCY, number -> {
            Playlist playlist = playlists.get(number);
            Path file = directory.resolve(playlist.name());
            return vertx.executeBlocking(
                            () -> {
                                PrivateFiles.writeString(file, playlist.text());
                                return file;
                            },
                            false)
                    .compose(written -> objectStore.upload(
                            key(growth, playlist.name()),
                            written,
                            playlist.contentType(),
                            ProgressListener.noop(),
                            deadline))
                    .mapEmpty();
        });
    }

    private Future<Void> withFiles(Function<Path, Future<Void>> work) {
        return vertx.executeBlocking(() -> Files.createTempDirectory("sluice-playlists"), false)
                .compose(directory -> work.apply(directory)
                        .eventually(() -> vertx.executeBlocking(
                                () -> {
                                    DirectoryTree.deleteRecursively(directory);
                                    return directory;
                                },
                                false)));
    }

    private ObjectKey key(Growth growth, String name) {
        return keys.growingKey(growth.job().mediaId(), growth.job().id(), growth.token(), name);
    }

    private String master(Growth growth) {
        return key(growth, Playlist.MASTER).value();
    }

    private JobUpdate update(StagedJob job, String playlistKey, Progress progress) {
        return new JobUpdate(
                job.id(),
                job.mediaId(),
                JobUpdate.Status.PROCESSING,
                progress.progress(),
                job.updateOptions().stepScheme().completedStep(StageName.SEGMENT),
                JobUpdate.Content.growing(job, playlistKey),
                Instant.now(),
                progress.seq(),
                new JobUpdate.Origin(StageName.SEGMENT, 1, worker),
                Optional.empty());
    }
}
