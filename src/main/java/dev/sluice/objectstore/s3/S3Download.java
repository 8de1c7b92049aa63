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

    private final S3RequestExecutor session;
    private final ObjectKey key;
    private final Path target;
    private final long maxBytes;
    private final ProgressListener progress;
    private final CancellationToken cancellation;
    private final AtomicLong written = new AtomicLong();
    private volatile long total = 1;

    S3Download(
            S3RequestExecutor session,
            ObjectKey key,
            Path target,
            long maxBytes,
            ProgressListener progress,
            CancellationToken cancellation) {
        this.session = session;
        this.key = key;
        this.target = target;
        this.maxBytes = maxBytes;
        this.progress = progress;
        this.cancellation = cancellation;
    }

    Future<ObjectMetadata> run() {
        return session.withFiles(this::open)
                .compose(file -> into(file).eventually(() -> session.withFiles(() -> close(file))))
                .compose(this::verified)
                .onSuccess(info -> progress.at(1))
                .recover(cause -> session.withFiles(this::remove).transform(removed -> Future.failedFuture(cause)));
    }

    private Future<ObjectMetadata> into(FileChannel file) {
        return first(file)
                .compose(
                        response -> rest(file, response),
                        // An empty object has no first byte to ask for.
                        cause -> S3ErrorMapper.status(cause) == RANGE_NOT_SATISFIABLE
                                ? head().compose(this::onlyIfEmpty)
                                : Future.failedFuture(cause));
    }

    private Future<GetObjectResponse> first(FileChannel file) {
        ByteRange asked = new ByteRange(0, session.config().partSize());
        return get(file, request -> request.range(asked.header()), response -> {
            ByteRange.Answer answer = S3Responses.carried(response);
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

    private Future<ObjectMetadata> rest(FileChannel file, GetObjectResponse response) {
        ObjectMetadata info = S3Responses.info(response);
        ByteRange missing = new ByteRange(S3Responses.carried(response).range().end(), info.size());
        PartLayout parts = new PartLayout(missing, session.config().partSize());
        if (parts.count() == 0) {
            return Future.succeededFuture(info);
        }
        return session.withFiles(() -> allocate(file, missing))
                .compose(allocated -> ParallelTasks.run(
                        parts.count(),
                        session.config().parallelism(),
                        index -> range(file, parts.part(index), response)))
                .map(info);
    }

    private Future<Void> range(FileChannel file, ByteRange asked, GetObjectResponse first) {
        ByteRange.Answer expected =
                new ByteRange.Answer(asked, S3Responses.carried(first).total());
        return get(file, request -> request.range(asked.header()).ifMatch(first.eTag()), response -> {
                    // Not every store heeds If-Match.
                    if (!S3Responses.etag(response.eTag()).equals(S3Responses.etag(first.eTag()))
                            || !S3Responses.carried(response).equals(expected)) {
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
        RangeResponseTransformer sink = new RangeResponseTransformer(
                file, session.disk(), carried, more -> progress.at((double) written.addAndGet(more) / total));
        return session.send(
                S3RequestExecutor.object(key),
                cancellation,
                client -> client.getObject(
                        request ->
                                asking.accept(request.bucket(session.bucket()).key(key.value())),
                        sink));
    }

    private Future<ObjectMetadata> head() {
        return session.head(key, cancellation);
    }

    private Future<ObjectMetadata> onlyIfEmpty(ObjectMetadata info) {
        return info.size() == 0 ? Future.succeededFuture(info) : Future.failedFuture(changed());
    }

    /** With one request more only where it tells more: an ETag that is an MD5 is enough for what is read in a moment. */
    private Future<ObjectMetadata> verified(ObjectMetadata got) {
        boolean enough =
                got.size() <= session.config().partSize() && got.checksum().isPresent();
        return (enough ? Future.succeededFuture(got) : head()).compose(said -> {
            if (!said.etag().equals(got.etag()) || said.size() != got.size()) {
                return Future.failedFuture(changed());
            }
            return session.withFiles(() -> compare(said));
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
