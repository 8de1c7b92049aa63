package dev.sluice.backend.stream;

import dev.sluice.backend.job.RequestRejectedException;
import dev.sluice.backend.job.RequestRejectedException.Reason;
import dev.sluice.common.async.AsyncSemaphore;
import dev.sluice.common.async.CancellationToken;
import dev.sluice.common.async.ProgressListener;
import dev.sluice.common.text.TextSanitizer;
import dev.sluice.job.ErrorCode;
import dev.sluice.job.JobException;
import dev.sluice.media.streaming.StreamDocument;
import dev.sluice.objectstore.ObjectKey;
import dev.sluice.objectstore.ObjectStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a document from the object store and replaces the URIs in it. An object that is none of the stream is never signed: the
 * document is refused. Sizes are limited, and few documents are in memory at a time.
 */
public final class StreamDocumentSigner {
    private static final Logger LOG = LoggerFactory.getLogger(StreamDocumentSigner.class);

    /** The I-frame playlist of a video of 12 hours has 21,600 entries of at most 200 bytes, unless keys are long. */
    private static final long MAX_BYTES = 8L << 20;

    private static final long MAX_SIGNED_CHARACTERS = 64L << 20;
    private static final int MAX_OBJECTS = 10_000;
    private static final int CONCURRENCY = 2;
    private static final int MAX_URI = 200;
    /** A growing playlist is replaced when a segment is completed. */
    private static final int MAX_READS = 5;

    private final Vertx vertx;
    private final ObjectStore objectStore;
    private final AsyncSemaphore semaphore = new AsyncSemaphore(CONCURRENCY);

    public StreamDocumentSigner(Vertx vertx, ObjectStore objectStore) {
        this.vertx = vertx;
        this.objectStore = objectStore;
    }

    /**
     * A document to sign.
     *
     * @param token for the URLs of other documents
     */
    record Source(StreamObjects objects, StreamDocument type, ObjectKey key, String token) {
        /** The object of a URI. */
        ObjectKey resolve(String uri) {
            return objects.resolve(key, uri).orElseThrow(() -> foreign(key, uri));
        }
    }

    /**
     * The document with signed URIs.
     *
     * @param sign presigned URLs of objects, each given once
     */
    Future<SignedDocument> sign(Source source, Function<List<ObjectKey>, Future<Map<ObjectKey, URI>>> sign) {
        return semaphore
                .acquire(vertx.getOrCreateContext())
                .compose(acquired -> load(source.key(), MAX_READS)
                        .compose(text -> vertx.executeBlocking(() -> references(source, text), false)
                                .compose(references -> sign.apply(references.objects())
                                        .compose(urls -> vertx.executeBlocking(
                                                () -> replace(source, text, references.uris(), urls), false))))
                        .map(gzip -> new SignedDocument(source.type().contentType(), gzip))
                        .onComplete(done -> semaphore.release()))
                .recover(cause -> Future.failedFuture(translate(source.key(), cause)));
    }

    /** Reads a document again if it is replaced while it is read. */
    private Future<String> load(ObjectKey key, int reads) {
        return load(key)
                .recover(cause -> reads > 1 && cause instanceof JobException failure && isReplaced(failure.code())
                        ? load(key, reads - 1)
                        : Future.failedFuture(cause));
    }

    private static boolean isReplaced(ErrorCode code) {
        return code == ErrorCode.OBJECT_CHANGED || code == ErrorCode.CHECKSUM_MISMATCH;
    }

    private Future<String> load(ObjectKey key) {
        return vertx.executeBlocking(() -> Files.createTempFile("sluice-playlist", null), false)
                .compose(file -> objectStore
                        .download(key, file, MAX_BYTES, ProgressListener.noop(), new CancellationToken())
                        .compose(downloaded -> vertx.executeBlocking(() -> read(file), false))
                        .eventually(() -> vertx.executeBlocking(() -> Files.deleteIfExists(file), false)));
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** Distinct URIs of a document. */
    private record References(Map<String, ObjectKey> uris, List<ObjectKey> objects) {}

    private static References references(Source source, String text) throws IOException {
        Map<String, ObjectKey> uris = new LinkedHashMap<>();
        source.type()
                .replaceUris(
                        text,
                        uri -> {
                            if (uris.size() == MAX_OBJECTS && !uris.containsKey(uri)) {
                                throw tooLarge(source.key(), "names more than " + MAX_OBJECTS + " objects");
                            }
                            uris.computeIfAbsent(uri, source::resolve);
                            return uri;
                        },
                        Writer.nullWriter());
        return new References(
                uris,
                uris.values().stream()
                        .filter(key -> source.objects().playlistName(key).isEmpty())
                        .distinct()
                        .toList());
    }

    /** Compresses the text while the URLs are inserted: without compression it may not fit into the memory of the process. */
    private static Buffer replace(Source source, String text, Map<String, ObjectKey> uris, Map<ObjectKey, URI> urls)
            throws IOException {
        Map<String, String> replacements = new HashMap<>();
        uris.forEach((uri, key) -> replacements.put(
                uri,
                source.objects()
                        .playlistName(key)
                        .map(name -> SignedStream.reference(name, source.token()))
                        .orElseGet(() -> Objects.requireNonNull(urls.get(key)).toString())));
        long[] characters = {text.length()};
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Writer gzip = new OutputStreamWriter(new GZIPOutputStream(bytes), StandardCharsets.UTF_8)) {
            source.type()
                    .replaceUris(
                            text,
                            uri -> {
                                String url = Objects.requireNonNull(replacements.get(uri));
                                characters[0] += url.length();
                                if (characters[0] > MAX_SIGNED_CHARACTERS) {
                                    throw tooLarge(
                                            source.key(),
                                            "has more than " + MAX_SIGNED_CHARACTERS + " characters with its URLs");
                                }
                                return url;
                            },
                            gzip);
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    static RequestRejectedException notFound(String name) {
        return new RequestRejectedException(Reason.NOT_FOUND, "The stream has no document '" + name + "'.");
    }

    private static RequestRejectedException foreign(ObjectKey document, String uri) {
        LOG.atWarn()
                .addKeyValue("key", document)
                .addKeyValue("uri", TextSanitizer.singleLine(uri, MAX_URI))
                .log("playlist names an object that is no output of its job; it is refused");
        return new RequestRejectedException(
                Reason.CONFLICT, "The document '" + document + "' names an object that is no output of this job.");
    }

    private static RequestRejectedException tooLarge(ObjectKey document, String reason) {
        return new RequestRejectedException(Reason.CONFLICT, "The document '" + document + "' " + reason + ".");
    }

    private static Throwable translate(ObjectKey document, Throwable cause) {
        if (!(cause instanceof JobException failure)) {
            return cause;
        }
        return switch (failure.code()) {
            case OBJECT_NOT_FOUND ->
                notFound(document.value().substring(document.value().lastIndexOf('/') + 1));
            case TOO_LARGE -> tooLarge(document, "has more than " + MAX_BYTES + " bytes");
            case OBJECT_CHANGED, CHECKSUM_MISMATCH ->
                new RequestRejectedException(
                        Reason.OVERLOADED, "The document '" + document + "' was replaced while it was read. Retry.");
            default -> cause;
        };
    }
}
