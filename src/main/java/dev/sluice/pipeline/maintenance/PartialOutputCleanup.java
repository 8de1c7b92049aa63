package dev.sluice.pipeline.maintenance;

import dev.sluice.job.JobId;
import dev.sluice.message.OutputFile;
import dev.sluice.message.StagedJob;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.persistence.recovery.PartialOutputRepository;
import io.vertx.core.Future;
import java.util.List;

/** Deletes the partial outputs of failed jobs. */
public record PartialOutputCleanup(ObjectStore objectStore, OutputKeys keys, PartialOutputRepository partialOutputs) {
    /** Removes partial outputs that remained because a worker crashed or the object store was unavailable. */
    Future<Void> removeAll() {
        return partialOutputs
                .findUnresolved()
                .compose(jobs -> Future.join(jobs.stream().map(this::remove).toList()))
                .mapEmpty();
    }

    /** Deletes right after the check: a restarted job would have to encode before it publishes. */
    Future<Void> remove(JobId job) {
        return partialOutputs
                .find(job)
                .compose(found -> found.map(output -> (output.exclusive()
                                        ? objectStore.delete(finalKeys(output.job()))
                                        : Future.<Void>succeededFuture())
                                .compose(deleted -> partialOutputs.markResolved(job)))
                        .orElseGet(Future::succeededFuture));
    }

    private List<ObjectKey> finalKeys(StagedJob job) {
        return job.outputs().stream()
                .map(OutputFile::s3Key)
                .map(ObjectKey::new)
                .filter(key -> keys.isOutputKeyOf(job.mediaId(), key))
                .toList();
    }
}
