package dev.sluice.objectstore;

import dev.sluice.common.async.Cancellation;
import dev.sluice.common.async.Progress;
import dev.sluice.common.io.DiskFailures;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobFailure;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory, for small objects. */
public final class FakeBlobs implements Blobs {
    private final Map<BlobKey, Entry> entries = new ConcurrentHashMap<>();
    private final Vertx vertx;
    private final Map<BlobKey, JobFailure> refused = new ConcurrentHashMap<>();
    private volatile Optional<JobFailure> trouble = Optional.empty();

    public FakeBlobs(Vertx vertx) {
        this.vertx = vertx;
    }

    /** From now on every request fails so; empty: no more. */
    public void failWith(Optional<JobFailure> failure) {
        trouble = failure;
    }

    /** From now on nothing is put under this key. */
    public void refuse(BlobKey key, JobFailure failure) {
        refused.put(key, failure);
    }

    /** The keys that are there. */
    public Set<BlobKey> keys() {
        return Set.copyOf(entries.keySet());
    }

    @Override
    public Future<BlobInfo> head(BlobKey key) {
        return work(() -> find(key).info());
    }

    @Override
    public Future<BlobInfo> fetch(
            BlobKey key, Path target, long maxBytes, Progress progress, Cancellation cancellation) {
        return work(() -> {
            Entry entry = find(key);
            if (entry.info().size() > maxBytes) {
                throw new JobFailure(
                        ErrorCode.TOO_LARGE,
                        "The object '" + key + "' has " + entry.info().size() + " bytes.");
            }
            tell(progress, cancellation);
            Files.write(target, entry.bytes());
            return entry.info();
        });
    }

    @Override
    public Future<BlobInfo> put(
            BlobKey key, Path source, String contentType, Progress progress, Cancellation cancellation) {
        return work(() -> {
            Optional.ofNullable(refused.get(key)).ifPresent(failure -> {
                throw failure;
            });
            byte[] bytes = Files.readAllBytes(source);
            Checksum md5 = Checksum.ofFile(ChecksumAlgorithm.MD5, source, new ByteRange(0, bytes.length), cancellation);
            tell(progress, cancellation);
            BlobInfo info = new BlobInfo(bytes.length, md5.base64(), Optional.of(contentType), Optional.of(md5));
            entries.put(key, new Entry(info, bytes));
            return info;
        });
    }

    @Override
    public Future<Void> delete(Collection<BlobKey> keys) {
        return work(() -> {
            entries.keySet().removeAll(keys);
            return null;
        });
    }

    @Override
    public Future<BlobInfo> copy(BlobKey from, long bytes, BlobKey to, Cancellation cancellation) {
        return work(() -> {
            cancellation.check();
            Entry entry = find(from);
            entries.put(to, entry);
            return entry.info();
        });
    }

    @Override
    public Future<List<BlobKey>> list(String prefix, String after) {
        return work(() -> entries.keySet().stream()
                .map(BlobKey::value)
                .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                .sorted()
                .limit(PAGE)
                .map(BlobKey::new)
                .toList());
    }

    /** There are none: what is put here is there at once. */
    @Override
    public Future<List<UnfinishedUpload>> unfinished(String prefix) {
        return work(List::of);
    }

    @Override
    public Future<Void> abort(Collection<UnfinishedUpload> uploads) {
        return work(() -> null);
    }

    @Override
    public Future<Void> check() {
        return work(() -> null);
    }

    private static void tell(Progress progress, Cancellation cancellation) {
        cancellation.check();
        progress.at(0.5);
        cancellation.check();
        progress.at(1);
    }

    private Entry find(BlobKey key) {
        return Optional.ofNullable(entries.get(key))
                .orElseThrow(() ->
                        new JobFailure(ErrorCode.OBJECT_NOT_FOUND, "There is no object '" + key + "' in the store."));
    }

    private <T> Future<T> work(Callable<T> action) {
        return vertx.executeBlocking(
                () -> {
                    trouble.ifPresent(failure -> {
                        throw failure;
                    });
                    try {
                        return action.call();
                    } catch (IOException cause) {
                        throw DiskFailures.of(cause);
                    }
                },
                false);
    }

    private record Entry(BlobInfo info, byte[] bytes) {}
}
