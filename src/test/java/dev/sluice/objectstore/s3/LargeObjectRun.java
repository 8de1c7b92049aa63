package dev.sluice.objectstore.s3;

import static dev.sluice.common.async.Await.await;

import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.standalone.embedded.EmbeddedObjectStore;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Uploads and downloads a large object, with store and client in this JVM; {@link LargeObjectIT} starts it with little memory. */
final class LargeObjectRun {
    private LargeObjectRun() {}

    /** @param arguments an empty directory and the size in bytes */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Path source = sparse(directory.resolve("source"), Long.parseLong(arguments[1]));
        Path target = directory.resolve("target");
        Vertx vertx = Vertx.vertx();
        try (EmbeddedObjectStore store = EmbeddedObjectStore.start(directory.resolve("store"), "bucket")) {
            S3ObjectStore objectStore =
                    new S3ObjectStore(vertx, new TestBucket(store, directory.resolve("store/bucket")).config());
            ObjectKey key = new ObjectKey("film.mp4");
            await(objectStore.upload(key, source, "video/mp4", ProgressListener.noop(), new CancellationToken()));
            await(objectStore.download(key, target, ProgressListener.noop(), new CancellationToken()));
            await(objectStore.close());
        }
        await(vertx.close());
        System.exit(Files.mismatch(source, target) == -1 ? 0 : 1);
    }

    /** A sparse file with a different value every 32 MiB. */
    private static Path sparse(Path path, long size) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(size);
            for (long at = 0; at < size; at += 32 << 20) {
                file.seek(at);
                file.writeLong(at);
            }
        }
        return path;
    }
}
