package dev.sluice.objectstore.s3;

import static dev.sluice.common.async.Await.await;
import static dev.sluice.common.async.Await.failureOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ServicesExtension;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.config.S3Config;
import dev.sluice.config.value.Secret;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectMetadata;
import dev.sluice.objectstore.SampleFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Transfers with faults of network, store or disk. */
@ExtendWith({VertxExtension.class, ServicesExtension.class})
final class S3FaultsIT {
    private static final ObjectKey KEY = new ObjectKey("videos/long.mp4");
    private static final int PART = 5 << 20;

    private Vertx vertx;
    private S3Config store;
    private FaultProxy proxy;
    private S3ObjectStore direct;
    private S3ObjectStore objectStore;

    @TempDir
    private Path dir;

    @BeforeEach
    void open(Vertx newVertx, TestBucket bucket) {
        vertx = newVertx;
        store = bucket.config();
        proxy = FaultProxy.before(vertx, store);
        direct = new S3ObjectStore(vertx, store);
        objectStore = new S3ObjectStore(vertx, proxy.config());
    }

    @AfterEach
    void close() {
        await(objectStore.close());
        await(direct.close());
    }

    @Test
    void downloadsSmallObjectInOneRequest() {
        stored(PART, 1);

        await(fetch());

        assertThat(proxy.requests()).isEqualTo(1);
    }

    @Test
    void uploadsExpectContinueUnlessDisabled() throws IOException {
        List<String> expected = new CopyOnWriteArrayList<>();
        proxy.inject(
                request -> {
                    Optional.ofNullable(request.getHeader("Expect")).ifPresent(expected::add);
                    return false;
                },
                FaultProxy.status(500, "InternalError"));
        Path source = SampleFile.of(dir.resolve("expect"), PART, 1);
        S3Config config = proxy.config();
        S3ObjectStore without = new S3ObjectStore(
                vertx,
                new S3Config(
                        config.endpoint(),
                        config.publicEndpoint(),
                        config.caFile(),
                        config.region(),
                        config.bucket(),
                        config.accessKey(),
                        config.secretKey(),
                        config.pathStyle(),
                        config.partSize(),
                        config.parallelism(),
                        config.timeout(),
                        false));

        await(without.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        assertThat(expected).isEmpty();
        await(objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        assertThat(expected).contains("100-continue");
        await(without.close());
    }

    @Test
    void unsupportedRequestIsSentOnceAndNamed() {
        proxy.inject(100, FaultProxy.any(), FaultProxy.status(501, "NotImplemented"));

        JobException failure = failureOf(objectStore.check());

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED);
        assertThat(failure.message())
                .isEqualTo("The store at " + proxy.config().endpoint().orElseThrow()
                        + " does not support the request for the list of objects (HTTP 501 NotImplemented).");
        assertThat(proxy.requests()).isEqualTo(1);
    }

    @Test
    void messageOfEachResponseHasStatusAndCode() {
        for (int status : List.of(301, 400, 403, 404, 409, 412, 500, 503)) {
            proxy.inject(3, FaultProxy.any(), FaultProxy.status(status, "SomeCode"));

            assertThat(failureOf(objectStore.check()).message()).contains("(HTTP " + status + " SomeCode)");
            proxy.clear();
        }
    }

    @Test
    void limitsSizeOfSingleCopyRequest() throws IOException {
        List<String> ranges = new CopyOnWriteArrayList<>();
        proxy.inject(
                request -> {
                    Optional.ofNullable(request.getHeader("x-amz-copy-source-range"))
                            .ifPresent(ranges::add);
                    return false;
                },
                FaultProxy.status(500, "InternalError"));
        long bytes = (256L << 20) + 7;
        Path source = Files.createFile(dir.resolve("large"));
        try (RandomAccessFile file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(bytes);
        }
        await(direct.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        ObjectMetadata copied = await(objectStore.copy(KEY, bytes, new ObjectKey("copy.mp4"), new CancellationToken()));

        assertThat(copied.size()).isEqualTo(bytes);
        assertThat(ranges).containsExactlyInAnyOrder("bytes=0-268435455", "bytes=268435456-268435462");
    }

    @Test
    void repeatsRangeWhenConnectionBreaks() {
        Path source = stored(3 * PART, 1);
        proxy.inject(2, FaultProxy.range(PART), FaultProxy.breakAfter(100_000));

        await(fetch());

        assertThat(target()).hasSameBinaryContentAs(source);
    }

    @Test
    void failsWhenConnectionBreaksEveryTime() {
        stored(2 * PART, 1);
        proxy.inject(100, FaultProxy.range(0), FaultProxy.breakAfter(100_000));

        JobException failure = failureOf(fetch());

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(target()).doesNotExist();
    }

    @Test
    void retriesAfterSlowDown() {
        Path source = stored(2 * PART, 1);
        proxy.inject(2, FaultProxy.range(PART), FaultProxy.status(503, "SlowDown"));

        await(fetch());

        assertThat(target()).hasSameBinaryContentAs(source);
    }

    @Test
    void failsWhenStoreStaysOverloaded() {
        stored(10, 1);
        proxy.inject(100, FaultProxy.any(), FaultProxy.status(503, "SlowDown"));

        assertThat(failureOf(fetch()).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failureOf(objectStore.check()).code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    @Test
    void timesOutWhenStoreDoesNotRespond() {
        stored(10, 1);
        proxy.inject(100, FaultProxy.any(), FaultProxy.silence());
        S3ObjectStore impatient = new S3ObjectStore(vertx, changed(proxy.config(), Duration.ofMillis(300)));

        JobException failure = failureOf(impatient.head(KEY));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        await(impatient.close());
    }

    @Test
    void detectsObjectReplacedBetweenRanges() {
        stored(3 * PART, 1);
        Path other = SampleFile.of(dir.resolve("other"), 3 * PART, 2);
        proxy.inject(1, FaultProxy.range(2 * PART), FaultProxy.first(() -> replaceWith(other)));

        JobException failure = failureOf(fetch());

        assertThat(failure.code()).isEqualTo(ErrorCode.OBJECT_CHANGED);
        assertThat(target()).doesNotExist();
    }

    @Test
    void detectsCorruptSmallObject() {
        stored(1000, 1);
        proxy.inject(1, FaultProxy.range(0), FaultProxy.change(S3FaultsIT::flipped));

        JobException failure = failureOf(fetch());

        assertThat(failure.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
        assertThat(target()).doesNotExist();
    }

    @Test
    void detectsCorruptObjectOfManyRanges() {
        // Stored in one request, as by a browser: the ETag is the MD5 of the whole object.
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        S3ObjectStore whole = new S3ObjectStore(vertx, changed(store, 64 << 20));
        await(whole.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        await(whole.close());
        proxy.inject(1, FaultProxy.range(PART), FaultProxy.change(S3FaultsIT::flipped));

        JobException failure = failureOf(fetch());

        assertThat(failure.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void deletesFileOfCancelledDownload() throws IOException {
        stored(6 * PART, 1);
        CancellationToken cancellation = new CancellationToken();
        JobException why = new JobException(ErrorCode.SHUTDOWN, "The worker stops.");
        proxy.inject(100, FaultProxy.range(4 * PART), FaultProxy.silence());
        proxy.inject(1, FaultProxy.range(5 * PART), FaultProxy.first(() -> cancel(cancellation, why)));

        S3ObjectStore patient = new S3ObjectStore(vertx, changed(proxy.config(), Duration.ofMinutes(10)));

        JobException failure = failureOf(patient.download(KEY, target(), ProgressListener.noop(), cancellation));

        assertThat(failure).isSameAs(why);
        assertThat(target()).doesNotExist();
        assertThat(openFiles()).noneMatch(file -> file.startsWith(dir.toString()));
        await(patient.close());
    }

    @Test
    void abortsCancelledUploadAndClosesFile() throws IOException {
        Path source = SampleFile.of(dir.resolve("source"), 6 * PART);
        CancellationToken cancellation = new CancellationToken();
        JobException why = new JobException(ErrorCode.LEASE_LOST, "The run belongs to another worker.");
        proxy.inject(1, FaultProxy.part(4), FaultProxy.first(() -> cancel(cancellation, why)));

        JobException failure =
                failureOf(objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), cancellation));

        assertThat(failure).isSameAs(why);
        assertThat(unfinishedUploads()).isEmpty();
        assertThat(openFiles()).noneMatch(file -> file.startsWith(dir.toString()));
        assertThat(failureOf(direct.head(KEY)).code()).isEqualTo(ErrorCode.OBJECT_NOT_FOUND);
    }

    @Test
    void abortsFailedUpload() {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        proxy.inject(100, FaultProxy.part(2), FaultProxy.status(500, "InternalError"));

        JobException failure = failureOf(
                objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(unfinishedUploads()).isEmpty();
    }

    @Test
    void repeatsRejectedPart() {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        proxy.inject(2, FaultProxy.part(2), FaultProxy.status(503, "SlowDown"));

        await(objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        await(direct.download(KEY, target(), ProgressListener.noop(), new CancellationToken()));
        assertThat(target()).hasSameBinaryContentAs(source);
    }

    @Test
    void acceptsStoredObjectWhenResponseToCompleteIsLost() {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        proxy.inject(
                1,
                request -> request.getParam("uploadId") != null
                        && request.method().name().equals("POST"),
                FaultProxy.breakAfter(0));

        ObjectMetadata metadata =
                await(objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        assertThat(metadata.size()).isEqualTo(3 * PART);
    }

    @Test
    void detectsDifferentStoredObject() {
        Path source = SampleFile.of(dir.resolve("source"), 1000);
        Path other = SampleFile.of(dir.resolve("other"), 1000, 2);
        proxy.inject(1, request -> request.method().name().equals("HEAD"), FaultProxy.first(() -> replaceWith(other)));

        JobException failure = failureOf(
                objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        assertThat(failure.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void distinguishesMissingCopyFromMissingSource() {
        stored(1000, 1);
        ObjectKey copy = new ObjectKey("copied");
        proxy.inject(100, request -> request.method().name().equals("HEAD"), FaultProxy.status(404, "NoSuchKey"));

        JobException failure = failureOf(objectStore.copy(KEY, 1000, copy, new CancellationToken()));

        assertThat(failure.code()).isEqualTo(ErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void distinguishesLostMultipartUploadFromMissingObject() {
        Path source = SampleFile.of(dir.resolve("source"), 3 * PART);
        proxy.inject(100, FaultProxy.part(2), FaultProxy.status(404, "NoSuchUpload"));

        JobException failure = failureOf(
                objectStore.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
    }

    @Test
    void reportsMissingBucket() {
        S3ObjectStore lost = new S3ObjectStore(vertx, changed(store, "no-such-bucket", "right"));

        List<JobException> failures = List.of(
                failureOf(lost.check()),
                failureOf(lost.download(KEY, target(), ProgressListener.noop(), new CancellationToken())));

        assertThat(failures).allSatisfy(failure -> {
            assertThat(failure.code()).isEqualTo(ErrorCode.STORE_REFUSED);
            assertThat(failure.message()).contains("'no-such-bucket' does not exist");
        });
        await(lost.close());
    }

    @Test
    void reportsWrongSecretWithoutRevealingIt() {
        S3ObjectStore stranger = new S3ObjectStore(vertx, changed(store, store.bucket(), "wr0ng-secret"));

        JobException failure = failureOf(stranger.check());

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_REFUSED);
        assertThat(failure.message()).contains("access key").doesNotContain("wr0ng-secret");
        await(stranger.close());
    }

    @Test
    void reportsUnreachableStore() {
        FaultProxy gone = FaultProxy.before(vertx, store);
        S3Config config = gone.config();
        await(gone.close());
        S3ObjectStore alone = new S3ObjectStore(vertx, config);

        JobException failure = failureOf(alone.check());

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failure.message())
                .contains(config.endpoint().map(URI::toString).orElseThrow());
        await(alone.close());
    }

    @Test
    void reportsFullDisk() throws IOException {
        Assumptions.assumeTrue(Files.exists(Path.of("/dev/full")), "needs a device that is always full");
        stored(1000, 1);
        Files.createSymbolicLink(target(), Path.of("/dev/full"));

        JobException failure = failureOf(fetch());

        assertThat(failure.code()).isEqualTo(ErrorCode.DISK_FULL);
        assertThat(Path.of("/dev/full")).exists();
    }

    private Path target() {
        return dir.resolve("target");
    }

    private Future<ObjectMetadata> fetch() {
        return objectStore.download(KEY, target(), ProgressListener.noop(), new CancellationToken());
    }

    private Path stored(long size, long seed) {
        Path source = SampleFile.of(dir.resolve("source"), size, seed);
        await(direct.upload(KEY, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
        return source;
    }

    private Future<ObjectMetadata> replaceWith(Path other) {
        return direct.upload(KEY, other, "video/mp4", ProgressListener.noop(), new CancellationToken());
    }

    private static Future<Void> cancel(CancellationToken cancellation, JobException why) {
        cancellation.cancel(why);
        return Future.succeededFuture();
    }

    private List<MultipartUpload> unfinishedUploads() {
        try (S3AsyncClient s3 = S3AsyncClient.builder()
                .region(Region.of(store.region()))
                .endpointOverride(store.endpoint().orElseThrow())
                .forcePathStyle(true)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        store.accessKey().orElseThrow(),
                        store.secretKey().map(Secret::reveal).orElseThrow())))
                .build()) {
            return s3.listMultipartUploads(request -> request.bucket(store.bucket()))
                    .join()
                    .uploads();
        }
    }

    private static List<String> openFiles() throws IOException {
        Path links = Path.of("/proc/self/fd");
        Assumptions.assumeTrue(Files.exists(links), "needs /proc");
        try (Stream<Path> open = Files.list(links)) {
            return open.map(S3FaultsIT::linked).flatMap(Optional::stream).toList();
        }
    }

    private static Optional<String> linked(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).toString());
        } catch (FileSystemException closedMeanwhile) {
            return Optional.empty();
        } catch (IOException cause) {
            throw new IllegalStateException(cause);
        }
    }

    private static Buffer flipped(Buffer body) {
        Buffer other = body.copy();
        int at = body.length() / 2;
        other.setByte(at, (byte) (body.getByte(at) ^ 1));
        return other;
    }

    private static S3Config changed(S3Config from, Duration timeout) {
        return changed(from, from.bucket(), "right", from.partSize(), timeout);
    }

    private static S3Config changed(S3Config from, long partSize) {
        return changed(from, from.bucket(), "right", partSize, from.timeout());
    }

    private static S3Config changed(S3Config from, String bucket, String secret) {
        return changed(from, bucket, secret, from.partSize(), from.timeout());
    }

    private static S3Config changed(S3Config from, String bucket, String secret, long partSize, Duration timeout) {
        return new S3Config(
                from.endpoint(),
                Optional.empty(),
                from.caFile(),
                from.region(),
                bucket,
                from.accessKey(),
                secret.equals("right") ? from.secretKey() : Optional.of(new Secret(secret)),
                from.pathStyle(),
                partSize,
                from.parallelism(),
                timeout,
                from.expectContinue());
    }
}
