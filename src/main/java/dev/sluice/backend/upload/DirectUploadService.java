package dev.sluice.backend.upload;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.JobOptions;
import dev.sluice.backend.job.JobOptionsResolver;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.s3.MultipartUploads;
import dev.sluice.persistence.upload.UploadRecord;
import io.vertx.core.Future;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Uploads that clients send to the object store with presigned URLs: in one PUT up to 64 MiB, in parts above.
 * Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class DirectUploadService {
    private static final long SINGLE_PUT_LIMIT = 64L << 20;

    private final ResumableUploadService uploads;
    private final MultipartUploads store;
    private final PresignedUrlService presignedUrls;
    private final UploadFinalizer finalizer;

    public DirectUploadService(
            ResumableUploadService uploads,
            MultipartUploads store,
            PresignedUrlService presignedUrls,
            UploadFinalizer finalizer) {
        this.uploads = uploads;
        this.store = store;
        this.presignedUrls = presignedUrls;
        this.finalizer = finalizer;
    }

    /**
     * An upload with the URLs of its parts.
     *
     * @param headers of each PUT, besides {@code Content-Length}
     * @param partSize size in bytes of every part except the last
     */
    public record DirectUpload(UploadRecord upload, List<URI> urls, Map<String, String> headers, long partSize) {}

    /**
     * Creates an upload by presigned URLs.
     *
     * @param options of the job
     */
    public Future<DirectUpload> create(Caller caller, String name, long bytes, JobOptions options) {
        boolean multipart = bytes > SINGLE_PUT_LIMIT;
        return uploads.create(
                        caller,
                        new ResumableUploadService.NewUpload(
                                name,
                                bytes,
                                options.profile()
                                        .map(profile -> UploadMetadata.pair(JobOptionsResolver.PROFILE, profile))),
                        options.webhook(),
                        true,
                        video -> multipart
                                ? store.create(video.key(), MultipartObjectWriter.CONTENT_TYPE)
                                        .map(created -> Optional.of(created.id()))
                                : Future.succeededFuture(Optional.empty()))
                .compose(upload -> withUrls(caller, upload));
    }

    private Future<DirectUpload> withUrls(Caller caller, UploadRecord upload) {
        ObjectKey key = new ObjectKey(upload.target().key());
        long partSize = Math.max(SINGLE_PUT_LIMIT, uploads.limits().partSizeFor(upload.totalBytes()));
        long total = upload.totalBytes();
        List<Long> lengths = LongStream.iterate(0, start -> start < total, start -> start + partSize)
                .mapToObj(start -> Math.min(partSize, total - start))
                .toList();
        Optional<String> multipart = upload.multipart().uploadId();
        Map<String, String> headers =
                multipart.isPresent() ? Map.of() : Map.of("Content-Type", MultipartObjectWriter.CONTENT_TYPE);
        return multipart
                .map(id -> presignedUrls.forPartUploads(caller, new MultipartUploadId(key, id), lengths))
                .orElseGet(() -> presignedUrls
                        .forUpload(caller, UploadFinalizer.incoming(key), total, MultipartObjectWriter.CONTENT_TYPE)
                        .map(List::of))
                .map(signed -> new DirectUpload(upload, signed, headers, partSize));
    }

    /**
     * Creates the job of an upload whose data is in the object store.
     *
     * @param etags of the parts, in order; empty for an upload in one PUT
     */
    public Future<UploadRecord> complete(Caller caller, String id, List<String> etags) {
        return uploads.requireOwned(caller, id).compose(upload -> {
            if (!upload.direct()) {
                return Future.failedFuture(new RequestRejectedException(
                        RequestRejectedException.Reason.CONFLICT,
                        "Not a direct upload: its data is sent to this API."));
            }
            return upload.completed() ? Future.succeededFuture(upload) : finalizer.completeDirect(upload, etags);
        });
    }
}
