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
 * Gives a test an {@link S3Config} whose bucket is its own, in a store that all tests of the JVM share:
 * {@code @ExtendWith(StoreFixture.class)} and a parameter. For a test with a life of its own there is {@link #configure}.
 */
public final class ObjectStoreFixture implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(ObjectStoreFixture.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == S3Config.class;
    }

    @Override
    public S3Config resolveParameter(ParameterContext parameter, ExtensionContext context) {
        // One bucket a test: its methods before and after see the same.
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(S3Config.class, type -> shared(context).newBucket(), S3Config.class);
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Shared.class, type -> Shared.start(), Shared.class);
    }

    /** How to reach a bucket of this store: parts of 5 MiB, four at once, 20 s for a request. */
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
                throw new IllegalStateException("the store for tests did not start", cause);
            }
        }

        S3Config newBucket() {
            String bucket = "test-" + UUID.randomUUID();
            try {
                Files.createDirectory(directory.resolve(bucket));
            } catch (IOException cause) {
                throw new IllegalStateException("no bucket for the test", cause);
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
