package dev.sluice.objectstore;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
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
import java.util.concurrent.atomic.AtomicInteger;

/** Object store in memory, for small objects. */
public final class InMemoryObjectStore implements ObjectStore {
    private final Map<ObjectKey, Entry> entries = new ConcurrentHashMap<>();
    private final Vertx vertx;
    private final Map<ObjectKey, JobException> refused = new ConcurrentHashMap<>();
    private final AtomicInteger replacements = new AtomicInteger();
    private volatile Optional<JobException> trouble = Optional.empty();

    public InMemoryObjectStore(Vertx vertx) {
        this.vertx = vertx;
    }

    /** All further requests fail with this failure; empty ends that. */
    public void failWith(Optional<JobException> failure) {
        trouble = failure;
    }

    /** All further uploads to this key fail. */
    public void failUploads(ObjectKey key, JobException failure) {
        refused.put(key, failure);
    }

    /** The next downloads, this many, fail because their object is replaced meanwhile. */
    public void replaceDuringDownloads(int downloads) {
        replacements.set(downloads);
    }

    /** The keys of all objects. */
    public Set<ObjectKey> keys() {
        return Set.copyOf(entries.keySet());
    }

    @Override
    public Future<ObjectMetadata> head(ObjectKey key) {
        return work(() -> find(key).metadata());
    }

    @Override
    public Future<ObjectMetadata> download(
            ObjectKey key, Path target, long maxBytes, ProgressListener progress, CancellationToken cancellation) {
        return work(() -> {
            Entry entry = find(key);
            if (entry.metadata().size() > maxBytes) {
                throw new JobException(
                        ErrorCode.TOO_LARGE,
                        "The object '" + key + "' has " + entry.metadata().size() + " bytes.");
            }
            if (replacements.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new JobException(ErrorCode.OBJECT_CHANGED, "The object '" + key + "' was replaced.");
            }
            reportProgress(progress, cancellation);
            Files.write(target, entry.bytes());
            cancellation.cost().add(Cost.ofTransfer(entry.bytes().length, 0));
            return entry.metadata();
        });
    }

    @Override
    public Future<ObjectMetadata> upload(
            ObjectKey key, Path source, String contentType, ProgressListener progress, CancellationToken cancellation) {
        return work(() -> {
            Optional.ofNullable(refused.get(key)).ifPresent(failure -> {
                throw failure;
            });
            byte[] bytes = Files.readAllBytes(source);
            Checksum md5 = Checksum.ofFile(ChecksumAlgorithm.MD5, source, new ByteRange(0, bytes.length), cancellation);
            reportProgress(progress, cancellation);
            ObjectMetadata metadata =
                    new ObjectMetadata(bytes.length, md5.base64(), Optional.of(contentType), Optional.of(md5));
            entries.put(key, new Entry(metadata, bytes));
            cancellation.cost().add(Cost.ofTransfer(0, bytes.length));
            return metadata;
        });
    }

    @Override
    public Future<Void> delete(Collection<ObjectKey> keys) {
        return work(() -> {
            entries.keySet().removeAll(keys);
            return null;
        });
    }

    @Override
    public Future<ObjectMetadata> copy(ObjectKey from, long bytes, ObjectKey to, CancellationToken cancellation) {
        return work(() -> {
            cancellation.throwIfCancelled();
            Entry entry = find(from);
            entries.put(to, entry);
            return entry.metadata();
        });
    }

    @Override
    public Future<List<ObjectKey>> list(String prefix, String after) {
        return work(() -> entries.keySet().stream()
                .map(ObjectKey::value)
                .filter(key -> key.startsWith(prefix) && key.compareTo(after) > 0)
                .sorted()
                .limit(PAGE_SIZE)
                .map(ObjectKey::new)
                .toList());
    }

    /** Always empty: uploads are stored whole. */
    @Override
    public Future<List<MultipartUploadId>> listMultipartUploads(String prefix) {
        return work(List::of);
    }

    @Override
    public Future<Void> abortMultipartUploads(Collection<MultipartUploadId> uploads) {
        return work(() -> null);
    }

    @Override
    public Future<Void> check() {
        return work(() -> null);
    }

    private static void reportProgress(ProgressListener progress, CancellationToken cancellation) {
        cancellation.throwIfCancelled();
        progress.report(0.5);
        cancellation.throwIfCancelled();
        progress.report(1);
    }

    private Entry find(ObjectKey key) {
        return Optional.ofNullable(entries.get(key))
                .orElseThrow(
                        () -> new JobException(ErrorCode.OBJECT_NOT_FOUND, "The object '" + key + "' was not found."));
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
                        throw FileErrorMapper.translate(cause);
                    }
                },
                false);
    }

    private record Entry(ObjectMetadata metadata, byte[] bytes) {}
}
