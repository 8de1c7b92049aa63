package dev.sluice.objectstore.s3;

import dev.sluice.config.S3Config;
import dev.sluice.objectstore.MultipartUploadId;
import dev.sluice.objectstore.ObjectKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Presigned URLs, which let a client read or write one object for a limited time without credentials. Signing sends no request;
 * the object of a URL may not exist.
 */
public final class PresignedUrls {
    private final Vertx vertx;
    private final S3Config config;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private @Nullable S3Presigner presigner;
    private @Nullable AwsCredentialsProvider credentials;

    /** URLs use the public endpoint if one is configured. */
    PresignedUrls(Vertx vertx, S3Config config) {
        this.vertx = vertx;
        this.config = config;
    }

    /** Created with the first URL: it reads the SDK's files, and most processes sign no URL. */
    private synchronized S3Presigner presigner() {
        if (presigner == null) {
            S3Presigner.Builder builder = S3Presigner.builder()
                    .region(Region.of(config.region()))
                    .credentialsProvider(credentials())
                    .serviceConfiguration(S3Configuration.builder()
                            .pathStyleAccessEnabled(config.pathStyle())
                            .build());
            config.publicEndpoint().or(config::endpoint).ifPresent(builder::endpointOverride);
            presigner = builder.build();
        }
        return presigner;
    }

    /** Created with the first URL, and kept: it caches temporary credentials. */
    private synchronized AwsCredentialsProvider credentials() {
        if (credentials == null) {
            credentials = S3ClientFactory.credentials(config);
        }
        return credentials;
    }

    /** URLs to GET each of these objects, in the same order. */
    public Future<List<URI>> forDownload(List<ObjectKey> keys, Duration valid) {
        return sign(() -> keys.stream()
                .map(key -> presigner()
                        .presignGetObject(url -> url.signatureDuration(valid)
                                .getObjectRequest(request ->
                                        request.bucket(config.bucket()).key(key.value())))
                        .url())
                .map(url -> URI.create(url.toString()))
                .toList());
    }

    /** As above, valid from {@code from} on: calls with the same arguments return the same URLs. */
    public Future<List<URI>> forDownload(List<ObjectKey> keys, Instant from, Duration valid) {
        return forDownload(keys, valid)
                .compose(urls -> sign(() -> {
                    AwsCredentials resolved = credentials().resolveCredentials();
                    return urls.stream()
                            .map(url -> sign(url, resolved, Clock.fixed(from, ZoneOffset.UTC), valid))
                            .toList();
                }));
    }

    /** Replaces the signature of a URL; the presigner of the SDK has no clock. */
    private URI sign(URI url, AwsCredentials credentials, Clock clock, Duration valid) {
        SdkHttpRequest unsigned = SdkHttpRequest.builder()
                .uri(url)
                .clearQueryParameters()
                .method(SdkHttpMethod.GET)
                .build();
        return signer.sign(request -> request.identity(credentials)
                        .request(unsigned)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, config.region())
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AwsV4HttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, valid)
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
                .request()
                .getUri();
    }

    /** A URL to PUT one whole object of this length and type: the request must have both headers. */
    public Future<URI> forUpload(ObjectKey key, long bytes, String contentType, Duration valid) {
        return sign(() -> URI.create(presigner()
                .presignPutObject(url -> url.signatureDuration(valid)
                        .putObjectRequest(request -> request.bucket(config.bucket())
                                .key(key.value())
                                .contentLength(bytes)
                                .contentType(contentType)))
                .url()
                .toString()));
    }

    /** URLs to PUT the parts of an object, each with its length. */
    public Future<List<URI>> forPartUploads(MultipartUploadId upload, List<Long> lengths, Duration valid) {
        return sign(() -> IntStream.rangeClosed(1, lengths.size())
                .mapToObj(number -> presigner()
                        .presignUploadPart(url -> url.signatureDuration(valid)
                                .uploadPartRequest(request -> request.bucket(config.bucket())
                                        .key(upload.key().value())
                                        .uploadId(upload.id())
                                        .partNumber(number)
                                        .contentLength(lengths.get(number - 1))))
                        .url())
                .map(url -> URI.create(url.toString()))
                .toList());
    }

    /** Scheme, host and port of the URLs, for a Content-Security-Policy; empty if the SDK chooses them. */
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

    // Not on the event loop: credentials may have to be fetched, and a long video has thousands of thumbnails.
    private <T> Future<T> sign(Callable<T> work) {
        return vertx.executeBlocking(work, false);
    }
}
