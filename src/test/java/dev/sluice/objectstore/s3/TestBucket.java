package dev.sluice.objectstore.s3;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.config.S3Config;
import dev.sluice.config.value.Secret;
import dev.sluice.standalone.embedded.EmbeddedObjectStore;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;

/**
 * A bucket of the embedded store.
 *
 * @param directory where the store keeps the objects; its name is the name of the bucket
 */
public record TestBucket(EmbeddedObjectStore store, Path directory) implements AutoCloseable {
    public String name() {
        return directory.getFileName().toString();
    }

    /** Parts of 5 MiB, four in parallel, 20 s for a request. */
    public S3Config config() {
        return new S3Config(
                Optional.of(store.endpoint()),
                Optional.empty(),
                Optional.empty(),
                "us-east-1",
                name(),
                Optional.of(store.accessKey()),
                Optional.of(new Secret(store.secretKey())),
                true,
                5 << 20,
                4,
                Duration.ofSeconds(20),
                true);
    }

    /** Section {@code s3} of a configuration file. */
    public JsonObject settings() {
        return new JsonObject()
                .put("endpoint", store.endpoint().toString())
                .put("bucket", name())
                .put("accessKey", store.accessKey())
                .put("secretKey", store.secretKey());
    }

    /** The file that the store keeps an object in. */
    public Path file(String key) {
        return directory.resolve(key);
    }

    /** Stores a file under the key, and replaces what was there. */
    public void upload(String key, Path file) throws IOException {
        Files.createDirectories(file(key).getParent());
        Files.copy(file, file(key), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void close() throws IOException {
        DirectoryTree.deleteRecursively(directory);
    }
}
