package dev.sluice.backend.stream;

import dev.sluice.backend.job.Caller;
import dev.sluice.backend.job.MediaJobService;
import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.backend.job.RequestRejectedException.Reason;
import dev.sluice.backend.upload.PresignedUrlService;
import dev.sluice.common.LruCache;
import dev.sluice.job.JobId;
import dev.sluice.media.streaming.StreamDocument;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.OutputKeys;
import dev.sluice.persistence.growing.GrowingStreamRepository;
import dev.sluice.persistence.job.JobDetails;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Streams of a private bucket: documents in which each URI is a presigned URL, or the URL of another document of this API. For use on
 * one event loop. Futures fail with {@link RequestRejectedException} if the request is rejected.
 */
public final class SignedStreamService {
    /** Presigned URLs are equal for all requests with one token: a growing playlist is requested every few seconds. */
    private static final int MAX_CACHED_URLS = 20_000;

    private static final Caller ANY_OWNER = new Caller(Caller.SYSTEM, true);

    private final MediaJobService jobs;
    private final OutputKeys keys;
    private final GrowingStreamRepository growingStreams;
    private final PresignedUrlService presignedUrls;
    private final StreamDocumentSigner signer;
    private final Supplier<Future<String>> secret;
    private final Map<SignedKey, URI> cache = new LruCache<>(MAX_CACHED_URLS);
    private @Nullable StreamTokenCodec codec;

    /** @param secret shared by all processes that serve the API */
    public SignedStreamService(
            MediaJobService jobs,
            OutputKeys keys,
            GrowingStreamRepository growingStreams,
            PresignedUrlService presignedUrls,
            StreamDocumentSigner signer,
            Supplier<Future<String>> secret) {
        this.jobs = jobs;
        this.keys = keys;
        this.growingStreams = growingStreams;
        this.presignedUrls = presignedUrls;
        this.signer = signer;
        this.secret = secret;
    }

    /**
     * The URLs of a job, which the caller may access; empty if the job has no media item.
     *
     * @param now start of their validity
     */
    public Future<Optional<SignedStream>> open(JobDetails job, Instant now) {
        Optional<String> mediaId = job.source().mediaId().filter(keys::isMediaId);
        if (mediaId.isEmpty()) {
            return Future.succeededFuture(Optional.empty());
        }
        Future<Optional<Integer>> growing = job.state() == JobDetails.State.COMPLETED
                ? Future.succeededFuture(Optional.empty())
                : growingStreams.findWatchable(job.id());
        return growing.compose(token -> codec().map(tokens -> {
            StreamObjects objects = objects(job, mediaId.get(), token.orElse(0));
            StreamToken right = new StreamToken(
                    job.id(),
                    objects.growing(),
                    now.truncatedTo(ChronoUnit.SECONDS),
                    presignedUrls.ttl(),
                    tokens.binding(mediaId.get(), job.source().userId()));
            return Optional.of(new SignedStream(objects, keys, tokens.encode(right)));
        }));
    }

    private StreamObjects objects(JobDetails job, String mediaId, int growing) {
        return new StreamObjects(job.id(), mediaId, keys, key -> jobs.isOutput(job, key), growing);
    }

    /** A document of a job with signed URIs. */
    public Future<SignedDocument> read(JobId job, String name, String token, Instant now) {
        return codec().compose(tokens -> tokens.decode(job, token)
                .filter(right -> !right.isExpired(now))
                .map(right -> jobs.requireAccessibleJob(job, ANY_OWNER)
                        .compose(details -> read(tokens, right, details, name, token)))
                .orElseGet(SignedStreamService::rejected));
    }

    private Future<SignedDocument> read(
            StreamTokenCodec tokens, StreamToken right, JobDetails job, String name, String token) {
        Optional<String> owner = job.source().userId();
        Optional<String> mediaId =
                job.source().mediaId().filter(keys::isMediaId).filter(media -> right.isBoundTo(tokens, media, owner));
        if (mediaId.isEmpty()) {
            return rejected();
        }
        StreamObjects objects = objects(job, mediaId.get(), right.growing());
        Caller caller = new Caller(owner.orElse(Caller.SYSTEM), true);
        return StreamDocument.named(name)
                .flatMap(type -> objects.document(name)
                        .map(key -> signer.sign(
                                new StreamDocumentSigner.Source(objects, type, key, token),
                                named -> sign(caller, right, named))))
                .orElseGet(() -> Future.failedFuture(StreamDocumentSigner.notFound(name)));
    }

    private Future<Map<ObjectKey, URI>> sign(Caller caller, StreamToken right, List<ObjectKey> named) {
        Map<ObjectKey, URI> urls = new HashMap<>();
        List<ObjectKey> missing = new ArrayList<>();
        for (ObjectKey key : named) {
            URI known = cache.get(new SignedKey(key, right.issued(), right.valid()));
            if (known == null) {
                missing.add(key);
            } else {
                urls.put(key, known);
            }
        }
        if (missing.isEmpty()) {
            return Future.succeededFuture(urls);
        }
        return presignedUrls
                .forDownload(caller, missing, right.issued(), right.valid())
                .map(signed -> {
                    for (int i = 0; i < missing.size(); i++) {
                        urls.put(missing.get(i), signed.get(i));
                        cache.put(new SignedKey(missing.get(i), right.issued(), right.valid()), signed.get(i));
                    }
                    return urls;
                });
    }

    private Future<StreamTokenCodec> codec() {
        return codec != null
                ? Future.succeededFuture(codec)
                : secret.get().map(known -> {
                    StreamTokenCodec created = new StreamTokenCodec(known);
                    codec = created;
                    return created;
                });
    }

    /** Does not disclose whether the job exists. */
    private static <T> Future<T> rejected() {
        return Future.failedFuture(new RequestRejectedException(
                Reason.FORBIDDEN,
                "The URL of this stream is not valid or has expired. Request another with GET /jobs/{jobId}/outputs."));
    }

    private record SignedKey(ObjectKey key, Instant from, Duration valid) {}
}
