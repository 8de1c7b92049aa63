package dev.sluice.pipeline.maintenance;

import dev.sluice.common.async.ParallelTasks;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.StagingArea;
import dev.sluice.persistence.recovery.StaleArtifactRepository;
import dev.sluice.persistence.recovery.StaleArtifactRepository.Superseded;
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
 * Finds and removes what crashes left: directories, staged objects and unfinished uploads of attempts that nobody will go on
 * with. It looks first and asks the database then, and removes nothing that it has not seen before it asked: every attempt that
 * begins later has a higher token and names of its own.
 */
final class OrphanSweeper {
    private static final Logger LOG = LoggerFactory.getLogger(OrphanSweeper.class);
    private static final int BATCH = 500;

    private final Workspace workspace;
    private final StagingArea staging;
    private final StaleArtifactRepository staleArtifacts;

    OrphanSweeper(Workspace workspace, StagingArea staging, StaleArtifactRepository staleArtifacts) {
        this.workspace = workspace;
        this.staging = staging;
        this.staleArtifacts = staleArtifacts;
    }

    Future<Void> cleanUpWorkspace() {
        return workspace.attemptDirectories().listJobs().compose(names -> {
            List<List<String>> batches = new ArrayList<>();
            for (int from = 0; from < names.size(); from += BATCH) {
                batches.add(names.subList(from, Math.min(names.size(), from + BATCH)));
            }
            return ParallelTasks.sequentially(batches, this::sweepDirectories);
        });
    }

    private Future<Void> sweepDirectories(List<String> names) {
        return attempts(names)
                .compose(found -> staleArtifacts
                        .findEndedJobs(names)
                        .compose(ended -> staleArtifacts
                                .findSupersededAttempts(names)
                                .compose(over ->
                                        ParallelTasks.sequentially(found, each -> sweepIfOver(each, ended, over)))
                                .compose(swept -> ParallelTasks.sequentially(
                                        ended, workspace.attemptDirectories()::deleteJobIfEmpty))));
    }

    private Future<List<Found>> attempts(List<String> names) {
        List<Found> found = new ArrayList<>();
        return ParallelTasks.sequentially(
                        names,
                        name -> workspace
                                .attemptDirectories()
                                .list(name)
                                .onSuccess(here -> here.forEach(attempt -> found.add(new Found(name, attempt))))
                                .mapEmpty())
                .map(found);
    }

    private Future<Void> sweepIfOver(Found found, Set<String> ended, Set<Superseded> over) {
        if (!ended.contains(found.fileName()) && over.stream().noneMatch(found::isOneOf)) {
            return Future.succeededFuture();
        }
        LOG.atInfo()
                .addKeyValue("directory", found.fileName())
                .addKeyValue("stage", found.attempt().stage().key())
                .log("what a crash left in the workspace removed");
        return workspace.attemptDirectories().delete(found.fileName(), found.attempt());
    }

    Future<Void> cleanUpStaging() {
        return sweepObjects("").compose(swept -> sweepUploads());
    }

    private Future<Void> sweepObjects(String after) {
        return staging.listObjects(after).compose(keys -> {
            if (keys.isEmpty()) {
                return Future.succeededFuture();
            }
            return staleArtifacts
                    .findEndedJobs(fileNames(keys))
                    .compose(ended -> remove(keys.stream()
                            .filter(key -> ended.contains(staging.jobDirectoryOf(key)))
                            .toList()))
                    .compose(removed -> sweepObjects(keys.get(keys.size() - 1).value()));
        });
    }

    private Future<Void> remove(List<ObjectKey> keys) {
        return staging.remove(keys).onSuccess(removed -> told("objects", keys.size()));
    }

    private Future<Void> sweepUploads() {
        return staging.listMultipartUploads().compose(uploads -> {
            List<ObjectKey> keys = uploads.stream().map(MultipartUploadId::key).toList();
            return staleArtifacts.findEndedJobs(fileNames(keys)).compose(ended -> {
                List<MultipartUploadId> over = uploads.stream()
                        .filter(upload -> ended.contains(staging.jobDirectoryOf(upload.key())))
                        .toList();
                return staging.abort(over).onSuccess(aborted -> told("uploads", over.size()));
            });
        });
    }

    private Set<String> fileNames(List<ObjectKey> keys) {
        return keys.stream().map(staging::jobDirectoryOf).collect(Collectors.toUnmodifiableSet());
    }

    private static void told(String what, int count) {
        if (count > 0) {
            LOG.atInfo().addKeyValue(what, count).log("what a crash left in the staging prefix removed");
        }
    }

    private record Found(String fileName, AttemptDirectoryName attempt) {
        boolean isOneOf(Superseded over) {
            return over.fileName().equals(fileName)
                    && over.stage() == attempt.stage()
                    && over.task() == attempt.task()
                    && attempt.token() <= over.token();
        }
    }
}
