package dev.sluice.objectstore.s3;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ParallelTasks;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.io.FileErrorMapper;
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

/** One object on its way to a file: first a range that may be all of it, then the others side by side. */
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
                .compose(file -> into(file).eventually(() -> requests.runBlocking(() -> close(file))))
                .compose(this::verified)
                .onSuccess(metadata -> progress.report(1))
                .recover(cause -> requests.runBlocking(this::remove).transform(removed -> Future.failedFuture(cause)));
    }

    private Future<ObjectMetadata> into(FileChannel file) {
        return downloadFirstRange(file)
                .compose(
                        response -> downloadRemainingRanges(file, response),
                        // An empty object has no first byte to ask for.
                        cause -> S3ErrorMapper.httpStatus(cause) == RANGE_NOT_SATISFIABLE
                                ? head().compose(this::onlyIfEmpty)
                                : Future.failedFuture(cause));
    }

    private Future<GetObjectResponse> downloadFirstRange(FileChannel file) {
        ByteRange asked = new ByteRange(0, requests.config().partSize());
        return get(file, request -> request.range(asked.toRangeHeader()), response -> {
            ByteRange.ContentRange answer = S3Responses.contentRange(response);
            if (answer.total() > maxBytes) {
                throw new JobException(
                        ErrorCode.TOO_LARGE,
                        "The object '" + key + "' has " + answer.total() + " bytes; at most " + maxBytes
                                + " are allowed.");
            }
            total = Math.max(1, answer.total());
            return answer.range();
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

    private Future<Void> range(FileChannel file, ByteRange asked, GetObjectResponse first) {
        ByteRange.ContentRange expected = new ByteRange.ContentRange(
                asked, S3Responses.contentRange(first).total());
        return get(file, request -> request.range(asked.toRangeHeader()).ifMatch(first.eTag()), response -> {
                    // Not every store heeds If-Match.
                    if (!S3Responses.etag(response.eTag()).equals(S3Responses.etag(first.eTag()))
                            || !S3Responses.contentRange(response).equals(expected)) {
                        throw changed();
                    }
                    return asked;
                })
                .mapEmpty();
    }

    private Future<GetObjectResponse> get(
            FileChannel file,
            Consumer<GetObjectRequest.Builder> asking,
            Function<GetObjectResponse, ByteRange> carried) {
        RangeResponseTransformer transformer = new RangeResponseTransformer(
                file,
                requests.diskExecutor(),
                carried,
                more -> progress.report((double) written.addAndGet(more) / total));
        return requests.send(
                S3RequestExecutor.describe(key),
                cancellation,
                client -> client.getObject(
                        request ->
                                asking.accept(request.bucket(requests.bucket()).key(key.value())),
                        transformer));
    }

    private Future<ObjectMetadata> head() {
        return requests.head(key, cancellation);
    }

    private Future<ObjectMetadata> onlyIfEmpty(ObjectMetadata metadata) {
        return metadata.size() == 0 ? Future.succeededFuture(metadata) : Future.failedFuture(changed());
    }

    /** With one request more only where it tells more: an ETag that is an MD5 is enough for what is read in a moment. */
    private Future<ObjectMetadata> verified(ObjectMetadata got) {
        boolean enough =
                got.size() <= requests.config().partSize() && got.checksum().isPresent();
        return (enough ? Future.succeededFuture(got) : head()).compose(said -> {
            if (!said.etag().equals(got.etag()) || said.size() != got.size()) {
                return Future.failedFuture(changed());
            }
            return requests.runBlocking(() -> compare(said));
        });
    }

    private ObjectMetadata compare(ObjectMetadata said) throws IOException {
        long size = Files.size(target);
        boolean right = size == said.size();
        if (right && said.checksum().isPresent()) {
            Checksum expected = said.checksum().get();
            right = Checksum.ofFile(expected.algorithm(), target, new ByteRange(0, size), cancellation)
                    .equals(expected);
        }
        if (!right) {
            throw new JobException(
                    ErrorCode.CHECKSUM_MISMATCH, "The object '" + key + "' did not arrive as the store describes it.");
        }
        return said;
    }

    private JobException changed() {
        return new JobException(
                ErrorCode.OBJECT_CHANGED, "The object '" + key + "' was replaced while it was being read.");
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
    }

    /** Finds out before the transfer, not at its end, that the file can't grow so large. */
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

    private Void remove() {
        try {
            Files.deleteIfExists(target);
        } catch (IOException cause) {
            LOG.atWarn().addKeyValue("error", cause.toString()).log("partial download could not be removed");
        }
        return null;
    }
}
