package dev.sluice.objectstore.s3;

import dev.sluice.common.io.DirectoryTree;
import dev.sluice.config.S3Config;
import dev.sluice.config.value.Secret;
import dev.sluice.standalone.embedded.EmbeddedObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Provides an {@link S3Config} with a new bucket for each test, in a store that all tests of the JVM share, as a parameter of tests
 * with {@code @ExtendWith(ObjectStoreFixture.class)}. Tests that start their own store use {@link #configure}.
 */
public final class ObjectStoreFixture implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ObjectStoreFixture.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == S3Config.class;
    }

    @Override
    public S3Config resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // One bucket for each test, also for its setup and teardown methods.
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(S3Config.class, type -> shared(context).newBucket(), S3Config.class);
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
    }

    /** Configuration of a bucket: parts of 5 MiB, four in parallel, timeout 20 s. */
    public static S3Config configure(EmbeddedObjectStore store, String bucket) {
        return new S3Config(
                Optional.of(store.endpoint()),
                Optional.empty(),
                Optional.empty(),
                "us-east-1",
                bucket,
                Optional.of(store.accessKey()),
                Optional.of(new Secret(store.secretKey())),
                true,
                5 << 20,
                4,
                Duration.ofSeconds(20));
    }

    private record Shared(EmbeddedObjectStore store, Path directory) implements AutoCloseable {
        static Shared start() {
            try {
                Path directory = Files.createTempDirectory("sluice-store");
                return new Shared(EmbeddedObjectStore.start(directory, "unused"), directory);
            } catch (IOException cause) {
                throw new IllegalStateException("test store did not start", cause);
            }
        }

        S3Config newBucket() {
            String bucket = "test-" + UUID.randomUUID();
            try {
                Files.createDirectory(directory.resolve(bucket));
            } catch (IOException cause) {
                throw new IllegalStateException("test bucket not created", cause);
            }
            return configure(store, bucket);
        }

        @Override
        public void close() throws IOException {
            store.close();
            DirectoryTree.deleteRecursively(directory);
        }
    }
}
