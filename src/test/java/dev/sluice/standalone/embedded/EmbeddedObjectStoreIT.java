package dev.sluice.standalone.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

final class EmbeddedObjectStoreIT {
    @TempDir
    private Path dir;

    @Test
    void keepsObjectsAcrossRestart() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient s3 = client(store, store.secretKey())) {
            put(s3, "a/b.mp4", "video");
        }

        try (EmbeddedObjectStore again = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient s3 = client(again, again.secretKey())) {
            ResponseBytes<GetObjectResponse> got = get(s3, "a/b.mp4");

            assertThat(got.asUtf8String()).isEqualTo("video");
            assertThat(got.response().contentType()).isEqualTo("video/mp4");
        }
    }

    @Test
    void copiesObjectByLink() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient s3 = client(store, store.secretKey())) {
            put(s3, "staged/1", "video");

            copy(s3, "staged/1", "media/b.mp4");

            assertThat(Files.isSameFile(file("staged/1"), file("media/b.mp4"))).isTrue();
            assertThat(Files.getPosixFilePermissions(file("media")))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            put(s3, "staged/1", "other video");
            assertThat(get(s3, "media/b.mp4").asUtf8String()).isEqualTo("video");
            assertThat(get(s3, "media/b.mp4").response().contentType()).isEqualTo("video/mp4");
            assertThat(get(s3, "media/b.mp4").response().eTag())
                    .isEqualTo("\"421b47ffd946ca083b65cd668c6b17e6\"")
                    .isNotEqualTo(get(s3, "staged/1").response().eTag());

            copy(s3, "staged/1", "media/b.mp4");
            s3.deleteObject(delete -> delete.bucket("videos").key("staged/1")).join();

            assertThat(get(s3, "media/b.mp4").asUtf8String()).isEqualTo("other video");
        }
    }

    @Test
    void copiesObjectWithOtherMetadata() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient s3 = client(store, store.secretKey())) {
            put(s3, "a", "video");

            s3.copyObject(copy -> copy.sourceBucket("videos")
                            .sourceKey("a")
                            .destinationBucket("videos")
                            .destinationKey("b")
                            .metadataDirective(MetadataDirective.REPLACE)
                            .contentType("video/webm"))
                    .join();

            assertThat(get(s3, "b").response().contentType()).isEqualTo("video/webm");
            assertThat(get(s3, "a").response().contentType()).isEqualTo("video/mp4");
        }
    }

    @Test
    void rejectsCopyOfMissingObject() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient s3 = client(store, store.secretKey())) {
            assertThatThrownBy(() -> copy(s3, "missing", "b")).hasCauseInstanceOf(NoSuchKeyException.class);
        }
    }

    private Path file(String key) {
        return dir.resolve("videos").resolve(key);
    }

    private static void put(S3AsyncClient s3, String key, String content) {
        s3.putObject(
                        put -> put.bucket("videos").key(key).contentType("video/mp4"),
                        AsyncRequestBody.fromString(content))
                .join();
    }

    private static void copy(S3AsyncClient s3, String from, String to) {
        s3.copyObject(copy -> copy.sourceBucket("videos")
                        .sourceKey(from)
                        .destinationBucket("videos")
                        .destinationKey(to))
                .join();
    }

    private static ResponseBytes<GetObjectResponse> get(S3AsyncClient s3, String key) {
        return s3.getObject(get -> get.bucket("videos").key(key), AsyncResponseTransformer.toBytes())
                .join();
    }

    @Test
    void rejectsWrongSecret() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                S3AsyncClient client = client(store, "guessed")) {
            assertThatThrownBy(() ->
                            client.listObjectsV2(list -> list.bucket("videos")).join())
                    .hasMessageContaining("403");
        }
    }

    /** S3Proxy takes files that all users can read for public objects. */
    @Test
    void rejectsRequestsWithoutSignature() throws Exception {
        Path existing = Files.createDirectories(dir.resolve("videos")).resolve("old.mp4");
        Files.writeString(existing, "video");
        Files.setPosixFilePermissions(existing.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(existing, PosixFilePermissions.fromString("rw-r--r--"));
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos")) {
            for (String path : List.of("", "videos", "videos/", "videos/old.mp4")) {
                HttpResponse<String> response = HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(store.endpoint().resolve("/" + path))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());

                assertThat(response.statusCode()).as(path).isEqualTo(403);
            }
        }
        assertThat(Files.getPosixFilePermissions(existing)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void isUnreachableFromOtherHosts() throws IOException {
        Optional<InetAddress> external = externalAddress();
        Assumptions.assumeTrue(external.isPresent(), "requires a non-loopback address");
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos");
                Socket socket = new Socket()) {
            InetSocketAddress address =
                    new InetSocketAddress(external.get(), store.endpoint().getPort());

            assertThatThrownBy(() -> socket.connect(address, 2_000)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void allowsDirectUploadsFromPagesOfThisHostOnly() throws Exception {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir, "videos")) {
            assertThat(allowedOrigin(store, "http://127.0.0.1:8080")).contains("http://127.0.0.1:8080");
            assertThat(allowedOrigin(store, "http://localhost:3000")).contains("http://localhost:3000");
            assertThat(allowedOrigin(store, "https://evil.test")).isEmpty();
            assertThat(allowedOrigin(store, "http://localhost.evil.test")).isEmpty();
        }
    }

    private static Optional<String> allowedOrigin(EmbeddedObjectStore store, String origin) throws Exception {
        HttpRequest preflight = HttpRequest.newBuilder(store.endpoint().resolve("/videos/uploads/a.mp4"))
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "PUT")
                .header("Access-Control-Request-Headers", "content-type")
                .build();
        return HttpClient.newHttpClient()
                .send(preflight, HttpResponse.BodyHandlers.discarding())
                .headers()
                .firstValue("Access-Control-Allow-Origin");
    }

    @Test
    void reportsPortInUse() throws IOException {
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(dir.resolve("one"), "videos")) {
            int port = store.endpoint().getPort();

            assertThatThrownBy(() -> EmbeddedObjectStore.start(dir.resolve("two"), "videos", port))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("port " + port);
        }
    }

    private static Optional<InetAddress> externalAddress() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .findFirst();
    }

    private static S3AsyncClient client(EmbeddedObjectStore store, String secret) {
        return S3AsyncClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(store.endpoint())
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(store.accessKey(), secret)))
                .build();
    }
}
