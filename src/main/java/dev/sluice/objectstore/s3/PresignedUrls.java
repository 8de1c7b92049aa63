package dev.sluice.objectstore.s3;

import dev.sluice.config.S3Config;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Links that let whoever has them read or write one object for a while, without credentials of his own. Signing asks nobody, so
 * a link says nothing about whether there is such an object.
 */
public final class PresignedUrls {
    private final Vertx vertx;
    private final S3Config config;
    private @Nullable S3Presigner presigner;

    /** Makes links to the endpoint that browsers reach. */
    PresignedUrls(Vertx vertx, S3Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** Made when the first link is: it reads the SDK's files, and most processes sign none. */
    private synchronized S3Presigner presigner() {
        if (presigner == null) {
            S3Presigner.Builder builder = S3Presigner.builder()
                    .region(Region.of(config.region()))
                    .credentialsProvider(S3ClientFactory.credentials(config))
                    .serviceConfiguration(S3Configuration.builder()
                            .pathStyleAccessEnabled(config.pathStyle())
                            .build());
            config.publicEndpoint().or(config::endpoint).ifPresent(builder::endpointOverride);
            presigner = builder.build();
        }
        return presigner;
    }

    /** Links to read each of these objects, in the same order. */
    public Future<List<URI>> forDownload(List<ObjectKey> keys, Duration valid) {
        return sign(() -> keys.stream()
                .map(key -> presigner()
                        .presignGetObject(link -> link.signatureDuration(valid)
                                .getObjectRequest(request ->
                                        request.bucket(config.bucket()).key(key.value())))
                        .url())
                .map(url -> URI.create(url.toString()))
                .toList());
    }

    /** A link to PUT one object to, whole. */
    public Future<URI> forUpload(ObjectKey key, Duration valid) {
        return sign(() -> URI.create(presigner()
                .presignPutObject(link -> link.signatureDuration(valid)
                        .putObjectRequest(
                                request -> request.bucket(config.bucket()).key(key.value())))
                .url()
                .toString()));
    }

    /** Links to PUT the parts of an object to, from the first to that of the number {@code count}. */
    public Future<List<URI>> forPartUploads(MultipartUploadId upload, int count, Duration valid) {
        return sign(() -> IntStream.rangeClosed(1, count)
                .mapToObj(number -> presigner()
                        .presignUploadPart(link -> link.signatureDuration(valid)
                                .uploadPartRequest(request -> request.bucket(config.bucket())
                                        .key(upload.key().value())
                                        .uploadId(upload.id())
                                        .partNumber(number)))
                        .url())
                .map(url -> URI.create(url.toString()))
                .toList());
    }

    /** Scheme, host and port of the links, for pages that say where they load from; empty where the SDK chooses them. */
    public Optional<String> origin() {
        return config.publicEndpoint().or(config::endpoint).map(uri -> {
            String host = config.pathStyle() ? uri.getHost() : config.bucket() + "." + uri.getHost();
            return uri.getScheme() + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        });
    }

    synchronized void close() {
        if (presigner != null) {
            presigner.close();
        }
    }

    // Off the event loop: credentials may have to be fetched, and a film has thousands of thumbnails.
    private <T> Future<T> sign(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }
}
