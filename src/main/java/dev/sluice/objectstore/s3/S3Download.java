package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.FileErrorMapper;
import dev.sluice.common.io.PrivateFiles;
import dev.sluice.job.Cost;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ByteRange;
import dev.sluice.objectstore.Checksum;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.transfer.PartLayout;
import dev.sluice.objectstore.transfer.RangeResponseTransformer;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Downloads an object to a file: one range first, which may be the whole object, then the others in parallel. */
final class S3Download {
    private static final Logger LOG = LoggerFactory.getLogger(S3Download.class);
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final S3RequestExecutor requests;
    private final ObjectKey key;
    private final Path target;
    private final long maxBytes;
    private final ProgressListener progress;
    private final CancellationToken cancellation;
    private final AtomicLong written = new AtomicLong();
    private volatile long total = 1;

    S3Download(
            S3RequestExecutor requests,
            ObjectKey key,
            Path target,
            long maxBytes,
            ProgressListener progress,
            CancellationToken cancellation) {
        this.requests = requests;
        this.key = key;
        this.target = target;
        this.maxBytes = maxBytes;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> run() {
        return requests.runBlocking(this::open)
                .compose(file -> downloadTo(file).eventually(() -> requests.runBlocking(() -> close(file))))
                .compose(this::verify)
                .onSuccess(metadata -> progress.report(1))
                .recover(cause -> requests.runBlocking(this::delete).transform(deleted -> Future.failedFuture(cause)));
    }

    private Future<ObjectMetadata> downloadTo(FileChannel file) {
        return downloadFirstRange(file)
                .compose(
                        response -> downloadRemainingRanges(file, response),
                        // An empty object has no first byte.
                        cause -> S3ErrorMapper.httpStatus(cause) == RANGE_NOT_SATISFIABLE
                                ? head().compose(this::requireEmpty)
                                : Future.failedFuture(cause));
    }

    private Future<GetObjectResponse> downloadFirstRange(FileChannel file) {
        ByteRange requested = new ByteRange(0, requests.config().partSize());
        return get(file, request -> request.range(requested.toRangeHeader()), response -> {
            ByteRange.ContentRange received = S3Responses.contentRange(response);
            if (received.total() > maxBytes) {
                throw new JobException(
                        ErrorCode.TOO_LARGE,
                        "The object '" + key + "' has " + received.total() + " bytes; the limit is " + maxBytes
                                + " bytes.");
            }
            total = Math.max(1, received.total());
            return received.range();
        });
    }

    private Future<ObjectMetadata> downloadRemainingRanges(FileChannel file, GetObjectResponse response) {
        ObjectMetadata metadata = S3Responses.metadata(response);
        ByteRange missing =
                new ByteRange(S3Responses.contentRange(response).range().end(), metadata.size());
        PartLayout parts = new PartLayout(missing, requests.config().partSize());
        if (parts.count() == 0) {
            return Future.succeededFuture(metadata);
        }
        return requests.runBlocking(() -> allocate(file, missing))
                .compose(allocated -> ParallelTasks.forEachIndex(
                        parts.count(),
                        requests.config().parallelism(),
                        index -> range(file, parts.part(index), response)))
                .map(metadata);
    }

    private Future<Void> range(FileChannel file, ByteRange requested, GetObjectResponse first) {
        ByteRange.ContentRange expected = new ByteRange.ContentRange(
                requested, S3Responses.contentRange(first).total());
        return get(file, request -> request.range(requested.toRangeHeader()).ifMatch(first.eTag()), response -> {
                    // Not every store supports If-Match.
                    if (!S3Responses.etag(response.eTag()).equals(S3Responses.etag(first.eTag()))
                            || !S3Responses.contentRange(response).equals(expected)) {
                        throw changed();
                    }
                    return requested;
                })
                .mapEmpty();
    }

    private Future<GetObjectResponse> get(
            FileChannel file,
            Consumer<GetObjectRequest.Builder> customize,
            Function<GetObjectResponse, ByteRange> contentRangeOf) {
        RangeResponseTransformer transformer =
                new RangeResponseTransformer(file, requests.diskExecutor(), contentRangeOf, more -> {
                    cancellation.cost().add(Cost.ofTransfer(more, 0));
                    progress.report((double) written.addAndGet(more) / total);
                });
        return requests.send(
                S3RequestExecutor.describe(key),
                cancellation,
                client -> client.getObject(
                        request -> customize.accept(
                                request.bucket(requests.bucket()).key(key.value())),
                        transformer));
    }

    private Future<ObjectMetadata> head() {
        return requests.head(key, cancellation);
    }

    private Future<ObjectMetadata> requireEmpty(ObjectMetadata metadata) {
        return metadata.size() == 0 ? Future.succeededFuture(metadata) : Future.failedFuture(changed());
    }

    /** Sends another request only if it yields more: for one range, an ETag that is an MD5 suffices. */
    private Future<ObjectMetadata> verify(ObjectMetadata received) {
        boolean sufficient = received.size() <= requests.config().partSize()
                && received.checksum().isPresent();
        return (sufficient ? Future.succeededFuture(received) : head()).compose(stored -> {
            if (!stored.etag().equals(received.etag()) || stored.size() != received.size()) {
                return Future.failedFuture(changed());
            }
            return requests.runBlocking(() -> compare(stored));
        });
    }

    private ObjectMetadata compare(ObjectMetadata stored) throws IOException {
        long size = Files.size(target);
        boolean equal = size == stored.size();
        if (equal && stored.checksum().isPresent()) {
            Checksum expected = stored.checksum().get();
            equal = Checksum.ofFile(expected.algorithm(), target, new ByteRange(0, size), cancellation)
                    .equals(expected);
        }
        if (!equal) {
            throw new JobException(
                    ErrorCode.CHECKSUM_MISMATCH,
                    "The object '" + key + "' does not match its stored size or checksum.");
        }
        return stored;
    }

    private JobException changed() {
        return new JobException(ErrorCode.OBJECT_CHANGED, "The object '" + key + "' was replaced during the download.");
    }

    private FileChannel open() throws IOException {
        return PrivateFiles.open(target, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Fails before the transfer if the disk is too small. */
    private Void allocate(FileChannel file, ByteRange missing) throws IOException {
        if (Files.getFileStore(target).getUsableSpace() < missing.length()) {
            throw FileErrorMapper.diskFull(null);
        }
        file.write(ByteBuffer.allocate(1), missing.end() - 1);
        return null;
    }

    private Void close(FileChannel file) throws IOException {
        file.close();
        return null;
    }

    private Void delete() {
        try {
            Files.deleteIfExists(target);
        } catch (IOException cause) {
            LOG.atWarn().addKeyValue("error", cause.toString()).log("partial download not deleted");
        }
        return null;
    }
}
