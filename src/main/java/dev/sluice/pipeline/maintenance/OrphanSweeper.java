package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository.Superseded;
import dev.sluice.workspace.AttemptDirectories;
import dev.sluice.workspace.AttemptDirectoryName;
import dev.sluice.workspace.Workspace;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the directories, staged objects and unfinished uploads of attempts that are over. Lists them first, then queries the
 * database, and deletes only what it listed: every later attempt has a higher fencing token and other names.
 */
final class OrphanSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweeper.class);
    private static final int BATCH_SIZE = 500;

    private final Workspace workspace;
    private final StagingArea staging;
    private final StaleArtifactRepository staleArtifacts;

    OrphanSweeper(Workspace workspace, StagingArea staging, StaleArtifactRepository staleArtifacts) {
        this.workspace = workspace;
        this.staging = staging;
        this.staleArtifacts = staleArtifacts;
    }

    Future<Void> cleanUpWorkspace() {
        return workspace.attemptDirectories().listJobs().compose(jobs -> {
            List<List<String>> batches = new ArrayList<>();
            for (int from = 0; from < jobs.size(); from += BATCH_SIZE) {
                batches.add(jobs.subList(from, Math.min(jobs.size(), from + BATCH_SIZE)));
            }
            return ParallelTasks.sequentially(batches, this::deleteOrphanedDirectories);
        });
    }

    private Future<Void> deleteOrphanedDirectories(List<String> jobs) {
        return listAttempts(jobs)
                .compose(found -> staleArtifacts
                        .findEndedJobs(jobs)
                        .compose(ended -> staleArtifacts
                                .findSupersededAttempts(jobs)
                                .compose(superseded -> ParallelTasks.sequentially(
                                        found, attempt -> deleteIfOrphaned(attempt, ended, superseded)))
                                .compose(deleted -> ParallelTasks.sequentially(
                                        ended, workspace.attemptDirectories()::deleteJobIfEmpty))));
    }

    private Future<List<FoundAttempt>> listAttempts(List<String> jobs) {
        List<FoundAttempt> found = new ArrayList<>();
        AttemptDirectories directories = workspace.attemptDirectories();
        return ParallelTasks.sequentially(
                        jobs,
                        job -> Future.all(directories.list(job), directories.listStaged(job))
                                .onSuccess(lists -> {
                                    add(found, job, lists.resultAt(0), false);
                                    add(found, job, lists.resultAt(1), true);
                                })
                                .mapEmpty())
                .map(found);
    }

    private static void add(List<FoundAttempt> found, String job, List<AttemptDirectoryName> attempts, boolean isCopy) {
        attempts.forEach(attempt -> found.add(new FoundAttempt(job, attempt, isCopy)));
    }

    private Future<Void> deleteIfOrphaned(FoundAttempt found, Set<String> ended, Set<Superseded> superseded) {
        if (!ended.contains(found.job()) && superseded.stream().noneMatch(found::isCoveredBy)) {
            return Future.succeededFuture();
        }
        if (!found.isCopy()) {
            LOG.atInfo()
                    .addKeyValue("directory", found.job())
                    .addKeyValue("stage", found.attempt().stage().key())
                    .log("orphaned workspace files deleted");
        }
        return workspace.attemptDirectories().delete(found.job(), found.attempt());
    }

    Future<Void> cleanUpStaging() {
        return deleteOrphanedObjects("").compose(deleted -> abortOrphanedUploads());
    }

    private Future<Void> deleteOrphanedObjects(String after) {
        return staging.listObjects(after).compose(keys -> {
            if (keys.isEmpty()) {
                return Future.succeededFuture();
            }
            return staleArtifacts
                    .findEndedJobs(jobs(keys))
                    .compose(ended -> delete(keys.stream()
                            .filter(key -> ended.contains(staging.jobDirectoryOf(key)))
                            .toList()))
                    .compose(deleted ->
                            deleteOrphanedObjects(keys.get(keys.size() - 1).value()));
        });
    }

    private Future<Void> delete(List<ObjectKey> keys) {
        return staging.remove(keys).onSuccess(deleted -> logDeleted("objects", keys.size()));
    }

    private Future<Void> abortOrphanedUploads() {
        return staging.listMultipartUploads().compose(uploads -> {
            List<ObjectKey> keys = uploads.stream().map(MultipartUploadId::key).toList();
            return staleArtifacts.findEndedJobs(jobs(keys)).compose(ended -> {
                List<MultipartUploadId> orphaned = uploads.stream()
                        .filter(upload -> ended.contains(staging.jobDirectoryOf(upload.key())))
                        .toList();
                return staging.abort(orphaned).onSuccess(aborted -> logDeleted("uploads", orphaned.size()));
            });
        });
    }

    private Set<String> jobs(List<ObjectKey> keys) {
        return keys.stream().map(staging::jobDirectoryOf).collect(Collectors.toUnmodifiableSet());
    }

    private static void logDeleted(String key, int count) {
        if (count > 0) {
            LOG.atInfo().addKeyValue(key, count).log("orphaned staged objects deleted");
        }
    }

    /**
     * Files of an attempt.
     *
     * @param job name of the job's directory
     * @param isCopy whether these are copies of staged objects, which remain as planned until this cleanup
     */
    private record FoundAttempt(String job, AttemptDirectoryName attempt, boolean isCopy) {
        boolean isCoveredBy(Superseded superseded) {
            return superseded.fileName().equals(job)
                    && superseded.stage() == attempt.stage()
                    && superseded.task() == attempt.task()
                    && attempt.token() <= superseded.token();
        }
    }
}
