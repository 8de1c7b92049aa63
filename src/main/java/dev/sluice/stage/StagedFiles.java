package dev.sluice.stage;

import dev.sluice.blob.BlobKey;
import dev.sluice.blob.Blobs;
import dev.sluice.blob.Lanes;
import dev.sluice.blob.Staging;
import dev.sluice.job.Progress;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** Puts files into the store under keys that are one attempt's own: all of them, or none. */
public record StagedFiles(Blobs blobs, Staging staging) {
    /** Objects on their way at once; a large one goes in parallel parts besides. */
    static final int AT_ONCE = 4;

    /** Puts these; gives their keys in the same order. */
    Future<List<BlobKey>> put(StageRun run, List<Upload> uploads, Progress progress) {
        List<BlobKey> keys = IntStream.range(0, uploads.size())
                .mapToObj(number -> staging.key(run.attempt(), number))
                .toList();
        AtomicLongArray sent = new AtomicLongArray(uploads.size());
        long total = Math.max(1, uploads.stream().mapToLong(Upload::bytes).sum());
        return Lanes.run(uploads.size(), AT_ONCE, number -> {
                    Upload upload = uploads.get(number);
                    Progress ofOne = done -> {
                        sent.set(number, Math.round(done * upload.bytes()));
                        progress.at((double) sum(sent) / total);
                    };
                    return blobs.stage(
                            keys.get(number), upload.file(), upload.output().mimeType(), ofOne, run.cancellation());
                })
                .recover(cause -> remove(keys).transform(gone -> Future.failedFuture(cause)))
                .map(keys);
    }

    Future<Void> remove(List<BlobKey> keys) {
        return staging.remove(keys);
    }

    private static long sum(AtomicLongArray parts) {
        long sum = 0;
        for (int i = 0; i < parts.length(); i++) {
            sum += parts.get(i);
        }
        return sum;
    }
}
