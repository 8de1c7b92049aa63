package dev.sluice.http.stream;

import dev.sluice.backend.stream.SignedDocument;
import dev.sluice.backend.stream.SignedStreamService;
import dev.sluice.http.handler.ApiRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Sends documents of signed streams. Players cannot authenticate the requests of documents that other documents name, so the token in
 * the URL permits reading.
 */
public final class SignedStreamHandler {
    private static final String GZIP = "gzip";
    private static final Pattern REJECTED = Pattern.compile(".*;\\s*q=0(\\.0*)?");
    private static final int CHUNK_BYTES = 64 << 10;

    private final SignedStreamService streams;

    public SignedStreamHandler(SignedStreamService streams) {
        this.streams = streams;
    }

    public Map<String, StreamingHandler> handlers() {
        return Map.of("streamDocument", this::read);
    }

    private Future<Void> read(ApiRequest call, HttpServerRequest request) {
        return streams.read(
                        call.jobId(),
                        call.pathParameter("name"),
                        call.query("token").orElse(""),
                        Instant.now())
                .compose(document -> send(document, request));
    }

    private static Future<Void> send(SignedDocument document, HttpServerRequest request) {
        request.resume();
        HttpServerResponse response = request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, document.contentType())
                .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache")
                .putHeader("X-Content-Type-Options", "nosniff");
        response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
        if (accepted != null && acceptsGzip(accepted)) {
            return response.putHeader(HttpHeaders.CONTENT_ENCODING, GZIP).end(document.gzip());
        }
        return decompress(document.gzip(), response.setChunked(true));
    }

    private static boolean acceptsGzip(String accepted) {
        return Stream.of(accepted.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .anyMatch(coding -> (coding.equals(GZIP) || coding.startsWith(GZIP + ";"))
                        && !REJECTED.matcher(coding).matches());
    }

    /** In chunks, each after the one before has been sent: without compression a playlist may have 64 MiB. */
    private static Future<Void> decompress(Buffer gzip, HttpServerResponse response) {
        try {
            return sendRest(new GZIPInputStream(new ByteArrayInputStream(gzip.getBytes())), response);
        } catch (IOException ownCompression) {
            throw new UncheckedIOException(ownCompression);
        }
    }

    private static Future<Void> sendRest(InputStream text, HttpServerResponse response) {
        byte[] chunk;
        try {
            chunk = text.readNBytes(CHUNK_BYTES);
        } catch (IOException ownCompression) {
            throw new UncheckedIOException(ownCompression);
        }
        return chunk.length == 0
                ? response.end()
                : response.write(Buffer.buffer(chunk)).compose(written -> sendRest(text, response));
    }
}
