package dev.sluice.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.tls.CaFile;
import dev.sluice.common.tls.TestCertificateAuthority;
import dev.sluice.config.S3Config;
import dev.sluice.config.value.Secret;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.objectstore.ObjectKey;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that accepts only TLS, with a certificate for {@code localhost}. */
@ExtendWith(VertxExtension.class)
@Timeout(120)
class ObjectStoreTlsIT {
    private static final long SECONDS = 60;

    @TempDir
    static Path directory;

    private static Vertx vertx;
    private static S3Proxy store;

    @BeforeAll
    static void start(Vertx sharedVertx) throws Exception {
        vertx = sharedVertx;
        Files.createDirectories(directory.resolve("objects/media"));
        store = S3Proxy.builder()
                .secureEndpoint(URI.create("https://127.0.0.1:0"))
                .keyStore(TestCertificateAuthority.known().keyStore().toString(), TestCertificateAuthority.PASSWORD)
                .awsAuthentication(AuthenticationType.AWS_V4, "sluice", "secret")
                .blobStore(
                        new FilesystemNio2BlobStore(directory.resolve("objects").toString()))
                .build();
        store.start();
    }

    @AfterAll
    static void stop() throws Exception {
        store.stop();
    }

    @Test
    void transfersOverTls() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[6 << 20]);
        ObjectKey key = new ObjectKey("videos/a.mp4");
        S3ObjectStore objectStore = new S3ObjectStore(
                vertx,
                config("localhost", Optional.of(TestCertificateAuthority.known().caFile())));

        objectStore.check().await(SECONDS, TimeUnit.SECONDS);
        objectStore
                .upload(key, file, "video/mp4", ProgressListener.noop(), new CancellationToken())
                .await(SECONDS, TimeUnit.SECONDS);
        objectStore
                .download(key, directory.resolve("back"), 10 << 20, ProgressListener.noop(), new CancellationToken())
                .await(SECONDS, TimeUnit.SECONDS);

        assertThat(directory.resolve("back")).hasSameBinaryContentAs(file);
        objectStore.close().await(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void rejectsCertificateOfUnknownAuthority() throws Exception {
        Optional<CaFile> other = Optional.of(TestCertificateAuthority.unknown().caFile());

        assertRejected(
                config("localhost", other),
                "its certificate was issued by none of the authorities in s3.caFile ("
                        + TestCertificateAuthority.unknown().caPem() + ").");
    }

    @Test
    void rejectsCertificateNotTrustedByJvm() throws Exception {
        assertRejected(
                config("localhost", Optional.empty()),
                "its certificate was issued by no authority that this JVM trusts; set s3.caFile to the CA file of the service.");
    }

    @Test
    void rejectsCertificateOfOtherHost() throws Exception {
        assertRejected(
                config("127.0.0.1", Optional.of(TestCertificateAuthority.known().caFile())),
                "its certificate does not match the host name (");
    }

    private static void assertRejected(S3Config config, String reason) throws Exception {
        S3ObjectStore objectStore = new S3ObjectStore(vertx, config);

        JobException failure = catchThrowableOfType(
                JobException.class, () -> objectStore.check().await(SECONDS, TimeUnit.SECONDS));

        assertThat(failure.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failure.message())
                .startsWith("The store at " + config.endpoint().orElseThrow()
                        + " failed to transfer the list of objects: " + reason);
        objectStore.close().await(SECONDS, TimeUnit.SECONDS);
    }

    private static S3Config config(String host, Optional<CaFile> caFile) {
        return new S3Config(
                Optional.of(URI.create("https://" + host + ":" + store.getSecurePort())),
                Optional.empty(),
                caFile,
                "us-east-1",
                "media",
                Optional.of("sluice"),
                Optional.of(new Secret("secret")),
                true,
                5 << 20,
                4,
                Duration.ofSeconds(20),
                true);
    }
}
